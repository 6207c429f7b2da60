SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.ClientsOfRun
Purpose:     Give the clients of a run in one of its periods, as they were when it counted: an entry changed since is
             read from its history, and what was resolved after the day that it counted was open to it. The newest
             change that the run saw of a lead is in core.RunLead.
Called by:   batch.GetReport, report.ClientForecast
Returns:     a row for each lead, manager, unit and PIN
*/
CREATE OR ALTER FUNCTION core.ClientsOfRun (
    @RunId    int,        -- one whose managers are kept
    @PeriodId int
)
RETURNS TABLE
AS
RETURN (
    WITH Seen AS (
        SELECT l.LeadId, COALESCE(s.ChangeSeq, 0) AS ChangeSeq
        FROM core.Lead AS l
        LEFT JOIN core.RunLead AS s ON s.RunId = @RunId AND s.LeadId = l.LeadId
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
    ), Counted AS (
        SELECT s.EntryId, s.LeadId, s.GroupId, s.ManagerId, s.ClientPin, s.Amount, s.PaidAmount, s.PayBy, r.CountDay,
               CASE WHEN s.StatusOn <= r.CountDay THEN s.Status ELSE 0 END AS Status
        FROM core.Run AS r
        JOIN core.Period AS p ON p.PeriodId = @PeriodId
        JOIN State AS s
            ON s.DeletedAt IS NULL AND s.EnteredOn <= r.CountDay
            AND (s.StatusOn IS NULL OR s.StatusOn > r.CountDay
                 OR (s.StatusOn >= p.StartsOn AND s.StatusOn <= p.EndsOn))
        WHERE r.RunId = @RunId
    )
    SELECT
        s.LeadId, s.ManagerId, g.Unit, s.ClientPin,
        SUM(CASE WHEN s.Status = 0 THEN 1 ELSE 0 END) AS OpenCount,
        SUM(CASE WHEN s.Status = 0 AND s.PayBy = s.CountDay THEN 1 ELSE 0 END) AS DueToday,
        SUM(CASE WHEN s.Status = 0 AND s.PayBy < s.CountDay THEN 1 ELSE 0 END) AS Overdue,
        SUM(CASE WHEN s.Status = 0 THEN s.Amount ELSE 0 END) AS Expected,
        SUM(CASE WHEN s.Status = 1 THEN 1 ELSE 0 END) AS PaidCount,
        SUM(CASE WHEN s.Status = 1 THEN COALESCE(s.PaidAmount, s.Amount) ELSE 0 END) AS Paid,
        SUM(CASE WHEN s.Status = 2 THEN 1 ELSE 0 END) AS RefusedCount,
        SUM(CASE WHEN s.Status = 2 THEN s.Amount ELSE 0 END) AS Refused,
        -- Method 1 kept no contribution.
        SUM(CASE WHEN s.Status = 0
                 THEN COALESCE(f.Contribution, CAST(s.Amount AS float) * f.Probability, 0.0E0) ELSE 0.0E0 END)
            AS StillToCome
    FROM Counted AS s
    JOIN core.SalesGroup AS g ON g.GroupId = s.GroupId
    LEFT JOIN core.EntryForecast AS f ON f.RunId = @RunId AND f.PeriodId = @PeriodId AND f.EntryId = s.EntryId
    GROUP BY s.LeadId, s.ManagerId, g.Unit, s.ClientPin
);
GO
