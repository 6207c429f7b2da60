-- Step 13 for c and for every evening that is replayed: weekdays, the month's end, months of the quarter.

-- name: stage_day
-- Every day from the first evening's year to the end of the last period. Month counts months since year 0.
CREATE TEMP TABLE Day (
    Day INTEGER PRIMARY KEY, Month INTEGER NOT NULL, Weekday INTEGER NOT NULL, DaysLeft INTEGER NOT NULL,
    IsFirst INTEGER NOT NULL, MonthEnd INTEGER NOT NULL);

-- name: stage_day_fill
WITH RECURSIVE Every (Day) AS (
    SELECT min(CalendarFrom) + 1 FROM temp.Cutoff HAVING count(*) > 0
    UNION ALL
    SELECT Day + 1 FROM Every WHERE Day < (SELECT max(EndsOn) FROM temp.Horizon)
), Dated AS (
    SELECT Day, date(Day * 86400, 'unixepoch') AS Text,
           CAST(strftime('%d', date(Day * 86400, 'unixepoch', 'start of month', '+1 month', '-1 day'))
                AS INTEGER) AS LastOfMonth
    FROM Every
), Told AS (
    SELECT Day, CAST(substr(Text, 1, 4) AS INTEGER) * 12 + CAST(substr(Text, 6, 2) AS INTEGER) - 1 AS Month,
           CAST(substr(Text, 9, 2) AS INTEGER) AS DayOfMonth, LastOfMonth
    FROM Dated
)
INSERT INTO temp.Day (Day, Month, Weekday, DaysLeft, IsFirst, MonthEnd)
SELECT Day, Month, (Day + 7000003) % 7, LastOfMonth - DayOfMonth, DayOfMonth = 1,
       CASE WHEN LastOfMonth - DayOfMonth < 1 THEN 0 WHEN LastOfMonth - DayOfMonth < 3 THEN 1
            WHEN LastOfMonth - DayOfMonth < 7 THEN 2 WHEN LastOfMonth - DayOfMonth < 14 THEN 3 ELSE 4 END
FROM Told;

-- name: stage_day_change
-- By how many entries more than on the day before wait in each bucket; every day is there.
CREATE TEMP TABLE DayChange (
    Bucket INTEGER, Day INTEGER, Deals INTEGER NOT NULL, PRIMARY KEY (Bucket, Day)) WITHOUT ROWID;

-- name: stage_day_change_fill
INSERT INTO temp.DayChange (Bucket, Day, Deals)
SELECT b.Bucket, d.Day, 0 FROM temp.Bucket AS b CROSS JOIN temp.Day AS d WHERE d.Day <= :learn_day;

-- name: stage_day_change_count
INSERT INTO temp.DayChange (Bucket, Day, Deals)
SELECT r.Bucket, max(r.Day, (SELECT min(CalendarFrom) + 1 FROM temp.Cutoff)), r.Deals
FROM temp.RiskChange AS r
WHERE TRUE
ON CONFLICT (Bucket, Day) DO UPDATE SET Deals = Deals + excluded.Deals;

-- name: stage_day_risk
-- How many entries wait in each bucket on each day.
CREATE TEMP TABLE DayRisk (
    Bucket INTEGER, Day INTEGER, Deals INTEGER NOT NULL, PRIMARY KEY (Bucket, Day)) WITHOUT ROWID;

-- name: stage_day_risk_fill
INSERT INTO temp.DayRisk (Bucket, Day, Deals)
SELECT Bucket, Day, sum(Deals) OVER (PARTITION BY Bucket ORDER BY Day) FROM temp.DayChange;

-- name: stage_day_paid
CREATE TEMP TABLE DayPaid (
    Bucket INTEGER, Day INTEGER, Paid INTEGER NOT NULL, PRIMARY KEY (Day, Bucket)) WITHOUT ROWID;

