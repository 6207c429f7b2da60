-- Steps 16 to 19: entries still to come, the replays of the last half year, and what they teach.

-- name: each_made_day
CREATE TEMP TABLE MadeDay AS
SELECT UnitNo, EnteredOn, sum(Amount) AS Amount, sum(Square) AS Square
FROM temp.Life
WHERE EnteredOn > (SELECT min(Day - PaceDays) FROM temp.Cutoff)
GROUP BY UnitNo, EnteredOn;

-- name: each_paid_day
CREATE TEMP TABLE PaidDay AS
SELECT UnitNo, EndsOn, sum(Paid) AS Paid
FROM temp.Life
WHERE Status = 1 AND EndsOn > (SELECT min(Day - PaceDays) FROM temp.Cutoff)
GROUP BY UnitNo, EndsOn;

-- name: each_span_of_replay
-- Evening i is c - 21 - 7 i. An entry is open at those from OpenFrom on, and known up to KnownTo.
CREATE TEMP TABLE ReplaySpan AS
SELECT UnitNo, Band, EnteredOn, Status,
       (:learn_day - 21 - coalesce(EndsOn, :learn_day + 35) + 7000000) / 7 - 999999 AS OpenFrom,
       (:learn_day - 21 - EnteredOn + 7000000) / 7 - 1000000 AS KnownTo,
       sum(Amount) / 100.0 AS Amount, sum(Square) AS Square, sum(Paid) AS Paid
FROM temp.Life
WHERE EndsOn IS NULL OR EndsOn > (SELECT min(Day) FROM temp.Cutoff)
GROUP BY UnitNo, Band, EnteredOn, Status, OpenFrom;

-- name: each_replay_open
-- What was open on the replayed evenings, by day of entry and size. Beyond the last bucket's beginning age
-- makes no difference, so it is drawn in. Packed: evening, day of entry (21 bits), size (1), unit (8).
CREATE TEMP TABLE ReplayOpen (Pack INTEGER PRIMARY KEY, Amount REAL NOT NULL, Square REAL NOT NULL);

-- name: each_replay_open_fill
INSERT INTO temp.ReplayOpen (Pack, Amount, Square)
SELECT (c.Cutoff << 30) | ((max(s.EnteredOn, c.Day - b.FromAge) + 1000000) << 9) | ((s.Band >= f.Band) << 8)
       | s.UnitNo, s.Amount, s.Square
FROM (SELECT max(FromAge) AS FromAge FROM temp.Bucket) AS b
CROSS JOIN temp.ReplaySpan AS s
CROSS JOIN temp.Cutoff AS c ON c.Cutoff BETWEEN max(s.OpenFrom, 1) AND s.KnownTo
CROSS JOIN temp.LargeFrom AS f ON f.Cutoff = c.Cutoff AND f.UnitNo = s.UnitNo
WHERE TRUE
ON CONFLICT (Pack) DO UPDATE SET Amount = Amount + excluded.Amount, Square = Square + excluded.Square;

-- name: each_replay_paid
CREATE TEMP TABLE ReplayPaid AS
SELECT UnitNo, OpenFrom, KnownTo, sum(Paid) AS Paid
FROM temp.ReplaySpan
WHERE Status = 1
GROUP BY UnitNo, OpenFrom, KnownTo;

-- name: gather_replays
MadeDay PaidDay ReplayOpen ReplayPaid

-- name: stage_integral
-- I of step 16: the paid share of a new entry, added up over x effective days from the evening.
CREATE TEMP TABLE Integral (
    Cutoff INTEGER, Day INTEGER, Days REAL NOT NULL, Share REAL NOT NULL,
    PRIMARY KEY (Cutoff, Day)) WITHOUT ROWID;

