-- Steps 14, 4, 5 and 15 for c: the promised day, the indices of leads and sizes, and the chance of every
-- open entry.

-- name: stage_age_sum
-- Sums over the ages 1 to Age of the daily chance of payment (step 3) and of its twin in the calendar (13).
CREATE TEMP TABLE AgeSum (Age INTEGER PRIMARY KEY, PaidRate REAL NOT NULL, CalendarRate REAL NOT NULL);

-- name: stage_age_sum_fill
INSERT INTO temp.AgeSum (Age, PaidRate, CalendarRate)
SELECT a.Age,
       sum(CASE WHEN a.Age > 0 THEN s.PaidRate ELSE 0.0 END) OVER (ORDER BY a.Age),
       sum(CASE WHEN a.Age > 0 THEN h.PaidRate ELSE 0.0 END) OVER (ORDER BY a.Age)
FROM temp.Age AS a
JOIN temp.Speed AS s ON s.Cutoff = 0 AND s.Bucket = a.Bucket
JOIN temp.CalendarSpeed AS h ON h.Cutoff = 0 AND h.Bucket = a.Bucket;

-- name: share_speeds
Speed

-- name: each_waited
-- Up to which age an entry waited, and (taken off) from which on it is looked at, with the age at which it
-- was promised: 24 bits, 0 for no promise. Farther than any class reaches that makes no difference, so it is
-- drawn in. Wait is -1 where it was resolved on its day of entry. Owner is the lead and the size (1 bit).
CREATE TEMP TABLE Waited (Wait INTEGER NOT NULL, Owner INTEGER NOT NULL, Deals INTEGER NOT NULL, Paid INTEGER NOT NULL);

-- name: each_waited_fill
WITH Waiting AS (
    SELECT d.Owner, d.GroupId, d.Amount, d.PromisedAge, d.StatusOn IS d.EnteredOn AS OnItsDay, 1 AS Deals,
           CASE WHEN d.StatusOn <= :learn_day THEN d.StatusOn ELSE :learn_day END - d.EnteredOn AS Age,
           d.Status = 1 AND d.StatusOn <= :learn_day AS Paid
    FROM temp.Deal AS d
    WHERE d.EnteredOn <= :learn_day
      AND (d.StatusOn IS NULL OR d.StatusOn > (SELECT LearnFrom FROM temp.Cutoff WHERE Cutoff = 0))
    UNION ALL
    SELECT d.Owner, d.GroupId, d.Amount, d.PromisedAge, 0, -1, c.LearnFrom - d.EnteredOn, 0
    FROM temp.Cutoff AS c
    CROSS JOIN temp.Deal AS d
        ON d.EnteredOn < c.LearnFrom AND (d.StatusOn IS NULL OR d.StatusOn > c.LearnFrom)
    WHERE c.Cutoff = 0
)
INSERT INTO temp.Waited (Wait, Owner, Deals, Paid)
SELECT CASE WHEN w.OnItsDay THEN -1
            ELSE (w.Age << 24) | CASE WHEN w.PromisedAge IS NULL THEN 0
                                      WHEN w.PromisedAge < -31 THEN 1
                                      WHEN w.PromisedAge > w.Age + 30 THEN w.Age + 62
                                      ELSE w.PromisedAge + 32 END END,
       ((w.Owner >> 36) << 1) | (w.Amount > s.AverageAmount), w.Deals, w.Paid
FROM Waiting AS w
CROSS JOIN temp.GroupSize AS s ON s.GroupId = w.GroupId
WHERE EXISTS (SELECT 1 FROM temp.Speed WHERE Cutoff = 0);

-- name: each_wait
CREATE TEMP TABLE Wait (Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL, Paid INTEGER NOT NULL);

-- name: each_wait_fill
INSERT INTO temp.Wait (Pack, Deals, Paid)
SELECT w.Wait, w.Deals, w.Paid
FROM temp.Waited AS w
WHERE w.Wait >= 0
ON CONFLICT (Pack) DO UPDATE SET Deals = Deals + excluded.Deals, Paid = Paid + excluded.Paid;

-- name: gather_waits
Wait

