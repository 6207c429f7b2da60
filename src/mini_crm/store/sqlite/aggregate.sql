-- The forecast in sets, stage by stage; every stage fills one table of the connection's own
-- TEMP database, so that nothing here waits for, or holds up, anybody who saves.
--
-- Parameters, days since 1970-01-01:
--   :learn_day  c, the evening up to which the method learns
--   :count_day  n, the day up to which entries are counted
--   :live       1 when n is a day that is still going on (then c = n - 1), else 0 (then c = n)
-- The tables Horizon (PeriodId, StartsOn, EndsOn) and Bucket (Bucket, FromAge, ToAge) are filled first.

-- name: stage_01_deal
-- Every entry known on the count day, with its status as of that day.
CREATE TEMP TABLE Deal AS
SELECT e.LeadId, e.GroupId, e.ManagerId, e.Amount, e.EnteredOn,
       coalesce(e.PaidAmount, e.Amount) AS Paid,
       CASE WHEN e.StatusOn <= :count_day THEN e.Status ELSE 0 END AS Status,
       CASE WHEN e.StatusOn <= :count_day THEN e.StatusOn END AS StatusOn
FROM Entry AS e
WHERE e.DeletedAt IS NULL AND e.EnteredOn <= :count_day;

-- name: stage_02_open_deal
-- The open ones, with what only they need. PaidOn is what became of them later, for a replay.
CREATE TEMP TABLE OpenDeal AS
SELECT e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PayBy,
       :count_day - e.EnteredOn AS Age,
       CASE WHEN e.Status = 1 THEN e.StatusOn END AS PaidOn
FROM Entry AS e
WHERE e.DeletedAt IS NULL AND e.EnteredOn <= :count_day
  AND (e.StatusOn IS NULL OR e.StatusOn > :count_day);

-- name: stage_03_span
-- First day of the record, first recorded resolution, first day that the method learns from.
CREATE TEMP TABLE Span AS
SELECT min(e.EnteredOn) AS FirstDay,
       min(e.StatusOn) AS FirstResolution,
       max(coalesce(min(e.StatusOn), :learn_day - 365), :learn_day - 365) AS LearnFrom
FROM Entry AS e
WHERE e.DeletedAt IS NULL;

-- name: stage_04_part
-- The days up to now, cut wherever something begins to count: parts 1, 2, ...; all before is part 0.
CREATE TEMP TABLE Part (Part INTEGER PRIMARY KEY CHECK (Part < 256), StartsOn INTEGER NOT NULL);

-- name: stage_05_part_fill
INSERT INTO temp.Part (Part, StartsOn)
SELECT row_number() OVER (ORDER BY b.StartsOn), b.StartsOn
FROM (
    SELECT StartsOn FROM temp.Horizon
    UNION SELECT :count_day - 364
    UNION SELECT :count_day - 89
) AS b;

-- name: stage_06_day_part
CREATE TEMP TABLE DayPart (Day INTEGER PRIMARY KEY, Part INTEGER NOT NULL);

-- name: stage_07_day_part_fill
WITH RECURSIVE Day AS (
    SELECT min(StartsOn) AS Day FROM temp.Part
    UNION ALL
    SELECT Day + 1 FROM Day WHERE Day < :count_day
)
INSERT INTO temp.DayPart (Day, Part)
SELECT d.Day, (SELECT max(p.Part) FROM temp.Part AS p WHERE p.StartsOn <= d.Day)
FROM Day AS d;

-- name: stage_08_packed_tally
-- Counts and sums: all that is shown beside the forecast comes from these few rows. Adding to a table by
-- one packed number takes half the time of sorting for a GROUP BY: lead 16 bits, group 16, manager
-- 20, status 2, part 8 (the tables check these limits).
CREATE TEMP TABLE PackedTally (
    Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL, Amount INTEGER NOT NULL, Paid INTEGER NOT NULL);

