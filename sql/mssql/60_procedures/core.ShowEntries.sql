SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowEntries
Purpose:     Give a part of a lead's entries that pass a filter, and what all of them add up to
Called by:   api.ListEntries, api.ListLeadEntries
Returns:     two sets. A row for each entry of the page, in its order: the columns of core.GiveEntry, with the chance in
             the period that is asked for. Then a row for each unit and status, over all pages: Unit, Status, Deals,
             Amount (of paid ones what came), Contribution
Errors:      none
Transaction: one, of reads, as of one moment
*/
CREATE OR ALTER PROCEDURE core.ShowEntries
    @LeadId         bigint,                 -- whose
    @GroupId        bigint,                 -- only of this group
    @ManagerId      bigint,                 -- only of this manager
    @Unit           varchar(3),             -- only of groups that count in it
    @Statuses       int,                    -- only these: 1 expected, 2 paid, 4 refused, or a sum of these
    @PayByFrom      date,                   -- first promised day
    @PayByTo        date,                   -- last promised day
    @StatusOnFrom   date,                   -- first day of payment or refusal
    @StatusOnTo     date,                   -- last day of payment or refusal
    @EnteredFrom    date,                   -- first day of entry
    @EnteredTo      date,                   -- last day of entry
    @UntouchedSince date,                   -- not changed on this day or later
    @HasChance      bit,                    -- 1: only those that the current run saw as open in the period
    @Text           nvarchar(600),          -- looked for in PIN, comment and reason, whatever the case; no wildcards
    @NameKey        nvarchar(600),          -- the same text as names are compared, looked for in these
    @Kind           varchar(10),            -- the period of chances and contributions; NULL: the current run's month
    @StartsOn       date,
    @EndsOn         date,
    @Sort           varchar(20),            -- entry_id, group, manager, client_pin, amount, entered_on, pay_by,
                                            -- status, status_on, paid_amount, probability, contribution, reason or
                                            -- comment; equal ones go by number
    @Descending     bit,                    -- from the end
    @Offset         int,                    -- rows to leave out
    @Limit          int                     -- rows at most, at least 1
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @TextPattern nvarchar(4000) = core.PatternOf(core.SearchKeyOf(@Text, N'', N''));
    DECLARE @NamePattern nvarchar(4000) = core.PatternOf(@NameKey);
    DECLARE @Never date = '99991231';       -- the day of what was promised for none
    DECLARE @UntouchedBefore datetime2(0);
    DECLARE @RunId int, @PeriodId int, @ChanceRunId int;
    DECLARE @Page TABLE (Place int IDENTITY(1, 1) NOT NULL PRIMARY KEY, EntryId int NOT NULL);
    IF @UntouchedSince IS NOT NULL
        SELECT @UntouchedBefore = core.DayBegan(@UntouchedSince);
    SELECT
        @Offset = CASE WHEN @Offset > 0 THEN @Offset ELSE 0 END,
        @Limit = CASE WHEN @Limit > 0 THEN @Limit ELSE 1 END;
    SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
    BEGIN TRY
        BEGIN TRANSACTION;
        SELECT @RunId = r.RunId, @PeriodId = r.MonthPeriodId FROM core.CurrentRun AS r;
        IF @Kind IS NOT NULL
            SELECT @PeriodId = (
                SELECT p.PeriodId FROM core.Period AS p
                WHERE p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn);
        IF @HasChance = 1
            SELECT @ChanceRunId = COALESCE(@RunId, 0);
        -- The filter stands in each statement, which is compiled for it: what is not asked for costs nothing.
        IF @Sort = 'entry_id' AND @Descending = 1
            INSERT INTO @Page (EntryId)
            SELECT w.EntryId
            FROM (
                SELECT e.EntryId
                FROM core.Entry AS e
                WHERE
                    -- part: Filter
                ORDER BY e.EntryId DESC
                OFFSET @Offset ROWS FETCH NEXT @Limit ROWS ONLY
            ) AS w
            ORDER BY w.EntryId DESC
            OPTION (RECOMPILE);
        ELSE
            -- Each kind of value is sorted as what it is; what is missing comes first, a promise for no day last.
            INSERT INTO @Page (EntryId)
            SELECT w.EntryId
            FROM (
                SELECT w.EntryId, w.Word, w.Day, w.Amount, w.Number
                FROM (
                    SELECT
                        e.EntryId,
                        CASE @Sort WHEN 'group' THEN g.NameKey WHEN 'manager' THEN m.NameKey
                                   WHEN 'client_pin' THEN e.ClientPin WHEN 'reason' THEN e.Reason
                                   WHEN 'comment' THEN e.Comment END AS Word,
                        CASE @Sort WHEN 'entered_on' THEN e.EnteredOn WHEN 'status_on' THEN e.StatusOn
                                   WHEN 'pay_by' THEN COALESCE(e.PayBy, @Never) END AS Day,
                        CASE @Sort WHEN 'amount' THEN e.Amount
                                   WHEN 'paid_amount'
                                       THEN CASE e.Status WHEN 1 THEN COALESCE(e.PaidAmount, e.Amount) END
                                   WHEN 'status' THEN CAST(e.Status AS decimal(19, 2)) END AS Amount,
                        CASE @Sort WHEN 'probability' THEN CASE e.Status WHEN 0 THEN f.Probability END
                                   WHEN 'contribution'
                                       THEN COALESCE(f.Contribution, CAST(e.Amount AS float) * f.Probability)
                                   END AS Number
                    FROM core.Entry AS e
                    LEFT JOIN core.SalesGroup AS g ON @Sort = 'group' AND g.GroupId = e.GroupId
                    LEFT JOIN core.Manager AS m ON @Sort = 'manager' AND m.ManagerId = e.ManagerId
                    LEFT JOIN core.EntryForecast AS f
                        ON @Sort IN ('probability', 'contribution') AND f.RunId = @RunId AND f.PeriodId = @PeriodId
                        AND f.EntryId = e.EntryId
                    WHERE
                        -- part: Filter
                ) AS w
                ORDER BY
                    -- part: SortOrder
                OFFSET @Offset ROWS FETCH NEXT @Limit ROWS ONLY
            ) AS w
            ORDER BY
                -- part: SortOrder
            OPTION (RECOMPILE);
        SELECT
            e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId,
            m.Name AS ManagerName, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status,
            e.StatusOn, e.Comment, e.Reason, e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt,
            CASE WHEN e.Status = 0 THEN f.Probability END AS Probability,
            COALESCE(f.Contribution, CAST(e.Amount AS float) * f.Probability) AS Contribution,
            CASE WHEN e.Status = 0 THEN f.IsLarge END AS IsLarge
        FROM (SELECT TOP (@Limit) n.Place, n.EntryId FROM @Page AS n ORDER BY n.Place) AS p
        JOIN core.Entry AS e ON e.LeadId = @LeadId AND e.EntryId = p.EntryId
        JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
        JOIN core.Manager AS m ON m.ManagerId = e.ManagerId
        LEFT JOIN core.EntryForecast AS f
            ON f.RunId = @RunId AND f.PeriodId = @PeriodId AND f.EntryId = e.EntryId
        ORDER BY p.Place;
        -- A contribution stays until the next run, whatever became of the entry since; method 1 kept none.
        -- By group first: there are few, and a unit's sums are those of its groups.
        SELECT
            g.Unit, s.Status, SUM(s.Deals) AS Deals, CAST(SUM(s.Amount) AS decimal(38, 2)) AS Amount,
            COALESCE(SUM(s.Contribution), 0.0E0) AS Contribution
        FROM (
            SELECT e.GroupId, e.Status, COUNT(*) AS Deals, SUM(COALESCE(e.PaidAmount, e.Amount)) AS Amount,
                SUM(COALESCE(f.Contribution, CAST(e.Amount AS float) * f.Probability)) AS Contribution
            FROM core.Entry AS e
            LEFT JOIN core.EntryForecast AS f
                ON f.RunId = @RunId AND f.PeriodId = @PeriodId AND f.EntryId = e.EntryId
            WHERE
                -- part: Filter
            GROUP BY e.GroupId, e.Status
        ) AS s
        JOIN core.SalesGroup AS g ON g.GroupId = s.GroupId
        GROUP BY g.Unit, s.Status
        ORDER BY g.Unit COLLATE Latin1_General_BIN2, s.Status
        OPTION (RECOMPILE);
        COMMIT;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK;
        THROW;
    END CATCH;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
END;
GO