-- name: stage_wait_promise
-- The part of each wait in each class of the promise, weighed by both speeds.
CREATE TEMP TABLE WaitPromise (
    Pack INTEGER, Promise INTEGER, Deals INTEGER NOT NULL, Paid INTEGER NOT NULL, PaidRate REAL NOT NULL,
    CalendarRate REAL NOT NULL, PRIMARY KEY (Pack, Promise)) WITHOUT ROWID;

-- name: stage_wait_promise_fill
INSERT INTO temp.WaitPromise (Pack, Promise, Deals, Paid, PaidRate, CalendarRate)
SELECT w.Pack, z.Promise, w.Deals,
       CASE WHEN (w.Pack >> 24) - (w.Pack & 16777215) + 32 > z.FromPast
                 AND (w.Pack >> 24) - (w.Pack & 16777215) + 32 <= z.ToPast THEN w.Paid ELSE 0 END AS Paid,
       t.PaidRate - f.PaidRate AS PaidRate, t.CalendarRate - f.CalendarRate AS CalendarRate
FROM temp.Wait AS w
CROSS JOIN temp.Promise AS z
CROSS JOIN temp.AgeSum AS t ON t.Age = min(w.Pack >> 24, (w.Pack & 16777215) - 32 + z.ToPast)
CROSS JOIN temp.AgeSum AS f ON f.Age = max(0, (w.Pack & 16777215) - 32 + z.FromPast)
WHERE w.Pack & 16777215 > 0 AND t.Age > f.Age;

-- name: stage_promise_index
CREATE TEMP TABLE PromiseIndex (
    Promise INTEGER PRIMARY KEY, Paid INTEGER NOT NULL, Expected REAL NOT NULL, Speed REAL NOT NULL);

-- name: stage_promise_index_fill
INSERT INTO temp.PromiseIndex (Promise, Paid, Expected, Speed)
SELECT z.Promise, coalesce(sum(w.Paid), 0), coalesce(sum(w.Deals * w.CalendarRate), 0.0),
       (coalesce(sum(w.Paid), 0) + 20.0) / (coalesce(sum(w.Deals * w.CalendarRate), 0.0) + 20.0)
FROM temp.Promise AS z
LEFT JOIN temp.WaitPromise AS w ON w.Promise = z.Promise
WHERE EXISTS (SELECT 1 FROM temp.Speed WHERE Cutoff = 0)
GROUP BY z.Promise;

-- name: stage_wait_weight
-- What the company's speeds, net of the promise, make of a wait.
CREATE TEMP TABLE WaitWeight (Pack INTEGER PRIMARY KEY, Expected REAL NOT NULL);

-- name: stage_wait_weight_fill
INSERT INTO temp.WaitWeight (Pack, Expected)
SELECT w.Pack, CASE WHEN w.Pack & 16777215 = 0 THEN a.PaidRate
                    ELSE coalesce((SELECT sum(p.PaidRate * i.Speed) FROM temp.WaitPromise AS p
                                   JOIN temp.PromiseIndex AS i ON i.Promise = p.Promise
                                   WHERE p.Pack = w.Pack), 0.0) END
FROM temp.Wait AS w
JOIN temp.AgeSum AS a ON a.Age = w.Pack >> 24;

-- name: stage_wait_weight_of_half_a_day
INSERT INTO temp.WaitWeight (Pack, Expected) SELECT -1, 0.5 * PaidRate FROM temp.Speed WHERE Cutoff = 0 AND Bucket = 0;

-- name: share_wait_weights
WaitWeight

-- name: each_own_pace
-- Payments, and what the company's speeds would have made of the same waits, by lead and size (1 bit).
CREATE TEMP TABLE OwnPace (Pack INTEGER PRIMARY KEY, Paid INTEGER NOT NULL, Expected REAL NOT NULL);

-- name: each_own_pace_fill
INSERT INTO temp.OwnPace (Pack, Paid, Expected)
SELECT w.Owner, w.Paid, w.Deals * a.Expected
FROM temp.Waited AS w
CROSS JOIN temp.WaitWeight AS a ON a.Pack = w.Wait
WHERE TRUE
ON CONFLICT (Pack) DO UPDATE SET Paid = Paid + excluded.Paid, Expected = Expected + excluded.Expected;

-- name: gather_own_paces
OwnPace

-- name: stage_lead_index
CREATE TEMP TABLE LeadIndex (
    LeadId INTEGER PRIMARY KEY, Paid INTEGER NOT NULL, Expected REAL NOT NULL, Speed REAL NOT NULL);