-- name: stage_09_packed_tally_fill
INSERT INTO temp.PackedTally (Pack, Deals, Amount, Paid)
SELECT (d.LeadId << 46) | (d.GroupId << 30) | (d.ManagerId << 10) | (d.Status << 8) | coalesce(p.Part, 0),
       1, d.Amount, d.Paid
FROM temp.Deal AS d
LEFT JOIN temp.DayPart AS p ON p.Day = d.StatusOn
WHERE TRUE
ON CONFLICT (Pack) DO UPDATE
SET Deals = Deals + 1, Amount = Amount + excluded.Amount, Paid = Paid + excluded.Paid;

-- name: stage_10_tally
CREATE TEMP TABLE Tally AS
SELECT t.Pack >> 46 AS LeadId, (t.Pack >> 30) & 65535 AS GroupId, (t.Pack >> 10) & 1048575 AS ManagerId,
       (t.Pack >> 8) & 3 AS Status, coalesce(p.StartsOn, -1000000) AS PartStart, t.Deals, t.Amount, t.Paid
FROM temp.PackedTally AS t
LEFT JOIN temp.Part AS p ON p.Part = t.Pack & 255;

-- name: stage_11_size_limit
-- An amount is above its unit's average exactly when it is above the whole part of sum / count.
-- Entries made after the learning day are counted in the tally but not known to the average.
CREATE TEMP TABLE SizeLimit (GroupId INTEGER PRIMARY KEY, Unit TEXT NOT NULL, AverageAmount INTEGER);

-- name: stage_12_size_limit_fill
WITH Counted AS (
    SELECT GroupId, Deals, Amount FROM temp.Tally
    UNION ALL
    SELECT GroupId, -1, -Amount FROM temp.Deal WHERE EnteredOn > :learn_day
)
INSERT INTO temp.SizeLimit (GroupId, Unit, AverageAmount)
SELECT g.GroupId, g.Unit,
       sum(sum(c.Amount)) OVER (PARTITION BY g.Unit) / nullif(sum(sum(c.Deals)) OVER (PARTITION BY g.Unit), 0)
FROM Counted AS c
JOIN SalesGroup AS g ON g.GroupId = c.GroupId
GROUP BY g.GroupId, g.Unit;

-- name: stage_13_packed_walk
-- How long entries of one lead and size were watched, from which age to which, and what ended it
-- (packed as above: lead, size 1 bit, ages 20 bits each, event 2).
CREATE TEMP TABLE PackedWalk (Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL);

-- name: stage_14_packed_walk_fill
INSERT INTO temp.PackedWalk (Pack, Deals)
SELECT (d.LeadId << 43) | (coalesce(d.Amount > s.AverageAmount, 0) << 42)
       | (max(l.LearnFrom - d.EnteredOn, 0) << 22)
       | ((min(coalesce(d.StatusOn, :learn_day), :learn_day) - d.EnteredOn) << 2)
       | CASE WHEN d.StatusOn <= :learn_day THEN d.Status ELSE 0 END,
       1
FROM temp.Deal AS d
CROSS JOIN temp.Span AS l
JOIN temp.SizeLimit AS s ON s.GroupId = d.GroupId
WHERE d.EnteredOn <= :learn_day AND (d.StatusOn IS NULL OR d.StatusOn > l.LearnFrom)
ON CONFLICT (Pack) DO UPDATE SET Deals = Deals + 1;

-- name: stage_15_walk
CREATE TEMP TABLE Walk (
    LeadId INTEGER, IsLarge INTEGER, FromAge INTEGER, ToAge INTEGER, Event INTEGER, Deals INTEGER NOT NULL,
    PRIMARY KEY (LeadId, IsLarge, FromAge, ToAge, Event)
) WITHOUT ROWID;

