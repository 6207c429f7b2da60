SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        report.ManagerForecast
Purpose:     Give the forecast of each manager in each period and unit of the current run
Called by:   analysts and the live workbook, with role crm_report
*/
CREATE OR ALTER VIEW report.ManagerForecast
AS
SELECT
    r.RunId, r.CountDay AS CountedOn,
    p.Period, p.PeriodKind, p.PeriodName, p.PeriodStart, p.PeriodEnd,
    l.Name AS Lead, m.Name AS Manager, f.Unit, f.Clients, f.OpenCount AS OpenEntries, f.DueToday, f.Overdue,
    f.Expected, f.PaidCount AS PaidEntries, f.Paid, f.RefusedCount AS RefusedEntries, f.Refused,
    f.Won AS PaidLastYear, f.Resolved AS ResolvedLastYear, f.WonAll AS PaidEver, f.ResolvedAll AS ResolvedEver,
    f.StillToCome, f.Forecast, f.Low AS P10, f.High AS P90, f.HandFormula, r.Method,
    COALESCE(f.FromOpen, f.StillToCome) AS FromOpen, COALESCE(f.FromNew, 0.0E0) AS FromNew,
    COALESCE(f.OpenLow, f.Low) AS P10WithoutNewEntries, COALESCE(f.OpenHigh, f.High) AS P90WithoutNewEntries
FROM core.CurrentRun AS n
JOIN core.Run AS r ON r.RunId = n.RunId
JOIN core.ManagerForecast AS f ON f.RunId = r.RunId
JOIN core.PeriodRow AS p ON p.PeriodId = f.PeriodId
JOIN core.Lead AS l ON l.LeadId = f.LeadId
JOIN core.Manager AS m ON m.ManagerId = f.ManagerId;
GO
