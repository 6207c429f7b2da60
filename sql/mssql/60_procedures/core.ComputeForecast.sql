SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ComputeForecast
Purpose:     Compute the forecast in sets, stage by stage, each stage into one temporary table. The steps are
             those of the method's description; c is @LearnDay, n is @CountDay, e is a period's last day.
             The chances come here, the rows from core.SumForecast.
Called by:   batch.AggregateForecast (in the end core.KeepForecast stores the rows of @RunId), admin.Replay (in
             the end core.ShowReplay gives them and stores nothing)
Returns:     nothing for a run, else the result sets of core.ShowReplay
Errors:      none of its own
Transaction: the caller's, SNAPSHOT: core.Entry is read five times and must be the same each time. It reads
             without locks, so that nobody who saves waits for it. No DDL but CREATE TABLE: SNAPSHOT allows no other.
*/
CREATE OR ALTER PROCEDURE core.ComputeForecast
    @CountDay date,              -- n, the day up to which entries are counted
    @IsLive   bit,               -- whether that day is still going on: then c = n - 1, else c = n
    @RunId    int = NULL,        -- the run, whose PeriodList says for which periods; NULL for a replay
    @StartsOn date = NULL,       -- a replay's only period
    @EndsOn   date = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @LearnDay date = CASE WHEN @IsLive = 1 THEN DATEADD(DAY, -1, @CountDay) ELSE @CountDay END;
    DECLARE @YearStart date = DATEADD(DAY, -364, @CountDay);
    DECLARE @LatelyStart date = DATEADD(DAY, -89, @CountDay);
    DECLARE @LearnFrom date, @FirstDay date, @FirstResolution date;
    DECLARE @CountNumber int, @LearnNumber int, @FromNumber int; -- of the days @CountDay, @LearnDay, @LearnFrom
    DECLARE @Days float, @Paid float, @Refused float;

    -- The periods. New entries are judged by those made from JudgedFrom to JudgedTo.
    CREATE TABLE #Horizon (
        PeriodId int NOT NULL PRIMARY KEY, StartsOn date NOT NULL, EndsOn date NOT NULL, DaysLeft int NOT NULL,
        JudgedFrom date NOT NULL, JudgedTo date NOT NULL);
    INSERT INTO #Horizon (PeriodId, StartsOn, EndsOn, DaysLeft, JudgedFrom, JudgedTo)
    SELECT p.PeriodId, p.StartsOn, p.EndsOn, p.DaysLeft,
           DATEADD(DAY, -p.DaysLeft - 179, @CountDay), DATEADD(DAY, -p.DaysLeft, @CountDay)
    FROM (
        SELECT p.PeriodId, p.StartsOn, p.EndsOn, DATEDIFF(DAY, @CountDay, p.EndsOn) AS DaysLeft
        FROM core.Run AS r
        JOIN core.Period AS p
            ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
        WHERE r.RunId = @RunId
        UNION ALL
        SELECT 1, @StartsOn, @EndsOn, DATEDIFF(DAY, @CountDay, @EndsOn)
        WHERE @RunId IS NULL
    ) AS p;

    -- Step 1. An entry of age a is in the bucket (FromAge, ToAge].
    CREATE TABLE #Bucket (Bucket int NOT NULL PRIMARY KEY, FromAge int NOT NULL, ToAge int NOT NULL);
    INSERT INTO #Bucket (Bucket, FromAge, ToAge)
    VALUES (0, 0, 1), (1, 1, 3), (2, 3, 7), (3, 7, 14), (4, 14, 30), (5, 30, 60), (6, 60, 90), (7, 90, 120),
           (8, 120, 180), (9, 180, 365), (10, 365, 1000000);

    SELECT @FirstDay = MIN(e.EnteredOn), @FirstResolution = MIN(e.StatusOn)
    FROM core.Entry AS e
    WHERE e.DeletedAt IS NULL;
    SELECT @LearnFrom = DATEADD(DAY, -365, @LearnDay);
    IF @FirstResolution > @LearnFrom
        SELECT @LearnFrom = @FirstResolution;

    -- The calendar up to n: each day's number, which is cheaper to look up than to count for every entry, and its
    -- part. A part begins wherever something begins to count; what was resolved before has none.
    CREATE TABLE #Day (Day date NOT NULL PRIMARY KEY, Number int NOT NULL, PartStart date NULL);
    WITH Part AS (
        SELECT h.StartsOn FROM #Horizon AS h
        UNION
        SELECT @YearStart
        UNION
        SELECT @LatelyStart
    ), Calendar AS (
        SELECT MIN(f.Day) AS Day, 0 AS Number
        FROM (SELECT p.StartsOn AS Day FROM Part AS p UNION ALL SELECT @FirstDay UNION ALL SELECT @LearnFrom) AS f
        UNION ALL
        SELECT DATEADD(DAY, 1, c.Day), c.Number + 1 FROM Calendar AS c WHERE c.Day < @CountDay
    )
    INSERT INTO #Day (Day, Number, PartStart)
    SELECT c.Day, c.Number, MAX(p.StartsOn)
    FROM Calendar AS c
    LEFT JOIN Part AS p ON p.StartsOn <= c.Day
    GROUP BY c.Day, c.Number
    OPTION (MAXRECURSION 0);
    SELECT @CountNumber = MAX(CASE WHEN d.Day = @CountDay THEN d.Number END),
           @LearnNumber = MAX(CASE WHEN d.Day = @LearnDay THEN d.Number END),
           @FromNumber = MAX(CASE WHEN d.Day = @LearnFrom THEN d.Number END)
    FROM #Day AS d;

    -- Counts and sums: all that is shown beside the forecast comes from these few rows. Status is as of the count
    -- day. Late: made after the learning day.
    CREATE TABLE #Tally (
        LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL, Status int NOT NULL, PartStart date NULL,
        Deals int NOT NULL, Amount decimal(19, 2) NOT NULL, Paid decimal(19, 2) NOT NULL,
        LateDeals int NOT NULL, LateAmount decimal(19, 2) NOT NULL);
    INSERT INTO #Tally (
        LeadId, GroupId, ManagerId, Status, PartStart, Deals, Amount, Paid, LateDeals, LateAmount)
    SELECT d.LeadId, d.GroupId, d.ManagerId, d.Status, d.PartStart, COUNT(*), SUM(d.Amount), SUM(d.Paid),
           SUM(d.IsLate), SUM(CASE WHEN d.IsLate = 1 THEN d.Amount ELSE 0 END)
    FROM (
        SELECT e.LeadId, e.GroupId, e.ManagerId, e.Amount, COALESCE(e.PaidAmount, e.Amount) AS Paid,
               CASE WHEN e.EnteredOn > @LearnDay THEN 1 ELSE 0 END AS IsLate,
               CASE WHEN e.StatusOn <= @CountDay THEN e.Status ELSE 0 END AS Status, r.PartStart
        FROM core.Entry AS e
        LEFT JOIN #Day AS r ON r.Day = e.StatusOn
        WHERE e.DeletedAt IS NULL AND e.EnteredOn <= @CountDay
    ) AS d
    GROUP BY d.LeadId, d.GroupId, d.ManagerId, d.Status, d.PartStart;

    -- Step 5. Amounts are whole hundredths, so an amount is above its unit's average exactly when it is above
    -- the average rounded down to hundredths: a division of whole numbers.
    CREATE TABLE #SizeLimit (
        GroupId int NOT NULL PRIMARY KEY, Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL,
        AverageAmount decimal(19, 2) NULL);
    WITH GroupSum AS (
        SELECT t.GroupId, g.Unit, SUM(t.Deals - t.LateDeals) AS Deals, SUM(t.Amount - t.LateAmount) AS Amount
        FROM #Tally AS t
        JOIN core.SalesGroup AS g ON g.GroupId = t.GroupId
        GROUP BY t.GroupId, g.Unit
    ), UnitSum AS (
        SELECT g.Unit, CAST(SUM(g.Amount) * 100 AS bigint) / CAST(NULLIF(SUM(g.Deals), 0) AS bigint) AS Average
        FROM GroupSum AS g
        GROUP BY g.Unit
    )
    INSERT INTO #SizeLimit (GroupId, Unit, AverageAmount)
    SELECT g.GroupId, g.Unit, CAST(u.Average / 100.0 AS decimal(19, 2))
    FROM GroupSum AS g
    JOIN UnitSum AS u ON u.Unit = g.Unit;

    -- Step 2. How long entries of one lead and size were watched, from which age to which, and what ended it.
    CREATE TABLE #Walk (
        LeadId int NOT NULL, IsLarge int NOT NULL, FromAge int NOT NULL, ToAge int NOT NULL, Event int NOT NULL,
        Deals int NOT NULL);
    INSERT INTO #Walk (LeadId, IsLarge, FromAge, ToAge, Event, Deals)
    SELECT d.LeadId, d.IsLarge, d.FromAge, d.ToAge, d.Event, COUNT(*)
    FROM (
        SELECT e.LeadId,
               CASE WHEN e.Amount > s.AverageAmount THEN 1 ELSE 0 END AS IsLarge,
               CASE WHEN n.Number < @FromNumber THEN @FromNumber - n.Number ELSE 0 END AS FromAge,
               CASE WHEN e.StatusOn <= @LearnDay THEN r.Number ELSE @LearnNumber END - n.Number AS ToAge,
               CASE WHEN e.StatusOn <= @LearnDay THEN e.Status ELSE 0 END AS Event
        FROM core.Entry AS e
        JOIN #SizeLimit AS s ON s.GroupId = e.GroupId
        JOIN #Day AS n ON n.Day = e.EnteredOn
        LEFT JOIN #Day AS r ON r.Day = e.StatusOn
        WHERE e.DeletedAt IS NULL AND e.EnteredOn <= @LearnDay AND (e.StatusOn IS NULL OR e.StatusOn > @LearnFrom)
    ) AS d
    GROUP BY d.LeadId, d.IsLarge, d.FromAge, d.ToAge, d.Event;

    -- Days at risk and events by lead, size and bucket. Resolved on its day of entry: half a day.
    CREATE TABLE #Exposure (
        Bucket int NOT NULL, LeadId int NOT NULL, IsLarge int NOT NULL, Days float NOT NULL, Paid int NOT NULL,
        Refused int NOT NULL, PRIMARY KEY (Bucket, LeadId, IsLarge));
    INSERT INTO #Exposure (Bucket, LeadId, IsLarge, Days, Paid, Refused)
    SELECT b.Bucket, w.LeadId, w.IsLarge,
           SUM(w.Deals * CASE WHEN w.ToAge = 0 THEN 0.5E0
                              ELSE CASE WHEN w.ToAge < b.ToAge THEN w.ToAge ELSE b.ToAge END
                                   - CASE WHEN w.FromAge > b.FromAge THEN w.FromAge ELSE b.FromAge END END),
           SUM(CASE WHEN w.Event = 1 AND w.ToAge <= b.ToAge THEN w.Deals ELSE 0 END),
           SUM(CASE WHEN w.Event = 2 AND w.ToAge <= b.ToAge THEN w.Deals ELSE 0 END)
    FROM #Walk AS w
    JOIN #Bucket AS b ON b.FromAge < CASE WHEN w.ToAge > 1 THEN w.ToAge ELSE 1 END AND b.ToAge > w.FromAge
    WHERE w.ToAge > w.FromAge OR (w.ToAge = 0 AND w.Event <> 0)
    GROUP BY b.Bucket, w.LeadId, w.IsLarge;

    SELECT @Days = COALESCE(SUM(x.Days), 0.0E0), @Paid = COALESCE(SUM(x.Paid), 0),
           @Refused = COALESCE(SUM(x.Refused), 0)
    FROM #Exposure AS x;

    -- Step 3. Daily chance of being paid and of being refused, with half a pseudo-event shared by both.
    -- Without any event there is none, and so no chance of anything (step 9).
    CREATE TABLE #Hazard (
        Bucket int NOT NULL PRIMARY KEY, FromAge int NOT NULL, ToAge int NOT NULL, PaidRate float NOT NULL,
        RefusedRate float NOT NULL);
    IF @Paid + @Refused > 0
        INSERT INTO #Hazard (Bucket, FromAge, ToAge, PaidRate, RefusedRate)
        SELECT b.Bucket, b.FromAge, b.ToAge,
               (COALESCE(SUM(x.Paid), 0) + 0.5E0 * @Paid / (@Paid + @Refused))
               / (COALESCE(SUM(x.Days), 0.0E0) + 0.5E0 * @Days / (@Paid + @Refused)),
               (COALESCE(SUM(x.Refused), 0) + 0.5E0 * @Refused / (@Paid + @Refused))
               / (COALESCE(SUM(x.Days), 0.0E0) + 0.5E0 * @Days / (@Paid + @Refused))
        FROM #Bucket AS b
        LEFT JOIN #Exposure AS x ON x.Bucket = b.Bucket
        GROUP BY b.Bucket, b.FromAge, b.ToAge;

    -- Steps 4 and 5. How fast a lead is, and a size, against the company.
    CREATE TABLE #LeadIndex (LeadId int NOT NULL PRIMARY KEY, PaidEvents int NOT NULL, Speed float NOT NULL);
    INSERT INTO #LeadIndex (LeadId, PaidEvents, Speed)
    SELECT x.LeadId, SUM(x.Paid), (SUM(x.Paid) + 5.0E0) / (SUM(x.Days * h.PaidRate) + 5.0E0)
    FROM #Exposure AS x
    JOIN #Hazard AS h ON h.Bucket = x.Bucket
    GROUP BY x.LeadId;

    CREATE TABLE #SizeIndex (IsLarge int NOT NULL PRIMARY KEY, Speed float NOT NULL);
    INSERT INTO #SizeIndex (IsLarge, Speed)
    SELECT x.IsLarge, (SUM(x.Paid) + 20.0E0) / (SUM(x.Days * h.PaidRate) + 20.0E0)
    FROM #Exposure AS x
    JOIN #Hazard AS h ON h.Bucket = x.Bucket
    GROUP BY x.IsLarge;

    -- The entries that are open on the count day. PaidOn is what became of them later, for a replay.
    CREATE TABLE #OpenDeal (
        EntryId int NOT NULL, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL,
        ClientPin nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL, Amount decimal(19, 2) NOT NULL,
        IsLarge int NOT NULL, Age int NOT NULL, PayBy date NULL, PaidOn date NULL);
    INSERT INTO #OpenDeal (EntryId, LeadId, GroupId, ManagerId, ClientPin, Amount, IsLarge, Age, PayBy, PaidOn)
    SELECT e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount,
           CASE WHEN e.Amount > s.AverageAmount THEN 1 ELSE 0 END, @CountNumber - n.Number,
           e.PayBy, CASE WHEN e.Status = 1 THEN e.StatusOn END
    FROM core.Entry AS e
    JOIN #SizeLimit AS s ON s.GroupId = e.GroupId
    JOIN #Day AS n ON n.Day = e.EnteredOn
    WHERE e.DeletedAt IS NULL AND e.EnteredOn <= @CountDay AND (e.StatusOn IS NULL OR e.StatusOn > @CountDay);

    -- Step 6. Each lead's and size's own daily chances by bucket: Leave is k, Share is q / k, and Gathered is
    -- what k adds up to over the buckets before.
    CREATE TABLE #Pace (
        LeadId int NOT NULL, IsLarge int NOT NULL, FromAge int NOT NULL, ToAge int NOT NULL, Share float NOT NULL,
        Leave float NOT NULL, Gathered float NOT NULL, PRIMARY KEY (LeadId, IsLarge, FromAge));
    WITH Rate AS (
        SELECT k.LeadId, k.IsLarge, h.FromAge, h.ToAge, h.RefusedRate,
               h.PaidRate * COALESCE(f.Speed, 1.0E0) * COALESCE(g.Speed, 1.0E0) AS PaidRate
        FROM (SELECT DISTINCT o.LeadId, o.IsLarge FROM #OpenDeal AS o) AS k
        CROSS JOIN #Hazard AS h
        LEFT JOIN #LeadIndex AS f ON f.LeadId = k.LeadId
        LEFT JOIN #SizeIndex AS g ON g.IsLarge = k.IsLarge
    )
    INSERT INTO #Pace (LeadId, IsLarge, FromAge, ToAge, Share, Leave, Gathered)
    SELECT r.LeadId, r.IsLarge, r.FromAge, r.ToAge, r.PaidRate / (r.PaidRate + r.RefusedRate),
           r.PaidRate + r.RefusedRate,
           COALESCE(SUM((r.PaidRate + r.RefusedRate) * (r.ToAge - r.FromAge)) OVER (
               PARTITION BY r.LeadId, r.IsLarge ORDER BY r.FromAge
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0.0E0)
    FROM Rate AS r;

    -- Open entries of one lead, size and age have the same chance: it is worked out once for all of them, by
    -- their walk through the buckets up to the period's end. Passed is what k gathers from where the walk
    -- begins to the bucket, InBucket what it gathers there. e to the power of less than -200 is nothing, and
    -- an error on some servers; 1 - e^-x is worked out by its series where x is small, or digits are lost.
    CREATE TABLE #Chance (
        PeriodId int NOT NULL, LeadId int NOT NULL, IsLarge int NOT NULL, Age int NOT NULL, Probability float NOT NULL,
        PRIMARY KEY (PeriodId, LeadId, IsLarge, Age));
    WITH Kind AS (
        SELECT DISTINCT o.LeadId, o.IsLarge, o.Age,
               CASE WHEN @IsLive = 1 AND o.Age > 0 THEN o.Age - 1 ELSE o.Age END AS FromAge
        FROM #OpenDeal AS o
    ), Start AS (
        SELECT k.LeadId, k.IsLarge, k.Age, k.FromAge, a.Gathered + a.Leave * (k.FromAge - a.FromAge) AS Gathered
        FROM Kind AS k
        JOIN #Pace AS a
            ON a.LeadId = k.LeadId AND a.IsLarge = k.IsLarge AND a.FromAge <= k.FromAge AND a.ToAge > k.FromAge
    ), Step AS (
        SELECT h.PeriodId, s.LeadId, s.IsLarge, s.Age, a.Share, a.Gathered - s.Gathered AS Passed,
               a.Leave * (CASE WHEN s.Age + h.DaysLeft < a.ToAge THEN s.Age + h.DaysLeft ELSE a.ToAge END
                          - CASE WHEN s.FromAge > a.FromAge THEN s.FromAge ELSE a.FromAge END) AS InBucket
        FROM #Horizon AS h
        CROSS JOIN Start AS s
        JOIN #Pace AS a
            ON a.LeadId = s.LeadId AND a.IsLarge = s.IsLarge
            AND a.FromAge < s.Age + h.DaysLeft AND a.ToAge > s.FromAge
    )
    INSERT INTO #Chance (PeriodId, LeadId, IsLarge, Age, Probability)
    SELECT t.PeriodId, t.LeadId, t.IsLarge, t.Age,
           SUM(t.Share
               * CASE WHEN t.Passed <= 0 THEN 1.0E0 WHEN t.Passed > 200 THEN 0.0E0 ELSE EXP(-t.Passed) END
               * CASE WHEN t.InBucket < 1.0E-4
                      THEN t.InBucket * (1.0E0 - t.InBucket / 2.0E0 * (1.0E0 - t.InBucket / 3.0E0))
                      WHEN t.InBucket > 200 THEN 1.0E0
                      ELSE 1.0E0 - EXP(-t.InBucket) END)
    FROM Step AS t
    GROUP BY t.PeriodId, t.LeadId, t.IsLarge, t.Age;

    -- Each open entry's chance in each period; none at all without history.
    CREATE TABLE #EntryChance (
        PeriodId int NOT NULL, EntryId int NOT NULL, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL,
        Amount float NOT NULL, Probability float NOT NULL, PaidOn date NULL);
    IF @Paid + @Refused > 0
        INSERT INTO #EntryChance (PeriodId, EntryId, LeadId, GroupId, ManagerId, Amount, Probability, PaidOn)
        SELECT h.PeriodId, o.EntryId, o.LeadId, o.GroupId, o.ManagerId, CAST(o.Amount AS float),
               COALESCE(c.Probability, 0.0E0), o.PaidOn
        FROM #OpenDeal AS o
        CROSS JOIN #Horizon AS h
        LEFT JOIN #Chance AS c
            ON c.PeriodId = h.PeriodId AND c.LeadId = o.LeadId AND c.IsLarge = o.IsLarge AND c.Age = o.Age;

    EXEC core.SumForecast
        @CountDay = @CountDay, @YearStart = @YearStart, @LatelyStart = @LatelyStart, @FirstDay = @FirstDay,
        @FirstResolution = @FirstResolution, @PaidEvents = @Paid, @RefusedEvents = @Refused, @IsLive = @IsLive,
        @RunId = @RunId, @StartsOn = @StartsOn, @EndsOn = @EndsOn;
END;
GO
