SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ListPeriods
Purpose:     Give the last, this and the next month, quarter and year, and every open custom period
Called by:   AdminStore.list_periods
Returns:     in this order, then by their days: Kind, StartsOn, EndsOn, Name
Errors:      none
Transaction: none of its own; the standing periods are made where they are missing
*/
CREATE OR ALTER PROCEDURE admin.ListPeriods
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Today date = core.Today();
    EXEC core.AddStandingPeriods @Day = @Today;
    SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name
    FROM core.StandingPeriods(@Today) AS p
    ORDER BY
        CASE p.Kind WHEN 'month' THEN 1 WHEN 'quarter' THEN 2 WHEN 'year' THEN 3 ELSE 4 END, p.StartsOn, p.EndsOn,
        p.PeriodId;
END;
GO
