SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.LearnCalendar
Purpose:     Learn the weekdays, the month's end and the months of the quarter, for c and for every evening that is
             replayed (step 13)
Called by:   core.ComputeForecast, whose tables #CalendarSpeed, #WeekdayIndex, #MonthEndIndex, #QuarterIndex,
             #MeanQuarter and #Effective it fills
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.LearnCalendar
    @CountDay int,        -- the numbers of n
    @LearnDay int,        -- and c
    @Rest     float       -- how much of day n is left
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @FirstDay int = (SELECT MIN(c.CalendarFrom) + 1 FROM #Cutoff AS c);

    -- How many entries wait in each bucket on each day, and how many were paid in it.
    CREATE TABLE #DayRisk (
        Bucket int NOT NULL, Day int NOT NULL, Deals int NOT NULL, Paid int NOT NULL, PRIMARY KEY (Day, Bucket));
    WITH Change AS (
        SELECT x.Bucket, x.Day, SUM(x.Deals) AS Deals
        FROM (
            SELECT r.Bucket, CASE WHEN r.Day < @FirstDay THEN @FirstDay ELSE r.Day END AS Day, r.Deals
            FROM #RiskChange AS r
        ) AS x
        GROUP BY x.Bucket, x.Day
    ), Payment AS (
        SELECT e.Bucket, e.Day, SUM(e.Deals) AS Paid
        FROM #Ending AS e
        WHERE e.Status = 1 AND e.OnItsDay = 0
        GROUP BY e.Bucket, e.Day
    )
    INSERT INTO #DayRisk (Bucket, Day, Deals, Paid)
    SELECT b.Bucket, d.Day,
           SUM(COALESCE(c.Deals, 0)) OVER (PARTITION BY b.Bucket ORDER BY d.Day ROWS UNBOUNDED PRECEDING),
           COALESCE(p.Paid, 0)
    FROM #Bucket AS b
    JOIN #Day AS d ON d.Day >= @FirstDay AND d.Day <= @LearnDay
    LEFT JOIN Change AS c ON c.Bucket = b.Bucket AND c.Day = d.Day
    LEFT JOIN Payment AS p ON p.Bucket = b.Bucket AND p.Day = d.Day;

    -- h: the pace by age that the days are compared with.
    WITH Own AS (
        SELECT c.Cutoff, r.Bucket, SUM(CAST(r.Deals AS float)) AS Days, SUM(CAST(r.Paid AS float)) AS Paid
        FROM #Cutoff AS c
        JOIN #DayRisk AS r ON r.Day > c.CalendarFrom AND r.Day <= c.Day
        GROUP BY c.Cutoff, r.Bucket
    ), Total AS (
        SELECT o.Cutoff, SUM(o.Days) AS Days, SUM(o.Paid) AS Paid FROM Own AS o GROUP BY o.Cutoff
    )
    INSERT INTO #CalendarSpeed (Cutoff, Bucket, PaidRate)
    SELECT o.Cutoff, o.Bucket,
           CASE WHEN t.Days > 0
                THEN (o.Paid + 0.25E0)
                     / NULLIF(o.Days + 0.25E0 * t.Days / CASE WHEN t.Paid > 1 THEN t.Paid ELSE 1.0E0 END, 0.0E0)
                ELSE 0.0E0 END
    FROM Own AS o
    JOIN Total AS t ON t.Cutoff = o.Cutoff;

    -- What came on each day of an evening's year, and what the ages of the waiting entries make likely.
    CREATE TABLE #CalendarDay (
        Cutoff int NOT NULL, Day int NOT NULL, Month int NOT NULL, Weekday int NOT NULL, MonthEnd int NOT NULL,
        IsFirst int NOT NULL, IsLast int NOT NULL, Paid int NOT NULL, Expected float NOT NULL,
        PRIMARY KEY (Cutoff, Day));
    INSERT INTO #CalendarDay (Cutoff, Day, Month, Weekday, MonthEnd, IsFirst, IsLast, Paid, Expected)
    SELECT x.Cutoff, d.Day, d.Month, d.Weekday, d.MonthEnd, d.IsFirst, d.IsLast, x.Paid, x.Expected
    FROM (
        SELECT c.Cutoff, r.Day, SUM(r.Paid) AS Paid, SUM(r.Deals * s.PaidRate) AS Expected
        FROM #Cutoff AS c
        JOIN #DayRisk AS r ON r.Day > c.CalendarFrom AND r.Day <= c.Day
        JOIN #CalendarSpeed AS s ON s.Cutoff = c.Cutoff AND s.Bucket = r.Bucket
        GROUP BY c.Cutoff, r.Day
    ) AS x
    JOIN #Day AS d ON d.Day = x.Day;

    -- phi: how busy each month was; a month is whole if its first and its last day are there.
    CREATE TABLE #MonthPace (
        Cutoff int NOT NULL, Month int NOT NULL, Pace float NOT NULL, IsWhole int NOT NULL,
        PRIMARY KEY (Cutoff, Month));
    INSERT INTO #MonthPace (Cutoff, Month, Pace, IsWhole)
    SELECT d.Cutoff, d.Month, (SUM(d.Paid) + 5.0E0) / (SUM(d.Expected) + 5.0E0), MAX(d.IsFirst) * MAX(d.IsLast)
    FROM #CalendarDay AS d
    GROUP BY d.Cutoff, d.Month;

    WITH Own AS (
        SELECT d.Cutoff, d.Weekday, SUM(d.Paid) AS Paid, SUM(d.Expected * m.Pace) AS Expected
        FROM #CalendarDay AS d
        JOIN #MonthPace AS m ON m.Cutoff = d.Cutoff AND m.Month = d.Month
        GROUP BY d.Cutoff, d.Weekday
    ), Seven AS (
        SELECT 0 AS Weekday UNION ALL SELECT s.Weekday + 1 FROM Seven AS s WHERE s.Weekday < 6
    )
    INSERT INTO #WeekdayIndex (Cutoff, Weekday, Paid, Expected, Factor)
    SELECT c.Cutoff, s.Weekday, COALESCE(o.Paid, 0), COALESCE(o.Expected, 0.0E0),
           (COALESCE(o.Paid, 0) + 20.0E0) / (COALESCE(o.Expected, 0.0E0) + 20.0E0)
    FROM #Cutoff AS c
    CROSS JOIN Seven AS s
    LEFT JOIN Own AS o ON o.Cutoff = c.Cutoff AND o.Weekday = s.Weekday;

    WITH Own AS (
        SELECT d.Cutoff, d.MonthEnd, SUM(d.Paid) AS Paid, SUM(d.Expected * m.Pace * w.Factor) AS Expected
        FROM #CalendarDay AS d
        JOIN #MonthPace AS m ON m.Cutoff = d.Cutoff AND m.Month = d.Month AND m.IsWhole = 1
        JOIN #WeekdayIndex AS w ON w.Cutoff = d.Cutoff AND w.Weekday = d.Weekday
        GROUP BY d.Cutoff, d.MonthEnd
    ), Five AS (
        SELECT 0 AS MonthEnd UNION ALL SELECT f.MonthEnd + 1 FROM Five AS f WHERE f.MonthEnd < 4
    )
    INSERT INTO #MonthEndIndex (Cutoff, MonthEnd, Paid, Expected, Factor)
    SELECT c.Cutoff, f.MonthEnd, COALESCE(o.Paid, 0), COALESCE(o.Expected, 0.0E0),
           (COALESCE(o.Paid, 0) + 60.0E0) / (COALESCE(o.Expected, 0.0E0) + 60.0E0)
    FROM #Cutoff AS c
    CROSS JOIN Five AS f
    LEFT JOIN Own AS o ON o.Cutoff = c.Cutoff AND o.MonthEnd = f.MonthEnd;

    -- Months of the quarter are only compared within whole quarters, each brought to what came in it.
    CREATE TABLE #WholeMonth (
        Cutoff int NOT NULL, Quarter int NOT NULL, MonthOfQuarter int NOT NULL, Paid int NOT NULL,
        Expected float NOT NULL, PRIMARY KEY (Cutoff, Quarter, MonthOfQuarter));
    INSERT INTO #WholeMonth (Cutoff, Quarter, MonthOfQuarter, Paid, Expected)
    SELECT d.Cutoff, d.Month / 3, d.Month % 3, SUM(d.Paid), SUM(d.Expected * w.Factor * v.Factor)
    FROM #CalendarDay AS d
    JOIN #MonthPace AS m ON m.Cutoff = d.Cutoff AND m.Month = d.Month AND m.IsWhole = 1
    JOIN #WeekdayIndex AS w ON w.Cutoff = d.Cutoff AND w.Weekday = d.Weekday
    JOIN #MonthEndIndex AS v ON v.Cutoff = d.Cutoff AND v.MonthEnd = d.MonthEnd
    GROUP BY d.Cutoff, d.Month / 3, d.Month % 3;
    WITH WholeQuarter AS (
        SELECT m.Cutoff, m.Quarter, COALESCE(SUM(m.Paid) / NULLIF(SUM(m.Expected), 0.0E0), 0.0E0) AS Scale
        FROM #WholeMonth AS m
        GROUP BY m.Cutoff, m.Quarter
        HAVING COUNT(*) = 3
    ), Own AS (
        SELECT m.Cutoff, m.MonthOfQuarter, COUNT(*) AS Quarters, SUM(m.Paid) AS Paid,
               SUM(m.Expected * q.Scale) AS Expected,
               SUM(LOG((m.Paid + 10.0E0) / (m.Expected * q.Scale + 10.0E0))) AS Deviation
        FROM #WholeMonth AS m
        JOIN WholeQuarter AS q ON q.Cutoff = m.Cutoff AND q.Quarter = m.Quarter
        GROUP BY m.Cutoff, m.MonthOfQuarter
    ), Raw AS (
        SELECT c.Cutoff, k.MonthOfQuarter, COALESCE(o.Paid, 0) AS Paid, COALESCE(o.Expected, 0.0E0) AS Expected,
               EXP(COALESCE(o.Deviation, 0.0E0) / (COALESCE(o.Quarters, 0) + 3.0E0)) AS Factor
        FROM #Cutoff AS c
        CROSS JOIN (SELECT 0 AS MonthOfQuarter UNION ALL SELECT 1 UNION ALL SELECT 2) AS k
        LEFT JOIN Own AS o ON o.Cutoff = c.Cutoff AND o.MonthOfQuarter = k.MonthOfQuarter
    )
    INSERT INTO #QuarterIndex (Cutoff, MonthOfQuarter, Paid, Expected, Factor)
    SELECT r.Cutoff, r.MonthOfQuarter, r.Paid, r.Expected, r.Factor / AVG(r.Factor) OVER (PARTITION BY r.Cutoff)
    FROM Raw AS r;

    -- The mean of u over the days of the pace: what those days were like.
    INSERT INTO #MeanQuarter (Cutoff, Factor)
    SELECT c.Cutoff, AVG(u.Factor)
    FROM #Cutoff AS c
    JOIN #Day AS d ON d.Day > c.Day - c.PaceDays AND d.Day <= c.Day
    JOIN #QuarterIndex AS u ON u.Cutoff = c.Cutoff AND u.MonthOfQuarter = d.Month % 3
    GROUP BY c.Cutoff;

    -- Of a replay 28 days are looked at.
    INSERT INTO #Effective (Cutoff, Day, Days)
    SELECT c.Cutoff, c.Day, 0.0E0
    FROM #Cutoff AS c
    UNION ALL
    SELECT f.Cutoff, f.Day, SUM(f.Factor) OVER (PARTITION BY f.Cutoff ORDER BY f.Day ROWS UNBOUNDED PRECEDING)
    FROM (
        SELECT c.Cutoff, d.Day,
               w.Factor * v.Factor * u.Factor
               * CASE WHEN c.Cutoff = 0 AND d.Day = @CountDay THEN @Rest ELSE 1.0E0 END AS Factor
        FROM #Cutoff AS c
        JOIN #Day AS d ON d.Day > c.Day AND (c.Cutoff = 0 OR d.Day <= c.Day + 28)
        JOIN #WeekdayIndex AS w ON w.Cutoff = c.Cutoff AND w.Weekday = d.Weekday
        JOIN #MonthEndIndex AS v ON v.Cutoff = c.Cutoff AND v.MonthEnd = d.MonthEnd
        JOIN #QuarterIndex AS u ON u.Cutoff = c.Cutoff AND u.MonthOfQuarter = d.Month % 3
    ) AS f;
END;
GO
