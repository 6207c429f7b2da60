SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.FilterEntries
Purpose:     Say which of a lead's entries pass the filter of the list; deleted ones never do
Called by:   api.ListEntries
Returns:     a row for each entry: EntryId, GroupId, GroupKey, ManagerKey, ClientPin, Amount, EnteredOn, PayBy,
             Status, Comment
*/
CREATE OR ALTER FUNCTION core.FilterEntries (
    @LeadId    int,              -- whose
    @GroupId   bigint,           -- NULL: of all groups
    @ManagerId bigint,           -- NULL: of all managers
    @Statuses  int,              -- 1 expected, 2 paid, 4 refused, or a sum of these; NULL: all
    @PayByFrom date,             -- first promised day; NULL: any
    @PayByTo   date,             -- last promised day; NULL: any
    @SearchKey nvarchar(700),    -- looked for in PIN and comment, as core.SearchKeyOf gives it; NULL: any
    @NameKey   nvarchar(600)     -- looked for in the names of group and manager, as names are compared
)
RETURNS TABLE
AS
RETURN (
    SELECT e.EntryId, e.GroupId, g.NameKey AS GroupKey, m.NameKey AS ManagerKey, e.ClientPin, e.Amount,
        e.EnteredOn, e.PayBy, e.Status, e.Comment
    FROM core.Entry AS e
    JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
    JOIN core.Manager AS m ON m.ManagerId = e.ManagerId
    WHERE e.LeadId = @LeadId
      AND e.DeletedAt IS NULL
      AND (@GroupId IS NULL OR e.GroupId = @GroupId)
      AND (@ManagerId IS NULL OR e.ManagerId = @ManagerId)
      AND (@Statuses IS NULL OR @Statuses & CASE e.Status WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 4 END <> 0)
      AND (@PayByFrom IS NULL OR e.PayBy >= @PayByFrom)
      AND (@PayByTo IS NULL OR e.PayBy <= @PayByTo)
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