-- name: stage_day_paid_fill
INSERT INTO temp.DayPaid (Bucket, Day, Paid)
SELECT e.Bucket, e.EndsOn, sum(e.Deals)
FROM temp.Ending AS e
WHERE e.Status = 1 AND NOT e.OnItsDay AND e.EndsOn <= :learn_day
GROUP BY e.EndsOn, e.Bucket;

-- name: stage_calendar_speed
-- h of step 13: the pace by age that the days are compared with.
CREATE TEMP TABLE CalendarSpeed (
    Cutoff INTEGER, Bucket INTEGER, PaidRate REAL NOT NULL, PRIMARY KEY (Cutoff, Bucket)) WITHOUT ROWID;

-- name: stage_calendar_speed_fill
WITH Own AS (
    SELECT c.Cutoff, r.Bucket, sum(r.Deals) AS Days, sum(coalesce(p.Paid, 0)) AS Paid
    FROM temp.Cutoff AS c
    JOIN temp.DayRisk AS r ON r.Day > c.CalendarFrom AND r.Day <= c.Day
    LEFT JOIN temp.DayPaid AS p ON p.Day = r.Day AND p.Bucket = r.Bucket
    GROUP BY c.Cutoff, r.Bucket
), Total AS (
    SELECT Cutoff, sum(Days) AS Days, sum(Paid) AS Paid FROM Own GROUP BY Cutoff
)
INSERT INTO temp.CalendarSpeed (Cutoff, Bucket, PaidRate)
SELECT o.Cutoff, o.Bucket,
       CASE WHEN t.Days > 0 THEN (o.Paid + 0.25) / (o.Days + 0.25 * t.Days / max(t.Paid, 1)) ELSE 0.0 END
FROM Own AS o
JOIN Total AS t ON t.Cutoff = o.Cutoff;

-- name: stage_calendar_day
-- What came on each day of an evening's year, and what the ages of the waiting entries make likely.
CREATE TEMP TABLE CalendarDay AS
SELECT c.Cutoff, d.Day, d.Month, d.Weekday, d.MonthEnd, d.IsFirst, d.DaysLeft = 0 AS IsLast,
       coalesce((SELECT sum(p.Paid) FROM temp.DayPaid AS p WHERE p.Day = d.Day), 0) AS Paid,
       0.0 AS Expected
FROM temp.Cutoff AS c
JOIN temp.Day AS d ON d.Day > c.CalendarFrom AND d.Day <= c.Day;

-- name: stage_calendar_day_key
CREATE UNIQUE INDEX temp.UQ_CalendarDay ON CalendarDay (Cutoff, Day);

-- name: stage_calendar_day_expected
UPDATE temp.CalendarDay
SET Expected = x.Expected
FROM (
    SELECT s.Cutoff, r.Day, sum(r.Deals * s.PaidRate) AS Expected
    FROM temp.CalendarSpeed AS s
    JOIN temp.Cutoff AS c ON c.Cutoff = s.Cutoff
    JOIN temp.DayRisk AS r ON r.Bucket = s.Bucket AND r.Day > c.CalendarFrom AND r.Day <= c.Day
    WHERE r.Deals > 0
    GROUP BY s.Cutoff, r.Day
) AS x
WHERE x.Cutoff = temp.CalendarDay.Cutoff AND x.Day = temp.CalendarDay.Day;

-- name: stage_month_pace
-- phi: how busy each month was; a month is whole if its first and its last day are there.
CREATE TEMP TABLE MonthPace (
    Cutoff INTEGER, Month INTEGER, Pace REAL NOT NULL, IsWhole INTEGER NOT NULL,
    PRIMARY KEY (Cutoff, Month)
) WITHOUT ROWID;

-- name: stage_month_pace_fill
INSERT INTO temp.MonthPace (Cutoff, Month, Pace, IsWhole)
SELECT Cutoff, Month, (sum(Paid) + 5.0) / (sum(Expected) + 5.0), max(IsFirst) AND max(IsLast)
FROM temp.CalendarDay
GROUP BY Cutoff, Month;

