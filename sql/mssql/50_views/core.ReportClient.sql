SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.ReportClient
Purpose:     Give the clients of the current run in each of its periods, as they were when it counted: an entry
             changed since is read from its history. The newest change that the run saw of a lead is in
             core.RunLead.
Called by:   batch.GetReport, report.ClientForecast
*/
CREATE OR ALTER VIEW core.ReportClient
AS
WITH Counting AS (
    SELECT r.RunId, r.CountDay, r.PeriodList
    FROM core.CurrentRun AS c
    JOIN core.Run AS r ON r.RunId = c.RunId
), Seen AS (
    SELECT l.LeadId, COALESCE(s.ChangeSeq, 0) AS ChangeSeq
    FROM core.Lead AS l
    CROSS JOIN Counting AS c
    LEFT JOIN core.RunLead AS s ON s.RunId = c.RunId AND s.LeadId = l.LeadId
), Known AS (
    SELECT h.EntryId, MAX(h.Version) AS Version
    FROM Seen AS s
    JOIN core.Entry AS e ON e.LeadId = s.LeadId AND e.ChangeSeq > s.ChangeSeq
    JOIN core.EntryHistory AS h ON h.EntryId = e.EntryId
    JOIN Seen AS b ON b.LeadId = h.LeadId AND h.ChangeSeq <= b.ChangeSeq
    GROUP BY h.EntryId
), State AS (
    SELECT e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.PayBy, e.EnteredOn,
           e.Status, e.StatusOn, e.DeletedAt
    FROM Seen AS s
    JOIN core.Entry AS e ON e.LeadId = s.LeadId AND e.ChangeSeq <= s.ChangeSeq
    UNION ALL
    SELECT h.EntryId, h.LeadId, h.GroupId, h.ManagerId, h.ClientPin, h.Amount, h.PaidAmount, h.PayBy, h.EnteredOn,
           h.Status, h.StatusOn, h.DeletedAt
    FROM Known AS k
    JOIN core.EntryHistory AS h ON h.EntryId = k.EntryId AND h.Version = k.Version
)
SELECT
    c.RunId, c.CountDay, p.PeriodId, s.LeadId, s.ManagerId, g.Unit, s.ClientPin,
    SUM(CASE WHEN s.Status = 0 THEN 1 ELSE 0 END) AS OpenCount,
    SUM(CASE WHEN s.Status = 0 AND s.PayBy = c.CountDay THEN 1 ELSE 0 END) AS DueToday,
    SUM(CASE WHEN s.Status = 0 AND s.PayBy < c.CountDay THEN 1 ELSE 0 END) AS Overdue,
    SUM(CASE WHEN s.Status = 0 THEN s.Amount ELSE 0 END) AS Expected,
    SUM(CASE WHEN s.Status = 1 THEN 1 ELSE 0 END) AS PaidCount,
    SUM(CASE WHEN s.Status = 1 THEN COALESCE(s.PaidAmount, s.Amount) ELSE 0 END) AS Paid,
    SUM(CASE WHEN s.Status = 2 THEN 1 ELSE 0 END) AS RefusedCount,
    SUM(CASE WHEN s.Status = 2 THEN s.Amount ELSE 0 END) AS Refused,
    SUM(CASE WHEN s.Status = 0 THEN CAST(s.Amount AS float) * COALESCE(f.Probability, 0.0E0) ELSE 0.0E0 END)
        AS StillToCome
FROM Counting AS c
JOIN core.Period AS p ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', c.PeriodList, ' ')) > 0
JOIN State AS s
    ON s.DeletedAt IS NULL AND s.EnteredOn <= c.CountDay
    AND (s.Status = 0 OR (s.StatusOn >= p.StartsOn AND s.StatusOn <= c.CountDay))
JOIN core.SalesGroup AS g ON g.GroupId = s.GroupId
LEFT JOIN core.EntryForecast AS f ON f.RunId = c.RunId AND f.PeriodId = p.PeriodId AND f.EntryId = s.EntryId
GROUP BY c.RunId, c.CountDay, p.PeriodId, s.LeadId, s.ManagerId, g.Unit, s.ClientPin;
GO
