SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        report.LeadForecast
Purpose:     Give the forecast of each lead, and of the company, in each period and unit of the current run.
             RowLevel tells them apart: a sum over both would count everything twice.
Called by:   analysts and the live workbook, with role crm_report
*/
CREATE OR ALTER VIEW report.LeadForecast
AS
SELECT
    r.RunId, r.CountDay AS CountedOn,
    p.Period, p.PeriodKind, p.PeriodName, p.PeriodStart, p.PeriodEnd,
    CASE WHEN f.LeadId = 0 THEN N'company' ELSE N'lead' END AS RowLevel, COALESCE(l.Name, N'') AS Lead, f.Unit,
    f.Clients, f.OpenCount AS OpenEntries, f.DueToday, f.Overdue, f.Expected, f.PaidCount AS PaidEntries, f.Paid,
    f.RefusedCount AS RefusedEntries, f.Refused,
    -- Where nothing was resolved, the rate is only the company's or a guess.
    CASE WHEN f.Resolved > 0 THEN f.WinRate END AS WinRate, f.Won AS PaidLastYear, f.Resolved AS ResolvedLastYear,
    f.WonAll AS PaidEver, f.ResolvedAll AS ResolvedEver, f.SpeedIndex AS PaysTimesAsFast, f.StillToCome, f.Forecast,
    f.Low AS P10, f.High AS P90, t.Amount AS Target, f.Forecast / CAST(t.Amount AS float) AS ShareOfTarget,
    c.Amount AS Commitment, f.HandFormula, f.RunRate AS ByRunRate, r.Method,
    COALESCE(f.FromOpen, f.StillToCome) AS FromOpen, COALESCE(f.FromNew, 0.0E0) AS FromNew,
    COALESCE(f.OpenLow, f.Low) AS P10WithoutNewEntries, COALESCE(f.OpenHigh, f.High) AS P90WithoutNewEntries
FROM core.CurrentRun AS n
JOIN core.Run AS r ON r.RunId = n.RunId
JOIN core.LeadForecast AS f ON f.RunId = r.RunId
JOIN core.PeriodRow AS p ON p.PeriodId = f.PeriodId
LEFT JOIN core.Lead AS l ON l.LeadId = f.LeadId
LEFT JOIN core.Target AS t ON t.PeriodId = f.PeriodId AND t.LeadId = f.LeadId AND t.Unit = f.Unit
LEFT JOIN core.Commitment AS c ON c.CommitmentId = (
    SELECT MAX(m.CommitmentId) FROM core.Commitment AS m
    WHERE m.PeriodId = f.PeriodId AND m.LeadId = f.LeadId AND m.Unit = f.Unit);
GO