-- name: stage_lead_index_fill
INSERT INTO temp.LeadIndex (LeadId, Paid, Expected, Speed)
SELECT Pack >> 1, sum(Paid), sum(Expected), (sum(Paid) + 5.0) / (sum(Expected) + 5.0)
FROM temp.OwnPace
GROUP BY Pack >> 1;

-- name: stage_own_size_index
INSERT INTO temp.SizeIndex (Cutoff, IsLarge, Paid, Expected, Speed)
SELECT 0, z.IsLarge, coalesce(sum(o.Paid), 0), coalesce(sum(o.Expected), 0.0),
       (coalesce(sum(o.Paid), 0) + 20.0) / (coalesce(sum(o.Expected), 0.0) + 20.0)
FROM (SELECT 0 AS IsLarge UNION ALL SELECT 1) AS z
LEFT JOIN temp.OwnPace AS o ON o.Pack & 1 = z.IsLarge
WHERE EXISTS (SELECT 1 FROM temp.Speed WHERE Cutoff = 0)
GROUP BY z.IsLarge;

-- name: stage_ahead
-- The periods that are not over.
CREATE TEMP TABLE Ahead (
    PeriodId INTEGER PRIMARY KEY, Place INTEGER NOT NULL UNIQUE CHECK (Place < 256), After INTEGER NOT NULL,
    Last INTEGER NOT NULL);

-- name: stage_ahead_fill
INSERT INTO temp.Ahead (PeriodId, Place, After, Last)
SELECT p.PeriodId, row_number() OVER (ORDER BY p.PeriodId), max(p.StartsOn - 1, :learn_day), p.EndsOn
FROM temp.Horizon AS p
WHERE p.EndsOn > :learn_day AND EXISTS (SELECT 1 FROM temp.Speed WHERE Cutoff = 0);

-- name: stage_stretch
-- The days ahead, cut wherever a period begins or ends: (After, Last].
CREATE TEMP TABLE Stretch (Stretch INTEGER PRIMARY KEY, After INTEGER NOT NULL, Last INTEGER NOT NULL);

-- name: stage_stretch_fill
INSERT INTO temp.Stretch (Stretch, After, Last)
SELECT row_number() OVER (ORDER BY Day), lag(Day, 1, :learn_day) OVER (ORDER BY Day), Day
FROM (SELECT After AS Day FROM temp.Ahead UNION SELECT Last FROM temp.Ahead)
WHERE Day > :learn_day;

-- name: share_paces
LeadIndex SizeIndex PromiseIndex Ahead Stretch Effective

-- name: each_route
-- Open entries of one day of entry and one promised day (as seen from now, drawn in as above) walk through
-- the same ages and promise classes.
CREATE TEMP TABLE Route (RouteId INTEGER PRIMARY KEY, EnteredOn INTEGER NOT NULL, PromisedAge INTEGER);

-- name: each_route_fill
INSERT INTO temp.Route (EnteredOn, PromisedAge)
SELECT DISTINCT EnteredOn, max(PromisedAge, :learn_day - EnteredOn - 30)
FROM temp.OpenDeal
WHERE EXISTS (SELECT 1 FROM temp.Ahead);

-- name: each_route_key
CREATE INDEX temp.IX_Route ON Route (EnteredOn, PromisedAge);

-- name: each_walker
-- The open entries with their route and their own speed, that of lead and size.
CREATE TEMP TABLE Walker (
    EntryId INTEGER PRIMARY KEY, Owner INTEGER NOT NULL, UnitNo INTEGER NOT NULL, PaidOn INTEGER,
    Amount REAL NOT NULL, IsLarge INTEGER NOT NULL, RouteId INTEGER NOT NULL, Speed REAL NOT NULL);

-- name: each_walker_fill
INSERT INTO temp.Walker (EntryId, Owner, UnitNo, PaidOn, Amount, IsLarge, RouteId, Speed)
SELECT o.EntryId, o.Owner, s.UnitNo, o.PaidOn, o.Amount / 100.0 AS Amount, o.Amount > s.AverageAmount AS IsLarge,
       r.RouteId, coalesce(f.Speed, 1.0) * g.Speed AS Speed
