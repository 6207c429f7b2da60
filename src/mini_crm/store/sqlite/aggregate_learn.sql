-- Steps 1 to 5 for c and for every evening that is replayed: sizes, and speeds by age.
--
-- The million entries are read once, into cells of equal life; all evenings are worked out from those.

-- name: stage_size_limit
-- An amount is above its unit's average exactly when it is above the whole part of sum / count. Amounts of 0 are
-- refusals whose amount nobody knew, and do not count.
CREATE TEMP TABLE SizeLimit (
    Cutoff INTEGER, UnitNo INTEGER, AverageAmount INTEGER, PRIMARY KEY (Cutoff, UnitNo)) WITHOUT ROWID;

-- name: stage_size_limit_fill
WITH Everything AS (
    SELECT u.UnitNo, sum(t.Priced) AS Deals, sum(t.Amount) AS Amount
    FROM temp.Tally AS t
    JOIN temp.GroupUnit AS u ON u.GroupId = t.GroupId
    GROUP BY u.UnitNo
), Later AS (
    SELECT c.Cutoff, r.Pack & 255 AS UnitNo, sum(r.Deals) AS Deals, sum(r.Amount) AS Amount
    FROM temp.Cutoff AS c
    JOIN temp.RecentAmount AS r ON r.Pack >> 8 > c.Day
    GROUP BY c.Cutoff, r.Pack & 255
)
INSERT INTO temp.SizeLimit (Cutoff, UnitNo, AverageAmount)
SELECT c.Cutoff, e.UnitNo,
       (e.Amount - coalesce(l.Amount, 0)) / nullif(e.Deals - coalesce(l.Deals, 0), 0)
FROM temp.Cutoff AS c
CROSS JOIN Everything AS e
LEFT JOIN Later AS l ON l.Cutoff = c.Cutoff AND l.UnitNo = e.UnitNo;

-- name: stage_size_step
-- The averages of all evenings in order; the band of an amount is the number of those below it.
CREATE TEMP TABLE SizeStep (
    UnitNo INTEGER, AverageAmount INTEGER, Step INTEGER NOT NULL CHECK (Step < 64),
    PRIMARY KEY (UnitNo, AverageAmount)
) WITHOUT ROWID;

-- name: stage_size_step_fill
INSERT INTO temp.SizeStep (UnitNo, AverageAmount, Step)
SELECT d.UnitNo, d.AverageAmount, row_number() OVER (PARTITION BY d.UnitNo ORDER BY d.AverageAmount)
FROM (SELECT DISTINCT UnitNo, AverageAmount FROM temp.SizeLimit WHERE AverageAmount IS NOT NULL) AS d;

-- name: stage_large_from
-- From which band on an amount is above the average of an evening; nothing is where there is no average.
CREATE TEMP TABLE LargeFrom (
    Cutoff INTEGER, UnitNo INTEGER, Band INTEGER NOT NULL, PRIMARY KEY (Cutoff, UnitNo)) WITHOUT ROWID;

-- name: stage_large_from_fill
INSERT INTO temp.LargeFrom (Cutoff, UnitNo, Band)
SELECT l.Cutoff, l.UnitNo, coalesce(s.Step, 64)
FROM temp.SizeLimit AS l
LEFT JOIN temp.SizeStep AS s ON s.UnitNo = l.UnitNo AND s.AverageAmount = l.AverageAmount;

-- name: stage_group_size
-- By group: its unit, the average of c, and the ends of the steps, beyond which no step need be looked for.
CREATE TEMP TABLE GroupSize (
    GroupId INTEGER PRIMARY KEY, UnitNo INTEGER NOT NULL, AverageAmount INTEGER NOT NULL,
    FirstStep INTEGER NOT NULL, LastStep INTEGER NOT NULL, Steps INTEGER NOT NULL);

-- name: stage_group_size_fill
INSERT INTO temp.GroupSize (GroupId, UnitNo, AverageAmount, FirstStep, LastStep, Steps)
SELECT u.GroupId, u.UnitNo, coalesce(l.AverageAmount, 1 << 60), coalesce(min(s.AverageAmount), 1 << 60),
       coalesce(max(s.AverageAmount), 1 << 60), count(s.Step)
FROM temp.GroupUnit AS u
LEFT JOIN temp.SizeLimit AS l ON l.UnitNo = u.UnitNo AND l.Cutoff = 0
LEFT JOIN temp.SizeStep AS s ON s.UnitNo = u.UnitNo
GROUP BY u.GroupId;

-- name: share_sizes
SizeStep LargeFrom GroupSize

