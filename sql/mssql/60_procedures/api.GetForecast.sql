SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetForecast
Purpose:     Give the caller's own rows and managers of the current run
Called by:   the window
Returns:     the result sets of core.ShowForecast and core.ShowReplayAccuracy, empty before the first run
Errors:      51001, 51002 (session); 51008 called inside a transaction
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE api.GetForecast
    @Token varbinary(64)        -- the own session, which this does not prolong
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int, @RunId int;
    EXEC core.FindCaller @Token = @Token, @ByPerson = 0, @LeadId = @LeadId OUTPUT;

    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        SELECT @RunId = r.RunId FROM core.CurrentRun AS r;
        EXEC core.ShowForecast @RunId = @RunId, @LeadId = @LeadId, @IsCurrent = 1;
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