-- name: stage_weekday_index
CREATE TEMP TABLE WeekdayIndex (
    Cutoff INTEGER, Weekday INTEGER, Paid INTEGER NOT NULL, Expected REAL NOT NULL, Factor REAL NOT NULL,
    PRIMARY KEY (Cutoff, Weekday)
) WITHOUT ROWID;

-- name: stage_weekday_index_fill
WITH RECURSIVE Seven (Weekday) AS (SELECT 0 UNION ALL SELECT Weekday + 1 FROM Seven WHERE Weekday < 6)
INSERT INTO temp.WeekdayIndex (Cutoff, Weekday, Paid, Expected, Factor)
SELECT c.Cutoff, w.Weekday, coalesce(sum(d.Paid), 0), coalesce(sum(d.Expected * m.Pace), 0.0),
       (coalesce(sum(d.Paid), 0) + 20.0) / (coalesce(sum(d.Expected * m.Pace), 0.0) + 20.0)
FROM temp.Cutoff AS c
CROSS JOIN Seven AS w
LEFT JOIN temp.CalendarDay AS d ON d.Cutoff = c.Cutoff AND d.Weekday = w.Weekday
LEFT JOIN temp.MonthPace AS m ON m.Cutoff = d.Cutoff AND m.Month = d.Month
GROUP BY c.Cutoff, w.Weekday;

-- name: stage_month_end_index
CREATE TEMP TABLE MonthEndIndex (
    Cutoff INTEGER, MonthEnd INTEGER, Paid INTEGER NOT NULL, Expected REAL NOT NULL, Factor REAL NOT NULL,
    PRIMARY KEY (Cutoff, MonthEnd)
) WITHOUT ROWID;

-- name: stage_month_end_index_fill
WITH RECURSIVE Five (MonthEnd) AS (SELECT 0 UNION ALL SELECT MonthEnd + 1 FROM Five WHERE MonthEnd < 4),
Own AS (
    SELECT d.Cutoff, d.MonthEnd, sum(d.Paid) AS Paid, sum(d.Expected * m.Pace * w.Factor) AS Expected
    FROM temp.CalendarDay AS d
    JOIN temp.MonthPace AS m ON m.Cutoff = d.Cutoff AND m.Month = d.Month AND m.IsWhole
    JOIN temp.WeekdayIndex AS w ON w.Cutoff = d.Cutoff AND w.Weekday = d.Weekday
    GROUP BY d.Cutoff, d.MonthEnd
)
INSERT INTO temp.MonthEndIndex (Cutoff, MonthEnd, Paid, Expected, Factor)
SELECT c.Cutoff, f.MonthEnd, coalesce(o.Paid, 0), coalesce(o.Expected, 0.0),
       (coalesce(o.Paid, 0) + 60.0) / (coalesce(o.Expected, 0.0) + 60.0)
FROM temp.Cutoff AS c
CROSS JOIN Five AS f
LEFT JOIN Own AS o ON o.Cutoff = c.Cutoff AND o.MonthEnd = f.MonthEnd;

-- name: stage_quarter_index
-- Months of the quarter are only compared within whole quarters, each brought to what came in it.
CREATE TEMP TABLE QuarterIndex (
    Cutoff INTEGER, MonthOfQuarter INTEGER, Paid INTEGER NOT NULL, Expected REAL NOT NULL,
    Factor REAL NOT NULL, PRIMARY KEY (Cutoff, MonthOfQuarter)
) WITHOUT ROWID;

