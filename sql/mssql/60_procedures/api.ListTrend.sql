SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListTrend
Purpose:     Give the caller's forecasts of a period, one a day
Called by:   the window
Returns:     one row a unit and day, in this order
Errors:      51001, 51002 (session); 51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListTrend
    @Token    varbinary(64),        -- the own session
    @Kind     varchar(10),          -- the period
    @StartsOn date,
    @EndsOn   date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int;
    DECLARE @Today date = core.Today();
    EXEC core.FindCaller @Token = @Token, @ByPerson = 1, @LeadId = @LeadId OUTPUT;
    SELECT
        t.LeadId, t.Unit, t.CountDay, t.Paid, t.Forecast, t.Low, t.High, t.HandFormula, t.FromOpen, t.Method,
        t.IsRecalculated
    FROM core.ForecastTrend AS t
    WHERE t.Kind = @Kind AND t.StartsOn = @StartsOn AND t.EndsOn = @EndsOn AND t.LeadId = @LeadId
      AND t.CountDay <= @Today
    ORDER BY t.Unit, t.CountDay;
END;
GO
