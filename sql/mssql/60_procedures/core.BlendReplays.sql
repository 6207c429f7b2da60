SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.BlendReplays
Purpose:     Forecast the last half year again from each of its weeks, and learn from what came how far the method's
             number is to be trusted, and how wide its range is (steps 16 to 19)
Called by:   core.ComputeForecast, whose tables #Integral, #Lately, #Replay, #Tried and #Blend it fills
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.BlendReplays
    @LearnDay int        -- the number of c
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @FirstCutoff int, @FirstPace int;
    DECLARE @Far float = 1.0E30; -- as many times worse, or better, makes no difference any more
    DECLARE @PaidEvents float = (SELECT SUM(s.Paid) FROM #Speed AS s WHERE s.Cutoff = 0);
    SELECT @FirstCutoff = MIN(c.Day), @FirstPace = MIN(c.Day - c.PaceDays) FROM #Cutoff AS c;

    -- I: the paid share of a new entry, added up over x effective days from the evening. Passed is what is gathered
    -- before the bucket, InBucket in it; the series are those of core.CountChances.
    CREATE TABLE #Walk (
        Cutoff int NOT NULL, Day int NOT NULL, Bucket int NOT NULL, Share float NOT NULL, Leave float NOT NULL,
        Length float NOT NULL, InBucket float NOT NULL, Still float NOT NULL, Gone float NOT NULL,
        PRIMARY KEY (Cutoff, Day, Bucket));
    WITH Point AS (
        SELECT e.Cutoff, e.Day, e.Days
        FROM #Effective AS e
        JOIN #Cutoff AS c ON c.Cutoff = e.Cutoff
        WHERE (c.Cutoff > 0 AND e.Day = c.Day + 28)
           OR (c.Cutoff = 0 AND (e.Day = c.Day OR e.Day IN (SELECT s.Last FROM #Stretch AS s)))
    ), Step AS (
        SELECT p.Cutoff, p.Day, s.Bucket, s.PaidRate / (s.PaidRate + s.RefusedRate) AS Share,
               s.PaidRate + s.RefusedRate AS Leave,
               CASE WHEN p.Days < s.ToAge THEN p.Days ELSE s.ToAge END - s.FromAge AS Length
        FROM Point AS p
        JOIN #Speed AS s ON s.Cutoff = p.Cutoff AND s.FromAge < p.Days
    ), Long AS (
        SELECT s.Cutoff, s.Day, s.Bucket, s.Share, s.Leave, s.Length, s.Leave * s.Length AS InBucket,
               COALESCE(SUM(s.Leave * s.Length) OVER (
                   PARTITION BY s.Cutoff, s.Day ORDER BY s.Bucket
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0E0) AS Passed
        FROM Step AS s
    )
    INSERT INTO #Walk (Cutoff, Day, Bucket, Share, Leave, Length, InBucket, Still, Gone)
    SELECT g.Cutoff, g.Day, g.Bucket, g.Share, g.Leave, g.Length, g.InBucket,
           CASE WHEN g.Passed > 200 THEN 0.0E0 ELSE EXP(-g.Passed) END,
           CASE WHEN g.InBucket < 0.01E0
                THEN g.InBucket * (1.0E0 - g.InBucket / 2.0E0 * (1.0E0 - g.InBucket / 3.0E0
                     * (1.0E0 - g.InBucket / 4.0E0 * (1.0E0 - g.InBucket / 5.0E0))))
                WHEN g.InBucket > 200 THEN 1.0E0
                ELSE 1.0E0 - EXP(-g.InBucket) END
    FROM Long AS g;
    WITH Paid AS (
        SELECT w.Cutoff, w.Day, w.Share, w.Leave, w.Length, w.InBucket, w.Still, w.Gone,
               COALESCE(SUM(w.Still * w.Share * w.Gone) OVER (
                   PARTITION BY w.Cutoff, w.Day ORDER BY w.Bucket
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0E0) AS Before
        FROM #Walk AS w
    ), Added AS (
        SELECT p.Cutoff, p.Day,
               SUM(p.Before * p.Length
                   + p.Still * p.Share / p.Leave
                     * CASE WHEN p.InBucket < 0.01E0
                            THEN p.InBucket * p.InBucket / 2.0E0 * (1.0E0 - p.InBucket / 3.0E0
                                 * (1.0E0 - p.InBucket / 4.0E0 * (1.0E0 - p.InBucket / 5.0E0
                                 * (1.0E0 - p.InBucket / 6.0E0))))
                            ELSE p.InBucket - p.Gone END) AS Share
        FROM Paid AS p
        GROUP BY p.Cutoff, p.Day
    )
    INSERT INTO #Integral (Cutoff, Day, Days, Share)
    SELECT e.Cutoff, e.Day, e.Days, COALESCE(a.Share, 0.0E0)
    FROM #Effective AS e
    JOIN #Cutoff AS c ON c.Cutoff = e.Cutoff
    LEFT JOIN Added AS a ON a.Cutoff = e.Cutoff AND a.Day = e.Day
    WHERE (c.Cutoff > 0 AND e.Day = c.Day + 28)
       OR (c.Cutoff = 0 AND (e.Day = c.Day OR e.Day IN (SELECT s.Last FROM #Stretch AS s)));

    -- By evening and unit: what was made, and what was paid, in its last W days, a day.
    WITH MadeDay AS (
        SELECT l.UnitNo, l.EnteredOn AS Day, SUM(l.Amount) AS Made, SUM(l.Square) AS Square
        FROM #Life AS l
        WHERE l.EnteredOn > @FirstPace
        GROUP BY l.UnitNo, l.EnteredOn
    ), PaidDay AS (
        SELECT l.UnitNo, l.EndsOn AS Day, SUM(l.Paid) AS Paid
        FROM #Life AS l
        WHERE l.Status = 1 AND l.EndsOn > @FirstPace
        GROUP BY l.UnitNo, l.EndsOn
    ), Made AS (
        SELECT c.Cutoff, m.UnitNo, SUM(m.Made) AS Made, SUM(m.Square) AS Square
        FROM #Cutoff AS c
        JOIN MadeDay AS m ON m.Day > c.Day - c.PaceDays AND m.Day <= c.Day
        GROUP BY c.Cutoff, m.UnitNo
    ), Paid AS (
        SELECT c.Cutoff, p.UnitNo, SUM(p.Paid) AS Paid
        FROM #Cutoff AS c
        JOIN PaidDay AS p ON p.Day > c.Day - c.PaceDays AND p.Day <= c.Day
        GROUP BY c.Cutoff, p.UnitNo
    )
    INSERT INTO #Lately (Cutoff, UnitNo, Made, MadeSquare, Paid)
    SELECT c.Cutoff, u.UnitNo, COALESCE(m.Made, 0.0E0) / c.PaceDays, COALESCE(m.Square, 0.0E0) / c.PaceDays,
           COALESCE(p.Paid, 0.0E0) / c.PaceDays / q.Factor
    FROM #Cutoff AS c
    JOIN #MeanQuarter AS q ON q.Cutoff = c.Cutoff
    CROSS JOIN #Unit AS u
    LEFT JOIN Made AS m ON m.Cutoff = c.Cutoff AND m.UnitNo = u.UnitNo
    LEFT JOIN Paid AS p ON p.Cutoff = c.Cutoff AND p.UnitNo = u.UnitNo;

    -- Evening i is c - 21 - 7 i. An entry is open at those from OpenFrom on, and known up to KnownTo.
    CREATE TABLE #ReplaySpan (
        UnitNo int NOT NULL, Band int NOT NULL, EnteredOn int NOT NULL, Status int NOT NULL, OpenFrom int NOT NULL,
        KnownTo int NOT NULL, Amount float NOT NULL, Square float NOT NULL, Paid float NOT NULL);
    INSERT INTO #ReplaySpan (UnitNo, Band, EnteredOn, Status, OpenFrom, KnownTo, Amount, Square, Paid)
    SELECT s.UnitNo, s.Band, s.EnteredOn, s.Status, s.OpenFrom, s.KnownTo, SUM(s.Amount), SUM(s.Square), SUM(s.Paid)
    FROM (
        SELECT l.UnitNo, l.Band, l.EnteredOn, l.Status, l.Amount, l.Square, l.Paid,
               (@LearnDay - 21 - COALESCE(l.EndsOn, @LearnDay + 35) + 7000000) / 7 - 999999 AS OpenFrom,
               (@LearnDay - 21 - l.EnteredOn + 7000000) / 7 - 1000000 AS KnownTo
        FROM #Life AS l
        WHERE l.EndsOn IS NULL OR l.EndsOn > @FirstCutoff
    ) AS s
    GROUP BY s.UnitNo, s.Band, s.EnteredOn, s.Status, s.OpenFrom, s.KnownTo;

    -- What was open on the replayed evenings, by day of entry and size, and its chance within 28 days.
    CREATE TABLE #ReplayOpen (
        Cutoff int NOT NULL, EnteredOn int NOT NULL, IsLarge int NOT NULL, UnitNo int NOT NULL, Amount float NOT NULL,
        Square float NOT NULL, PRIMARY KEY (Cutoff, EnteredOn, IsLarge, UnitNo));
    INSERT INTO #ReplayOpen (Cutoff, EnteredOn, IsLarge, UnitNo, Amount, Square)
    SELECT o.Cutoff, o.EnteredOn, o.IsLarge, o.UnitNo, SUM(o.Amount), SUM(o.Square)
    FROM (
        SELECT c.Cutoff, s.EnteredOn, CASE WHEN s.Band >= f.Band THEN 1 ELSE 0 END AS IsLarge, s.UnitNo, s.Amount,
               s.Square
        FROM #ReplaySpan AS s
        JOIN #Cutoff AS c ON c.Cutoff > 0 AND c.Cutoff >= s.OpenFrom AND c.Cutoff <= s.KnownTo
        JOIN #LargeFrom AS f ON f.Cutoff = c.Cutoff AND f.UnitNo = s.UnitNo
    ) AS o
    GROUP BY o.Cutoff, o.EnteredOn, o.IsLarge, o.UnitNo;

    CREATE TABLE #ReplayChance (
        Cutoff int NOT NULL, EnteredOn int NOT NULL, IsLarge int NOT NULL, Probability float NOT NULL,
        PRIMARY KEY (Cutoff, EnteredOn, IsLarge));
    WITH Kind AS (
        SELECT DISTINCT o.Cutoff, o.EnteredOn, o.IsLarge FROM #ReplayOpen AS o
    ), Walked AS (
        SELECT k.Cutoff, k.EnteredOn, k.IsLarge, s.Bucket, s.PaidRate * g.Factor AS Pay,
               s.PaidRate * g.Factor + s.RefusedRate AS Leave,
               CASE WHEN k.EnteredOn + s.FromAge > c.Day THEN k.EnteredOn + s.FromAge ELSE c.Day END AS FromDay,
               CASE WHEN k.EnteredOn + s.ToAge < c.Day + 28 THEN k.EnteredOn + s.ToAge ELSE c.Day + 28 END AS UntilDay
        FROM Kind AS k
        JOIN #Cutoff AS c ON c.Cutoff = k.Cutoff
        JOIN #Speed AS s
            ON s.Cutoff = k.Cutoff AND k.EnteredOn + s.FromAge < c.Day + 28 AND k.EnteredOn + s.ToAge > c.Day
        JOIN #SizeIndex AS g ON g.Cutoff = k.Cutoff AND g.IsLarge = k.IsLarge
    ), Step AS (
        SELECT w.Cutoff, w.EnteredOn, w.IsLarge, w.Bucket, w.Pay / w.Leave AS Share,
               w.Leave * (t.Days - f.Days) AS InBucket
        FROM Walked AS w
        JOIN #Effective AS f ON f.Cutoff = w.Cutoff AND f.Day = w.FromDay
        JOIN #Effective AS t ON t.Cutoff = w.Cutoff AND t.Day = w.UntilDay
    ), Long AS (
        SELECT s.Cutoff, s.EnteredOn, s.IsLarge, s.Share, s.InBucket,
               COALESCE(SUM(s.InBucket) OVER (
                   PARTITION BY s.Cutoff, s.EnteredOn, s.IsLarge ORDER BY s.Bucket
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0E0) AS Passed
        FROM Step AS s
    )
    INSERT INTO #ReplayChance (Cutoff, EnteredOn, IsLarge, Probability)
    SELECT g.Cutoff, g.EnteredOn, g.IsLarge,
           SUM(g.Share
               * CASE WHEN g.Passed > 200 THEN 0.0E0 ELSE EXP(-g.Passed) END
               * CASE WHEN g.InBucket < 0.01E0
                      THEN g.InBucket * (1.0E0 - g.InBucket / 2.0E0 * (1.0E0 - g.InBucket / 3.0E0
                           * (1.0E0 - g.InBucket / 4.0E0 * (1.0E0 - g.InBucket / 5.0E0))))
                      WHEN g.InBucket > 200 THEN 1.0E0
                      ELSE 1.0E0 - EXP(-g.InBucket) END)
    FROM Long AS g
    GROUP BY g.Cutoff, g.EnteredOn, g.IsLarge;

    -- The replays: F, N, R, S, S_N and what came within 28 days, of the known entries and in all. A unit that was
    -- silent has zeros.
    WITH FromOpen AS (
        SELECT o.Cutoff, o.UnitNo, SUM(o.Amount * p.Probability) AS FromOpen,
               SUM(o.Square * p.Probability * (1.0E0 - p.Probability)) AS Spread
        FROM #ReplayOpen AS o
        JOIN #ReplayChance AS p ON p.Cutoff = o.Cutoff AND p.EnteredOn = o.EnteredOn AND p.IsLarge = o.IsLarge
        GROUP BY o.Cutoff, o.UnitNo
    ), Came AS (
        SELECT c.Cutoff, s.UnitNo, SUM(CASE WHEN c.Cutoff <= s.KnownTo THEN s.Paid ELSE 0.0E0 END) AS OpenCame,
               SUM(s.Paid) AS WholeCame
        FROM #ReplaySpan AS s
        JOIN #Cutoff AS c ON c.Cutoff > 0 AND c.Cutoff >= s.OpenFrom AND c.Cutoff < s.OpenFrom + 4
        WHERE s.Status = 1
        GROUP BY c.Cutoff, s.UnitNo
    )
    INSERT INTO #Replay (Cutoff, UnitNo, FromOpen, FromNew, Pace, Spread, NewSpread, OpenCame, WholeCame)
    SELECT l.Cutoff, l.UnitNo, COALESCE(o.FromOpen, 0.0E0), l.Made * i.Share, l.Paid * i.Days,
           COALESCE(o.Spread, 0.0E0), l.MadeSquare * i.Share, COALESCE(a.OpenCame, 0.0E0), COALESCE(a.WholeCame, 0.0E0)
    FROM #Lately AS l
    JOIN #Cutoff AS c ON c.Cutoff = l.Cutoff
    JOIN #Integral AS i ON i.Cutoff = c.Cutoff AND i.Day = c.Day + 28
    LEFT JOIN FromOpen AS o ON o.Cutoff = l.Cutoff AND o.UnitNo = l.UnitNo
    LEFT JOIN Came AS a ON a.Cutoff = l.Cutoff AND a.UnitNo = l.UnitNo
    WHERE c.Cutoff > 0;

    INSERT INTO #Tried (IsWhole, UnitNo, Cutoff, Base, Rival, Came, Spread)
    SELECT 0, r.UnitNo, r.Cutoff, r.FromOpen,
           COALESCE(r.Pace * (r.FromOpen / NULLIF(r.FromOpen + r.FromNew, 0.0E0)), 0.0E0), r.OpenCame, r.Spread
    FROM #Replay AS r
    UNION ALL
    SELECT 1, r.UnitNo, r.Cutoff, r.FromOpen + r.FromNew, r.Pace, r.WholeCame, r.Spread + r.NewSpread
    FROM #Replay AS r;

    -- Steps 18 and 19. Known and Weight of the prior are k0 and w0. The ratio of two errors is kept within what makes a
    -- difference: cubed it would be a number that no server can hold.
    CREATE TABLE #Judged (
        IsWhole int NOT NULL, UnitNo int NOT NULL, Replays int NOT NULL, Weight float NOT NULL, Error float NOT NULL,
        PRIMARY KEY (IsWhole, UnitNo));
    WITH Prior AS (
        SELECT p.IsWhole, u.UnitNo, p.Known, p.Weight,
               0.0225E0 + 1.0E0 / CASE WHEN @PaidEvents > 1 THEN @PaidEvents ELSE 1.0E0 END AS Error
        FROM (SELECT 0 AS IsWhole, 8.0E0 AS Known, 1.0E0 AS Weight UNION ALL SELECT 1, 2.0E0, 0.75E0) AS p
        CROSS JOIN #Unit AS u
    ), Missed AS (
        SELECT t.IsWhole, t.UnitNo, COUNT(*) AS Replays, AVG((t.Base - t.Came) * (t.Base - t.Came)) AS OfBase,
               AVG((t.Rival - t.Came) * (t.Rival - t.Came)) AS OfRival
        FROM #Tried AS t
        GROUP BY t.IsWhole, t.UnitNo
    ), Compared AS (
        SELECT p.IsWhole, p.UnitNo, p.Known, p.Weight, p.Error, COALESCE(m.Replays, 0) AS Replays,
               CAST(COALESCE(m.Replays, 0) AS float) / 4.0E0 AS Independent,
               CASE WHEN m.OfBase > @Far * m.OfRival THEN @Far
                    WHEN m.OfRival > @Far * m.OfBase THEN 0.0E0
                    WHEN m.OfRival > 0 THEN m.OfBase / NULLIF(m.OfRival, 0.0E0) END AS Ratio
        FROM Prior AS p
        LEFT JOIN Missed AS m ON m.IsWhole = p.IsWhole AND m.UnitNo = p.UnitNo
    ), Earned AS (
        SELECT c.IsWhole, c.UnitNo, c.Known, c.Weight, c.Error, c.Replays, c.Independent,
               COALESCE(1.0E0 / (1.0E0 + c.Ratio * c.Ratio * c.Ratio), c.Weight) AS OwnWeight
        FROM Compared AS c
    ), Weighed AS (
        SELECT e.IsWhole, e.UnitNo, e.Error, e.Replays, e.Independent,
               (e.Independent * e.OwnWeight + e.Known * e.Weight) / (e.Independent + e.Known) AS Weight
        FROM Earned AS e
    ), Said AS (
        SELECT t.IsWhole, t.UnitNo, t.Came, t.Spread, w.Weight * t.Base + (1.0E0 - w.Weight) * t.Rival AS Number
        FROM #Tried AS t
        JOIN Weighed AS w ON w.IsWhole = t.IsWhole AND w.UnitNo = t.UnitNo
    ), Missing AS (
        SELECT s.IsWhole, s.UnitNo, AVG((s.Number - s.Came) * (s.Number - s.Came) - s.Spread) AS Miss,
               AVG(CASE WHEN s.Number > s.Came THEN s.Number * s.Number ELSE s.Came * s.Came END) AS Size
        FROM Said AS s
        GROUP BY s.IsWhole, s.UnitNo
    ), Found AS (
        SELECT w.IsWhole, w.UnitNo, w.Replays, w.Weight, w.Error AS PriorError,
               CASE WHEN m.Size > 0
                    THEN (w.Independent * m.Miss / NULLIF(m.Size, 0.0E0) + 2.0E0 * w.Error) / (w.Independent + 2.0E0)
                    END AS Error
        FROM Weighed AS w
        LEFT JOIN Missing AS m ON m.IsWhole = w.IsWhole AND m.UnitNo = w.UnitNo
    )
    INSERT INTO #Judged (IsWhole, UnitNo, Replays, Weight, Error)
    SELECT f.IsWhole, f.UnitNo, f.Replays, f.Weight,
           CASE WHEN f.Error IS NULL THEN f.PriorError WHEN f.Error < 0.0009E0 THEN 0.0009E0 ELSE f.Error END
    FROM Found AS f;

    WITH Said AS (
        SELECT t.IsWhole, t.UnitNo, t.Came, t.Spread, j.Error,
               j.Weight * t.Base + (1.0E0 - j.Weight) * t.Rival AS Number
        FROM #Tried AS t
        JOIN #Judged AS j ON j.IsWhole = t.IsWhole AND j.UnitNo = t.UnitNo
    ), Sized AS (
        SELECT s.IsWhole, s.UnitNo, ABS(s.Number - s.Came) AS Miss,
               SQRT(s.Spread + s.Error * CASE WHEN s.Number > s.Came THEN s.Number * s.Number ELSE s.Came * s.Came END)
                   AS Width
        FROM Said AS s
    ), Missed AS (
        SELECT s.IsWhole, s.UnitNo, COALESCE(s.Miss / NULLIF(s.Width, 0.0E0), 0.0E0) AS Miss FROM Sized AS s
    ), Ranked AS (
        SELECT m.IsWhole, m.UnitNo, m.Miss,
               ROW_NUMBER() OVER (PARTITION BY m.IsWhole, m.UnitNo ORDER BY m.Miss) AS Place
        FROM Missed AS m
    ), Found AS (
        SELECT j.IsWhole, j.UnitNo, j.Weight, j.Error, CAST(j.Replays AS float) / 4.0E0 AS Independent,
               CAST(j.Replays AS float) / 4.0E0 + 2.0E0 AS Freedom, COALESCE(r.Miss, 1.2816E0) AS Miss
        FROM #Judged AS j
        LEFT JOIN Ranked AS r
            ON r.IsWhole = j.IsWhole AND r.UnitNo = j.UnitNo
            AND r.Place = CASE WHEN (4 * j.Replays + 8) / 5 < j.Replays THEN (4 * j.Replays + 8) / 5 ELSE j.Replays END
    )
    INSERT INTO #Blend (IsWhole, UnitNo, Weight, Error, Z)
    SELECT f.IsWhole, f.UnitNo, f.Weight, f.Error,
           (f.Independent * f.Miss + 2.0E0 * 1.2816E0) / f.Freedom
           * (1.0E0 + 0.62E0 / f.Freedom + 0.65E0 / (f.Freedom * f.Freedom))
    FROM Found AS f;
END;
GO
