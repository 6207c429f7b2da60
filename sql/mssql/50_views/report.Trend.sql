SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        report.Trend
Purpose:     Give what the last run of each day said, for each period, lead and unit, and for the company; of days
             without a run, what was made of them afterwards (IsRecalculated). Method 1 spoke of open entries only.
             RowLevel tells them apart: a sum over both would count everything twice.
Called by:   analysts and the live workbook, with role crm_report
*/
CREATE OR ALTER VIEW report.Trend
AS
SELECT
    p.Period, p.PeriodKind, p.PeriodName, p.PeriodStart, p.PeriodEnd,
    CASE WHEN t.LeadId = 0 THEN N'company' ELSE N'lead' END AS RowLevel, COALESCE(l.Name, N'') AS Lead, t.Unit,
    t.CountDay AS Day, t.Paid, t.Forecast, t.Low AS P10, t.High AS P90, t.HandFormula, t.Method,
    COALESCE(t.FromOpen, t.Forecast - CAST(t.Paid AS float)) AS FromOpen, COALESCE(t.FromNew, 0.0E0) AS FromNew,
    CASE WHEN t.IsRecalculated = 1 THEN N'yes' ELSE N'no' END AS IsRecalculated
FROM core.ForecastTrend AS t
JOIN core.PeriodRow AS p ON p.PeriodId = t.PeriodId
LEFT JOIN core.Lead AS l ON l.LeadId = t.LeadId
WHERE t.CountDay <= core.Today();
GO
