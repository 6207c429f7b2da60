SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.ClientsOfRun
Purpose:     Give the clients of a run in one of its periods, as they were when it counted
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
    FROM core.EntriesOfRun(@RunId, @PeriodId) AS s
    JOIN core.SalesGroup AS g ON g.GroupId = s.GroupId
    LEFT JOIN core.EntryForecast AS f ON f.RunId = @RunId AND f.PeriodId = @PeriodId AND f.EntryId = s.EntryId
    GROUP BY s.LeadId, s.ManagerId, g.Unit, s.ClientPin
);
GO
