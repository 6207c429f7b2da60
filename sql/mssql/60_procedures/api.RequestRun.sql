SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.RequestRun
Purpose:     Run the forecast now, unless somebody's run finished less than 5 minutes ago
Called by:   the window
Returns:     the run
Errors:      51001, 51002 (session); 51008 called inside a transaction; 51301 another run is under way;
             51302 a run has just finished (Seconds that are left)
Transaction: those of batch.AggregateForecast
*/
CREATE OR ALTER PROCEDURE api.RequestRun
    @Token varbinary(64)        -- the own session
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int, @LeadName nvarchar(200), @Computer nvarchar(128), @Seconds int, @StartedBy nvarchar(300);
    DECLARE @Now datetime2(0) = core.Now();
    EXEC core.FindCaller
        @Token = @Token, @ByPerson = 1, @LeadId = @LeadId OUTPUT, @LeadName = @LeadName OUTPUT,
        @Computer = @Computer OUTPUT;
    SELECT @Seconds = 300 - DATEDIFF(SECOND, MAX(r.FinishedAt), @Now)
    FROM core.Run AS r
    -- A run that is dated in the future is a clock's mistake, which holds nobody up.
    WHERE r.Kind = 'live' AND r.Status IN ('done', 'unchanged') AND r.FinishedAt <= @Now;
    IF @Seconds > 0
    BEGIN
        SELECT @Seconds AS Seconds;
        THROW 51302, N'A run has just finished.', 1;
    END;
    SELECT @StartedBy = LEFT(CONCAT(@LeadName, N' (', @Computer, N')'), 300);
    EXEC batch.AggregateForecast @StartedBy = @StartedBy;
END;
GO
