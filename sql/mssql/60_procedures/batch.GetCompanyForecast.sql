SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   batch.GetCompanyForecast
Purpose:     Give the company, all leads and all managers of the current run, or of the run named
Called by:   the report; administrators
Returns:     the result sets of core.ShowForecast and core.ShowReplayAccuracy, empty before the first run
Errors:      51284 there is no such complete run, or its rows are not kept any more
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE batch.GetCompanyForecast
    @RunId int = NULL        -- NULL for the current run
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @IsCurrent bit = CASE WHEN @RunId IS NULL THEN 1 ELSE 0 END;
    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        IF @IsCurrent = 1
            SELECT @RunId = r.RunId FROM core.CurrentRun AS r;
        -- A run that counted something and has no rows: they were removed.
        ELSE IF NOT EXISTS (
            SELECT 1 FROM core.Run AS r
            WHERE r.RunId = @RunId AND r.Status = 'done'
              AND (r.EntryCount = 0 OR EXISTS (SELECT 1 FROM core.LeadForecast AS f WHERE f.RunId = r.RunId)))
            THROW 51284, N'There is no such run, or its rows are not kept any more.', 1;
        EXEC core.ShowForecast @RunId = @RunId, @IsCurrent = @IsCurrent;
        EXEC core.ShowReplayAccuracy @RunId = @RunId;
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
