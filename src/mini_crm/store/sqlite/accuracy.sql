-- How well the stored forecasts of periods that ended before :day met what came, for the leads from :first_lead
-- to :last_lead (0 is the company). Years of history hold hundreds of thousands of forecasts. So what is little
-- (days, and spans in which nothing more came) is put into the connection's own TEMP tables, in the order of the
-- result: each forecast is found by its key, added up where it is read, and never sorted.

-- name: make_days
-- The days with something to compare. RunId 0: it was made afterwards, no run said it.
CREATE TEMP TABLE IF NOT EXISTS AccuracyDay (
    PeriodId       INTEGER NOT NULL,
    Method         INTEGER NOT NULL,
    IsRecalculated INTEGER NOT NULL,
    Day            INTEGER NOT NULL,
    RunId          INTEGER NOT NULL,
    PRIMARY KEY (PeriodId, Method, IsRecalculated, Day)
) WITHOUT ROWID;

-- name: fill_days
INSERT INTO temp.AccuracyDay (PeriodId, Method, IsRecalculated, Day, RunId)
SELECT p.PeriodId, r.Method, 0, d.CountDay, d.RunId
FROM DayRun AS d
JOIN Run AS r ON r.RunId = d.RunId
JOIN Period AS p ON p.EndsOn < :day AND d.CountDay BETWEEN p.StartsOn AND p.EndsOn
UNION ALL
SELECT DISTINCT k.PeriodId, 2, 1, k.Day, 0
FROM KeptReplay AS k
JOIN Period AS p ON p.PeriodId = k.PeriodId AND p.EndsOn < :day AND k.Day BETWEEN p.StartsOn AND p.EndsOn
WHERE k.Day NOT IN (SELECT CountDay FROM DayRun);

-- name: make_came
CREATE TEMP TABLE IF NOT EXISTS AccuracyCame (
    PeriodId INTEGER NOT NULL,
    LeadId   INTEGER NOT NULL,
    Unit     TEXT NOT NULL,
    Day      INTEGER NOT NULL,
    Paid     INTEGER NOT NULL,
    PRIMARY KEY (PeriodId, LeadId, Unit, Day)
) WITHOUT ROWID;

-- name: fill_came
-- What came in each period, by the day of entry. No forecast is older than its period's first day: what was
-- entered before is one sum.
WITH RECURSIVE PeriodDay (PeriodId, StartsOn, EndsOn, Day) AS (
    SELECT p.PeriodId, p.StartsOn, p.EndsOn, p.StartsOn FROM Period AS p
    WHERE p.PeriodId IN (SELECT PeriodId FROM temp.AccuracyDay)
    UNION ALL
    SELECT PeriodId, StartsOn, EndsOn, Day + 1 FROM PeriodDay WHERE Day < EndsOn
)
INSERT INTO temp.AccuracyCame (PeriodId, LeadId, Unit, Day, Paid)
SELECT x.PeriodId, e.LeadId, g.Unit, max(e.EnteredOn, x.StartsOn), sum(coalesce(e.PaidAmount, e.Amount))
FROM Entry AS e
CROSS JOIN PeriodDay AS x ON x.Day = e.StatusOn
JOIN SalesGroup AS g ON g.GroupId = e.GroupId
WHERE e.Status = 1 AND e.DeletedAt IS NULL AND e.LeadId BETWEEN :first_lead AND :last_lead
GROUP BY x.PeriodId, e.LeadId, g.Unit, max(e.EnteredOn, x.StartsOn);

-- name: fill_came_to_all
INSERT INTO temp.AccuracyCame (PeriodId, LeadId, Unit, Day, Paid)
SELECT PeriodId, 0, Unit, Day, sum(Paid) FROM temp.AccuracyCame
WHERE :first_lead = 0
GROUP BY PeriodId, Unit, Day;

-- name: fill_came_nothing
-- Every period begins with what was entered before it, be it nothing, for whoever has a forecast.
WITH Told AS (
    SELECT DISTINCT f.LeadId, f.Unit
    FROM temp.AccuracyDay AS d
    CROSS JOIN LeadForecast AS f ON f.RunId = d.RunId AND f.PeriodId = d.PeriodId
        AND f.LeadId BETWEEN :first_lead AND :last_lead
    UNION
    SELECT LeadId, Unit FROM KeptReplay WHERE LeadId BETWEEN :first_lead AND :last_lead
)
INSERT INTO temp.AccuracyCame (PeriodId, LeadId, Unit, Day, Paid)
SELECT p.PeriodId, t.LeadId, t.Unit, p.StartsOn, 0
FROM (SELECT DISTINCT PeriodId FROM temp.AccuracyDay) AS d
JOIN Period AS p ON p.PeriodId = d.PeriodId
CROSS JOIN Told AS t
WHERE true
ON CONFLICT DO NOTHING;

