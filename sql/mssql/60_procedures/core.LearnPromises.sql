SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.LearnPromises
Purpose:     Learn what the promised day tells, and the indices of leads and sizes net of it, for c (steps 14, 4 and 5)
Called by:   core.ComputeForecast, whose tables #PromiseIndex and #LeadIndex it fills; it adds c to #SizeIndex
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.LearnPromises
    @LearnDay int        -- the number of c
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @LearnFrom int = (SELECT c.LearnFrom FROM #Cutoff AS c WHERE c.Cutoff = 0);
    DECLARE @HalfDay float = (SELECT 0.5E0 * s.PaidRate FROM #Speed AS s WHERE s.Cutoff = 0 AND s.Bucket = 0);

    -- Sums over the ages 1 to Age of the daily chance of payment (step 3) and of its twin in the calendar (13).
    CREATE TABLE #AgeSum (Age int NOT NULL PRIMARY KEY, PaidRate float NOT NULL, CalendarRate float NOT NULL);
    INSERT INTO #AgeSum (Age, PaidRate, CalendarRate)
    SELECT a.Age,
           SUM(CASE WHEN a.Age > 0 THEN s.PaidRate ELSE 0.0E0 END) OVER (ORDER BY a.Age ROWS UNBOUNDED PRECEDING),
           SUM(CASE WHEN a.Age > 0 THEN h.PaidRate ELSE 0.0E0 END) OVER (ORDER BY a.Age ROWS UNBOUNDED PRECEDING)
    FROM #Age AS a
    JOIN #Speed AS s ON s.Cutoff = 0 AND s.Bucket = a.Bucket
    JOIN #CalendarSpeed AS h ON h.Cutoff = 0 AND h.Bucket = a.Bucket;

    -- Up to which age entries of a lead and size waited, and (taken off again) from which on they are looked at, by the
    -- age at which they were promised, with 32 added; 0 is no promise. Farther than any class reaches it makes no
    -- difference, so it is drawn in.
    CREATE TABLE #Watched (
        LeadId int NOT NULL, IsLarge int NOT NULL, Waited int NOT NULL, Promised int NOT NULL, Deals int NOT NULL,
        Paid int NOT NULL, PaidLater int NOT NULL, OnItsDay int NOT NULL,
        PRIMARY KEY (Waited, Promised, LeadId, IsLarge));
    WITH Wait AS (
        SELECT d.LeadId, d.UnitNo, d.Amount, d.PromisedOn, d.PromisedOn - d.EnteredOn AS PromisedAge,
               CASE WHEN d.StatusOn <= @LearnDay THEN d.StatusOn ELSE @LearnDay END - d.EnteredOn AS Waited,
               1 AS Deals, CASE WHEN d.Status = 1 AND d.StatusOn <= @LearnDay THEN 1 ELSE 0 END AS Paid,
               CASE WHEN d.StatusOn = d.EnteredOn THEN 1 ELSE 0 END AS OnItsDay
        FROM #Deal AS d
        WHERE d.EnteredOn <= @LearnDay AND (d.StatusOn IS NULL OR d.StatusOn > @LearnFrom)
        UNION ALL
        SELECT d.LeadId, d.UnitNo, d.Amount, d.PromisedOn, d.PromisedOn - d.EnteredOn, @LearnFrom - d.EnteredOn,
               -1, 0, 0
        FROM #Deal AS d
        WHERE d.EnteredOn < @LearnFrom AND (d.StatusOn IS NULL OR d.StatusOn > @LearnFrom)
    ), Kind AS (
        SELECT w.LeadId, CASE WHEN w.Amount > u.AverageAmount THEN 1 ELSE 0 END AS IsLarge, w.Waited,
               CASE WHEN w.PromisedOn = -1000000 THEN 0
                    WHEN w.PromisedAge < -31 THEN 1
                    WHEN w.PromisedAge > w.Waited + 30 THEN w.Waited + 62
                    ELSE w.PromisedAge + 32 END AS Promised,
               w.Deals, w.Paid, w.OnItsDay
        FROM Wait AS w
        JOIN #UnitSize AS u ON u.UnitNo = w.UnitNo
    )
    INSERT INTO #Watched (LeadId, IsLarge, Waited, Promised, Deals, Paid, PaidLater, OnItsDay)
    SELECT k.LeadId, k.IsLarge, k.Waited, k.Promised, SUM(k.Deals), SUM(k.Paid),
           SUM(CASE WHEN k.OnItsDay = 0 THEN k.Paid ELSE 0 END), SUM(k.OnItsDay)
    FROM Kind AS k
    GROUP BY k.LeadId, k.IsLarge, k.Waited, k.Promised;

    CREATE TABLE #Wait (
        Waited int NOT NULL, Promised int NOT NULL, Deals int NOT NULL, PaidLater int NOT NULL,
        PRIMARY KEY (Waited, Promised));
    INSERT INTO #Wait (Waited, Promised, Deals, PaidLater)
    SELECT w.Waited, w.Promised, SUM(w.Deals), SUM(w.PaidLater)
    FROM #Watched AS w
    GROUP BY w.Waited, w.Promised;

    -- The part of each wait in each class of the promise, weighed by both speeds.
    CREATE TABLE #WaitPromise (
        Waited int NOT NULL, Promised int NOT NULL, Promise int NOT NULL, Deals int NOT NULL, Paid int NOT NULL,
        PaidRate float NOT NULL, CalendarRate float NOT NULL, PRIMARY KEY (Waited, Promised, Promise));
    WITH Inside AS (
        SELECT w.Waited, w.Promised, z.Promise, w.Deals,
               CASE WHEN w.Waited - w.Promised + 32 > z.FromPast AND w.Waited - w.Promised + 32 <= z.ToPast
                    THEN w.PaidLater ELSE 0 END AS Paid,
               CASE WHEN w.Promised - 32 + z.FromPast > 0 THEN w.Promised - 32 + z.FromPast ELSE 0 END AS FromAge,
               CASE WHEN w.Promised - 32 + z.ToPast < w.Waited THEN w.Promised - 32 + z.ToPast
                    ELSE w.Waited END AS ToAge
        FROM #Wait AS w
        CROSS JOIN #Promise AS z
        WHERE w.Promised > 0
    )
    INSERT INTO #WaitPromise (Waited, Promised, Promise, Deals, Paid, PaidRate, CalendarRate)
    SELECT i.Waited, i.Promised, i.Promise, i.Deals, i.Paid, t.PaidRate - f.PaidRate, t.CalendarRate - f.CalendarRate
    FROM Inside AS i
    JOIN #AgeSum AS f ON f.Age = i.FromAge
    JOIN #AgeSum AS t ON t.Age = i.ToAge
    WHERE i.ToAge > i.FromAge;

    WITH Own AS (
        SELECT w.Promise, SUM(w.Paid) AS Paid, SUM(w.Deals * w.CalendarRate) AS Expected
        FROM #WaitPromise AS w
        GROUP BY w.Promise
    )
    INSERT INTO #PromiseIndex (Promise, Paid, Expected, Factor)
    SELECT z.Promise, COALESCE(o.Paid, 0), COALESCE(o.Expected, 0.0E0),
           (COALESCE(o.Paid, 0) + 20.0E0) / (COALESCE(o.Expected, 0.0E0) + 20.0E0)
    FROM #Promise AS z
    LEFT JOIN Own AS o ON o.Promise = z.Promise;

    -- Payments, and what the company's speeds, net of the promise, would have made of the same waits, by lead and size.
    CREATE TABLE #OwnPace (
        LeadId int NOT NULL, IsLarge int NOT NULL, Paid int NOT NULL, Expected float NOT NULL,
        PRIMARY KEY (LeadId, IsLarge));
    WITH Promised AS (
        SELECT p.Waited, p.Promised, SUM(p.PaidRate * i.Factor) AS Expected
        FROM #WaitPromise AS p
        JOIN #PromiseIndex AS i ON i.Promise = p.Promise
        GROUP BY p.Waited, p.Promised
    ), Weight AS (
        SELECT w.Waited, w.Promised,
               CASE WHEN w.Promised = 0 THEN a.PaidRate ELSE COALESCE(p.Expected, 0.0E0) END AS Expected
        FROM #Wait AS w
        JOIN #AgeSum AS a ON a.Age = w.Waited
        LEFT JOIN Promised AS p ON p.Waited = w.Waited AND p.Promised = w.Promised
    )
    INSERT INTO #OwnPace (LeadId, IsLarge, Paid, Expected)
    SELECT d.LeadId, d.IsLarge, SUM(d.Paid), SUM(d.Deals * w.Expected + d.OnItsDay * @HalfDay)
    FROM #Watched AS d
    JOIN Weight AS w ON w.Waited = d.Waited AND w.Promised = d.Promised
    GROUP BY d.LeadId, d.IsLarge;

    INSERT INTO #LeadIndex (LeadId, Paid, Expected, Factor)
    SELECT o.LeadId, SUM(o.Paid), SUM(o.Expected), (SUM(o.Paid) + 5.0E0) / (SUM(o.Expected) + 5.0E0)
    FROM #OwnPace AS o
    GROUP BY o.LeadId;

    WITH Own AS (
        SELECT o.IsLarge, SUM(o.Paid) AS Paid, SUM(o.Expected) AS Expected FROM #OwnPace AS o GROUP BY o.IsLarge
    )
    INSERT INTO #SizeIndex (Cutoff, IsLarge, Paid, Expected, Factor)
    SELECT 0, z.IsLarge, COALESCE(o.Paid, 0), COALESCE(o.Expected, 0.0E0),
           (COALESCE(o.Paid, 0) + 20.0E0) / (COALESCE(o.Expected, 0.0E0) + 20.0E0)
    FROM (SELECT 0 AS IsLarge UNION ALL SELECT 1) AS z
    LEFT JOIN Own AS o ON o.IsLarge = z.IsLarge;
END;
GO
