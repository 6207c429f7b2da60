-- The forecast in sets, stage by stage, in this file and the other aggregate_*.sql; every stage fills one
-- table of the connection's own TEMP database, so that nothing here waits for, or holds up, anybody who saves.
--
-- Several connections may compute side by side. The beginning of a name says who does it, in this order:
--   each_    every connection, for its own part of the entries or (what is small) the same as the others
--   gather_  the named tables of all others are added to the first one's: rows of equal key are summed
--   stage_   the first connection alone, for all entries
--   share_   the named tables of the first are copied to all others
--
-- Parameters, days since 1970-01-01:
--   :learn_day  c, the evening up to which the method learns
--   :count_day  n, the day up to which entries are counted
--   :rest       how much of day n is left in a live run (then c = n - 1), 1 as of an evening (then c = n)
-- The tables Horizon (PeriodId, StartsOn, EndsOn), Bucket (Bucket, FromAge, ToAge) and Promise (Promise,
-- FromPast, ToPast) are filled first, and OwnRange (FirstId, LastId) with the connection's own entries.
--
-- This file: what is copied, and what is counted to be shown.

-- name: each_deal
-- Every entry known on the count day, with its status as of that day. Owner is its lead (16 bits), group (16)
-- and manager (20) packed into one number; the tables check these limits.
CREATE TEMP TABLE Deal AS
SELECT e.EntryId, (e.LeadId << 36) | (e.GroupId << 20) | e.ManagerId AS Owner, e.GroupId, e.Amount,
       e.EnteredOn, coalesce(e.PaidAmount, e.Amount) AS Paid,
       CASE WHEN e.StatusOn <= :count_day THEN e.Status ELSE 0 END AS Status,
       CASE WHEN e.StatusOn <= :count_day THEN e.StatusOn END AS StatusOn,
       e.FirstPayBy - e.EnteredOn AS PromisedAge
FROM temp.OwnRange AS r
CROSS JOIN Entry AS e ON e.EntryId BETWEEN r.FirstId AND r.LastId
WHERE e.DeletedAt IS NULL AND e.EnteredOn <= :count_day;

-- name: each_open_deal
-- The open ones, with what only they need. PaidOn is what became of them later, for a replay.
CREATE TEMP TABLE OpenDeal AS
SELECT d.EntryId, d.Owner, d.GroupId, e.ClientPin, d.Amount, e.PayBy, d.EnteredOn,
       d.PromisedAge, CASE WHEN e.Status = 1 THEN e.StatusOn END AS PaidOn
FROM temp.Deal AS d
CROSS JOIN Entry AS e ON e.EntryId = d.EntryId
WHERE d.Status = 0;

-- name: each_own_span
CREATE TEMP TABLE OwnSpan AS
SELECT min(d.StatusOn) AS FirstResolution, min(d.EnteredOn) AS FirstEntry, count(*) AS Deals
FROM temp.Deal AS d;

-- name: each_unit
CREATE TEMP TABLE Unit (UnitNo INTEGER PRIMARY KEY CHECK (UnitNo < 256), Unit TEXT NOT NULL UNIQUE);

-- name: each_unit_fill
INSERT INTO temp.Unit (UnitNo, Unit)
SELECT row_number() OVER (ORDER BY g.Unit), g.Unit FROM (SELECT DISTINCT Unit FROM SalesGroup) AS g;

-- name: each_group_unit
CREATE TEMP TABLE GroupUnit (GroupId INTEGER PRIMARY KEY, UnitNo INTEGER NOT NULL);

-- name: each_group_unit_fill
INSERT INTO temp.GroupUnit (GroupId, UnitNo)
SELECT g.GroupId, u.UnitNo FROM SalesGroup AS g JOIN temp.Unit AS u ON u.Unit = g.Unit;

-- name: gather_spans
OwnSpan

-- name: stage_span
-- First recorded resolution (o), if it was by then; first day of entry, and how many entries there are.
CREATE TEMP TABLE Span AS
SELECT min(FirstResolution) AS FirstResolution, min(FirstEntry) AS FirstEntry, sum(Deals) AS Deals
FROM temp.OwnSpan;

-- name: share_span
Span

-- name: each_cutoff
-- The evenings from which is learnt: 0 is c, 1 to 26 are those that are replayed, the last first.
-- LearnFrom is lo of step 2, CalendarFrom is l of step 13, PaceDays is W of step 16.
CREATE TEMP TABLE Cutoff (
    Cutoff INTEGER PRIMARY KEY, Day INTEGER NOT NULL, LearnFrom INTEGER NOT NULL,
    CalendarFrom INTEGER NOT NULL, PaceDays INTEGER NOT NULL);

-- name: each_cutoff_fill
WITH RECURSIVE Evening (Cutoff, Day) AS (
    SELECT 0, :learn_day
    UNION ALL
    SELECT Cutoff + 1, CASE Cutoff WHEN 0 THEN :learn_day - 28 ELSE Day - 7 END FROM Evening WHERE Cutoff < 26
)
INSERT INTO temp.Cutoff (Cutoff, Day, LearnFrom, CalendarFrom, PaceDays)
SELECT e.Cutoff, e.Day, max(s.FirstResolution, e.Day - 365), max(s.FirstResolution - 1, e.Day - 365),
       min(90, e.Day - s.FirstResolution + 1)
FROM Evening AS e
CROSS JOIN temp.Span AS s
WHERE e.Day >= s.FirstResolution + CASE e.Cutoff WHEN 0 THEN 0 ELSE 30 END;

-- name: each_part
-- The days up to now, cut wherever something begins to count: parts 1, 2, ...; all before is part 0.
CREATE TEMP TABLE Part (Part INTEGER PRIMARY KEY CHECK (Part < 256), StartsOn INTEGER NOT NULL);