-- name: each_packed_life
-- Entries of one day of entry, age at the end, status, unit and band (packed: 21, 21, 2, 8, 6 bits). Those
-- that ended before any evening's year are in no number from here on.
CREATE TEMP TABLE PackedLife (
    Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL, Amount INTEGER NOT NULL, Paid INTEGER NOT NULL,
    Square REAL NOT NULL);

-- name: each_packed_life_fill
INSERT INTO temp.PackedLife (Pack, Deals, Amount, Paid, Square)
SELECT ((d.EnteredOn + 1000000) << 37) | (coalesce(d.StatusOn - d.EnteredOn, 2097151) << 16)
       | (d.Status << 14) | (s.UnitNo << 6)
       | CASE WHEN d.Amount <= s.FirstStep THEN 0
              WHEN d.Amount > s.LastStep THEN s.Steps
              ELSE (SELECT count(*) FROM temp.SizeStep AS b
                    WHERE b.UnitNo = s.UnitNo AND b.AverageAmount < d.Amount) END,
       1, d.Amount, CASE d.Status WHEN 1 THEN d.Paid ELSE 0 END,
       d.Amount / 100.0 * (d.Amount / 100.0)
FROM temp.Deal AS d
JOIN temp.GroupSize AS s ON s.GroupId = d.GroupId
WHERE d.StatusOn IS NULL OR d.StatusOn > (SELECT min(CalendarFrom) FROM temp.Cutoff)
ON CONFLICT (Pack) DO UPDATE
SET Deals = Deals + 1, Amount = Amount + excluded.Amount, Paid = Paid + excluded.Paid,
    Square = Square + excluded.Square;

-- name: each_life
-- Age and EndsOn are NULL while it goes on.
CREATE TEMP VIEW Life AS
SELECT (p.Pack >> 37) - 1000000 AS EnteredOn,
       nullif((p.Pack >> 16) & 2097151, 2097151) AS Age,
       (p.Pack >> 37) - 1000000 + nullif((p.Pack >> 16) & 2097151, 2097151) AS EndsOn,
       (p.Pack >> 14) & 3 AS Status, (p.Pack >> 6) & 255 AS UnitNo, p.Pack & 63 AS Band,
       p.Deals, p.Amount, p.Paid, p.Square
FROM temp.PackedLife AS p
WHERE EXISTS (SELECT 1 FROM temp.Cutoff);

-- name: each_age
-- The bucket of every age.
CREATE TEMP TABLE Age (Age INTEGER PRIMARY KEY, Bucket INTEGER NOT NULL);

-- name: each_age_fill
WITH RECURSIVE Every (Age) AS (
    SELECT 0
    UNION ALL
    SELECT Age + 1 FROM Every WHERE Age < :count_day - (SELECT FirstEntry FROM temp.Span)
)
INSERT INTO temp.Age (Age, Bucket)
SELECT e.Age, b.Bucket
FROM Every AS e
JOIN temp.Bucket AS b ON b.FromAge < max(e.Age, 1) AND b.ToAge >= max(e.Age, 1);

-- name: each_packed_cohort
-- Through which buckets entries of one day went; those resolved on their day of entry through none. Packed,
-- as the two tables after it: day, unit, band, bucket (21, 8, 6, 4 bits).
CREATE TEMP TABLE PackedCohort (Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL);

-- name: each_packed_cohort_fill
INSERT INTO temp.PackedCohort (Pack, Deals)
SELECT ((l.EnteredOn + 1000000) << 18) | (l.UnitNo << 10) | (l.Band << 4) | coalesce(a.Bucket, 10), l.Deals
FROM temp.Life AS l
LEFT JOIN temp.Age AS a ON a.Age = l.Age
WHERE l.Age IS NULL OR l.Age > 0
ON CONFLICT (Pack) DO UPDATE SET Deals = Deals + excluded.Deals;

-- name: each_packed_ending
-- In which bucket entries ended on a day, as what (2 bits) and whether on their day of entry (1 bit).
CREATE TEMP TABLE PackedEnding (Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL);

-- name: each_packed_ending_fill
INSERT INTO temp.PackedEnding (Pack, Deals)
SELECT ((l.EndsOn + 1000000) << 21) | (l.UnitNo << 13) | (l.Band << 7) | (a.Bucket << 3) | (l.Status << 1)
       | (l.Age = 0), l.Deals
FROM temp.Life AS l
JOIN temp.Age AS a ON a.Age = l.Age
WHERE TRUE
ON CONFLICT (Pack) DO UPDATE SET Deals = Deals + excluded.Deals;

-- name: gather_lives
PackedCohort PackedEnding

