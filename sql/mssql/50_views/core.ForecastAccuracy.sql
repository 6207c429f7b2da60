SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.ForecastAccuracy
Purpose:     Compare the stored forecasts of each period, one a day, with what was paid in the period from the
             entries known on that day: for each lead (0 is the company) and unit. Only what ends before today
             means anything: filter by EndsOn.
Called by:   api.ListAccuracy, batch.GetReport, report.Accuracy
*/
CREATE OR ALTER VIEW core.ForecastAccuracy
AS
WITH Came AS (
    SELECT p.PeriodId, p.EndsOn, e.LeadId, g.Unit, e.EnteredOn, SUM(COALESCE(e.PaidAmount, e.Amount)) AS Paid
    FROM core.Period AS p
    JOIN core.Entry AS e
        ON e.Status = 1 AND e.StatusOn >= p.StartsOn AND e.StatusOn <= p.EndsOn AND e.DeletedAt IS NULL
    JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
    GROUP BY p.PeriodId, p.EndsOn, e.LeadId, g.Unit, e.EnteredOn
), Happened AS (
    -- What came by its day of entry, and what was said each day: on one line of time.
    SELECT c.PeriodId, c.EndsOn, c.LeadId, c.Unit, c.EnteredOn AS Day, 0 AS IsForecast, c.Paid,
           CAST(NULL AS float) AS Forecast, CAST(NULL AS float) AS HandFormula, CAST(NULL AS float) AS Low,
           CAST(NULL AS float) AS High
    FROM Came AS c
    UNION ALL
    SELECT c.PeriodId, c.EndsOn, 0, c.Unit, c.EnteredOn, 0, SUM(c.Paid), NULL, NULL, NULL, NULL
    FROM Came AS c
    GROUP BY c.PeriodId, c.EndsOn, c.Unit, c.EnteredOn
    UNION ALL
    SELECT f.PeriodId, p.EndsOn, f.LeadId, f.Unit, d.CountDay, 1, 0, f.Forecast, f.HandFormula, f.Low, f.High
    FROM core.DayRun AS d
    JOIN core.LeadForecast AS f ON f.RunId = d.RunId
    JOIN core.Period AS p ON p.PeriodId = f.PeriodId
), Compared AS (
    SELECT h.PeriodId, h.EndsOn, h.LeadId, h.Unit, h.IsForecast, h.Forecast, h.HandFormula, h.Low, h.High,
           CAST(SUM(h.Paid) OVER (
               PARTITION BY h.PeriodId, h.EndsOn, h.LeadId, h.Unit ORDER BY h.Day, h.IsForecast
               ROWS UNBOUNDED PRECEDING) AS float) AS Actual
    FROM Happened AS h
)
SELECT
    c.PeriodId, p.Kind, p.StartsOn, c.EndsOn, p.Name AS PeriodName, c.LeadId, c.Unit, COUNT(*) AS Days,
    SUM(ABS(c.Forecast - c.Actual)) / NULLIF(SUM(c.Actual), 0.0E0) AS Wape,
    SUM(ABS(c.HandFormula - c.Actual)) / NULLIF(SUM(c.Actual), 0.0E0) AS HandWape,
    SUM(CASE WHEN c.Actual >= c.Low - 5.0E-3 AND c.Actual <= c.High + 5.0E-3 THEN 1 ELSE 0 END) AS Covered
FROM Compared AS c
JOIN core.Period AS p ON p.PeriodId = c.PeriodId
WHERE c.IsForecast = 1
GROUP BY c.PeriodId, p.Kind, p.StartsOn, c.EndsOn, p.Name, c.LeadId, c.Unit;
GO
