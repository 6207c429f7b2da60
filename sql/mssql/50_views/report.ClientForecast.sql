SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        report.ClientForecast
Purpose:     Give the clients of each manager in each period and unit of the current run, as they were when it counted.
             It adds entries up for each query: ask for one period.
Called by:   analysts and the live workbook, with role crm_report
*/
CREATE OR ALTER VIEW report.ClientForecast
AS
SELECT
    r.RunId, r.CountDay AS CountedOn,
    p.Period, p.PeriodKind, p.PeriodName, p.PeriodStart, p.PeriodEnd,
    l.Name AS Lead, m.Name AS Manager, c.Unit, c.ClientPin, c.OpenCount AS OpenEntries, c.DueToday, c.Overdue,
    c.Expected, c.PaidCount AS PaidEntries, c.Paid, c.RefusedCount AS RefusedEntries, c.Refused, c.StillToCome
FROM core.CurrentRun AS n
JOIN core.Run AS r ON r.RunId = n.RunId
JOIN core.PeriodRow AS p ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
CROSS APPLY core.ClientsOfRun(r.RunId, p.PeriodId) AS c
JOIN core.Lead AS l ON l.LeadId = c.LeadId
JOIN core.Manager AS m ON m.ManagerId = c.ManagerId;
GO
