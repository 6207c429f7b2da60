SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowReplay
Purpose:     Give the rows of a replay with what came: from the entries known on its evening, and in all
Called by:   core.ComputeForecast, whose temporary tables it reads
Returns:     1. the company (lead 0) and its leads; those too of whom nothing was known yet and something came
             2. calibration: the open entries by unit and tenth of their probability
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.ShowReplay
    @CountDate date,        -- the evening
    @StartsOn  date,        -- the period
    @EndsOn    date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    WITH Later AS (
        SELECT e.LeadId, g.UnitNo,
               SUM(CASE WHEN e.EnteredOn <= @CountDate AND e.StatusOn > @CountDate
                        THEN COALESCE(e.PaidAmount, e.Amount) ELSE 0 END) AS Pipeline,
               SUM(COALESCE(e.PaidAmount, e.Amount)) AS Whole
        FROM core.Entry AS e
        JOIN #GroupUnit AS g ON g.GroupId = e.GroupId
        WHERE e.Status = 1 AND e.DeletedAt IS NULL AND e.StatusOn BETWEEN @StartsOn AND @EndsOn
        GROUP BY e.LeadId, g.UnitNo
    ), Came AS (
        SELECT l.LeadId, l.UnitNo, l.Pipeline, l.Whole FROM Later AS l
        UNION ALL
        SELECT 0, l.UnitNo, SUM(l.Pipeline), SUM(l.Whole) FROM Later AS l GROUP BY l.UnitNo
    ), Said AS (
        SELECT o.LeadId, o.UnitNo, o.Paid, w.FromOpen, w.FromNew, w.Forecast, w.Low, w.High, w.OpenLow, w.OpenHigh,
               o.HandFormula, l.RunRate
        FROM #OwnRow AS o
        JOIN #LeadRow AS l ON l.LeadId = o.LeadId AND l.UnitNo = o.UnitNo
        JOIN #ForecastRow AS w ON w.LeadId = o.LeadId AND w.ManagerId = 0 AND w.UnitNo = o.UnitNo
        WHERE o.ManagerId = 0
    ), Compared AS (
        SELECT COALESCE(s.LeadId, c.LeadId) AS LeadId, COALESCE(s.UnitNo, c.UnitNo) AS UnitNo,
               COALESCE(s.Paid, 0) AS Paid, COALESCE(s.FromOpen, 0.0E0) AS FromOpen,
               COALESCE(s.FromNew, 0.0E0) AS FromNew, COALESCE(s.Forecast, 0.0E0) AS Forecast, s.Low, s.High, s.OpenLow,
               s.OpenHigh, COALESCE(s.HandFormula, 0.0E0) AS HandFormula, s.RunRate,
               COALESCE(s.Paid + COALESCE(c.Pipeline, 0), 0) AS ActualPipeline, COALESCE(c.Whole, 0) AS ActualPeriod
        FROM Said AS s
        FULL JOIN Came AS c ON c.LeadId = s.LeadId AND c.UnitNo = s.UnitNo
    )
    SELECT c.LeadId, u.Unit, c.Paid, c.FromOpen, c.FromNew, c.Forecast, c.Low, c.High, c.OpenLow, c.OpenHigh,
           c.HandFormula, c.RunRate, c.ActualPipeline, c.ActualPeriod
    FROM Compared AS c
    JOIN #Unit AS u ON u.UnitNo = c.UnitNo
    ORDER BY c.LeadId, u.Unit;

    WITH Scored AS (
        SELECT c.UnitNo, c.Probability,
               CASE WHEN c.Probability >= 1 THEN 9 ELSE CAST(FLOOR(c.Probability * 10) AS int) END AS Bin,
               CASE WHEN c.PaidOn > @CountDate AND c.PaidOn <= @EndsOn THEN 1 ELSE 0 END AS IsPaid
        FROM #EntryChance AS c
    )
    SELECT u.Unit, s.Bin, COUNT(*) AS Entries, SUM(s.Probability) AS SumProbability, SUM(s.IsPaid) AS PaidCount,
           SUM((s.Probability - s.IsPaid) * (s.Probability - s.IsPaid)) AS SquaredError
    FROM Scored AS s
    JOIN #Unit AS u ON u.UnitNo = s.UnitNo
    GROUP BY u.Unit, s.Bin
    ORDER BY u.Unit, s.Bin;
END;
GO
