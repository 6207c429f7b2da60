SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowForecast
Purpose:     Give a run with its rows and what it learnt
Called by:   api.GetCompany, api.GetForecast, batch.GetCompanyForecast, batch.GetReport
Returns:     1. the run (a lead is not told who started it)
             2. the rows of company (lead 0) and leads  3. the rows of managers;
             by period (months first, custom ones last), lead, manager and unit
             4. to 7. what was learnt, none of method 1: speeds by age; indices (a lead gets the own one of the leads');
             replays (a lead gets none); by period and unit the pace and the days that are left
Errors:      none
Transaction: the caller's, SNAPSHOT, or a run that ends meanwhile could remove rows between two results
*/
CREATE OR ALTER PROCEDURE core.ShowForecast
    @RunId     int = NULL,        -- NULL gives empty results
    @LeadId    int = NULL,        -- only this lead's rows
    @IsCurrent bit = 0,           -- 1: later runs that found nothing changed renew what it holds as of
    @PeriodId  int = NULL         -- only the rows of this period
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @NewestId int = (
        SELECT MAX(u.RunId) FROM core.Run AS u WHERE u.Kind = 'live' AND u.Status IN ('done', 'unchanged'));
    SELECT
        r.RunId, r.Kind, r.Method, r.CountDay, r.StartedAt, r.FinishedAt,
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
        f.Forecast, f.Low, f.High, f.HandFormula, f.RunRate, f.FromOpen, f.FromNew, f.OpenLow, f.OpenHigh,
        t.Amount AS Target, c.Amount AS Commitment
    FROM core.LeadForecast AS f
    JOIN core.Period AS p ON p.PeriodId = f.PeriodId
    LEFT JOIN core.Lead AS l ON l.LeadId = f.LeadId
    LEFT JOIN core.Target AS t ON t.PeriodId = f.PeriodId AND t.LeadId = f.LeadId AND t.Unit = f.Unit
    LEFT JOIN core.Commitment AS c ON c.CommitmentId = (
        SELECT MAX(n.CommitmentId) FROM core.Commitment AS n
        WHERE n.PeriodId = f.PeriodId AND n.LeadId = f.LeadId AND n.Unit = f.Unit)
    WHERE f.RunId = @RunId AND (@LeadId IS NULL OR f.LeadId = @LeadId) AND (@PeriodId IS NULL OR f.PeriodId = @PeriodId)
    ORDER BY
        CASE p.Kind WHEN 'month' THEN 1 WHEN 'quarter' THEN 2 WHEN 'year' THEN 3 ELSE 4 END, p.StartsOn, p.EndsOn,
        p.PeriodId, l.NameKey, f.Unit;

    SELECT
        f.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, f.LeadId, l.Name AS LeadName, f.ManagerId,
        m.Name AS ManagerName, f.Unit, f.Clients, f.OpenCount, f.DueToday, f.Overdue, f.Expected, f.PaidCount, f.Paid,
        f.RefusedCount, f.Refused, f.Won, f.Resolved, f.WonAll, f.ResolvedAll, f.StillToCome, f.Forecast, f.Low, f.High,
        f.HandFormula, f.FromOpen, f.FromNew, f.OpenLow, f.OpenHigh
    FROM core.ManagerForecast AS f
    JOIN core.Period AS p ON p.PeriodId = f.PeriodId
    JOIN core.Lead AS l ON l.LeadId = f.LeadId
    JOIN core.Manager AS m ON m.ManagerId = f.ManagerId
    WHERE f.RunId = @RunId AND (@LeadId IS NULL OR f.LeadId = @LeadId) AND (@PeriodId IS NULL OR f.PeriodId = @PeriodId)
    ORDER BY
        CASE p.Kind WHEN 'month' THEN 1 WHEN 'quarter' THEN 2 WHEN 'year' THEN 3 ELSE 4 END, p.StartsOn, p.EndsOn,
        p.PeriodId, l.NameKey, m.NameKey, f.Unit;

    SELECT s.FromAge, s.ToAge, s.Days, s.Paid AS PaidCount, s.Refused AS RefusedCount, s.PaidRate, s.RefusedRate
    FROM core.LearntSpeed AS s
    WHERE s.RunId = @RunId
    ORDER BY s.Bucket;

    SELECT i.Kind AS IndexKind, i.Class, i.Paid AS PaidCount, i.Expected AS ExpectedCount, i.Factor
    FROM core.LearntIndex AS i
    WHERE i.RunId = @RunId AND (@LeadId IS NULL OR i.Kind <> 'lead' OR i.Class = @LeadId)
    ORDER BY i.Kind, i.Class;

    SELECT h.Unit, h.CountDay, h.OpenForecast, h.WholeForecast, h.OpenCame, h.WholeCame
    FROM core.LearntReplay AS h
    WHERE h.RunId = @RunId AND @LeadId IS NULL
    ORDER BY h.Unit, h.CountDay;

    SELECT
        p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, h.Unit, h.Scale, h.PayingDays, h.OpenWeight, h.WholeWeight
    FROM core.LearntPeriod AS h
    JOIN core.Period AS p ON p.PeriodId = h.PeriodId
    WHERE h.RunId = @RunId
    ORDER BY
        CASE p.Kind WHEN 'month' THEN 1 WHEN 'quarter' THEN 2 WHEN 'year' THEN 3 ELSE 4 END, p.StartsOn, p.EndsOn,
        p.PeriodId, h.Unit;
END;
GO