-- name: stage_ending
CREATE TEMP TABLE Ending AS
SELECT (e.Pack >> 13) & 255 AS UnitNo, (e.Pack >> 7) & 63 AS Band, (e.Pack >> 21) - 1000000 AS EndsOn,
       (e.Pack >> 3) & 15 AS Bucket, (e.Pack >> 1) & 3 AS Status, e.Pack & 1 AS OnItsDay, e.Deals
FROM temp.PackedEnding AS e;

-- name: stage_packed_risk_change
-- On which day how many more entries are waiting in a bucket.
CREATE TEMP TABLE PackedRiskChange (Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL);

-- name: stage_packed_risk_change_fill
WITH Cohort AS (
    SELECT (Pack >> 18) - 1000000 AS EnteredOn, (Pack & 262128) AS Kind, Pack & 15 AS LastBucket, Deals
    FROM temp.PackedCohort
), Change AS (
    SELECT k.EnteredOn + b.FromAge + 1 AS Day, k.Kind | b.Bucket AS Kind, k.Deals
    FROM Cohort AS k
    CROSS JOIN temp.Bucket AS b ON b.Bucket <= k.LastBucket
    UNION ALL
    SELECT k.EnteredOn + b.ToAge + 1, k.Kind | b.Bucket, -k.Deals
    FROM Cohort AS k
    CROSS JOIN temp.Bucket AS b ON b.Bucket < k.LastBucket
    UNION ALL
    SELECT e.EndsOn + 1, (e.UnitNo << 10) | (e.Band << 4) | e.Bucket, -e.Deals
    FROM temp.Ending AS e
    WHERE NOT e.OnItsDay
)
INSERT INTO temp.PackedRiskChange (Pack, Deals)
SELECT ((c.Day + 1000000) << 18) | c.Kind, c.Deals
FROM Change AS c
WHERE c.Day <= :learn_day
ON CONFLICT (Pack) DO UPDATE SET Deals = Deals + excluded.Deals;

-- name: stage_risk_change
CREATE TEMP TABLE RiskChange AS
SELECT (r.Pack >> 10) & 255 AS UnitNo, (r.Pack >> 4) & 63 AS Band, r.Pack & 15 AS Bucket,
       (r.Pack >> 18) - 1000000 AS Day, r.Deals
FROM temp.PackedRiskChange AS r;

-- name: stage_grid
-- The days on which a window of learning begins or ends, numbered. A day is up to grid day number i
-- exactly when fewer than i grid days are before it.
CREATE TEMP TABLE Grid (GridNo INTEGER PRIMARY KEY, Day INTEGER NOT NULL UNIQUE);

-- name: stage_grid_fill
INSERT INTO temp.Grid (GridNo, Day)
SELECT row_number() OVER (ORDER BY Day), Day
FROM (SELECT Day FROM temp.Cutoff UNION SELECT LearnFrom FROM temp.Cutoff);

-- name: stage_grid_place
-- How many grid days are before a day.
CREATE TEMP TABLE GridPlace (Day INTEGER PRIMARY KEY, Before INTEGER NOT NULL);

-- name: stage_grid_place_fill
WITH RECURSIVE Every (Day) AS (
    SELECT FirstEntry FROM temp.Span WHERE FirstEntry IS NOT NULL
    UNION ALL
    SELECT Day + 1 FROM Every WHERE Day < :learn_day
)
INSERT INTO temp.GridPlace (Day, Before)
SELECT e.Day, (SELECT count(*) FROM temp.Grid AS g WHERE g.Day < e.Day) FROM Every AS e;

-- name: stage_risk_cell
-- Changes between two grid days: their number, and their number times their day, so that the days at risk
-- up to grid day g are (g + 1) * Deals - DealDays. Events of the same days beside them.
CREATE TEMP TABLE RiskCell AS
WITH Event AS (
    SELECT UnitNo, Band, Bucket, Day, Deals, Deals * Day AS DealDays, 0 AS Paid, 0 AS Refused, 0 AS OnItsDay
    FROM temp.RiskChange
    UNION ALL
    SELECT UnitNo, Band, Bucket, EndsOn, 0, 0, CASE Status WHEN 1 THEN Deals ELSE 0 END,
           CASE Status WHEN 2 THEN Deals ELSE 0 END, OnItsDay * Deals
    FROM temp.Ending
    WHERE EndsOn <= :learn_day
)
SELECT e.UnitNo, e.Band, e.Bucket, g.Before, sum(e.Deals) AS Deals, sum(e.DealDays) AS DealDays,
       sum(e.Paid) AS Paid, sum(e.Refused) AS Refused, sum(e.OnItsDay) AS OnItsDay