-- name: make_spans
-- Actual is what a whole number is compared with: all that came; method 1 had none, so its number, and the one
-- without new entries, with what came of the entries known on that day.
CREATE TEMP TABLE IF NOT EXISTS AccuracySpan (
    PeriodId       INTEGER NOT NULL,
    LeadId         INTEGER NOT NULL,
    Unit           TEXT NOT NULL,
    Method         INTEGER NOT NULL,
    IsRecalculated INTEGER NOT NULL,
    FromDay        INTEGER NOT NULL,
    BeforeDay      INTEGER NOT NULL,
    Actual         REAL NOT NULL,
    OpenActual     REAL NOT NULL,
    PRIMARY KEY (PeriodId, LeadId, Unit, Method, IsRecalculated, FromDay)
) WITHOUT ROWID;

-- name: fill_spans
WITH Known AS (
    SELECT c.PeriodId, c.LeadId, c.Unit, c.Day, lead(c.Day, 1, 1 << 62) OVER line AS BeforeDay,
           sum(c.Paid) OVER line / 100.0 AS OpenActual,
           sum(c.Paid) OVER (PARTITION BY c.PeriodId, c.LeadId, c.Unit) / 100.0 AS WholeActual
    FROM temp.AccuracyCame AS c
    WINDOW line AS (PARTITION BY c.PeriodId, c.LeadId, c.Unit ORDER BY c.Day)
)
INSERT INTO temp.AccuracySpan (PeriodId, LeadId, Unit, Method, IsRecalculated, FromDay, BeforeDay, Actual, OpenActual)
SELECT k.PeriodId, k.LeadId, k.Unit, m.Method, m.IsRecalculated, k.Day, k.BeforeDay,
       CASE m.Method WHEN 1 THEN k.OpenActual ELSE k.WholeActual END, k.OpenActual
FROM Known AS k
JOIN (SELECT DISTINCT PeriodId, Method, IsRecalculated FROM temp.AccuracyDay) AS m ON m.PeriodId = k.PeriodId;

-- name: list_accuracy
-- CROSS JOIN keeps the order of the loops, from which the rows of a group come together.
WITH Measured AS (
    SELECT {measures}
    FROM temp.AccuracySpan AS s
    CROSS JOIN temp.AccuracyDay AS d ON d.PeriodId = s.PeriodId AND d.Method = s.Method AND d.IsRecalculated = 0
        AND d.Day >= s.FromDay AND d.Day < s.BeforeDay
    CROSS JOIN LeadForecast AS f ON f.RunId = d.RunId AND f.PeriodId = s.PeriodId AND f.LeadId = s.LeadId
        AND f.Unit = s.Unit
    WHERE s.IsRecalculated = 0
    GROUP BY s.PeriodId, s.LeadId, s.Unit, s.Method, s.IsRecalculated
    UNION ALL
    SELECT {measures}
    FROM temp.AccuracySpan AS s
    CROSS JOIN temp.AccuracyDay AS d ON d.PeriodId = s.PeriodId AND d.Method = s.Method AND d.IsRecalculated = 1
        AND d.Day >= s.FromDay AND d.Day < s.BeforeDay
    CROSS JOIN KeptReplay AS f ON f.PeriodId = s.PeriodId AND f.Day = d.Day AND f.LeadId = s.LeadId
        AND f.Unit = s.Unit
    WHERE s.IsRecalculated = 1
    GROUP BY s.PeriodId, s.LeadId, s.Unit, s.Method, s.IsRecalculated
)
SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, m.*, coalesce(l.Name, '') AS LeadName
FROM Measured AS m
JOIN Period AS p ON p.PeriodId = m.PeriodId
LEFT JOIN Lead AS l ON l.LeadId = m.LeadId
ORDER BY p.EndsOn DESC, p.StartsOn DESC, m.PeriodId, l.NameKey, m.Unit, m.Method DESC, m.IsRecalculated;

-- name: measures
s.PeriodId, s.LeadId, s.Unit, s.Method, s.IsRecalculated, count(*) AS Days,
sum(abs(f.Forecast - s.Actual)) / nullif(sum(s.Actual), 0) AS Wape,
sum(abs(f.HandFormula - s.Actual)) / nullif(sum(s.Actual), 0) AS HandWape,
CASE WHEN s.Method > 1 THEN sum(abs(f.RunRate - s.Actual))
    / nullif(sum(CASE WHEN f.RunRate IS NOT NULL THEN s.Actual END), 0) END AS RunRateWape,
sum(coalesce(s.Actual BETWEEN f.Low - 0.005 AND f.High + 0.005, 0)) AS Covered,
CASE WHEN s.Method > 1 THEN sum(abs(f.Paid / 100.0 + f.FromOpen - s.OpenActual))
    / nullif(sum(s.OpenActual), 0) END AS OpenWape,
CASE WHEN s.Method > 1 THEN sum(coalesce(s.OpenActual BETWEEN f.OpenLow - 0.005 AND f.OpenHigh + 0.005, 0))
    ELSE 0 END AS OpenCovered

-- name: clear_days
DELETE FROM temp.AccuracyDay;

-- name: clear_came
DELETE FROM temp.AccuracyCame;

-- name: clear_spans
DELETE FROM temp.AccuracySpan;
