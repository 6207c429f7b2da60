SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.AccuracyOf
Purpose:     Compare the forecasts of each period that ended, one a day, with what was paid in the period: for each
             lead (0 is the company), unit and method, and by themselves those that were made afterwards for days
             without a run. A whole number is compared with all that came; method 1 had none, so its number, and the
             one without new entries, with what came of the entries known on that day.
             Of one lead only what is that lead's is read, by keys.
Called by:   api.ListAccuracy, batch.GetReport, report.Accuracy
Returns:     a row for each period, lead, unit, method and kind of day: PeriodId, Kind, StartsOn, EndsOn, PeriodName,
             LeadId, Unit, Method, IsRecalculated, Days, Wape, HandWape, RunRateWape, Covered, OpenWape, OpenCovered
*/
CREATE OR ALTER FUNCTION core.AccuracyOf (
    @LeadId int,         -- whose; NULL: the company's, and every lead's
    @Before date         -- of periods that ended before this day
)
RETURNS TABLE
AS
RETURN (
    WITH LastOfDay AS (
        -- As core.DayRun; views are made after functions.
        SELECT MAX(r.RunId) AS RunId, r.CountDay
        FROM core.Run AS r
        WHERE r.Kind = 'live' AND r.Status = 'done'
        GROUP BY r.CountDay
    ), Happened AS (
        -- What came by its day of entry, and what was said each day: on one line of time. No forecast is older than
        -- its period's first day: what was entered before is one sum.
        SELECT
            c.PeriodId, CASE WHEN GROUPING(c.LeadId) = 1 THEN 0 ELSE c.LeadId END AS LeadId, c.Unit, c.Day,
            0 AS IsForecast, SUM(c.Paid) AS Paid, 0 AS Method, 0 AS IsRecalculated,
            CAST(NULL AS float) AS Forecast, CAST(NULL AS float) AS HandFormula, CAST(NULL AS float) AS RunRate,
            CAST(NULL AS float) AS Low, CAST(NULL AS float) AS High, CAST(NULL AS float) AS OpenForecast,
            CAST(NULL AS float) AS OpenLow, CAST(NULL AS float) AS OpenHigh
        FROM (
            SELECT
                p.PeriodId, e.LeadId, g.Unit COLLATE Latin1_General_BIN2 AS Unit,
                CASE WHEN e.EnteredOn > p.StartsOn THEN e.EnteredOn ELSE p.StartsOn END AS Day,
                COALESCE(e.PaidAmount, e.Amount) AS Paid
            FROM core.Entry AS e
            JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
            JOIN core.Period AS p ON p.StartsOn <= e.StatusOn AND p.EndsOn >= e.StatusOn AND p.EndsOn < @Before
            WHERE e.LeadId >= COALESCE(@LeadId, 0) AND e.LeadId <= COALESCE(@LeadId, 2147483647)
              AND e.Status = 1 AND e.DeletedAt IS NULL
        ) AS c
        GROUP BY GROUPING SETS ((c.PeriodId, c.Unit, c.Day, c.LeadId), (c.PeriodId, c.Unit, c.Day))
        HAVING GROUPING(c.LeadId) = 0 OR @LeadId IS NULL
        UNION ALL
        SELECT
            f.PeriodId, f.LeadId, f.Unit COLLATE Latin1_General_BIN2, d.CountDay, 1, 0, r.Method, 0, f.Forecast,
            f.HandFormula, f.RunRate, f.Low, f.High,
            CASE WHEN r.Method > 1 THEN CAST(f.Paid AS float) + f.FromOpen END, f.OpenLow, f.OpenHigh
        FROM LastOfDay AS d
        JOIN core.Run AS r ON r.RunId = d.RunId
        JOIN core.Period AS p ON p.StartsOn <= d.CountDay AND p.EndsOn >= d.CountDay AND p.EndsOn < @Before
        JOIN core.LeadForecast AS f ON f.RunId = d.RunId AND f.PeriodId = p.PeriodId
        WHERE f.LeadId >= COALESCE(@LeadId, 0) AND f.LeadId <= COALESCE(@LeadId, 2147483647)
        UNION ALL
        SELECT
            k.PeriodId, k.LeadId, k.Unit COLLATE Latin1_General_BIN2, k.CountDay, 1, 0, 2, 1, k.Forecast, k.HandFormula,
            k.RunRate, k.Low, k.High, CAST(k.Paid AS float) + k.FromOpen, k.OpenLow, k.OpenHigh
        FROM core.KeptReplay AS k
        JOIN core.Period AS p
            ON p.PeriodId = k.PeriodId AND p.StartsOn <= k.CountDay AND p.EndsOn >= k.CountDay AND p.EndsOn < @Before
        WHERE k.LeadId >= COALESCE(@LeadId, 0) AND k.LeadId <= COALESCE(@LeadId, 2147483647)
          AND NOT EXISTS (SELECT 1 FROM LastOfDay AS d WHERE d.CountDay = k.CountDay)
    ), Known AS (
        SELECT
            h.PeriodId, h.LeadId, h.Unit, h.IsForecast, h.Method, h.IsRecalculated, h.Forecast, h.HandFormula,
            h.RunRate, h.Low, h.High, h.OpenForecast, h.OpenLow, h.OpenHigh,
            CAST(SUM(h.Paid) OVER (
                PARTITION BY h.PeriodId, h.LeadId, h.Unit ORDER BY h.Day, h.IsForecast
                ROWS UNBOUNDED PRECEDING) AS float) AS OpenActual,
            CAST(SUM(h.Paid) OVER (PARTITION BY h.PeriodId, h.LeadId, h.Unit) AS float) AS WholeActual
        FROM Happened AS h
    ), Compared AS (
        SELECT
            k.PeriodId, k.LeadId, k.Unit, k.Method, k.IsRecalculated, k.Forecast, k.HandFormula, k.RunRate,
            k.Low, k.High, k.OpenForecast, k.OpenLow, k.OpenHigh, k.OpenActual,
            CASE k.Method WHEN 1 THEN k.OpenActual ELSE k.WholeActual END AS Actual
        FROM Known AS k
        WHERE k.IsForecast = 1
    ), Measured AS (
        SELECT
            c.PeriodId, c.LeadId, c.Unit, c.Method, c.IsRecalculated,
            COUNT(*) AS Days,
            SUM(ABS(c.Forecast - c.Actual)) / NULLIF(SUM(c.Actual), 0.0E0) AS Wape,
            SUM(ABS(c.HandFormula - c.Actual)) / NULLIF(SUM(c.Actual), 0.0E0) AS HandWape,
            CASE WHEN c.Method > 1
                 THEN SUM(ABS(c.RunRate - c.Actual))
                      / NULLIF(SUM(CASE WHEN c.RunRate IS NOT NULL THEN c.Actual END), 0.0E0) END AS RunRateWape,
            SUM(CASE WHEN c.Actual >= c.Low - 5.0E-3 AND c.Actual <= c.High + 5.0E-3 THEN 1 ELSE 0 END) AS Covered,
            SUM(ABS(c.OpenForecast - c.OpenActual))
                / NULLIF(SUM(CASE WHEN c.Method > 1 THEN c.OpenActual END), 0.0E0) AS OpenWape,
            SUM(CASE WHEN c.Method > 1 AND c.OpenActual >= c.OpenLow - 5.0E-3 AND c.OpenActual <= c.OpenHigh + 5.0E-3
                     THEN 1 ELSE 0 END) AS OpenCovered
        FROM Compared AS c
        GROUP BY c.PeriodId, c.LeadId, c.Unit, c.Method, c.IsRecalculated
    )
    SELECT
        m.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, m.LeadId, m.Unit, m.Method, m.IsRecalculated,
        m.Days, m.Wape, m.HandWape, m.RunRateWape, m.Covered, m.OpenWape, m.OpenCovered
    FROM Measured AS m
    JOIN core.Period AS p ON p.PeriodId = m.PeriodId
);
GO
