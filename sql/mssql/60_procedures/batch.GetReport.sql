SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   batch.GetReport
Purpose:     Give all that the report shows for one standing period. Every number is of the current run: entries
             changed since are shown as they were then.
Called by:   the report
Returns:     1. to 3. the result sets of core.ShowForecast  4. the clients, by lead, manager, unit and PIN
             5. the trend of the period, by lead (0 is the company), unit and day
             6. the accuracy of ended periods, newest first  7. what changed (core.ShowChanges)
             8. the period, with the company's time zone if one is set: TimeZone
Errors:      51264 the run has no such period; 51274 there is no complete run yet
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE batch.GetReport
    @Kind     varchar(10) = NULL,        -- the period; all NULL for the month that the run counted in
    @StartsOn date = NULL,
    @EndsOn   date = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @RunId int, @PeriodId int, @MonthId int, @Today date = core.Today();
    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        SELECT @RunId = r.RunId, @MonthId = r.MonthPeriodId FROM core.CurrentRun AS r;
        IF @RunId IS NULL
            THROW 51274, N'There is no complete run yet.', 1;
        SELECT @PeriodId = p.PeriodId
        FROM core.Run AS r
        JOIN core.Period AS p ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
        WHERE r.RunId = @RunId
          AND ((@Kind IS NULL AND p.PeriodId = @MonthId)
               OR (p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn));
        IF @PeriodId IS NULL
            THROW 51264, N'The run has no such period.', 1;

        EXEC core.ShowForecast @RunId = @RunId, @IsCurrent = 1;

        SELECT
            c.LeadId, c.ManagerId, c.Unit, c.ClientPin, c.OpenCount, c.DueToday, c.Overdue, c.Expected, c.PaidCount,
            c.Paid, c.RefusedCount, c.Refused, c.StillToCome
        FROM core.ReportClient AS c
        JOIN core.Lead AS l ON l.LeadId = c.LeadId
        JOIN core.Manager AS m ON m.ManagerId = c.ManagerId
        WHERE c.PeriodId = @PeriodId
        ORDER BY l.NameKey, m.NameKey, c.Unit, c.ClientPin;

        SELECT t.LeadId, t.Unit, t.CountDay, t.Paid, t.Forecast, t.Low, t.High, t.HandFormula
        FROM core.ForecastTrend AS t
        WHERE t.PeriodId = @PeriodId AND t.CountDay <= @Today
        ORDER BY t.LeadId, t.Unit, t.CountDay;

        SELECT
            a.Kind, a.StartsOn, a.EndsOn, a.PeriodName, a.LeadId, COALESCE(l.Name, N'') AS LeadName, a.Unit, a.Days,
            a.Wape, a.HandWape, a.Covered
        FROM core.ForecastAccuracy AS a
        LEFT JOIN core.Lead AS l ON l.LeadId = a.LeadId
        WHERE a.EndsOn < @Today
        ORDER BY a.EndsOn DESC, a.StartsOn DESC, a.PeriodId, l.NameKey, a.Unit;

        EXEC core.ShowChanges @RunId = @RunId;

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