-- name: stage_16_walk_fill
INSERT INTO temp.Walk (LeadId, IsLarge, FromAge, ToAge, Event, Deals)
SELECT Pack >> 43, (Pack >> 42) & 1, (Pack >> 22) & 1048575, (Pack >> 2) & 1048575, Pack & 3, Deals
FROM temp.PackedWalk
ORDER BY Pack;

-- name: stage_17_exposure
-- Days at risk and events by lead, size and age bucket. Resolved on its day of entry: half a day.
CREATE TEMP TABLE Exposure AS
SELECT b.Bucket, w.LeadId, w.IsLarge,
       sum(w.Deals * CASE WHEN w.ToAge = 0 THEN 0.5
                          ELSE min(w.ToAge, b.ToAge) - max(w.FromAge, b.FromAge) END) AS Days,
       sum(CASE WHEN w.Event = 1 AND w.ToAge <= b.ToAge THEN w.Deals ELSE 0 END) AS Paid,
       sum(CASE WHEN w.Event = 2 AND w.ToAge <= b.ToAge THEN w.Deals ELSE 0 END) AS Refused
FROM temp.Bucket AS b
CROSS JOIN temp.Walk AS w
WHERE (w.Event <> 0 OR w.ToAge > 0) AND b.FromAge < max(w.ToAge, 1) AND b.ToAge > w.FromAge
GROUP BY b.Bucket, w.LeadId, w.IsLarge;

-- name: stage_18_hazard
-- Daily chance of being paid and of being refused, with half a pseudo-event shared by both.
CREATE TEMP TABLE Hazard AS
WITH Total AS (
    SELECT sum(Paid) AS Paid, sum(Refused) AS Refused, sum(Days) AS Days FROM temp.Exposure
)
SELECT b.Bucket, b.FromAge, b.ToAge,
       (coalesce(sum(x.Paid), 0) + 0.5 * t.Paid / (t.Paid + t.Refused))
       / (coalesce(sum(x.Days), 0) + 0.5 * t.Days / (t.Paid + t.Refused)) AS PaidRate,
       (coalesce(sum(x.Refused), 0) + 0.5 * t.Refused / (t.Paid + t.Refused))
       / (coalesce(sum(x.Days), 0) + 0.5 * t.Days / (t.Paid + t.Refused)) AS RefusedRate
FROM temp.Bucket AS b
CROSS JOIN Total AS t
LEFT JOIN temp.Exposure AS x ON x.Bucket = b.Bucket
WHERE t.Paid + t.Refused > 0
GROUP BY b.Bucket;

-- name: stage_19_lead_index
CREATE TEMP TABLE LeadIndex (LeadId INTEGER PRIMARY KEY, PaidEvents INTEGER NOT NULL, Speed REAL NOT NULL);

-- name: stage_20_lead_index_fill
INSERT INTO temp.LeadIndex (LeadId, PaidEvents, Speed)
SELECT x.LeadId, sum(x.Paid), (sum(x.Paid) + 5.0) / (sum(x.Days * h.PaidRate) + 5.0)
FROM temp.Exposure AS x
JOIN temp.Hazard AS h ON h.Bucket = x.Bucket
GROUP BY x.LeadId;

-- name: stage_21_size_index
CREATE TEMP TABLE SizeIndex AS
SELECT x.IsLarge, (sum(x.Paid) + 20.0) / (sum(x.Days * h.PaidRate) + 20.0) AS Speed
FROM temp.Exposure AS x
JOIN temp.Hazard AS h ON h.Bucket = x.Bucket
GROUP BY x.IsLarge;

-- name: stage_22_open_kind
-- Open entries of one lead, size and age have the same chance: it is worked out once for all of them.
CREATE TEMP TABLE OpenKind AS
SELECT DISTINCT o.LeadId, coalesce(o.Amount > s.AverageAmount, 0) AS IsLarge, o.Age
FROM temp.OpenDeal AS o
JOIN temp.SizeLimit AS s ON s.GroupId = o.GroupId;