FROM Event AS e
CROSS JOIN temp.GridPlace AS g ON g.Day = e.Day
GROUP BY e.UnitNo, e.Band, e.Bucket, g.Before;

-- name: stage_exposure
-- Days at risk and events of each evening's year, by bucket and size. Resolved on its day of entry: half a day.
CREATE TEMP TABLE Exposure AS
SELECT c.Cutoff, r.Bucket, r.Band >= f.Band AS IsLarge,
       sum((c.Day + 1) * r.Deals - r.DealDays
           - CASE WHEN r.Before < b.GridNo THEN (c.LearnFrom + 1) * r.Deals - r.DealDays ELSE 0 END)
       + 0.5 * sum(CASE WHEN r.Before >= b.GridNo THEN r.OnItsDay ELSE 0 END) AS Days,
       sum(CASE WHEN r.Before >= b.GridNo THEN r.Paid ELSE 0 END) AS Paid,
       sum(CASE WHEN r.Before >= b.GridNo THEN r.Refused ELSE 0 END) AS Refused
FROM temp.Cutoff AS c
JOIN temp.Grid AS e ON e.Day = c.Day
JOIN temp.Grid AS b ON b.Day = c.LearnFrom
JOIN temp.RiskCell AS r ON r.Before < e.GridNo
JOIN temp.LargeFrom AS f ON f.Cutoff = c.Cutoff AND f.UnitNo = r.UnitNo
GROUP BY c.Cutoff, r.Bucket, r.Band >= f.Band;

-- name: stage_speed
-- Daily chance of being paid and of being refused, with half a pseudo-event shared by both.
CREATE TEMP TABLE Speed (
    Cutoff INTEGER, Bucket INTEGER, FromAge INTEGER NOT NULL, ToAge INTEGER NOT NULL, Days REAL NOT NULL,
    Paid INTEGER NOT NULL, Refused INTEGER NOT NULL, PaidRate REAL NOT NULL, RefusedRate REAL NOT NULL,
    PRIMARY KEY (Cutoff, Bucket)
) WITHOUT ROWID;

-- name: stage_speed_fill
WITH Total AS (
    SELECT Cutoff, sum(Paid) AS Paid, sum(Refused) AS Refused, sum(Days) AS Days
    FROM temp.Exposure
    GROUP BY Cutoff
)
INSERT INTO temp.Speed (Cutoff, Bucket, FromAge, ToAge, Days, Paid, Refused, PaidRate, RefusedRate)
SELECT t.Cutoff, b.Bucket, b.FromAge, b.ToAge, coalesce(sum(x.Days), 0.0), coalesce(sum(x.Paid), 0),
       coalesce(sum(x.Refused), 0),
       (coalesce(sum(x.Paid), 0) + 0.5 * t.Paid / (t.Paid + t.Refused))
       / (coalesce(sum(x.Days), 0) + 0.5 * t.Days / (t.Paid + t.Refused)),
       (coalesce(sum(x.Refused), 0) + 0.5 * t.Refused / (t.Paid + t.Refused))
       / (coalesce(sum(x.Days), 0) + 0.5 * t.Days / (t.Paid + t.Refused))
FROM Total AS t
CROSS JOIN temp.Bucket AS b
LEFT JOIN temp.Exposure AS x ON x.Cutoff = t.Cutoff AND x.Bucket = b.Bucket
WHERE t.Paid + t.Refused > 0
GROUP BY t.Cutoff, b.Bucket;

-- name: stage_size_index
-- Of an evening that is replayed; that of c comes with the promise index.
CREATE TEMP TABLE SizeIndex (
    Cutoff INTEGER, IsLarge INTEGER, Paid INTEGER NOT NULL, Expected REAL NOT NULL, Speed REAL NOT NULL,
    PRIMARY KEY (Cutoff, IsLarge)
) WITHOUT ROWID;

-- name: stage_size_index_fill
INSERT INTO temp.SizeIndex (Cutoff, IsLarge, Paid, Expected, Speed)
SELECT s.Cutoff, z.IsLarge, coalesce(sum(x.Paid), 0), coalesce(sum(x.Days * s.PaidRate), 0.0),
       (coalesce(sum(x.Paid), 0) + 20.0) / (coalesce(sum(x.Days * s.PaidRate), 0.0) + 20.0)
FROM temp.Speed AS s
CROSS JOIN (SELECT 0 AS IsLarge UNION ALL SELECT 1) AS z
LEFT JOIN temp.Exposure AS x ON x.Cutoff = s.Cutoff AND x.Bucket = s.Bucket AND x.IsLarge = z.IsLarge
WHERE s.Cutoff > 0
GROUP BY s.Cutoff, z.IsLarge;
