SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.LearnSpeeds
Purpose:     Learn sizes, and speeds by age, for c and for every evening that is replayed (steps 1 to 3 and 5; the
             size index of c comes with the promises). The entries are read once, into cells of equal life; all evenings
             are worked out from those.
Called by:   core.ComputeForecast, whose tables #UnitSize, #LargeFrom, #Life, #Ending, #RiskChange, #Speed and
             #SizeIndex it fills
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.LearnSpeeds
    @CountDay int,        -- the numbers of n
    @LearnDay int         -- and c
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @FirstCutoff int, @FirstCalendar int;
    DECLARE @Most decimal(19, 2) = 99999999999999999;
    SELECT @FirstCutoff = MIN(c.Day), @FirstCalendar = MIN(c.CalendarFrom) FROM #Cutoff AS c;

    -- The averages of all evenings go back from what is known now. Amounts are whole hundredths, so an amount is above
    -- the average exactly when it is above the average rounded down to hundredths: a division of whole numbers. Amounts
    -- of 0 are refusals whose amount nobody knew, and do not count.
    CREATE TABLE #SizeLimit (
        Cutoff int NOT NULL, UnitNo int NOT NULL, AverageAmount decimal(19, 2) NULL, PRIMARY KEY (Cutoff, UnitNo));
    WITH Everything AS (
        SELECT t.UnitNo, SUM(t.Priced) AS Deals, SUM(t.Amount) AS Amount FROM #Tally AS t GROUP BY t.UnitNo
    ), Recent AS (
        SELECT d.UnitNo, d.EnteredOn, COUNT(*) AS Deals, SUM(d.Amount) AS Amount
        FROM #Deal AS d
        WHERE d.EnteredOn > @FirstCutoff AND d.Amount > 0
        GROUP BY d.UnitNo, d.EnteredOn
    ), Later AS (
        SELECT c.Cutoff, r.UnitNo, SUM(r.Deals) AS Deals, SUM(r.Amount) AS Amount
        FROM #Cutoff AS c
        JOIN Recent AS r ON r.EnteredOn > c.Day
        GROUP BY c.Cutoff, r.UnitNo
    ), Known AS (
        SELECT c.Cutoff, e.UnitNo, e.Deals - COALESCE(l.Deals, 0) AS Deals, e.Amount - COALESCE(l.Amount, 0) AS Amount
        FROM #Cutoff AS c
        CROSS JOIN Everything AS e
        LEFT JOIN Later AS l ON l.Cutoff = c.Cutoff AND l.UnitNo = e.UnitNo
    )
    INSERT INTO #SizeLimit (Cutoff, UnitNo, AverageAmount)
    SELECT k.Cutoff, k.UnitNo,
           CAST((CAST(k.Amount * 100 AS bigint) / CAST(NULLIF(k.Deals, 0) AS bigint)) / 100.0 AS decimal(19, 2))
    FROM Known AS k;

    CREATE TABLE #SizeStep (
        UnitNo int NOT NULL, AverageAmount decimal(19, 2) NOT NULL, Step int NOT NULL,
        PRIMARY KEY (UnitNo, AverageAmount));
    INSERT INTO #SizeStep (UnitNo, AverageAmount, Step)
    SELECT l.UnitNo, l.AverageAmount,
           CAST(ROW_NUMBER() OVER (PARTITION BY l.UnitNo ORDER BY l.AverageAmount) AS int)
    FROM (
        SELECT DISTINCT a.UnitNo, a.AverageAmount FROM #SizeLimit AS a WHERE a.AverageAmount IS NOT NULL
    ) AS l;
    INSERT INTO #LargeFrom (Cutoff, UnitNo, Band)
    SELECT l.Cutoff, l.UnitNo, COALESCE(s.Step, 64)
    FROM #SizeLimit AS l
    LEFT JOIN #SizeStep AS s ON s.UnitNo = l.UnitNo AND s.AverageAmount = l.AverageAmount;

    -- The average of c, and the ends of the steps, beyond which no step need be looked for.
    INSERT INTO #UnitSize (UnitNo, AverageAmount, FirstStep, LastStep, Steps)
    SELECT l.UnitNo, l.AverageAmount, COALESCE(MIN(s.AverageAmount), @Most), COALESCE(MAX(s.AverageAmount), @Most),
           COUNT(s.Step)
    FROM #SizeLimit AS l
    LEFT JOIN #SizeStep AS s ON s.UnitNo = l.UnitNo
    WHERE l.Cutoff = 0
    GROUP BY l.UnitNo, l.AverageAmount;

    -- What ended before any evening's year is in no number from here on.
    INSERT INTO #Life (UnitNo, Band, EnteredOn, EndsOn, Status, Deals, Amount, Paid, Square)
    SELECT b.UnitNo, b.Band, b.EnteredOn, b.StatusOn, b.Status, COUNT(*), SUM(b.Amount),
           SUM(CASE b.Status WHEN 1 THEN b.Paid ELSE 0.0E0 END), SUM(b.Amount * b.Amount)
    FROM (
        SELECT d.UnitNo, d.EnteredOn, d.StatusOn, d.Status, CAST(d.Amount AS float) AS Amount,
               CAST(d.Paid AS float) AS Paid,
               CASE WHEN d.Amount <= u.FirstStep THEN 0
                    WHEN d.Amount > u.LastStep THEN u.Steps
                    ELSE (SELECT COUNT(*) FROM #SizeStep AS s
                          WHERE s.UnitNo = d.UnitNo AND s.AverageAmount < d.Amount) END AS Band
        FROM #Deal AS d
        JOIN #UnitSize AS u ON u.UnitNo = d.UnitNo
        WHERE d.StatusOn IS NULL OR d.StatusOn > @FirstCalendar
    ) AS b
    GROUP BY b.UnitNo, b.Band, b.EnteredOn, b.StatusOn, b.Status;

    INSERT INTO #Ending (UnitNo, Band, Bucket, Day, Status, OnItsDay, Deals)
    SELECT l.UnitNo, l.Band, a.Bucket, l.EndsOn, l.Status, l.OnItsDay, SUM(l.Deals)
    FROM (
        SELECT f.UnitNo, f.Band, f.EndsOn, f.EndsOn - f.EnteredOn AS Age, f.Status,
               CASE WHEN f.EndsOn = f.EnteredOn THEN 1 ELSE 0 END AS OnItsDay, f.Deals
        FROM #Life AS f
        WHERE f.EndsOn IS NOT NULL
    ) AS l
    JOIN #Age AS a ON a.Age = l.Age
    GROUP BY l.UnitNo, l.Band, a.Bucket, l.EndsOn, l.Status, l.OnItsDay;

    -- Through which buckets entries of one day went; those resolved on their day of entry through none.
    CREATE TABLE #Cohort (
        UnitNo int NOT NULL, Band int NOT NULL, EnteredOn int NOT NULL, LastBucket int NOT NULL, Deals int NOT NULL);
    INSERT INTO #Cohort (UnitNo, Band, EnteredOn, LastBucket, Deals)
    SELECT l.UnitNo, l.Band, l.EnteredOn, COALESCE(a.Bucket, 10), SUM(l.Deals)
    FROM #Life AS l
    LEFT JOIN #Age AS a ON a.Age = l.EndsOn - l.EnteredOn
    WHERE l.EndsOn IS NULL OR l.EndsOn > l.EnteredOn
    GROUP BY l.UnitNo, l.Band, l.EnteredOn, COALESCE(a.Bucket, 10);

    INSERT INTO #RiskChange (UnitNo, Band, Bucket, Day, Deals)
    SELECT c.UnitNo, c.Band, c.Bucket, c.Day, SUM(c.Deals)
    FROM (
        SELECT k.UnitNo, k.Band, b.Bucket, k.EnteredOn + b.FromAge + 1 AS Day, k.Deals
        FROM #Cohort AS k
        JOIN #Bucket AS b ON b.Bucket <= k.LastBucket
        UNION ALL
        SELECT k.UnitNo, k.Band, b.Bucket, k.EnteredOn + b.ToAge + 1, -k.Deals
        FROM #Cohort AS k
        JOIN #Bucket AS b ON b.Bucket < k.LastBucket
        UNION ALL
        SELECT e.UnitNo, e.Band, e.Bucket, e.Day + 1, -e.Deals
        FROM #Ending AS e
        WHERE e.OnItsDay = 0
    ) AS c
    WHERE c.Day <= @LearnDay
    GROUP BY c.UnitNo, c.Band, c.Bucket, c.Day;

    -- The days on which a window of learning begins or ends, numbered from 1; of every day how many of them are before
    -- it. A day is up to grid day number i exactly when fewer than i are before it.
    CREATE TABLE #Grid (GridNo int NOT NULL PRIMARY KEY, Day int NOT NULL UNIQUE);
    INSERT INTO #Grid (GridNo, Day)
    SELECT CAST(ROW_NUMBER() OVER (ORDER BY g.Day) AS int), g.Day
    FROM (SELECT c.Day FROM #Cutoff AS c UNION SELECT c.LearnFrom FROM #Cutoff AS c) AS g;
    CREATE TABLE #GridDay (Day int NOT NULL PRIMARY KEY, Before int NOT NULL);
    INSERT INTO #GridDay (Day, Before)
    SELECT d.Day, COUNT(g.GridNo)
    FROM #Day AS d
    LEFT JOIN #Grid AS g ON g.Day < d.Day
    WHERE d.Day <= @CountDay
    GROUP BY d.Day;

    -- Changes between two grid days: their number, and their number times their day, so that the days at risk up to
    -- grid day g are (g + 1) * Deals - DealDays. Events of the same days beside them.
    CREATE TABLE #RiskCell (
        UnitNo int NOT NULL, Band int NOT NULL, Bucket int NOT NULL, Before int NOT NULL, Deals float NOT NULL,
        DealDays float NOT NULL, Paid int NOT NULL, Refused int NOT NULL, OnItsDay int NOT NULL,
        PRIMARY KEY (UnitNo, Band, Bucket, Before));
    WITH Happened AS (
        SELECT r.UnitNo, r.Band, r.Bucket, r.Day, CAST(r.Deals AS float) AS Deals, 0 AS Paid, 0 AS Refused,
               0 AS OnItsDay
        FROM #RiskChange AS r
        UNION ALL
        SELECT e.UnitNo, e.Band, e.Bucket, e.Day, 0.0E0, CASE e.Status WHEN 1 THEN e.Deals ELSE 0 END,
               CASE e.Status WHEN 2 THEN e.Deals ELSE 0 END, e.OnItsDay * e.Deals
        FROM #Ending AS e
        WHERE e.Day <= @LearnDay
    )
    INSERT INTO #RiskCell (UnitNo, Band, Bucket, Before, Deals, DealDays, Paid, Refused, OnItsDay)
    SELECT h.UnitNo, h.Band, h.Bucket, g.Before, SUM(h.Deals), SUM(h.Deals * h.Day), SUM(h.Paid), SUM(h.Refused),
           SUM(h.OnItsDay)
    FROM Happened AS h
    JOIN #GridDay AS g ON g.Day = h.Day
    GROUP BY h.UnitNo, h.Band, h.Bucket, g.Before;

    -- Days at risk and events of each evening's year, by bucket and size. Resolved on its day of entry: half a day.
    CREATE TABLE #Exposure (
        Cutoff int NOT NULL, Bucket int NOT NULL, IsLarge int NOT NULL, Days float NOT NULL, Paid int NOT NULL,
        Refused int NOT NULL, PRIMARY KEY (Cutoff, Bucket, IsLarge));
    WITH Cell AS (
        SELECT c.Cutoff, r.Bucket, CASE WHEN r.Band >= f.Band THEN 1 ELSE 0 END AS IsLarge,
               CASE WHEN r.Before >= b.GridNo THEN 1 ELSE 0 END AS IsInside,
               (c.Day + 1) * r.Deals - r.DealDays AS DaysToEnd, (c.LearnFrom + 1) * r.Deals - r.DealDays AS DaysToStart,
               r.Paid, r.Refused, r.OnItsDay
        FROM #Cutoff AS c
        JOIN #Grid AS e ON e.Day = c.Day
        JOIN #Grid AS b ON b.Day = c.LearnFrom
        JOIN #RiskCell AS r ON r.Before < e.GridNo
        JOIN #LargeFrom AS f ON f.Cutoff = c.Cutoff AND f.UnitNo = r.UnitNo
    )
    INSERT INTO #Exposure (Cutoff, Bucket, IsLarge, Days, Paid, Refused)
    SELECT c.Cutoff, c.Bucket, c.IsLarge,
           SUM(c.DaysToEnd - (1 - c.IsInside) * c.DaysToStart + 0.5E0 * c.IsInside * c.OnItsDay),
           SUM(c.IsInside * c.Paid), SUM(c.IsInside * c.Refused)
    FROM Cell AS c
    GROUP BY c.Cutoff, c.Bucket, c.IsLarge;

    -- Step 3. Daily chance of being paid and of being refused, with half a pseudo-event shared by both.
    WITH Total AS (
        SELECT x.Cutoff, SUM(x.Days) AS Days, CAST(SUM(x.Paid) AS float) AS Paid,
               CAST(SUM(x.Refused) AS float) AS Refused
        FROM #Exposure AS x
        GROUP BY x.Cutoff
        HAVING SUM(x.Paid) + SUM(x.Refused) > 0
    ), Own AS (
        SELECT x.Cutoff, x.Bucket, SUM(x.Days) AS Days, SUM(x.Paid) AS Paid, SUM(x.Refused) AS Refused
        FROM #Exposure AS x
        GROUP BY x.Cutoff, x.Bucket
    ), Every AS (
        SELECT t.Cutoff, b.Bucket, b.FromAge, b.ToAge, COALESCE(o.Days, 0.0E0) AS Days, COALESCE(o.Paid, 0) AS Paid,
               COALESCE(o.Refused, 0) AS Refused, 0.5E0 * t.Paid / (t.Paid + t.Refused) AS MorePaid,
               0.5E0 * t.Refused / (t.Paid + t.Refused) AS MoreRefused,
               0.5E0 * t.Days / (t.Paid + t.Refused) AS MoreDays
        FROM Total AS t
        CROSS JOIN #Bucket AS b
        LEFT JOIN Own AS o ON o.Cutoff = t.Cutoff AND o.Bucket = b.Bucket
    )
    INSERT INTO #Speed (Cutoff, Bucket, FromAge, ToAge, Days, Paid, Refused, PaidRate, RefusedRate)
    SELECT e.Cutoff, e.Bucket, e.FromAge, e.ToAge, e.Days, e.Paid, e.Refused,
           (e.Paid + e.MorePaid) / (e.Days + e.MoreDays), (e.Refused + e.MoreRefused) / (e.Days + e.MoreDays)
    FROM Every AS e;

    WITH Own AS (
        SELECT x.Cutoff, x.IsLarge, SUM(x.Paid) AS Paid, SUM(x.Days * s.PaidRate) AS Expected
        FROM #Exposure AS x
        JOIN #Speed AS s ON s.Cutoff = x.Cutoff AND s.Bucket = x.Bucket
        GROUP BY x.Cutoff, x.IsLarge
    )
    INSERT INTO #SizeIndex (Cutoff, IsLarge, Paid, Expected, Factor)
    SELECT c.Cutoff, z.IsLarge, COALESCE(o.Paid, 0), COALESCE(o.Expected, 0.0E0),
           (COALESCE(o.Paid, 0) + 20.0E0) / (COALESCE(o.Expected, 0.0E0) + 20.0E0)
    FROM (SELECT DISTINCT s.Cutoff FROM #Speed AS s WHERE s.Cutoff > 0) AS c
    CROSS JOIN (SELECT 0 AS IsLarge UNION ALL SELECT 1) AS z
    LEFT JOIN Own AS o ON o.Cutoff = c.Cutoff AND o.IsLarge = z.IsLarge;
END;
GO
