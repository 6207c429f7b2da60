SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.ForecastTrend
Purpose:     Give what the last run of each day said of a period, up to its last day, for each lead (0 is the company)
             and unit; a day without a run has what was made of it afterwards, by method 2.
             A wrong clock may have left days to come: filter by CountDay
Called by:   api.ListTrend, batch.GetReport, report.Trend
*/
CREATE OR ALTER VIEW core.ForecastTrend
AS
SELECT
    p.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, f.LeadId, f.Unit, d.CountDay, f.Paid, f.Forecast,
    f.Low, f.High, f.HandFormula, f.FromOpen, f.FromNew, r.Method, 0 AS IsRecalculated
FROM core.DayRun AS d
JOIN core.Run AS r ON r.RunId = d.RunId
JOIN core.LeadForecast AS f ON f.RunId = d.RunId
JOIN core.Period AS p ON p.PeriodId = f.PeriodId AND d.CountDay <= p.EndsOn
UNION ALL
SELECT
    p.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name, k.LeadId, k.Unit, k.CountDay, k.Paid, k.Forecast, k.Low, k.High,
    k.HandFormula, k.FromOpen, k.FromNew, 2, 1
FROM core.KeptReplay AS k
JOIN core.Period AS p ON p.PeriodId = k.PeriodId AND k.CountDay <= p.EndsOn
WHERE k.CountDay NOT IN (SELECT d.CountDay FROM core.DayRun AS d);
GO
