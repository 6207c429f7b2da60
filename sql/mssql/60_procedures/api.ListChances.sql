SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListChances
Purpose:     Give the chances of the caller's own open entries in a period of the current run
Called by:   the window
Returns:     a row for each entry that has one, by EntryId: EntryId, Probability, Contribution, IsLarge
Errors:      51001, 51002 (session); 51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListChances
    @Token    varbinary(64),        -- the own session, which this does not prolong
    @Kind     varchar(10),          -- the period
    @StartsOn date,
    @EndsOn   date,
    @EntryIds nvarchar(max)         -- JSON, an array of numbers
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @ByPerson = 0, @LeadId = @LeadId OUTPUT;
    -- Method 1 kept no contribution.
    SELECT
        e.EntryId, f.Probability, COALESCE(f.Contribution, CAST(e.Amount AS float) * f.Probability) AS Contribution,
        COALESCE(f.IsLarge, 0) AS IsLarge
    FROM core.CurrentRun AS r
    JOIN core.Period AS p ON p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn
    JOIN core.EntryForecast AS f ON f.RunId = r.RunId AND f.PeriodId = p.PeriodId
    JOIN core.Entry AS e ON e.EntryId = f.EntryId
    WHERE e.LeadId = @LeadId AND e.Status = 0 AND e.DeletedAt IS NULL
      AND e.EntryId IN (SELECT j.EntryId FROM OPENJSON(@EntryIds) WITH (EntryId bigint '$') AS j)
    ORDER BY e.EntryId;
END;
GO
