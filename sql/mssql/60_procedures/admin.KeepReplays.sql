SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.KeepReplays
Purpose:     Keep what runs on past evenings would have said of that day's month, quarter and year, in place of all that
             was kept before
Called by:   AdminStore.keep_replays
Returns:     nothing
Errors:      51133 a day is in the future (AsOf, Today)
Transaction: one (SNAPSHOT): all of it is kept or nothing. Periods that are missing are added before.
*/
CREATE OR ALTER PROCEDURE admin.KeepReplays
    @Days nvarchar(max),        -- JSON: Day
    @By   nvarchar(200)         -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Day date, @Today date = core.Today(), @Detail nvarchar(400);
    CREATE TABLE #Evening (Day date NOT NULL PRIMARY KEY);
    INSERT INTO #Evening (Day)
    SELECT DISTINCT j.Day FROM OPENJSON(@Days) WITH (Day date '$.Day') AS j;
    SELECT @Day = MAX(d.Day) FROM #Evening AS d;
    IF @Day > @Today
    BEGIN
        SELECT @Day AS AsOf, @Today AS Today;
        THROW 51133, N'The day is in the future.', 1;
    END;

    SELECT @Day = MIN(d.Day) FROM #Evening AS d;
    WHILE @Day IS NOT NULL
    BEGIN
        EXEC core.AddStandingPeriods @Day = @Day;
        SELECT @Day = MIN(d.Day) FROM #Evening AS d WHERE d.Day > @Day;
    END;

    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        DELETE FROM core.KeptReplay;
        SELECT @Day = MIN(d.Day) FROM #Evening AS d;
        WHILE @Day IS NOT NULL
        BEGIN
            EXEC core.ComputeForecast @CountDate = @Day;
            SELECT @Day = MIN(d.Day) FROM #Evening AS d WHERE d.Day > @Day;
        END;
        SELECT @Detail = CONCAT(COUNT(*), N' days') FROM #Evening AS d;
        EXEC core.LogAdmin @By = @By, @Action = 'keep_replays', @Detail = @Detail;
        COMMIT TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        THROW;
    END CATCH;
END;
GO