FROM temp.OpenDeal AS o
CROSS JOIN temp.GroupSize AS s ON s.GroupId = o.GroupId
CROSS JOIN temp.Route AS r ON r.EnteredOn = o.EnteredOn
    AND r.PromisedAge IS max(o.PromisedAge, :learn_day - o.EnteredOn - 30)
CROSS JOIN temp.SizeIndex AS g ON g.Cutoff = 0 AND g.IsLarge = (o.Amount > s.AverageAmount)
LEFT JOIN temp.LeadIndex AS f ON f.LeadId = o.Owner >> 36;

-- name: each_piece
-- A route in pieces of one bucket, promise class and stretch, in order: daily chances of payment (without
-- the speed of lead and size) and of refusal, effective days, and both hazards gathered before the piece.
-- The stretch is in the key so that what is added up by it need not be sorted.
CREATE TEMP TABLE Piece (
    RouteId INTEGER, Stretch INTEGER, FromDay INTEGER, Pay REAL NOT NULL, Refuse REAL NOT NULL,
    Days REAL NOT NULL, PayBefore REAL NOT NULL, RefuseBefore REAL NOT NULL,
    PRIMARY KEY (RouteId, Stretch, FromDay)
) WITHOUT ROWID;

-- name: each_piece_fill
WITH Walked AS (
    SELECT r.RouteId, max(t.After, r.EnteredOn + b.FromAge) AS FromDay,
           min(t.Last, r.EnteredOn + b.ToAge) AS ToDay,
           r.EnteredOn, r.PromisedAge, t.Stretch, s.PaidRate, s.RefusedRate
    FROM temp.Route AS r
    CROSS JOIN temp.Stretch AS t
    CROSS JOIN temp.Bucket AS b
        ON r.EnteredOn + b.FromAge < t.Last AND r.EnteredOn + b.ToAge > max(t.After, r.EnteredOn)
    CROSS JOIN temp.Speed AS s ON s.Cutoff = 0 AND s.Bucket = b.Bucket
), Promised AS (
    SELECT w.RouteId, w.FromDay, w.ToDay, w.Stretch, w.PaidRate AS Pay, w.RefusedRate AS Refuse
    FROM Walked AS w
    WHERE w.PromisedAge IS NULL
    UNION ALL
    SELECT w.RouteId, max(w.FromDay, w.EnteredOn + w.PromisedAge + z.FromPast),
           min(w.ToDay, w.EnteredOn + w.PromisedAge + z.ToPast), w.Stretch, w.PaidRate * i.Speed, w.RefusedRate
    FROM Walked AS w
    CROSS JOIN temp.Promise AS z
        ON w.EnteredOn + w.PromisedAge + z.FromPast < w.ToDay
        AND w.EnteredOn + w.PromisedAge + z.ToPast > w.FromDay
    CROSS JOIN temp.PromiseIndex AS i ON i.Promise = z.Promise
    WHERE w.PromisedAge IS NOT NULL
), Long AS (
    SELECT p.RouteId, p.FromDay, p.Stretch, p.Pay, p.Refuse, t.Days - f.Days AS Days
    FROM Promised AS p
    CROSS JOIN temp.Effective AS f ON f.Cutoff = 0 AND f.Day = p.FromDay
    CROSS JOIN temp.Effective AS t ON t.Cutoff = 0 AND t.Day = p.ToDay
    UNION ALL
    -- Made today: half of what is left of the day, before the first whole one.
    SELECT r.RouteId, :learn_day, 1, s.PaidRate * coalesce(i.Speed, 1.0), s.RefusedRate, 0.5 * x.Days
    FROM temp.Route AS r
    CROSS JOIN temp.Speed AS s ON s.Cutoff = 0 AND s.Bucket = 0
    CROSS JOIN temp.Effective AS x ON x.Cutoff = 0 AND x.Day = r.EnteredOn
    LEFT JOIN temp.Promise AS z ON -r.PromisedAge > z.FromPast AND -r.PromisedAge <= z.ToPast
    LEFT JOIN temp.PromiseIndex AS i ON i.Promise = z.Promise
    WHERE r.EnteredOn > :learn_day
)
INSERT INTO temp.Piece (RouteId, Stretch, FromDay, Pay, Refuse, Days, PayBefore, RefuseBefore)
SELECT RouteId, Stretch, FromDay, Pay, Refuse, Days,
       coalesce(sum(Pay * Days) OVER Earlier, 0.0), coalesce(sum(Refuse * Days) OVER Earlier, 0.0)
