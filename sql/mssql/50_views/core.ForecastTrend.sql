SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.ForecastTrend
Purpose:     Give what the last run of each day said of a period, for each lead (0 is the company) and unit.
             A wrong clock may have left days to come: filter by CountDay
Called by:   api.ListTrend, batch.GetReport, report.Trend
*/
CREATE OR ALTER VIEW core.ForecastTrend
AS
SELECT
    p.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, f.LeadId, f.Unit, d.CountDay, f.Paid, f.Forecast,
    f.Low, f.High, f.HandFormula
FROM core.DayRun AS d
JOIN core.LeadForecast AS f ON f.RunId = d.RunId
JOIN core.Period AS p ON p.PeriodId = f.PeriodId;
GO
