SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListAccuracy
Purpose:     Give the caller's accuracy in ended periods
Called by:   the window
Returns:     one row a period, unit and method, newest period first; by themselves days that were made afterwards
Errors:      51001, 51002 (session); 51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListAccuracy
    @Token varbinary(64)        -- the own session
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int, @LeadName nvarchar(200), @Today date = core.Today();
    EXEC core.FindCaller @Token = @Token, @ByPerson = 1, @LeadId = @LeadId OUTPUT, @LeadName = @LeadName OUTPUT;
    SELECT
        a.Kind, a.StartsOn, a.EndsOn, a.PeriodName, a.LeadId, @LeadName AS LeadName, a.Unit, a.Method,
        a.IsRecalculated, a.Days, a.Wape, a.HandWape, a.RunRateWape, a.Covered, a.OpenWape, a.OpenCovered
    FROM core.AccuracyOf(@LeadId, @Today) AS a
    ORDER BY a.EndsOn DESC, a.StartsOn DESC, a.PeriodId, a.Unit, a.Method DESC, a.IsRecalculated;
END;
GO