-- name: each_part_fill
INSERT INTO temp.Part (Part, StartsOn)
SELECT row_number() OVER (ORDER BY b.StartsOn), b.StartsOn
FROM (
    SELECT StartsOn FROM temp.Horizon WHERE StartsOn <= :count_day
    UNION SELECT EndsOn + 1 FROM temp.Horizon WHERE EndsOn < :count_day
    UNION SELECT :count_day - 364
    UNION SELECT :count_day - 89
    UNION SELECT Day - PaceDays + 1 FROM temp.Cutoff WHERE Cutoff = 0
    UNION SELECT :learn_day + 1
) AS b;

-- name: each_day_part
CREATE TEMP TABLE DayPart (Day INTEGER PRIMARY KEY, Part INTEGER NOT NULL);

-- name: each_day_part_fill
WITH RECURSIVE Day AS (
    SELECT min(StartsOn) AS Day FROM temp.Part
    UNION ALL
    SELECT Day + 1 FROM Day WHERE Day < :count_day
)
INSERT INTO temp.DayPart (Day, Part)
SELECT d.Day, (SELECT max(p.Part) FROM temp.Part AS p WHERE p.StartsOn <= d.Day)
FROM Day AS d;

-- name: each_packed_tally
-- Counts and sums: all that is shown beside the forecast comes from these few rows. Adding to a table by
-- one packed number takes half the time of sorting for a GROUP BY: whether it was made in the last W days (1 bit),
-- status (2), part (8), owner (52). Priced counts those that have an amount: a refusal may have none.
CREATE TEMP TABLE PackedTally (
    Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL, Priced INTEGER NOT NULL, Amount INTEGER NOT NULL,
    Paid INTEGER NOT NULL);

-- name: each_packed_tally_fill
INSERT INTO temp.PackedTally (Pack, Deals, Priced, Amount, Paid)
SELECT ((d.EnteredOn > m.After AND d.EnteredOn <= :learn_day) << 62) | (d.Status << 60)
       | (coalesce(p.Part, 0) << 52) | d.Owner, 1, d.Amount > 0, d.Amount, d.Paid
FROM (SELECT coalesce(max(Day - PaceDays), :learn_day) AS After FROM temp.Cutoff WHERE Cutoff = 0) AS m
CROSS JOIN temp.Deal AS d
LEFT JOIN temp.DayPart AS p ON p.Day = d.StatusOn
WHERE TRUE
ON CONFLICT (Pack) DO UPDATE
SET Deals = Deals + 1, Priced = Priced + excluded.Priced, Amount = Amount + excluded.Amount,
    Paid = Paid + excluded.Paid;

-- name: each_open_client
-- What is open by owner and client: one client may have entries in several parts.
CREATE TEMP TABLE OpenClient (
    Owner INTEGER, ClientPin TEXT, Deals INTEGER NOT NULL, DueToday INTEGER NOT NULL, Overdue INTEGER NOT NULL,
    PRIMARY KEY (Owner, ClientPin)) WITHOUT ROWID;

-- name: each_open_client_fill
INSERT INTO temp.OpenClient (Owner, ClientPin, Deals, DueToday, Overdue)
SELECT o.Owner, o.ClientPin, 1, coalesce(o.PayBy = :count_day, 0),
       coalesce(o.PayBy < :count_day, 0)
FROM temp.OpenDeal AS o
WHERE TRUE
ON CONFLICT (Owner, ClientPin) DO UPDATE
SET Deals = Deals + 1, DueToday = DueToday + excluded.DueToday, Overdue = Overdue + excluded.Overdue;

-- name: each_recent_amount
-- What was entered after the first replayed evening, by day: the averages of all evenings go back from today's.
CREATE TEMP TABLE RecentAmount (
    Pack INTEGER PRIMARY KEY, Deals INTEGER NOT NULL, Amount INTEGER NOT NULL);

-- name: each_recent_amount_fill
INSERT INTO temp.RecentAmount (Pack, Deals, Amount)
SELECT (d.EnteredOn << 8) | u.UnitNo, 1, d.Amount
FROM temp.Deal AS d
CROSS JOIN temp.GroupUnit AS u ON u.GroupId = d.GroupId
WHERE d.EnteredOn > (SELECT min(Day) FROM temp.Cutoff) AND d.Amount > 0
ON CONFLICT (Pack) DO UPDATE SET Deals = Deals + 1, Amount = Amount + excluded.Amount;

-- name: gather_counts
PackedTally RecentAmount OpenClient

-- name: stage_tally
CREATE TEMP TABLE Tally AS
SELECT (t.Pack >> 36) & 65535 AS LeadId, (t.Pack >> 20) & 65535 AS GroupId, t.Pack & 1048575 AS ManagerId,
       (t.Pack >> 60) & 3 AS Status, t.Pack >> 62 AS IsMade, coalesce(p.StartsOn, -1000000) AS PartStart,
       t.Deals, t.Priced, t.Amount, t.Paid
FROM temp.PackedTally AS t
LEFT JOIN temp.Part AS p ON p.Part = (t.Pack >> 52) & 255;

-- name: stage_open_count
CREATE TEMP TABLE OpenCount AS
SELECT o.Owner >> 36 AS LeadId, (o.Owner >> 20) & 65535 AS GroupId, o.Owner & 1048575 AS ManagerId,
       count(*) AS Clients, sum(o.Deals) AS Deals, sum(o.DueToday) AS DueToday, sum(o.Overdue) AS Overdue
FROM temp.OpenClient AS o
GROUP BY o.Owner;