-- name: stage_integral_fill
WITH Point AS (
    SELECT e.Cutoff, e.Day, e.Days
    FROM temp.Effective AS e
    JOIN temp.Cutoff AS c ON c.Cutoff = e.Cutoff
    WHERE (c.Cutoff > 0 AND e.Day = c.Day + 28)
       OR (c.Cutoff = 0 AND (e.Day = c.Day OR e.Day IN (SELECT Last FROM temp.Stretch)))
), Walked AS (
    SELECT p.Cutoff, p.Day, s.Bucket, s.PaidRate / (s.PaidRate + s.RefusedRate) AS PaidShare,
           s.PaidRate + s.RefusedRate AS Leave, min(p.Days, s.ToAge) - s.FromAge AS Length,
           (s.PaidRate + s.RefusedRate) * (min(p.Days, s.ToAge) - s.FromAge) AS Y
    FROM Point AS p
    JOIN temp.Speed AS s ON s.Cutoff = p.Cutoff AND s.FromAge < p.Days
), Left AS (
    SELECT w.*, exp(-coalesce(sum(Y) OVER Earlier, 0.0)) AS Still,
           CASE WHEN Y < 0.01 THEN Y * (1 - Y / 2 * (1 - Y / 3 * (1 - Y / 4 * (1 - Y / 5))))
                ELSE 1.0 - exp(-Y) END AS Gone
    FROM Walked AS w
    WINDOW Earlier AS (PARTITION BY Cutoff, Day ORDER BY Bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), Paid AS (
    SELECT l.*, coalesce(sum(Still * PaidShare * Gone) OVER (
               PARTITION BY Cutoff, Day ORDER BY Bucket ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           0.0) AS Before
    FROM Left AS l
), Added AS (
    SELECT Cutoff, Day,
           sum(Before * Length + Still * PaidShare / Leave
               * CASE WHEN Y < 0.01
                      THEN Y * Y / 2 * (1 - Y / 3 * (1 - Y / 4 * (1 - Y / 5 * (1 - Y / 6))))
                      ELSE Y - Gone END) AS Share
    FROM Paid
    GROUP BY Cutoff, Day
)
INSERT INTO temp.Integral (Cutoff, Day, Days, Share)
SELECT p.Cutoff, p.Day, p.Days, coalesce(a.Share, 0.0)
FROM Point AS p
LEFT JOIN Added AS a ON a.Cutoff = p.Cutoff AND a.Day = p.Day;

-- name: stage_lately
-- By evening and unit: what was made, and what was paid, in its last W days, a day.
CREATE TEMP TABLE Lately (
    Cutoff INTEGER, UnitNo INTEGER, Made REAL NOT NULL, MadeSquare REAL NOT NULL, Paid REAL NOT NULL,
    PRIMARY KEY (Cutoff, UnitNo)) WITHOUT ROWID;

-- name: stage_lately_fill
INSERT INTO temp.Lately (Cutoff, UnitNo, Made, MadeSquare, Paid)
SELECT c.Cutoff, u.UnitNo,
       coalesce((SELECT sum(m.Amount) / 100.0 FROM temp.MadeDay AS m WHERE m.UnitNo = u.UnitNo
                 AND m.EnteredOn > c.Day - c.PaceDays AND m.EnteredOn <= c.Day), 0.0) / c.PaceDays,
       coalesce((SELECT sum(m.Square) FROM temp.MadeDay AS m WHERE m.UnitNo = u.UnitNo
                 AND m.EnteredOn > c.Day - c.PaceDays AND m.EnteredOn <= c.Day), 0.0) / c.PaceDays,
       coalesce((SELECT sum(p.Paid) / 100.0 FROM temp.PaidDay AS p WHERE p.UnitNo = u.UnitNo
                 AND p.EndsOn > c.Day - c.PaceDays AND p.EndsOn <= c.Day), 0.0) / c.PaceDays / q.Factor
FROM temp.Cutoff AS c
JOIN temp.MeanQuarter AS q ON q.Cutoff = c.Cutoff
CROSS JOIN temp.Unit AS u;

-- name: stage_replay_chance
-- For all units alike (packed as above, without the unit).
CREATE TEMP TABLE ReplayChance (Pack INTEGER PRIMARY KEY, Probability REAL NOT NULL);

-- name: stage_replay_chance_fill
WITH Kind AS (
    SELECT Pack >> 8 AS Pack, Pack >> 30 AS Cutoff, ((Pack >> 9) & 2097151) - 1000000 AS EnteredOn,
           (Pack >> 8) & 1 AS IsLarge
    FROM temp.ReplayOpen
    GROUP BY Pack >> 8
), Step AS (
    SELECT k.Pack, s.Bucket, s.PaidRate * g.Speed AS Pay,
           s.PaidRate * g.Speed + s.RefusedRate AS Leave,
           (s.PaidRate * g.Speed + s.RefusedRate) * (t.Days - f.Days) AS Y
    FROM Kind AS k
    CROSS JOIN temp.Cutoff AS c ON c.Cutoff = k.Cutoff
    CROSS JOIN temp.Speed AS s ON s.Cutoff = k.Cutoff
        AND k.EnteredOn + s.FromAge < c.Day + 28 AND k.EnteredOn + s.ToAge > c.Day
    CROSS JOIN temp.SizeIndex AS g ON g.Cutoff = k.Cutoff AND g.IsLarge = k.IsLarge
    CROSS JOIN temp.Effective AS f ON f.Cutoff = k.Cutoff AND f.Day = max(c.Day, k.EnteredOn + s.FromAge)
    CROSS JOIN temp.Effective AS t ON t.Cutoff = k.Cutoff AND t.Day = min(c.Day + 28, k.EnteredOn + s.ToAge)
), Before AS (
    SELECT s.*, coalesce(sum(Y) OVER (
        PARTITION BY Pack ORDER BY Bucket
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0) AS Gathered
    FROM Step AS s
)
INSERT INTO temp.ReplayChance (Pack, Probability)
SELECT Pack,
       sum(exp(-Gathered) * Pay / Leave
           * CASE WHEN Y < 0.01 THEN Y * (1 - Y / 2 * (1 - Y / 3 * (1 - Y / 4 * (1 - Y / 5))))
                  ELSE 1.0 - exp(-Y) END)
FROM Before
GROUP BY Pack;

-- name: stage_replay
-- The replays: F, N, R, S, S_N and what came within 28 days, of the known entries and in all.
CREATE TEMP TABLE Replay (
    UnitNo INTEGER, Cutoff INTEGER, FromOpen REAL NOT NULL, FromNew REAL NOT NULL, Pace REAL NOT NULL,
    Spread REAL NOT NULL, NewSpread REAL NOT NULL, KnownCame REAL NOT NULL, Came REAL NOT NULL,
    PRIMARY KEY (UnitNo, Cutoff)) WITHOUT ROWID;

-- name: stage_replay_fill
WITH Open AS (
    SELECT o.Pack >> 30 AS Cutoff, o.Pack & 255 AS UnitNo, sum(o.Amount * p.Probability) AS FromOpen,
           sum(o.Square * p.Probability * (1.0 - p.Probability)) AS Spread
    FROM temp.ReplayOpen AS o
    JOIN temp.ReplayChance AS p ON p.Pack = o.Pack >> 8
    GROUP BY o.Pack >> 30, o.Pack & 255
), Came AS (
    SELECT c.Cutoff, s.UnitNo, sum(CASE WHEN c.Cutoff <= s.KnownTo THEN s.Paid ELSE 0 END) / 100.0 AS Known,
           sum(s.Paid) / 100.0 AS Everything
    FROM temp.ReplayPaid AS s
    CROSS JOIN temp.Cutoff AS c ON c.Cutoff >= max(s.OpenFrom, 1) AND c.Cutoff < s.OpenFrom + 4
    GROUP BY c.Cutoff, s.UnitNo
)
INSERT INTO temp.Replay (UnitNo, Cutoff, FromOpen, FromNew, Pace, Spread, NewSpread, KnownCame, Came)
SELECT l.UnitNo, c.Cutoff, coalesce(o.FromOpen, 0.0), l.Made * coalesce(i.Share, 0.0), l.Paid * e.Days,
       coalesce(o.Spread, 0.0), l.MadeSquare * coalesce(i.Share, 0.0), coalesce(a.Known, 0.0),
       coalesce(a.Everything, 0.0)
FROM temp.Cutoff AS c
JOIN temp.Lately AS l ON l.Cutoff = c.Cutoff
JOIN temp.Effective AS e ON e.Cutoff = c.Cutoff AND e.Day = c.Day + 28
LEFT JOIN temp.Integral AS i ON i.Cutoff = c.Cutoff AND i.Day = e.Day
LEFT JOIN Open AS o ON o.Cutoff = c.Cutoff AND o.UnitNo = l.UnitNo
LEFT JOIN Came AS a ON a.Cutoff = c.Cutoff AND a.UnitNo = l.UnitNo
WHERE c.Cutoff > 0;

-- name: stage_tried
-- Both numbers of each replay, as base and rival: Number 0 is that of known entries, 1 the whole.
CREATE TEMP TABLE Tried AS
SELECT 0 AS IsWhole, UnitNo, Cutoff, FromOpen AS Base,
       CASE WHEN FromOpen + FromNew > 0 THEN Pace * (FromOpen / (FromOpen + FromNew)) ELSE 0.0 END AS Rival,
       KnownCame AS Came, Spread
FROM temp.Replay
UNION ALL
SELECT 1, UnitNo, Cutoff, FromOpen + FromNew, Pace, Came, Spread + NewSpread
FROM temp.Replay;

-- name: stage_blend
-- Weight of the base, t and z of the range, by unit and number.
CREATE TEMP TABLE Blend (
    IsWhole INTEGER, UnitNo INTEGER, Weight REAL NOT NULL, Error REAL NOT NULL, Z REAL NOT NULL,
    PRIMARY KEY (IsWhole, UnitNo)) WITHOUT ROWID;

-- name: stage_blend_fill
WITH Prior AS (
    SELECT p.IsWhole, u.UnitNo, p.Count, p.Weight,
           0.15 * 0.15 + 1.0 / max((SELECT sum(Paid) FROM temp.Speed WHERE Cutoff = 0), 1) AS Error
    FROM (SELECT 0 AS IsWhole, 8.0 AS Count, 1.0 AS Weight UNION ALL SELECT 1, 2.0, 0.75) AS p
    CROSS JOIN temp.Unit AS u
    WHERE EXISTS (SELECT 1 FROM temp.Speed WHERE Cutoff = 0)
), Missed AS (
    SELECT IsWhole, UnitNo, count(*) AS Replays, avg((Base - Came) * (Base - Came)) AS OfBase,
           avg((Rival - Came) * (Rival - Came)) AS OfRival
    FROM temp.Tried
    GROUP BY IsWhole, UnitNo
), Weighed AS (
    SELECT p.IsWhole, p.UnitNo, coalesce(m.Replays, 0) AS Replays, p.Error AS PriorError,
           CASE WHEN m.Replays IS NULL THEN p.Weight
                ELSE (m.Replays / 4.0
                      * CASE WHEN m.OfRival > 0
                             THEN 1.0 / (1.0 + (m.OfBase / m.OfRival) * (m.OfBase / m.OfRival)
                                               * (m.OfBase / m.OfRival))
                             WHEN m.OfBase > 0 THEN 0.0
                             ELSE p.Weight END
                      + p.Count * p.Weight) / (m.Replays / 4.0 + p.Count) END AS Weight
    FROM Prior AS p
    LEFT JOIN Missed AS m ON m.IsWhole = p.IsWhole AND m.UnitNo = p.UnitNo
), Said AS (
    SELECT t.IsWhole, t.UnitNo, t.Came, t.Spread,
           w.Weight * t.Base + (1.0 - w.Weight) * t.Rival AS Number,
           max(w.Weight * t.Base + (1.0 - w.Weight) * t.Rival, t.Came) AS Size
    FROM temp.Tried AS t
    JOIN Weighed AS w ON w.IsWhole = t.IsWhole AND w.UnitNo = t.UnitNo
), Judged AS (
    SELECT w.IsWhole, w.UnitNo, w.Weight, w.Replays,
           CASE WHEN coalesce(avg(s.Size * s.Size), 0.0) = 0 THEN w.PriorError
                ELSE max(0.03 * 0.03,
                         (w.Replays / 4.0 * avg((s.Number - s.Came) * (s.Number - s.Came) - s.Spread)
                          + 2.0 * w.PriorError * avg(s.Size * s.Size))
                         / ((w.Replays / 4.0 + 2.0) * avg(s.Size * s.Size))) END AS Error
    FROM Weighed AS w
    LEFT JOIN Said AS s ON s.IsWhole = w.IsWhole AND s.UnitNo = w.UnitNo
    GROUP BY w.IsWhole, w.UnitNo
), Ranked AS (
    SELECT j.IsWhole, j.UnitNo,
           CASE WHEN s.Size > 0 THEN abs(s.Number - s.Came) / sqrt(s.Spread + s.Size * s.Size * j.Error)
                ELSE 0.0 END AS Miss,
           row_number() OVER (PARTITION BY j.IsWhole, j.UnitNo ORDER BY CASE
               WHEN s.Size > 0 THEN abs(s.Number - s.Came) / sqrt(s.Spread + s.Size * s.Size * j.Error)
               ELSE 0.0 END) AS Place
    FROM Judged AS j
    JOIN Said AS s ON s.IsWhole = j.IsWhole AND s.UnitNo = j.UnitNo
)
INSERT INTO temp.Blend (IsWhole, UnitNo, Weight, Error, Z)
SELECT j.IsWhole, j.UnitNo, j.Weight, j.Error,
       (j.Replays / 4.0 * coalesce(r.Miss, 1.2816) + 2.0 * 1.2816) / (j.Replays / 4.0 + 2.0)
       * (1.0 + 0.62 / (j.Replays / 4.0 + 2.0)
          + 0.65 / ((j.Replays / 4.0 + 2.0) * (j.Replays / 4.0 + 2.0)))
FROM Judged AS j
LEFT JOIN Ranked AS r ON r.IsWhole = j.IsWhole AND r.UnitNo = j.UnitNo
    AND r.Place = min(j.Replays, (4 * j.Replays + 8) / 5);
