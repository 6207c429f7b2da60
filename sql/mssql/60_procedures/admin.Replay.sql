SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.Replay
Purpose:     Forecast as of a past evening with what was known then, and compare with what came; stores nothing
Called by:   backtest
Returns:     the result sets of core.ShowReplay
Errors:      none of its own
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE admin.Replay
    @AsOf     date,        -- the evening, in the period
    @StartsOn date,        -- the period
    @EndsOn   date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        EXEC core.ComputeForecast @CountDate = @AsOf, @StartsOn = @StartsOn, @EndsOn = @EndsOn;
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
