SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.CountChances
Purpose:     Work out the chance of every open entry to be paid in every period that is not over (step 15)
Called by:   core.ComputeForecast, whose tables #Ahead, #Stretch and #EntryChance it fills
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.CountChances
    @LearnDay int        -- the number of c
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    WITH Ahead AS (
        SELECT h.PeriodId, CASE WHEN h.StartsOn - 1 > @LearnDay THEN h.StartsOn - 1 ELSE @LearnDay END AS After,
               h.EndsOn AS Last
        FROM #Horizon AS h
        WHERE h.EndsOn > @LearnDay
    ), Edge AS (
        SELECT a.After AS Day FROM Ahead AS a WHERE a.After > @LearnDay
        UNION
        SELECT a.Last FROM Ahead AS a
    )
    INSERT INTO #Stretch (Stretch, After, Last)
    SELECT CAST(ROW_NUMBER() OVER (ORDER BY e.Day) AS int), LAG(e.Day, 1, @LearnDay) OVER (ORDER BY e.Day), e.Day
    FROM Edge AS e;

    INSERT INTO #Ahead (PeriodId, After, Last, FirstStretch, LastStretch)
    SELECT h.PeriodId, f.After, t.Last, f.Stretch, t.Stretch
    FROM #Horizon AS h
    JOIN #Stretch AS f ON f.After = CASE WHEN h.StartsOn - 1 > @LearnDay THEN h.StartsOn - 1 ELSE @LearnDay END
    JOIN #Stretch AS t ON t.Last = h.EndsOn;

    -- Open entries of one day of entry and one promised day (as seen from now: what is long past makes no difference)
    -- walk through the same ages and promise classes.
    CREATE TABLE #Route (
        RouteId int NOT NULL UNIQUE, EnteredOn int NOT NULL, PromisedOn int NOT NULL,
        PRIMARY KEY (EnteredOn, PromisedOn));
    INSERT INTO #Route (RouteId, EnteredOn, PromisedOn)
    SELECT CAST(ROW_NUMBER() OVER (ORDER BY r.EnteredOn, r.PromisedOn) AS int), r.EnteredOn, r.PromisedOn
    FROM (
        SELECT DISTINCT o.EnteredOn,
               CASE WHEN o.PromisedOn < @LearnDay - 30 AND o.PromisedOn > -1000000 THEN @LearnDay - 30
                    ELSE o.PromisedOn END AS PromisedOn
        FROM #OpenDeal AS o
    ) AS r;

    -- The open entries with their route and their own speed, that of lead and size.
    CREATE TABLE #Walker (
        EntryId int NOT NULL PRIMARY KEY, IsLarge int NOT NULL, RouteId int NOT NULL, Factor float NOT NULL);
    WITH Seen AS (
        SELECT o.EntryId, o.LeadId, o.EnteredOn,
               CASE WHEN o.PromisedOn < @LearnDay - 30 AND o.PromisedOn > -1000000 THEN @LearnDay - 30
                    ELSE o.PromisedOn END AS PromisedOn,
               CASE WHEN o.Amount > u.AverageAmount THEN 1 ELSE 0 END AS IsLarge
        FROM #OpenDeal AS o
        JOIN #UnitSize AS u ON u.UnitNo = o.UnitNo
    )
    INSERT INTO #Walker (EntryId, IsLarge, RouteId, Factor)
    SELECT s.EntryId, s.IsLarge, r.RouteId, COALESCE(f.Factor, 1.0E0) * g.Factor
    FROM Seen AS s
    JOIN #Route AS r ON r.EnteredOn = s.EnteredOn AND r.PromisedOn = s.PromisedOn
    JOIN #SizeIndex AS g ON g.Cutoff = 0 AND g.IsLarge = s.IsLarge
    LEFT JOIN #LeadIndex AS f ON f.LeadId = s.LeadId;

    -- A route in pieces of one bucket, promise class and stretch, in order: daily chances of payment (without the speed
    -- of lead and size) and of refusal, effective days, and both gathered before the piece.
    CREATE TABLE #Piece (
        RouteId int NOT NULL, FromDay int NOT NULL, Stretch int NOT NULL, Pay float NOT NULL, Refuse float NOT NULL,
        Days float NOT NULL, PayBefore float NOT NULL, RefuseBefore float NOT NULL, PRIMARY KEY (RouteId, FromDay));
    WITH Walked AS (
        SELECT r.RouteId, r.PromisedOn, t.Stretch, s.PaidRate, s.RefusedRate,
               CASE WHEN r.EnteredOn + b.FromAge > t.After THEN r.EnteredOn + b.FromAge ELSE t.After END AS FromDay,
               CASE WHEN r.EnteredOn + b.ToAge < t.Last THEN r.EnteredOn + b.ToAge ELSE t.Last END AS UntilDay
        FROM #Route AS r
        CROSS JOIN #Stretch AS t
        JOIN #Bucket AS b
            ON r.EnteredOn + b.FromAge < t.Last AND r.EnteredOn + b.ToAge > t.After
        JOIN #Speed AS s ON s.Cutoff = 0 AND s.Bucket = b.Bucket
    ), Step AS (
        SELECT w.RouteId, w.FromDay, w.UntilDay, w.Stretch, w.PaidRate AS Pay, w.RefusedRate AS Refuse
        FROM Walked AS w
        WHERE w.PromisedOn = -1000000
        UNION ALL
        SELECT w.RouteId,
               CASE WHEN w.PromisedOn + z.FromPast > w.FromDay THEN w.PromisedOn + z.FromPast ELSE w.FromDay END,
               CASE WHEN w.PromisedOn + z.ToPast < w.UntilDay THEN w.PromisedOn + z.ToPast ELSE w.UntilDay END,
               w.Stretch, w.PaidRate * i.Factor, w.RefusedRate
        FROM Walked AS w
        JOIN #Promise AS z ON w.PromisedOn + z.FromPast < w.UntilDay AND w.PromisedOn + z.ToPast > w.FromDay
        JOIN #PromiseIndex AS i ON i.Promise = z.Promise
        WHERE w.PromisedOn > -1000000
    ), Long AS (
        SELECT p.RouteId, p.FromDay, p.Stretch, p.Pay, p.Refuse, t.Days - f.Days AS Days
        FROM Step AS p
        JOIN #Effective AS f ON f.Cutoff = 0 AND f.Day = p.FromDay
        JOIN #Effective AS t ON t.Cutoff = 0 AND t.Day = p.UntilDay
        UNION ALL
        -- Made today: half of what is left of the day, before the first whole one.
        SELECT r.RouteId, @LearnDay, 1, s.PaidRate * COALESCE(i.Factor, 1.0E0), s.RefusedRate, 0.5E0 * x.Days
        FROM #Route AS r
        JOIN #Speed AS s ON s.Cutoff = 0 AND s.Bucket = 0
        JOIN #Effective AS x ON x.Cutoff = 0 AND x.Day = r.EnteredOn
        LEFT JOIN #Promise AS z
            ON r.PromisedOn > -1000000
            AND r.EnteredOn - r.PromisedOn > z.FromPast AND r.EnteredOn - r.PromisedOn <= z.ToPast
        LEFT JOIN #PromiseIndex AS i ON i.Promise = z.Promise
        WHERE r.EnteredOn > @LearnDay
    )
    INSERT INTO #Piece (RouteId, FromDay, Stretch, Pay, Refuse, Days, PayBefore, RefuseBefore)
    SELECT g.RouteId, g.FromDay, g.Stretch, g.Pay, g.Refuse, g.Days,
           COALESCE(SUM(g.Pay * g.Days) OVER (
               PARTITION BY g.RouteId ORDER BY g.FromDay ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0E0),
           COALESCE(SUM(g.Refuse * g.Days) OVER (
               PARTITION BY g.RouteId ORDER BY g.FromDay ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0E0)
    FROM Long AS g;

    -- The chance of being paid in each stretch: neither paid nor refused before, then paid and not refused. Passed is
    -- what is gathered before the piece, InPiece in it. e to the power of less than -200 is nothing, and an error on
    -- some servers; 1 - e^-y is worked out by its series where y is small, or digits are lost.
    CREATE TABLE #StretchChance (
        EntryId int NOT NULL, Stretch int NOT NULL, Probability float NOT NULL, PRIMARY KEY (EntryId, Stretch));
    WITH Step AS (
        SELECT w.EntryId, p.Stretch, p.Pay * w.Factor / (p.Pay * w.Factor + p.Refuse) AS Share,
               (p.Pay * w.Factor + p.Refuse) * p.Days AS InPiece, p.PayBefore * w.Factor + p.RefuseBefore AS Passed
        FROM #Walker AS w
        JOIN #Piece AS p ON p.RouteId = w.RouteId
    )
    INSERT INTO #StretchChance (EntryId, Stretch, Probability)
    SELECT s.EntryId, s.Stretch,
           SUM(s.Share
               * CASE WHEN s.Passed > 200 THEN 0.0E0 ELSE EXP(-s.Passed) END
               * CASE WHEN s.InPiece < 0.01E0
                      THEN s.InPiece * (1.0E0 - s.InPiece / 2.0E0 * (1.0E0 - s.InPiece / 3.0E0
                           * (1.0E0 - s.InPiece / 4.0E0 * (1.0E0 - s.InPiece / 5.0E0))))
                      WHEN s.InPiece > 200 THEN 1.0E0
                      ELSE 1.0E0 - EXP(-s.InPiece) END)
    FROM Step AS s
    GROUP BY s.EntryId, s.Stretch;

    WITH Chance AS (
        SELECT a.PeriodId, a.FirstStretch, c.EntryId,
               SUM(CASE WHEN c.Stretch >= a.FirstStretch THEN c.Probability ELSE 0.0E0 END) AS Probability,
               SUM(c.Probability) AS Whole
        FROM #Ahead AS a
        JOIN #StretchChance AS c ON c.Stretch <= a.LastStretch
        GROUP BY a.PeriodId, a.FirstStretch, c.EntryId
    )
    INSERT INTO #EntryChance (
        PeriodId, EntryId, LeadId, GroupId, ManagerId, UnitNo, Amount, IsLarge, PaidOn, Probability, Whole)
    SELECT c.PeriodId, o.EntryId, o.LeadId, o.GroupId, o.ManagerId, o.UnitNo, CAST(o.Amount AS float), w.IsLarge,
           o.PaidOn, c.Probability, CASE WHEN c.FirstStretch = 1 THEN 0.0E0 ELSE c.Whole END
    FROM Chance AS c
    JOIN #OpenDeal AS o ON o.EntryId = c.EntryId
    JOIN #Walker AS w ON w.EntryId = c.EntryId;
END;
GO
