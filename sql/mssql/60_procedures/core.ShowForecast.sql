SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowForecast
Purpose:     Give a run with its rows
Called by:   api.GetForecast, batch.GetCompanyForecast, batch.GetReport
Returns:     1. the run (a lead is not told who started it)
             2. the rows of company (lead 0) and leads  3. the rows of managers;
             by period (months first, custom ones last), lead, manager and unit
Errors:      none
Transaction: the caller's, SNAPSHOT, or a run that ends meanwhile could remove rows between two results
*/
CREATE OR ALTER PROCEDURE core.ShowForecast
    @RunId     int = NULL,        -- NULL gives three empty results
    @LeadId    int = NULL,        -- only this lead's rows
    @IsCurrent bit = 0            -- 1: later runs that found nothing changed renew what it holds as of
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @NewestId int = (
        SELECT MAX(u.RunId) FROM core.Run AS u WHERE u.Kind = 'live' AND u.Status IN ('done', 'unchanged'));
    SELECT
        r.RunId, r.Kind, r.CountDay, r.StartedAt, r.FinishedAt,
        -- Of the current run: when the newest one found it still true, or now if a wrong clock dated that later.
        CASE WHEN @IsCurrent = 1
             THEN (SELECT CASE WHEN u.FinishedAt > @Now THEN @Now ELSE u.FinishedAt END
                   FROM core.Run AS u
                   WHERE u.RunId = @NewestId)
             ELSE COALESCE(r.FinishedAt, r.StartedAt) END AS AsOf,
        r.Status, CASE WHEN @LeadId IS NULL THEN r.StartedBy ELSE N'' END AS StartedBy,
        r.EntryCount, r.PaidEvents, r.RefusedEvents
    FROM core.Run AS r
    WHERE r.RunId = @RunId;

    SELECT
        f.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, f.LeadId, COALESCE(l.Name, N'') AS LeadName,
        f.Unit, f.Clients, f.OpenCount, f.DueToday, f.Overdue, f.Expected, f.PaidCount, f.Paid, f.RefusedCount,
        f.Refused, f.Won, f.Resolved, f.WinRate, f.WonAll, f.ResolvedAll, f.SpeedIndex, f.PaidEvents, f.StillToCome,
        f.Forecast, f.Low, f.High, f.HandFormula, f.NewEntries, f.RunRate, t.Amount AS Target, c.Amount AS Commitment
    FROM core.LeadForecast AS f
    JOIN core.Period AS p ON p.PeriodId = f.PeriodId
    LEFT JOIN core.Lead AS l ON l.LeadId = f.LeadId
    LEFT JOIN core.Target AS t ON t.PeriodId = f.PeriodId AND t.LeadId = f.LeadId AND t.Unit = f.Unit
    LEFT JOIN core.Commitment AS c ON c.CommitmentId = (
        SELECT MAX(n.CommitmentId) FROM core.Commitment AS n
        WHERE n.PeriodId = f.PeriodId AND n.LeadId = f.LeadId AND n.Unit = f.Unit)
    WHERE f.RunId = @RunId AND (@LeadId IS NULL OR f.LeadId = @LeadId)
    ORDER BY
        CASE WHEN p.Kind = 'custom' THEN 1 ELSE 0 END, DATEDIFF(DAY, p.StartsOn, p.EndsOn), p.StartsOn, p.PeriodId,
        l.NameKey, f.Unit;

    SELECT
        f.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, f.LeadId, l.Name AS LeadName, f.ManagerId,
        m.Name AS ManagerName, f.Unit, f.Clients, f.OpenCount, f.DueToday, f.Overdue, f.Expected, f.PaidCount, f.Paid,
        f.RefusedCount, f.Refused, f.Won, f.Resolved, f.WonAll, f.ResolvedAll, f.StillToCome, f.Forecast, f.Low, f.High,
        f.HandFormula
    FROM core.ManagerForecast AS f
    JOIN core.Period AS p ON p.PeriodId = f.PeriodId
    JOIN core.Lead AS l ON l.LeadId = f.LeadId
    JOIN core.Manager AS m ON m.ManagerId = f.ManagerId
    WHERE f.RunId = @RunId AND (@LeadId IS NULL OR f.LeadId = @LeadId)
    ORDER BY
        CASE WHEN p.Kind = 'custom' THEN 1 ELSE 0 END, DATEDIFF(DAY, p.StartsOn, p.EndsOn), p.StartsOn, p.PeriodId,
        l.NameKey, m.NameKey, f.Unit;
END;
GO
