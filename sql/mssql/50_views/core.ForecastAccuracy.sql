SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.ForecastAccuracy
Purpose:     Compare the forecasts of each period, one a day, with what was paid in the period: for each lead (0 is
             the company), unit and method, and by themselves those that were made afterwards for days without a run.
             A whole number is compared with all that came; method 1 had none, so its number, and the one without new
             entries, with what came of the entries known on that day. Only what ends before today means anything:
             filter by EndsOn.
Called by:   api.ListAccuracy, batch.GetReport, report.Accuracy
*/
CREATE OR ALTER VIEW core.ForecastAccuracy
AS
WITH Came AS (
    -- No forecast is older than its period's first day: what was entered before is one sum.
    SELECT p.PeriodId, p.EndsOn, e.LeadId, g.Unit,
           CASE WHEN e.EnteredOn > p.StartsOn THEN e.EnteredOn ELSE p.StartsOn END AS Day,
           SUM(COALESCE(e.PaidAmount, e.Amount)) AS Paid
    FROM core.Period AS p
    JOIN core.Entry AS e
        ON e.Status = 1 AND e.StatusOn >= p.StartsOn AND e.StatusOn <= p.EndsOn AND e.DeletedAt IS NULL
    JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
    GROUP BY p.PeriodId, p.EndsOn, e.LeadId, g.Unit,
             CASE WHEN e.EnteredOn > p.StartsOn THEN e.EnteredOn ELSE p.StartsOn END
), CameToAll AS (
    SELECT c.PeriodId, c.EndsOn, c.LeadId, c.Unit, c.Day, c.Paid FROM Came AS c
    UNION ALL
    SELECT c.PeriodId, c.EndsOn, 0, c.Unit, c.Day, SUM(c.Paid) FROM Came AS c
    GROUP BY c.PeriodId, c.EndsOn, c.Unit, c.Day
), Happened AS (
    -- What came in all, what came by its day of entry, and what was said each day: on one line of time.
    SELECT c.PeriodId, c.EndsOn, c.LeadId, c.Unit, CAST('00010101' AS date) AS Day, 0 AS IsForecast,
           CAST(0 AS decimal(38, 2)) AS Paid, SUM(c.Paid) AS Whole, 0 AS Method, 0 AS IsRecalculated,
           CAST(NULL AS float) AS Forecast, CAST(NULL AS float) AS HandFormula, CAST(NULL AS float) AS RunRate,
           CAST(NULL AS float) AS Low, CAST(NULL AS float) AS High, CAST(NULL AS float) AS OpenForecast,
           CAST(NULL AS float) AS OpenLow, CAST(NULL AS float) AS OpenHigh
    FROM CameToAll AS c
    GROUP BY c.PeriodId, c.EndsOn, c.LeadId, c.Unit
    UNION ALL
    SELECT c.PeriodId, c.EndsOn, c.LeadId, c.Unit, c.Day, 0, c.Paid, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           NULL
    FROM CameToAll AS c
    UNION ALL
    SELECT f.PeriodId, p.EndsOn, f.LeadId, f.Unit, d.CountDay, 1, 0, 0, r.Method, 0, f.Forecast, f.HandFormula,
           f.RunRate, f.Low, f.High,
           CASE WHEN r.Method > 1 THEN CAST(f.Paid AS float) + f.FromOpen END, f.OpenLow, f.OpenHigh
    FROM core.DayRun AS d
    JOIN core.Run AS r ON r.RunId = d.RunId
    JOIN core.LeadForecast AS f ON f.RunId = d.RunId
    JOIN core.Period AS p ON p.PeriodId = f.PeriodId AND d.CountDay >= p.StartsOn AND d.CountDay <= p.EndsOn
    UNION ALL
    SELECT k.PeriodId, p.EndsOn, k.LeadId, k.Unit, k.CountDay, 1, 0, 0, 2, 1, k.Forecast, k.HandFormula, k.RunRate,
           k.Low, k.High, CAST(k.Paid AS float) + k.FromOpen, k.OpenLow, k.OpenHigh
    FROM core.KeptReplay AS k
    JOIN core.Period AS p ON p.PeriodId = k.PeriodId AND k.CountDay >= p.StartsOn AND k.CountDay <= p.EndsOn
    WHERE k.CountDay NOT IN (SELECT d.CountDay FROM core.DayRun AS d)
), Known AS (
    SELECT h.PeriodId, h.EndsOn, h.LeadId, h.Unit, h.IsForecast, h.Method, h.IsRecalculated, h.Forecast, h.HandFormula,
           h.RunRate, h.Low, h.High, h.OpenForecast, h.OpenLow, h.OpenHigh,
           CAST(SUM(h.Paid) OVER (
               PARTITION BY h.PeriodId, h.EndsOn, h.LeadId, h.Unit ORDER BY h.Day, h.IsForecast
               ROWS UNBOUNDED PRECEDING) AS float) AS OpenActual,
           CAST(MAX(h.Whole) OVER (
               PARTITION BY h.PeriodId, h.EndsOn, h.LeadId, h.Unit ORDER BY h.Day, h.IsForecast
               ROWS UNBOUNDED PRECEDING) AS float) AS WholeActual
    FROM Happened AS h
), Compared AS (
    SELECT k.PeriodId, k.EndsOn, k.LeadId, k.Unit, k.Method, k.IsRecalculated, k.Forecast, k.HandFormula, k.RunRate,
           k.Low, k.High, k.OpenForecast, k.OpenLow, k.OpenHigh, k.OpenActual,
           CASE k.Method WHEN 1 THEN k.OpenActual ELSE k.WholeActual END AS Actual
    FROM Known AS k
    WHERE k.IsForecast = 1
)
SELECT
    c.PeriodId, p.Kind, p.StartsOn, c.EndsOn, p.Name AS PeriodName, c.LeadId, c.Unit, c.Method, c.IsRecalculated,
    COUNT(*) AS Days,
    SUM(ABS(c.Forecast - c.Actual)) / NULLIF(SUM(c.Actual), 0.0E0) AS Wape,
    SUM(ABS(c.HandFormula - c.Actual)) / NULLIF(SUM(c.Actual), 0.0E0) AS HandWape,
    CASE WHEN c.Method > 1
         THEN SUM(ABS(c.RunRate - c.Actual))
              / NULLIF(SUM(CASE WHEN c.RunRate IS NOT NULL THEN c.Actual END), 0.0E0) END AS RunRateWape,
    SUM(CASE WHEN c.Actual >= c.Low - 5.0E-3 AND c.Actual <= c.High + 5.0E-3 THEN 1 ELSE 0 END) AS Covered,
    SUM(ABS(c.OpenForecast - c.OpenActual))
        / NULLIF(SUM(CASE WHEN c.Method > 1 THEN c.OpenActual END), 0.0E0) AS OpenWape,
    SUM(CASE WHEN c.Method > 1 AND c.OpenActual >= c.OpenLow - 5.0E-3 AND c.OpenActual <= c.OpenHigh + 5.0E-3
             THEN 1 ELSE 0 END) AS OpenCovered
FROM Compared AS c
JOIN core.Period AS p ON p.PeriodId = c.PeriodId
GROUP BY c.PeriodId, p.Kind, p.StartsOn, c.EndsOn, p.Name, c.LeadId, c.Unit, c.Method, c.IsRecalculated;
GO
