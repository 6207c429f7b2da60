SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.KeepReplay
Purpose:     Keep what a run on an evening of the past would have said of that day's month, quarter and year
Called by:   core.ComputeForecast, whose temporary tables it reads
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.KeepReplay
    @CountDate date        -- the evening
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    INSERT INTO core.KeptReplay (
        PeriodId, CountDay, LeadId, Unit, Paid, FromOpen, FromNew, Forecast, Low, High, OpenLow, OpenHigh, HandFormula,
        RunRate)
    SELECT o.PeriodId, @CountDate, o.LeadId, u.Unit, o.Paid, w.FromOpen, w.FromNew, w.Forecast, w.Low, w.High,
           w.OpenLow, w.OpenHigh, o.HandFormula, l.RunRate
    FROM #OwnRow AS o
    JOIN #Unit AS u ON u.UnitNo = o.UnitNo
    JOIN #LeadRow AS l ON l.PeriodId = o.PeriodId AND l.LeadId = o.LeadId AND l.UnitNo = o.UnitNo
    JOIN #ForecastRow AS w
        ON w.PeriodId = o.PeriodId AND w.LeadId = o.LeadId AND w.ManagerId = 0 AND w.UnitNo = o.UnitNo
    WHERE o.ManagerId = 0;
END;
GO
