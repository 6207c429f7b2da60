SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   batch.GetReport
Purpose:     Give all that the report shows for one standing period. Every number is of the current run, or of the run
             named: entries changed since are shown as they were then; trend and accuracy are as of the day it counted.
Called by:   the report
Returns:     the result sets of core.ShowForecast and core.ShowReplayAccuracy, then
             the clients, by lead, manager, unit and PIN;
             the company's trend of the period, by unit and day;
             the accuracy of ended periods, newest first;
             the two result sets of core.ShowChanges;
             why entries were refused in the period, by lead, unit, most first: LeadId, LeadName, Unit, Reason, Deals,
             Amount;
             the period, with the company's time zone if one is set: TimeZone
Errors:      51264 the run has no such period; 51274 there is no complete run yet;
             51284 there is no such complete run, or its rows are not kept any more
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE batch.GetReport
    @Kind     varchar(10) = NULL,        -- the period; all NULL for the month that the run counted in
    @StartsOn date = NULL,
    @EndsOn   date = NULL,
    @RunId    int = NULL                 -- NULL for the current run
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @PeriodId int, @CountDay date, @IsCurrent bit = CASE WHEN @RunId IS NULL THEN 1 ELSE 0 END;
    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        IF @IsCurrent = 1
            SELECT @RunId = r.RunId FROM core.CurrentRun AS r;
        -- Of a run that counted something and has no managers, they were removed.
        ELSE IF NOT EXISTS (
            SELECT 1 FROM core.Run AS r
            WHERE r.RunId = @RunId AND r.Status = 'done'
              AND (r.EntryCount = 0 OR EXISTS (SELECT 1 FROM core.ManagerForecast AS f WHERE f.RunId = r.RunId)))
            THROW 51284, N'There is no such run, or its rows are not kept any more.', 1;
        IF @RunId IS NULL
            THROW 51274, N'There is no complete run yet.', 1;
        SELECT @CountDay = r.CountDay FROM core.Run AS r WHERE r.RunId = @RunId;
        SELECT @PeriodId = p.PeriodId
        FROM core.Run AS r
        JOIN core.Period AS p ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
        WHERE r.RunId = @RunId
          AND ((@Kind IS NULL AND p.Kind = 'month' AND p.StartsOn <= @CountDay AND p.EndsOn >= @CountDay)
               OR (p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn));
        IF @PeriodId IS NULL
            THROW 51264, N'The run has no such period.', 1;

        EXEC core.ShowForecast @RunId = @RunId, @IsCurrent = @IsCurrent;
        EXEC core.ShowReplayAccuracy @RunId = @RunId;

        SELECT
            c.LeadId, c.ManagerId, c.Unit, c.ClientPin, c.OpenCount, c.DueToday, c.Overdue, c.Expected, c.PaidCount,
            c.Paid, c.RefusedCount, c.Refused, c.StillToCome
        FROM core.ClientsOfRun(@RunId, @PeriodId) AS c
        JOIN core.Lead AS l ON l.LeadId = c.LeadId
        JOIN core.Manager AS m ON m.ManagerId = c.ManagerId
        ORDER BY l.NameKey, m.NameKey, c.Unit, c.ClientPin;

        SELECT
            t.LeadId, t.Unit, t.CountDay, t.Paid, t.Forecast, t.Low, t.High, t.HandFormula, t.FromOpen, t.Method,
            t.IsRecalculated
        FROM core.ForecastTrend AS t
        WHERE t.PeriodId = @PeriodId AND t.LeadId = 0 AND t.CountDay <= @CountDay
        ORDER BY t.Unit, t.CountDay;

        SELECT
            a.Kind, a.StartsOn, a.EndsOn, a.PeriodName, a.LeadId, COALESCE(l.Name, N'') AS LeadName, a.Unit,
            a.Method, a.IsRecalculated, a.Days, a.Wape, a.HandWape, a.RunRateWape, a.Covered, a.OpenWape, a.OpenCovered
        FROM core.AccuracyOf(NULL, @CountDay) AS a
        LEFT JOIN core.Lead AS l ON l.LeadId = a.LeadId
        ORDER BY
            a.EndsOn DESC, a.StartsOn DESC, a.PeriodId, l.NameKey, a.Unit, a.Method DESC,
            a.IsRecalculated;

        EXEC core.ShowChanges @RunId = @RunId, @PeriodId = @PeriodId;

        SELECT
            l.LeadId, l.Name AS LeadName, g.Unit, e.Reason, COUNT(*) AS Deals,
            CAST(SUM(e.Amount) AS decimal(38, 2)) AS Amount
        FROM core.EntriesOfRun(@RunId, @PeriodId) AS e
        JOIN core.Lead AS l ON l.LeadId = e.LeadId
        JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
        WHERE e.Status = 2
        GROUP BY l.LeadId, l.Name, l.NameKey, g.Unit, e.Reason
        ORDER BY l.NameKey, g.Unit COLLATE Latin1_General_BIN2, COUNT(*) DESC, e.Reason;

        SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name, s.Value AS TimeZone
        FROM core.Period AS p
        LEFT JOIN core.Setting AS s ON s.Name = 'TimeZone'
        WHERE p.PeriodId = @PeriodId;
        COMMIT TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        THROW;
    END CATCH;
END;
GO