-- name: stage_quarter_index_fill
WITH Shaped AS (
    SELECT d.Cutoff, d.Month, sum(d.Paid) AS Paid, sum(d.Expected * w.Factor * v.Factor) AS Expected
    FROM temp.CalendarDay AS d
    JOIN temp.MonthPace AS m ON m.Cutoff = d.Cutoff AND m.Month = d.Month AND m.IsWhole
    JOIN temp.WeekdayIndex AS w ON w.Cutoff = d.Cutoff AND w.Weekday = d.Weekday
    JOIN temp.MonthEndIndex AS v ON v.Cutoff = d.Cutoff AND v.MonthEnd = d.MonthEnd
    GROUP BY d.Cutoff, d.Month
), Quarter AS (
    SELECT Cutoff, Month / 3 AS Quarter,
           CASE WHEN sum(Expected) > 0 THEN sum(Paid) / sum(Expected) ELSE 0.0 END AS Scale
    FROM Shaped
    GROUP BY Cutoff, Month / 3
    HAVING count(*) = 3
), Month AS (
    SELECT s.Cutoff, s.Month % 3 AS MonthOfQuarter, sum(s.Paid) AS Paid,
           sum(s.Expected * q.Scale) AS Expected,
           sum(ln((s.Paid + 10.0) / (s.Expected * q.Scale + 10.0))) AS Deviation
    FROM Shaped AS s
    JOIN Quarter AS q ON q.Cutoff = s.Cutoff AND q.Quarter = s.Month / 3
    GROUP BY s.Cutoff, s.Month % 3
), Raw AS (
    SELECT c.Cutoff, k.MonthOfQuarter, coalesce(m.Paid, 0) AS Paid, coalesce(m.Expected, 0.0) AS Expected,
           exp(coalesce(m.Deviation, 0.0)
               / ((SELECT count(*) FROM Quarter AS q WHERE q.Cutoff = c.Cutoff) + 3.0)) AS Factor
    FROM temp.Cutoff AS c
    CROSS JOIN (SELECT 0 AS MonthOfQuarter UNION ALL SELECT 1 UNION ALL SELECT 2) AS k
    LEFT JOIN Month AS m ON m.Cutoff = c.Cutoff AND m.MonthOfQuarter = k.MonthOfQuarter
)
INSERT INTO temp.QuarterIndex (Cutoff, MonthOfQuarter, Paid, Expected, Factor)
SELECT Cutoff, MonthOfQuarter, Paid, Expected, Factor / avg(Factor) OVER (PARTITION BY Cutoff)
FROM Raw;

-- name: stage_effective
-- x: the days after an evening, each as much as it counts, added up; those of replays are 28 days.
CREATE TEMP TABLE Effective (
    Cutoff INTEGER, Day INTEGER, Days REAL NOT NULL, PRIMARY KEY (Cutoff, Day)) WITHOUT ROWID;

-- name: stage_effective_fill
INSERT INTO temp.Effective (Cutoff, Day, Days)
SELECT c.Cutoff, c.Day, 0.0 FROM temp.Cutoff AS c
UNION ALL
SELECT c.Cutoff, d.Day,
       sum(w.Factor * v.Factor * u.Factor * CASE WHEN c.Cutoff = 0 AND d.Day = :count_day THEN :rest ELSE 1.0 END)
       OVER (PARTITION BY c.Cutoff ORDER BY d.Day)
FROM temp.Cutoff AS c
JOIN temp.Day AS d ON d.Day > c.Day AND (c.Cutoff = 0 OR d.Day <= c.Day + 28)
JOIN temp.WeekdayIndex AS w ON w.Cutoff = c.Cutoff AND w.Weekday = d.Weekday
JOIN temp.MonthEndIndex AS v ON v.Cutoff = c.Cutoff AND v.MonthEnd = d.MonthEnd
JOIN temp.QuarterIndex AS u ON u.Cutoff = c.Cutoff AND u.MonthOfQuarter = d.Month % 3;

-- name: stage_mean_quarter
-- The mean of u over the days of the pace: what those days were like.
CREATE TEMP TABLE MeanQuarter AS
SELECT c.Cutoff, avg(u.Factor) AS Factor
FROM temp.Cutoff AS c
JOIN temp.Day AS d ON d.Day > c.Day - c.PaceDays AND d.Day <= c.Day
JOIN temp.QuarterIndex AS u ON u.Cutoff = c.Cutoff AND u.MonthOfQuarter = d.Month % 3
GROUP BY c.Cutoff;
