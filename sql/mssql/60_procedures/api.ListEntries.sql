SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListEntries
Purpose:     Give a part of the lead's entries that pass a filter, and what all of them add up to
Called by:   the desktop program
Returns:     two sets. A row for each entry of the page, in its order: the columns of core.GiveEntry.
             Then a row for each unit, over all pages: Unit, Deals, Amount
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction
Transaction: one, of reads, as of one moment
*/
CREATE OR ALTER PROCEDURE api.ListEntries
    @Token      varbinary(64),              -- the own session
    @GroupId    bigint = NULL,              -- only of this group
    @ManagerId  bigint = NULL,              -- only of this manager
    @Statuses   int = NULL,                 -- only these: 1 expected, 2 paid, 4 refused, or a sum of these
    @PayByFrom  date = NULL,                -- first promised day
    @PayByTo    date = NULL,                -- last promised day
    @Text       nvarchar(600) = NULL,       -- looked for in PIN and comment, whatever the case; no wildcards
    @NameKey    nvarchar(600) = NULL,       -- the same text as names are compared, looked for in these
    @Sort       varchar(20) = 'entry_id',   -- entry_id, group, manager, client_pin, amount, entered_on, pay_by,
                                            -- status, probability or comment; equal ones go by number
    @Descending bit = 1,                    -- from the end
    @Offset     int = 0,                    -- rows to leave out
    @Limit      int = 200                   -- rows at most, at least 1
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    DECLARE @SearchKey nvarchar(700) = core.SearchKeyOf(@Text, N'');
    DECLARE @Sign int = CASE WHEN @Descending = 1 THEN -1 ELSE 1 END;
    DECLARE @Least float = -1.0E300;        -- what is missing comes first, as in any other column
    DECLARE @Page TABLE (
        EntryId int NOT NULL PRIMARY KEY, Word nvarchar(500) COLLATE Latin1_General_BIN2 NULL, Number float NULL);
    EXEC core.FindCaller @Token = @Token, @LeadId = @LeadId OUTPUT;
    SELECT
        @Offset = CASE WHEN @Offset > 0 THEN @Offset ELSE 0 END,
        @Limit = CASE WHEN @Limit > 0 THEN @Limit ELSE 1 END;
    SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
    BEGIN TRY
        BEGIN TRANSACTION;
        -- Compiled for the filter at hand: what is not asked for costs nothing.
        IF @Sort = 'entry_id' AND @Descending = 1
            INSERT INTO @Page (EntryId)
            SELECT k.EntryId
            FROM (
                SELECT e.EntryId
                FROM core.FilterEntries(
                    @LeadId, @GroupId, @ManagerId, @Statuses, @PayByFrom, @PayByTo, @SearchKey, @NameKey) AS e
                ORDER BY e.EntryId DESC
                OFFSET @Offset ROWS FETCH NEXT @Limit ROWS ONLY
            ) AS k
            OPTION (RECOMPILE);
        ELSE IF @Sort = 'entry_id'
            INSERT INTO @Page (EntryId)
            SELECT k.EntryId
            FROM (
                SELECT e.EntryId
                FROM core.FilterEntries(
                    @LeadId, @GroupId, @ManagerId, @Statuses, @PayByFrom, @PayByTo, @SearchKey, @NameKey) AS e
                ORDER BY e.EntryId
                OFFSET @Offset ROWS FETCH NEXT @Limit ROWS ONLY
            ) AS k
            OPTION (RECOMPILE);
        ELSE IF @Sort IN ('group', 'manager', 'client_pin', 'comment')
            INSERT INTO @Page (EntryId, Word)
            SELECT k.EntryId, k.Word
            FROM (
                SELECT w.EntryId, w.Word
                FROM (
                    SELECT e.EntryId,
                        CASE @Sort WHEN 'group' THEN e.GroupKey WHEN 'manager' THEN e.ManagerKey
                                   WHEN 'client_pin' THEN e.ClientPin ELSE e.Comment END AS Word
                    FROM core.FilterEntries(
                        @LeadId, @GroupId, @ManagerId, @Statuses, @PayByFrom, @PayByTo, @SearchKey, @NameKey) AS e
                ) AS w
                ORDER BY
                    CASE WHEN @Descending = 0 THEN w.Word END,
                    CASE WHEN @Descending = 1 THEN w.Word END DESC,
                    @Sign * w.EntryId
                OFFSET @Offset ROWS FETCH NEXT @Limit ROWS ONLY
            ) AS k
            OPTION (RECOMPILE);
        ELSE
            INSERT INTO @Page (EntryId, Number)
            SELECT k.EntryId, k.Number
            FROM (
                SELECT w.EntryId, w.Number
                FROM (
                    SELECT e.EntryId,
                        CASE @Sort WHEN 'amount' THEN CAST(e.Amount AS float)
                                   WHEN 'entered_on' THEN CAST(DATEDIFF(DAY, '20000101', e.EnteredOn) AS float)
                                   WHEN 'pay_by' THEN CAST(DATEDIFF(DAY, '20000101', e.PayBy) AS float)
                                   WHEN 'status' THEN CAST(e.Status AS float)
                                   ELSE f.Probability END AS Number
                    FROM core.FilterEntries(
                        @LeadId, @GroupId, @ManagerId, @Statuses, @PayByFrom, @PayByTo, @SearchKey, @NameKey) AS e
                    LEFT JOIN core.CurrentRun AS r ON @Sort = 'probability' AND e.Status = 0
                    LEFT JOIN core.EntryForecast AS f
                        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
                ) AS w
                ORDER BY @Sign * COALESCE(w.Number, @Least), @Sign * w.EntryId
                OFFSET @Offset ROWS FETCH NEXT @Limit ROWS ONLY
            ) AS k
            OPTION (RECOMPILE);
        SELECT
            e.EntryId, e.ClientRef, e.LeadId, e.GroupId, e.GroupName, e.Unit, e.ManagerId, e.ManagerName,
            e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn,
            e.Comment, e.Reason, e.Version, e.ChangeSeq, e.DeletedAt, e.Probability, e.Contribution, e.IsLarge
        FROM @Page AS p
        JOIN core.EntryRow AS e ON e.EntryId = p.EntryId
        ORDER BY
            CASE WHEN @Descending = 0 THEN p.Word END,
            CASE WHEN @Descending = 1 THEN p.Word END DESC,
            @Sign * COALESCE(p.Number, @Least),
            @Sign * p.EntryId;
        -- By group first: there are few, and a unit's sums are those of its groups.
        SELECT g.Unit, SUM(s.Deals) AS Deals, CAST(SUM(s.Amount) AS decimal(38, 2)) AS Amount
        FROM (
            SELECT e.GroupId, COUNT(*) AS Deals, SUM(e.Amount) AS Amount
            FROM core.FilterEntries(
                @LeadId, @GroupId, @ManagerId, @Statuses, @PayByFrom, @PayByTo, @SearchKey, @NameKey) AS e
            GROUP BY e.GroupId
        ) AS s
        JOIN core.SalesGroup AS g ON g.GroupId = s.GroupId
        GROUP BY g.Unit
        ORDER BY g.Unit
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
