SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.EntryRow
Purpose:     Give entries with the names of group and manager, the unit, and what the current run found of an open
             entry: the chance to be paid by the end of the month, what it adds to the forecast (that stays until the
             next run, whatever became of the entry since), and whether it is large
Called by:   procedures that give entries to a lead
*/
CREATE OR ALTER VIEW core.EntryRow
AS
SELECT
    e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId, m.Name AS ManagerName,
    e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn, e.Comment, e.Reason,
    e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt, CASE WHEN e.Status = 0 THEN f.Probability END AS Probability,
    COALESCE(f.Contribution, CAST(e.Amount AS float) * f.Probability) AS Contribution,
    CASE WHEN e.Status = 0 THEN f.IsLarge END AS IsLarge
FROM core.Entry AS e
JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
JOIN core.Manager AS m ON m.ManagerId = e.ManagerId
LEFT JOIN core.CurrentRun AS r ON e.DeletedAt IS NULL
LEFT JOIN core.EntryForecast AS f
    ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId;
GO