FROM Long
WINDOW Earlier AS (PARTITION BY RouteId ORDER BY FromDay ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

-- name: each_stretch_chance
-- The chance of being paid in each stretch: neither paid nor refused before, then paid and not refused.
-- 1 - exp(-y) loses its digits where y is small; there it is a series. Packed: entry, stretch (9 bits).
CREATE TEMP TABLE StretchChance (Pack INTEGER PRIMARY KEY, Probability REAL NOT NULL);

-- name: each_stretch_chance_fill
WITH Step AS (
    SELECT w.EntryId, p.Stretch, p.Pay * w.Speed AS Pay, p.Pay * w.Speed + p.Refuse AS Leave,
           (p.Pay * w.Speed + p.Refuse) * p.Days AS Y, p.PayBefore * w.Speed + p.RefuseBefore AS Before
    FROM temp.Walker AS w
    CROSS JOIN temp.Piece AS p ON p.RouteId = w.RouteId
)
INSERT INTO temp.StretchChance (Pack, Probability)
SELECT (EntryId << 9) | Stretch,
       sum(exp(-Before) * Pay / Leave
           * CASE WHEN Y < 0.01 THEN Y * (1 - Y / 2 * (1 - Y / 3 * (1 - Y / 4 * (1 - Y / 5))))
                  ELSE 1.0 - exp(-Y) END)
FROM Step
GROUP BY EntryId, Stretch;

-- name: each_covered
-- Which stretches a period is made of.
CREATE TEMP TABLE Covered (Place INTEGER PRIMARY KEY, First INTEGER NOT NULL, Last INTEGER NOT NULL);

-- name: each_covered_fill
INSERT INTO temp.Covered (Place, First, Last)
SELECT a.Place, f.Stretch, t.Stretch
FROM temp.Ahead AS a
JOIN temp.Stretch AS f ON f.After = a.After
JOIN temp.Stretch AS t ON t.Last = a.Last;

-- name: each_period_chance
-- By the place of the period and entry (packed, the last 40 bits); Whole is the chance from now to its end.
CREATE TEMP TABLE PeriodChance (Pack INTEGER PRIMARY KEY, Probability REAL NOT NULL, Whole REAL NOT NULL);

-- name: each_period_chance_fill
INSERT INTO temp.PeriodChance (Pack, Probability, Whole)
SELECT (p.Place << 40) | w.EntryId,
       sum(CASE WHEN c.Pack & 511 >= p.First THEN c.Probability ELSE 0.0 END) AS Probability,
       sum(c.Probability) AS Whole
FROM temp.Covered AS p
CROSS JOIN temp.Walker AS w
CROSS JOIN temp.StretchChance AS c ON c.Pack BETWEEN w.EntryId << 9 AND (w.EntryId << 9) | p.Last
GROUP BY p.Place, w.EntryId;

-- name: each_entry_chance
-- The same with the entry: for those that sum, keep and judge the chances.
CREATE TEMP VIEW EntryChance AS
SELECT c.Pack, c.Pack >> 40 AS Place, w.EntryId, w.Owner, w.UnitNo, w.PaidOn, w.Amount, w.IsLarge,
       c.Probability, c.Whole
FROM temp.PeriodChance AS c
CROSS JOIN temp.Walker AS w ON w.EntryId = c.Pack & ((1 << 40) - 1);

-- name: each_packed_open_sum
-- (packed: owner, place of the period in 8 bits)
CREATE TEMP TABLE PackedOpenSum (
    Pack INTEGER PRIMARY KEY, FromOpen REAL NOT NULL, Spread REAL NOT NULL, Whole REAL NOT NULL);

-- name: each_packed_open_sum_fill
INSERT INTO temp.PackedOpenSum (Pack, FromOpen, Spread, Whole)
SELECT (c.Owner << 8) | c.Place, c.Amount * c.Probability,
       c.Amount * c.Amount * c.Probability * (1.0 - c.Probability), c.Amount * c.Whole
FROM temp.EntryChance AS c
WHERE TRUE
ON CONFLICT (Pack) DO UPDATE
SET FromOpen = FromOpen + excluded.FromOpen, Spread = Spread + excluded.Spread, Whole = Whole + excluded.Whole;