-- name: stage_23_pace
-- Each lead's and size's own daily chances by bucket, and the hazard gathered before the bucket begins.
CREATE TEMP TABLE Pace (
    LeadId INTEGER, IsLarge INTEGER, FromAge INTEGER, ToAge INTEGER,
    Share REAL NOT NULL, Leave REAL NOT NULL, Before REAL NOT NULL,
    PRIMARY KEY (LeadId, IsLarge, FromAge)
) WITHOUT ROWID;

-- name: stage_24_pace_fill
WITH Rate AS (
    SELECT k.LeadId, k.IsLarge, h.FromAge, h.ToAge, h.RefusedRate,
           h.PaidRate * coalesce(f.Speed, 1.0) * coalesce(g.Speed, 1.0) AS Pay
    FROM (SELECT DISTINCT LeadId, IsLarge FROM temp.OpenKind) AS k
    CROSS JOIN temp.Hazard AS h
    LEFT JOIN temp.LeadIndex AS f ON f.LeadId = k.LeadId
    LEFT JOIN temp.SizeIndex AS g ON g.IsLarge = k.IsLarge
)
INSERT INTO temp.Pace (LeadId, IsLarge, FromAge, ToAge, Share, Leave, Before)
SELECT LeadId, IsLarge, FromAge, ToAge, Pay / (Pay + RefusedRate), Pay + RefusedRate,
       coalesce(sum((Pay + RefusedRate) * (ToAge - FromAge)) OVER (
           PARTITION BY LeadId, IsLarge ORDER BY FromAge
           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0)
FROM Rate;

-- name: stage_25_chance
-- The walk of an open entry through the buckets up to the period's end: it is paid in a bucket if
-- it was neither paid nor refused in an earlier one.
CREATE TEMP TABLE Chance (
    PeriodId INTEGER, LeadId INTEGER, IsLarge INTEGER, Age INTEGER, Probability REAL NOT NULL,
    PRIMARY KEY (PeriodId, LeadId, IsLarge, Age)
) WITHOUT ROWID;

-- name: stage_26_chance_fill
WITH Start AS (
    SELECT k.LeadId, k.IsLarge, k.Age, max(k.Age - :live, 0) AS FromAge,
           a.Before + a.Leave * (max(k.Age - :live, 0) - a.FromAge) AS Gathered
    FROM temp.OpenKind AS k
    JOIN temp.Pace AS a ON a.LeadId = k.LeadId AND a.IsLarge = k.IsLarge
        AND a.FromAge <= max(k.Age - :live, 0) AND a.ToAge > max(k.Age - :live, 0)
)
INSERT INTO temp.Chance (PeriodId, LeadId, IsLarge, Age, Probability)
SELECT p.PeriodId, s.LeadId, s.IsLarge, s.Age,
       sum(a.Share
           * exp(-max(a.Before - s.Gathered, 0.0))
           * (1.0 - exp(-a.Leave * (min(s.Age + p.EndsOn - :count_day, a.ToAge) - max(s.FromAge, a.FromAge)))))
FROM temp.Horizon AS p
CROSS JOIN Start AS s
JOIN temp.Pace AS a ON a.LeadId = s.LeadId AND a.IsLarge = s.IsLarge
    AND a.FromAge < s.Age + p.EndsOn - :count_day AND a.ToAge > s.FromAge
GROUP BY p.PeriodId, s.LeadId, s.IsLarge, s.Age;

-- name: stage_27_entry_chance
CREATE TEMP TABLE EntryChance AS
SELECT p.PeriodId, o.EntryId, o.LeadId, o.GroupId, o.ManagerId, o.PaidOn, o.Amount / 100.0 AS Amount,
       coalesce(c.Probability, 0.0) AS Probability
FROM temp.Horizon AS p
CROSS JOIN temp.OpenDeal AS o
JOIN temp.SizeLimit AS s ON s.GroupId = o.GroupId
LEFT JOIN temp.Chance AS c ON c.PeriodId = p.PeriodId AND c.LeadId = o.LeadId
    AND c.IsLarge = coalesce(o.Amount > s.AverageAmount, 0) AND c.Age = o.Age
WHERE EXISTS (SELECT 1 FROM temp.Hazard);

-- name: stage_28_open_sum
CREATE TEMP TABLE OpenSum AS
SELECT c.PeriodId, c.LeadId, c.GroupId, c.ManagerId,
       sum(c.Amount * c.Probability) AS StillToCome,
       sum(c.Amount * c.Amount * c.Probability * (1.0 - c.Probability)) AS Spread
FROM temp.EntryChance AS c
GROUP BY c.PeriodId, c.LeadId, c.GroupId, c.ManagerId;

-- name: stage_29_open_count
CREATE TEMP TABLE OpenCount AS
SELECT o.LeadId, o.GroupId, o.ManagerId, count(DISTINCT o.ClientPin) AS Clients, count(*) AS Deals,
       sum(coalesce(o.PayBy = :count_day, 0)) AS DueToday, sum(coalesce(o.PayBy < :count_day, 0)) AS Overdue
FROM temp.OpenDeal AS o
GROUP BY o.LeadId, o.GroupId, o.ManagerId;

-- name: stage_30_manager_sum
-- Lead, manager and unit in each period: the finest rows; all others are sums of these.
CREATE TEMP TABLE ManagerSum AS
WITH Counted AS (
    SELECT p.PeriodId, t.LeadId, t.GroupId, t.ManagerId,
           sum(CASE WHEN t.Status = 0 THEN t.Amount ELSE 0 END) AS Expected,
           sum(CASE WHEN t.Status = 1 AND t.PartStart >= p.StartsOn THEN t.Deals ELSE 0 END) AS PaidCount,
           sum(CASE WHEN t.Status = 1 AND t.PartStart >= p.StartsOn THEN t.Paid ELSE 0 END) AS Paid,
           sum(CASE WHEN t.Status = 2 AND t.PartStart >= p.StartsOn THEN t.Deals ELSE 0 END) AS RefusedCount,
           sum(CASE WHEN t.Status = 2 AND t.PartStart >= p.StartsOn THEN t.Amount ELSE 0 END) AS Refused,
           sum(CASE WHEN t.Status = 1 AND t.PartStart >= :count_day - 364 THEN t.Deals ELSE 0 END) AS Won,
           sum(CASE WHEN t.Status <> 0 AND t.PartStart >= :count_day - 364 THEN t.Deals ELSE 0 END) AS Resolved,
           sum(CASE WHEN t.Status = 1 THEN t.Deals ELSE 0 END) AS WonAll,
           sum(CASE WHEN t.Status <> 0 THEN t.Deals ELSE 0 END) AS ResolvedAll,
           sum(CASE WHEN t.Status = 1 AND t.PartStart >= :count_day - 89 THEN t.Paid ELSE 0 END) AS PaidLately
    FROM temp.Tally AS t
    CROSS JOIN temp.Horizon AS p
    GROUP BY p.PeriodId, t.LeadId, t.GroupId, t.ManagerId
)
SELECT c.PeriodId, c.LeadId, c.ManagerId, s.Unit,
       sum(coalesce(o.Clients, 0)) AS Clients, sum(coalesce(o.Deals, 0)) AS OpenCount,
       sum(coalesce(o.DueToday, 0)) AS DueToday, sum(coalesce(o.Overdue, 0)) AS Overdue,
       sum(c.Expected) AS Expected, sum(c.PaidCount) AS PaidCount, sum(c.Paid) AS Paid,
       sum(c.RefusedCount) AS RefusedCount, sum(c.Refused) AS Refused,
       sum(c.Won) AS Won, sum(c.Resolved) AS Resolved, sum(c.WonAll) AS WonAll,
       sum(c.ResolvedAll) AS ResolvedAll, sum(c.PaidLately) AS PaidLately,
       sum(coalesce(f.StillToCome, 0.0)) AS StillToCome, sum(coalesce(f.Spread, 0.0)) AS Spread
FROM Counted AS c
JOIN temp.SizeLimit AS s ON s.GroupId = c.GroupId
LEFT JOIN temp.OpenCount AS o
    ON o.LeadId = c.LeadId AND o.GroupId = c.GroupId AND o.ManagerId = c.ManagerId
LEFT JOIN temp.OpenSum AS f
    ON f.PeriodId = c.PeriodId AND f.LeadId = c.LeadId AND f.GroupId = c.GroupId AND f.ManagerId = c.ManagerId
GROUP BY c.PeriodId, c.LeadId, c.ManagerId, s.Unit;

-- name: stage_31_new_entries
-- What entries still to be made may bring: what those of the last half-year, made early enough to
-- be judged, brought within the days that are left.
CREATE TEMP TABLE NewEntries AS
SELECT p.PeriodId, d.LeadId, s.Unit,
       sum(d.Paid * (p.EndsOn - :count_day - (d.StatusOn - d.EnteredOn))) / 100.0 AS WeightedPaid
FROM temp.Deal AS d
CROSS JOIN temp.Horizon AS p
JOIN temp.SizeLimit AS s ON s.GroupId = d.GroupId
WHERE d.Status = 1
  AND d.EnteredOn <= 2 * :count_day - p.EndsOn
  AND d.EnteredOn > 2 * :count_day - p.EndsOn - 180
  AND d.StatusOn - d.EnteredOn <= p.EndsOn - :count_day
GROUP BY p.PeriodId, d.LeadId, s.Unit;

-- name: stage_32_shown_rate
-- How far one lead's win rate is drawn to the company's: Beta-Binomial by moments, for each unit.
CREATE TEMP TABLE ShownRate AS
WITH LeadSum AS (
    SELECT m.LeadId, m.Unit, sum(m.Won) AS Won, sum(m.Resolved) AS Resolved
    FROM temp.ManagerSum AS m
    WHERE m.PeriodId = (SELECT min(PeriodId) FROM temp.Horizon)
    GROUP BY m.LeadId, m.Unit
), UnitSum AS (
    SELECT Unit, sum(Won) AS Won, sum(Resolved) AS Resolved, sum(Resolved > 0) AS Leads,
           1.0 * sum(Won) / nullif(sum(Resolved), 0) AS Mean,
           sum(1.0 * Resolved * Resolved) / nullif(sum(Resolved), 0) AS Clustered
    FROM LeadSum
    GROUP BY Unit
), Deviation AS (
    SELECT u.Unit,
           sum(CASE WHEN l.Resolved > 0 AND u.Mean > 0 AND u.Mean < 1
                    THEN l.Resolved * (1.0 * l.Won / l.Resolved - u.Mean) * (1.0 * l.Won / l.Resolved - u.Mean)
                         / (u.Mean * (1 - u.Mean)) END) AS Total
    FROM LeadSum AS l
    JOIN UnitSum AS u ON u.Unit = l.Unit
    GROUP BY u.Unit
), Correlation AS (
    SELECT u.Unit, u.Won, u.Resolved,
           CASE WHEN u.Leads >= 3 AND u.Resolved >= 10 AND u.Mean > 0 AND u.Mean < 1
                     AND u.Resolved - u.Clustered - (u.Leads - 1) > 0
                THEN (d.Total - (u.Leads - 1)) / (u.Resolved - u.Clustered - (u.Leads - 1)) END AS Rho
    FROM UnitSum AS u
    JOIN Deviation AS d ON d.Unit = u.Unit
)
SELECT Unit, (Won + 1.0) / (Resolved + 2.0) AS Company,
       CASE WHEN Rho IS NULL THEN 20.0
            WHEN Rho <= 0 THEN 200.0
            ELSE min(max((1.0 - Rho) / Rho, 5.0), 200.0) END AS Weight
FROM Correlation;

-- name: stage_33_lead_row
CREATE TEMP TABLE LeadRow AS
WITH LeadSum AS (
    SELECT m.PeriodId, m.LeadId, m.Unit, sum(m.Clients) AS Clients, sum(m.OpenCount) AS OpenCount,
           sum(m.DueToday) AS DueToday, sum(m.Overdue) AS Overdue, sum(m.Expected) AS Expected,
           sum(m.PaidCount) AS PaidCount, sum(m.Paid) AS Paid, sum(m.RefusedCount) AS RefusedCount,
           sum(m.Refused) AS Refused, sum(m.Won) AS Won, sum(m.Resolved) AS Resolved,
           sum(m.WonAll) AS WonAll, sum(m.ResolvedAll) AS ResolvedAll, sum(m.PaidLately) AS PaidLately,
           sum(m.StillToCome) AS StillToCome, sum(m.Spread) AS Spread
    FROM temp.ManagerSum AS m
    GROUP BY m.PeriodId, m.LeadId, m.Unit
)
SELECT l.PeriodId, l.LeadId, l.Unit, l.Clients, l.OpenCount, l.DueToday, l.Overdue, l.Expected,
       l.PaidCount, l.Paid, l.RefusedCount, l.Refused, l.Won, l.Resolved, l.WonAll, l.ResolvedAll,
       (l.Won + r.Weight * r.Company) / (l.Resolved + r.Weight) AS WinRate,
       coalesce(f.Speed, 1.0) AS SpeedIndex, coalesce(f.PaidEvents, 0) AS PaidEvents,
       l.StillToCome, l.Spread,
       l.Spread + l.StillToCome * l.StillToCome
                  * (1.0 / (coalesce(f.PaidEvents, 0) + 5.0) + e.CompanyShare) AS Variance,
       (l.Paid + CASE WHEN l.ResolvedAll > 0 THEN 1.0 * l.Expected * l.WonAll / l.ResolvedAll ELSE 0.0 END)
       / 100.0 AS HandFormula,
       CASE WHEN :count_day - (p.EndsOn - :count_day) - s.FirstDay + 1 >= 30
            THEN coalesce(w.WeightedPaid, 0.0)
                 / min(180, :count_day - (p.EndsOn - :count_day) - s.FirstDay + 1) END AS NewEntries,
       CASE WHEN :count_day - s.FirstResolution + 1 >= 30
            THEN l.Paid / 100.0 + l.PaidLately / 100.0
                 / min(90, :count_day - s.FirstResolution + 1) * (p.EndsOn - :count_day) END AS RunRate
FROM LeadSum AS l
CROSS JOIN temp.Span AS s
CROSS JOIN (
    SELECT 1.0 / max(sum(Paid), 1) + 0.25 * 0.25 AS CompanyShare FROM temp.Exposure
) AS e
JOIN temp.Horizon AS p ON p.PeriodId = l.PeriodId
LEFT JOIN temp.ShownRate AS r ON r.Unit = l.Unit
LEFT JOIN temp.LeadIndex AS f ON f.LeadId = l.LeadId
LEFT JOIN temp.NewEntries AS w ON w.PeriodId = l.PeriodId AND w.LeadId = l.LeadId AND w.Unit = l.Unit;

-- name: stage_34_company_row
-- The company is the sum of its leads; only its range is narrower than the sum of theirs.
INSERT INTO temp.LeadRow
SELECT l.PeriodId, 0, l.Unit, sum(l.Clients), sum(l.OpenCount), sum(l.DueToday), sum(l.Overdue),
       sum(l.Expected), sum(l.PaidCount), sum(l.Paid), sum(l.RefusedCount), sum(l.Refused), sum(l.Won),
       sum(l.Resolved), sum(l.WonAll), sum(l.ResolvedAll),
       (sum(l.Won) + r.Weight * r.Company) / (sum(l.Resolved) + r.Weight), NULL, (SELECT coalesce(sum(Paid), 0) FROM temp.Exposure), sum(l.StillToCome),
       sum(l.Spread),
       sum(l.Spread) + sum(l.StillToCome * l.StillToCome / (l.PaidEvents + 5.0))
       + sum(l.StillToCome) * sum(l.StillToCome) * e.CompanyShare,
       sum(l.HandFormula), sum(l.NewEntries), sum(l.RunRate)
FROM temp.LeadRow AS l
CROSS JOIN (
    SELECT 1.0 / max(sum(Paid), 1) + 0.25 * 0.25 AS CompanyShare FROM temp.Exposure
) AS e
JOIN temp.ShownRate AS r ON r.Unit = l.Unit
GROUP BY l.PeriodId, l.Unit;

-- name: lead_rows
-- The finished rows. Without any resolved entry there is no range.
SELECT l.PeriodId, l.LeadId, l.Unit, l.Clients, l.OpenCount, l.DueToday, l.Overdue, l.Expected,
       l.PaidCount, l.Paid, l.RefusedCount, l.Refused, l.Won, l.Resolved, l.WinRate, l.WonAll,
       l.ResolvedAll, l.SpeedIndex, l.PaidEvents, l.StillToCome,
       l.Paid / 100.0 + l.StillToCome AS Forecast,
       CASE WHEN h.HasHistory
            THEN l.Paid / 100.0 + max(0.0, l.StillToCome - 1.2816 * sqrt(l.Variance)) END AS Low,
       CASE WHEN h.HasHistory
            THEN l.Paid / 100.0 + min(l.Expected / 100.0, l.StillToCome + 1.2816 * sqrt(l.Variance)) END AS High,
       l.HandFormula, l.NewEntries, l.RunRate
FROM temp.LeadRow AS l
CROSS JOIN (SELECT EXISTS (SELECT 1 FROM temp.Hazard) AS HasHistory) AS h
ORDER BY l.PeriodId, l.LeadId, l.Unit;

-- name: manager_rows
SELECT m.PeriodId, m.LeadId, m.ManagerId, m.Unit, m.Clients, m.OpenCount, m.DueToday, m.Overdue,
       m.Expected, m.PaidCount, m.Paid, m.RefusedCount, m.Refused, m.Won, m.Resolved, m.WonAll,
       m.ResolvedAll, m.StillToCome, m.Paid / 100.0 + m.StillToCome AS Forecast,
       CASE WHEN e.HasHistory THEN m.Paid / 100.0 + max(0.0, m.StillToCome - 1.2816 * sqrt(
           m.Spread + m.StillToCome * m.StillToCome
           * (1.0 / (coalesce(f.PaidEvents, 0) + 5.0) + e.CompanyShare))) END AS Low,
       CASE WHEN e.HasHistory THEN m.Paid / 100.0 + min(m.Expected / 100.0, m.StillToCome + 1.2816 * sqrt(
           m.Spread + m.StillToCome * m.StillToCome
           * (1.0 / (coalesce(f.PaidEvents, 0) + 5.0) + e.CompanyShare))) END AS High,
       (m.Paid + CASE WHEN m.ResolvedAll > 0 THEN 1.0 * m.Expected * m.WonAll / m.ResolvedAll ELSE 0.0 END)
       / 100.0 AS HandFormula
FROM temp.ManagerSum AS m
CROSS JOIN (
    SELECT EXISTS (SELECT 1 FROM temp.Hazard) AS HasHistory,
           1.0 / max(coalesce((SELECT sum(Paid) FROM temp.Exposure), 0), 1) + 0.25 * 0.25 AS CompanyShare
) AS e
LEFT JOIN temp.LeadIndex AS f ON f.LeadId = m.LeadId
ORDER BY m.PeriodId, m.LeadId, m.ManagerId, m.Unit;
