SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.FilterEntries
Purpose:     Say which of a lead's entries pass the filter of the list; deleted ones never do
Called by:   core.ShowEntries
Returns:     a row for each entry: EntryId, GroupId, ManagerId, ClientPin, Amount, Came (what came of a paid one, else
             NULL), EnteredOn, PayBy, Status, StatusOn, Comment, Reason
*/
CREATE OR ALTER FUNCTION core.FilterEntries (
    @LeadId          bigint,           -- whose
    @GroupId         bigint,           -- NULL: of all groups
    @ManagerId       bigint,           -- NULL: of all managers
    @Unit            varchar(3),       -- of the groups; NULL: any
    @Statuses        int,              -- 1 expected, 2 paid, 4 refused, or a sum of these; NULL: all
    @PayByFrom       date,             -- first promised day; NULL: any
    @PayByTo         date,             -- last promised day; NULL: any
    @StatusOnFrom    date,             -- first day of payment or refusal; NULL: any
    @StatusOnTo      date,             -- last one
    @EnteredFrom     date,             -- first day of entry; NULL: any
    @EnteredTo       date,             -- last one
    @UntouchedSince  date,             -- entered before this day, and not changed since it began; NULL: whenever
    @UntouchedBefore datetime2(0),     -- the moment at which that day began
    @ChanceRunId     int,              -- seen as open by this run, in the period; NULL: whether or not
    @PeriodId        int,              -- the period
    @SearchKey       nvarchar(710),    -- looked for in PIN, comment and reason, as core.SearchKeyOf gives it; NULL: any
    @NameKey         nvarchar(600)     -- looked for in the names of group and manager, as names are compared
)
RETURNS TABLE
AS
RETURN (
    SELECT
        e.EntryId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount,
        CASE WHEN e.Status = 1 THEN COALESCE(e.PaidAmount, e.Amount) END AS Came, e.EnteredOn, e.PayBy, e.Status,
        e.StatusOn, e.Comment, e.Reason
    FROM core.Entry AS e
    WHERE e.LeadId = @LeadId
      AND e.DeletedAt IS NULL
      AND (@GroupId IS NULL OR e.GroupId = @GroupId)
      AND (@ManagerId IS NULL OR e.ManagerId = @ManagerId)
      AND (@Unit IS NULL OR e.GroupId IN (
          SELECT u.GroupId FROM core.SalesGroup AS u WHERE u.LeadId = @LeadId AND u.Unit = @Unit))
      AND (@Statuses IS NULL OR @Statuses & CASE e.Status WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 4 END <> 0)
      AND (@PayByFrom IS NULL OR e.PayBy >= @PayByFrom)
      AND (@PayByTo IS NULL OR e.PayBy <= @PayByTo)
      AND (@StatusOnFrom IS NULL OR e.StatusOn >= @StatusOnFrom)
      AND (@StatusOnTo IS NULL OR e.StatusOn <= @StatusOnTo)
      AND (@EnteredFrom IS NULL OR e.EnteredOn >= @EnteredFrom)
      AND (@EnteredTo IS NULL OR e.EnteredOn <= @EnteredTo)
      -- An import tells of the past, so that bringing an entry is no change.
      AND (@UntouchedSince IS NULL
           OR (e.EnteredOn < @UntouchedSince
               AND (e.Version = 1 OR EXISTS (
                   SELECT 1
                   FROM core.EntryHistory AS h
                   WHERE h.EntryId = e.EntryId AND h.Version = e.Version AND h.ChangedAt < @UntouchedBefore))))
      AND (@ChanceRunId IS NULL OR EXISTS (
          SELECT 1
          FROM core.EntryForecast AS f
          WHERE f.RunId = @ChanceRunId AND f.PeriodId = @PeriodId AND f.EntryId = e.EntryId))
      AND (@SearchKey IS NULL
           OR CHARINDEX(@SearchKey, e.SearchKey COLLATE Latin1_General_BIN2) > 0
           OR e.ManagerId IN (
               SELECT n.ManagerId
               FROM core.Manager AS n
               WHERE CHARINDEX(@NameKey, n.NameKey COLLATE Latin1_General_BIN2) > 0)
           OR e.GroupId IN (
               SELECT o.GroupId
               FROM core.SalesGroup AS o
               WHERE o.LeadId = @LeadId AND CHARINDEX(@NameKey, o.NameKey COLLATE Latin1_General_BIN2) > 0))
);
GO
