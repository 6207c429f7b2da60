SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowReplay
Purpose:     Give the rows of a replay with what came: from the entries known on its evening, and in all
Called by:   core.SumForecast, whose temporary tables and those of core.ComputeForecast it reads
Returns:     1. the company (lead 0) and its leads; those too of whom nothing was known yet and something came
             2. calibration: the open entries by unit and tenth of their probability
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.ShowReplay
    @CountDay date,        -- the evening
    @StartsOn date,        -- the period
    @EndsOn   date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    WITH Later AS (
        SELECT e.LeadId, g.Unit,
               SUM(CASE WHEN e.EnteredOn <= @CountDay AND e.StatusOn > @CountDay
                        THEN COALESCE(e.PaidAmount, e.Amount) ELSE 0 END) AS Pipeline,
               SUM(COALESCE(e.PaidAmount, e.Amount)) AS Whole
        FROM core.Entry AS e
        JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
        WHERE e.Status = 1 AND e.DeletedAt IS NULL AND e.StatusOn BETWEEN @StartsOn AND @EndsOn
        GROUP BY e.LeadId, g.Unit
    ), Came AS (
        SELECT l.LeadId, l.Unit, l.Pipeline, l.Whole FROM Later AS l
        UNION ALL
        SELECT 0, l.Unit, SUM(l.Pipeline), SUM(l.Whole) FROM Later AS l GROUP BY l.Unit
    )
    SELECT COALESCE(s.LeadId, w.LeadId) AS LeadId, COALESCE(s.Unit, w.Unit) AS Unit, COALESCE(s.Paid, 0) AS Paid,
           COALESCE(s.StillToCome, 0.0E0) AS StillToCome,
           COALESCE(CAST(s.Paid AS float) + s.StillToCome, 0.0E0) AS Forecast, r.Low, r.High,
           COALESCE(s.HandFormula, 0.0E0) AS HandFormula, s.NewEntries, s.RunRate,
           COALESCE(s.Paid + COALESCE(w.Pipeline, 0), 0) AS ActualPipeline, COALESCE(w.Whole, 0) AS ActualPeriod
    FROM #LeadRow AS s
    LEFT JOIN #Range AS r ON r.LeadId = s.LeadId AND r.ManagerId = 0 AND r.Unit = s.Unit
    FULL JOIN Came AS w ON w.LeadId = s.LeadId AND w.Unit = s.Unit
    ORDER BY LeadId, Unit;

    WITH Scored AS (
        SELECT s.Unit, c.Probability,
               CASE WHEN c.Probability >= 1 THEN 9 ELSE CAST(FLOOR(c.Probability * 10) AS int) END AS Bin,
               CASE WHEN c.PaidOn > @CountDay AND c.PaidOn <= @EndsOn THEN 1 ELSE 0 END AS IsPaid
        FROM #EntryChance AS c
        JOIN #SizeLimit AS s ON s.GroupId = c.GroupId
    )
    SELECT x.Unit, x.Bin, COUNT(*) AS Entries, SUM(x.Probability) AS SumProbability, SUM(x.IsPaid) AS PaidCount,
           SUM((x.Probability - x.IsPaid) * (x.Probability - x.IsPaid)) AS SquaredError
    FROM Scored AS x
    GROUP BY x.Unit, x.Bin
    ORDER BY x.Unit, x.Bin;
END;
GO
