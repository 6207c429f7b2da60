SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.SumForecast
Purpose:     Make the rows of managers, leads and the company from the chances of the open entries (steps 7 to 12),
             and hand them on: to core.KeepForecast for a run, to core.ShowReplay for a replay
Called by:   core.ComputeForecast, whose temporary tables it reads
Returns:     nothing for a run, else the result sets of core.ShowReplay
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.SumForecast
    @CountDay        date,         -- n, the day up to which entries are counted
    @YearStart       date,         -- first of its last 365 days
    @LatelyStart     date,         -- first of its last 90 days
    @FirstDay        date = NULL,  -- first day of entry on record
    @FirstResolution date = NULL,  -- first payment or refusal on record
    @PaidEvents      float,        -- what the chances were learnt from
    @RefusedEvents   float,
    @IsLive          bit,          -- whether the count day is still going on
    @RunId           int = NULL,   -- NULL for a replay
    @StartsOn        date = NULL,  -- a replay's period
    @EndsOn          date = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @HasHistory bit = CASE WHEN @PaidEvents + @RefusedEvents > 0 THEN 1 ELSE 0 END;
    DECLARE @ModelShare float = 1.0E0 / CASE WHEN @PaidEvents > 1 THEN @PaidEvents ELSE 1.0E0 END + 0.25E0 * 0.25E0;

    -- Step 7. What the open entries will bring, and its spread by chance.
    CREATE TABLE #OpenSum (
        PeriodId int NOT NULL, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL,
        StillToCome float NOT NULL, Spread float NOT NULL, PRIMARY KEY (PeriodId, LeadId, GroupId, ManagerId));
    INSERT INTO #OpenSum (PeriodId, LeadId, GroupId, ManagerId, StillToCome, Spread)
    SELECT c.PeriodId, c.LeadId, c.GroupId, c.ManagerId, SUM(c.Amount * c.Probability),
           SUM(c.Amount * c.Amount * c.Probability * (1.0E0 - c.Probability))
    FROM #EntryChance AS c
    GROUP BY c.PeriodId, c.LeadId, c.GroupId, c.ManagerId;

    CREATE TABLE #OpenCount (
        LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL, Clients int NOT NULL, Deals int NOT NULL,
        DueToday int NOT NULL, Overdue int NOT NULL, PRIMARY KEY (LeadId, GroupId, ManagerId));
    INSERT INTO #OpenCount (LeadId, GroupId, ManagerId, Clients, Deals, DueToday, Overdue)
    SELECT o.LeadId, o.GroupId, o.ManagerId, COUNT(DISTINCT o.ClientPin), COUNT(*),
           SUM(CASE WHEN o.PayBy = @CountDay THEN 1 ELSE 0 END), SUM(CASE WHEN o.PayBy < @CountDay THEN 1 ELSE 0 END)
    FROM #OpenDeal AS o
    GROUP BY o.LeadId, o.GroupId, o.ManagerId;

    -- Lead, manager and unit in each period: the finest rows; all others are sums of these.
    CREATE TABLE #ManagerSum (
        PeriodId int NOT NULL, LeadId int NOT NULL, ManagerId int NOT NULL,
        Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL,
        Clients int NOT NULL, OpenCount int NOT NULL, DueToday int NOT NULL, Overdue int NOT NULL,
        Expected decimal(19, 2) NOT NULL, PaidCount int NOT NULL, Paid decimal(19, 2) NOT NULL,
        RefusedCount int NOT NULL, Refused decimal(19, 2) NOT NULL, Won int NOT NULL, Resolved int NOT NULL,
        WonAll int NOT NULL, ResolvedAll int NOT NULL, PaidLately decimal(19, 2) NOT NULL,
        StillToCome float NOT NULL, Spread float NOT NULL, PRIMARY KEY (PeriodId, LeadId, ManagerId, Unit));
    WITH Counted AS (
        SELECT h.PeriodId, t.LeadId, t.GroupId, t.ManagerId,
               SUM(CASE WHEN t.Status = 0 THEN t.Amount ELSE 0 END) AS Expected,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart >= h.StartsOn THEN t.Deals ELSE 0 END) AS PaidCount,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart >= h.StartsOn THEN t.Paid ELSE 0 END) AS Paid,
               SUM(CASE WHEN t.Status = 2 AND t.PartStart >= h.StartsOn THEN t.Deals ELSE 0 END) AS RefusedCount,
               SUM(CASE WHEN t.Status = 2 AND t.PartStart >= h.StartsOn THEN t.Amount ELSE 0 END) AS Refused,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart >= @YearStart THEN t.Deals ELSE 0 END) AS Won,
               SUM(CASE WHEN t.Status <> 0 AND t.PartStart >= @YearStart THEN t.Deals ELSE 0 END) AS Resolved,
               SUM(CASE WHEN t.Status = 1 THEN t.Deals ELSE 0 END) AS WonAll,
               SUM(CASE WHEN t.Status <> 0 THEN t.Deals ELSE 0 END) AS ResolvedAll,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart >= @LatelyStart THEN t.Paid ELSE 0 END) AS PaidLately
        FROM #Tally AS t
        CROSS JOIN #Horizon AS h
        GROUP BY h.PeriodId, t.LeadId, t.GroupId, t.ManagerId
    )
    INSERT INTO #ManagerSum (
        PeriodId, LeadId, ManagerId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
        RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, PaidLately, StillToCome, Spread)
    SELECT c.PeriodId, c.LeadId, c.ManagerId, s.Unit, SUM(COALESCE(o.Clients, 0)), SUM(COALESCE(o.Deals, 0)),
           SUM(COALESCE(o.DueToday, 0)), SUM(COALESCE(o.Overdue, 0)), SUM(c.Expected), SUM(c.PaidCount), SUM(c.Paid),
           SUM(c.RefusedCount), SUM(c.Refused), SUM(c.Won), SUM(c.Resolved), SUM(c.WonAll), SUM(c.ResolvedAll),
           SUM(c.PaidLately), SUM(COALESCE(f.StillToCome, 0.0E0)), SUM(COALESCE(f.Spread, 0.0E0))
    FROM Counted AS c
    JOIN #SizeLimit AS s ON s.GroupId = c.GroupId
    LEFT JOIN #OpenCount AS o ON o.LeadId = c.LeadId AND o.GroupId = c.GroupId AND o.ManagerId = c.ManagerId
    LEFT JOIN #OpenSum AS f
        ON f.PeriodId = c.PeriodId AND f.LeadId = c.LeadId AND f.GroupId = c.GroupId AND f.ManagerId = c.ManagerId
    GROUP BY c.PeriodId, c.LeadId, c.ManagerId, s.Unit;

    -- Step 11. What entries still to be made may bring: what those of the last half-year, made early enough to
    -- be judged, brought within the days that are left.
    CREATE TABLE #NewEntries (
        PeriodId int NOT NULL, LeadId int NOT NULL, Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL,
        WeightedPaid float NOT NULL, PRIMARY KEY (PeriodId, LeadId, Unit));
    DECLARE @JudgedFrom date, @JudgedTo date;
    SELECT @JudgedFrom = MIN(h.JudgedFrom), @JudgedTo = MAX(h.JudgedTo) FROM #Horizon AS h;
    WITH Judged AS (
        SELECT h.PeriodId, e.LeadId, e.GroupId,
               SUM(CAST(COALESCE(e.PaidAmount, e.Amount) AS float) * (h.DaysLeft - (r.Number - n.Number)))
                   AS WeightedPaid
        FROM core.Entry AS e
        JOIN #Day AS n ON n.Day = e.EnteredOn
        JOIN #Day AS r ON r.Day = e.StatusOn
        JOIN #Horizon AS h
            ON e.EnteredOn >= h.JudgedFrom AND e.EnteredOn <= h.JudgedTo AND r.Number - n.Number <= h.DaysLeft
        WHERE e.DeletedAt IS NULL AND e.Status = 1 AND e.EnteredOn >= @JudgedFrom AND e.EnteredOn <= @JudgedTo
        GROUP BY h.PeriodId, e.LeadId, e.GroupId
    )
    INSERT INTO #NewEntries (PeriodId, LeadId, Unit, WeightedPaid)
    SELECT j.PeriodId, j.LeadId, s.Unit, SUM(j.WeightedPaid)
    FROM Judged AS j
    JOIN #SizeLimit AS s ON s.GroupId = j.GroupId
    GROUP BY j.PeriodId, j.LeadId, s.Unit;

    -- Step 10. How far one lead's win rate is drawn to the company's: Beta-Binomial by moments, for each unit.
    CREATE TABLE #ShownRate (
        Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL PRIMARY KEY, Company float NOT NULL, Weight float NOT NULL);
    WITH LeadSum AS (
        SELECT m.LeadId, m.Unit, CAST(SUM(m.Won) AS float) AS Won, CAST(SUM(m.Resolved) AS float) AS Resolved
        FROM #ManagerSum AS m
        WHERE m.PeriodId = (SELECT MIN(h.PeriodId) FROM #Horizon AS h)
        GROUP BY m.LeadId, m.Unit
    ), UnitSum AS (
        SELECT l.Unit, SUM(l.Won) AS Won, SUM(l.Resolved) AS Resolved,
               SUM(CASE WHEN l.Resolved > 0 THEN 1.0E0 ELSE 0.0E0 END) - 1.0E0 AS Freedom,
               SUM(l.Won) / NULLIF(SUM(l.Resolved), 0.0E0) AS Mean,
               SUM(l.Resolved * l.Resolved) / NULLIF(SUM(l.Resolved), 0.0E0) AS Squares
        FROM LeadSum AS l
        GROUP BY l.Unit
    ), Deviation AS (
        SELECT u.Unit,
               SUM(CASE WHEN l.Resolved > 0 AND u.Mean > 0 AND u.Mean < 1
                        THEN l.Resolved * (l.Won / NULLIF(l.Resolved, 0.0E0) - u.Mean)
                             * (l.Won / NULLIF(l.Resolved, 0.0E0) - u.Mean)
                             / NULLIF(u.Mean * (1.0E0 - u.Mean), 0.0E0)
                        ELSE 0.0E0 END) AS Total
        FROM LeadSum AS l
        JOIN UnitSum AS u ON u.Unit = l.Unit
        GROUP BY u.Unit
    ), Correlation AS (
        SELECT u.Unit, u.Won, u.Resolved,
               CASE WHEN u.Freedom >= 2 AND u.Resolved >= 10 AND u.Mean > 0 AND u.Mean < 1
                         AND u.Resolved - u.Squares - u.Freedom > 0
                    THEN (d.Total - u.Freedom) / NULLIF(u.Resolved - u.Squares - u.Freedom, 0.0E0) END AS Rho
        FROM UnitSum AS u
        JOIN Deviation AS d ON d.Unit = u.Unit
    ), Weighed AS (
        SELECT c.Unit, c.Won, c.Resolved, c.Rho,
               CASE WHEN c.Rho > 0 THEN (1.0E0 - c.Rho) / NULLIF(c.Rho, 0.0E0) END AS Weight
        FROM Correlation AS c
    )
    INSERT INTO #ShownRate (Unit, Company, Weight)
    SELECT w.Unit, (w.Won + 1.0E0) / (w.Resolved + 2.0E0),
           CASE WHEN w.Rho IS NULL THEN 20.0E0
                WHEN w.Rho <= 0 OR w.Weight > 200 THEN 200.0E0
                WHEN w.Weight < 5 THEN 5.0E0
                ELSE w.Weight END
    FROM Weighed AS w;

    -- Steps 7, 8, 10 and 11 for the leads: Variance is that of what is still to come. NewEntries is empty where
    -- there are less than 30 days of entries to judge by, RunRate where there are less of payments.
    CREATE TABLE #LeadRow (
        PeriodId int NOT NULL, LeadId int NOT NULL, Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL,
        Clients int NOT NULL, OpenCount int NOT NULL, DueToday int NOT NULL, Overdue int NOT NULL,
        Expected decimal(19, 2) NOT NULL, PaidCount int NOT NULL, Paid decimal(19, 2) NOT NULL,
        RefusedCount int NOT NULL, Refused decimal(19, 2) NOT NULL, Won int NOT NULL, Resolved int NOT NULL,
        WinRate float NULL, WonAll int NOT NULL, ResolvedAll int NOT NULL, SpeedIndex float NULL,
        PaidEvents int NOT NULL, StillToCome float NOT NULL, Spread float NOT NULL, Variance float NOT NULL,
        HandFormula float NOT NULL, NewEntries float NULL, RunRate float NULL,
        PRIMARY KEY (PeriodId, LeadId, Unit));
    WITH LeadSum AS (
        SELECT m.PeriodId, m.LeadId, m.Unit, SUM(m.Clients) AS Clients, SUM(m.OpenCount) AS OpenCount,
               SUM(m.DueToday) AS DueToday, SUM(m.Overdue) AS Overdue, SUM(m.Expected) AS Expected,
               SUM(m.PaidCount) AS PaidCount, SUM(m.Paid) AS Paid, SUM(m.RefusedCount) AS RefusedCount,
               SUM(m.Refused) AS Refused, SUM(m.Won) AS Won, SUM(m.Resolved) AS Resolved, SUM(m.WonAll) AS WonAll,
               SUM(m.ResolvedAll) AS ResolvedAll, SUM(m.PaidLately) AS PaidLately,
               SUM(m.StillToCome) AS StillToCome, SUM(m.Spread) AS Spread
        FROM #ManagerSum AS m
        GROUP BY m.PeriodId, m.LeadId, m.Unit
    ), Record AS (
        SELECT h.PeriodId, h.DaysLeft, DATEDIFF(DAY, @FirstDay, h.JudgedTo) + 1 AS JudgedDays,
               DATEDIFF(DAY, @FirstResolution, @CountDay) + 1 AS PaidDays
        FROM #Horizon AS h
    )
    INSERT INTO #LeadRow (
        PeriodId, LeadId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid, RefusedCount,
        Refused, Won, Resolved, WinRate, WonAll, ResolvedAll, SpeedIndex, PaidEvents, StillToCome, Spread, Variance,
        HandFormula, NewEntries, RunRate)
    SELECT l.PeriodId, l.LeadId, l.Unit, l.Clients, l.OpenCount, l.DueToday, l.Overdue, l.Expected, l.PaidCount,
           l.Paid, l.RefusedCount, l.Refused, l.Won, l.Resolved,
           (l.Won + r.Weight * r.Company) / (l.Resolved + r.Weight), l.WonAll, l.ResolvedAll,
           COALESCE(f.Speed, 1.0E0), COALESCE(f.PaidEvents, 0), l.StillToCome, l.Spread,
           l.Spread + l.StillToCome * l.StillToCome * (1.0E0 / (COALESCE(f.PaidEvents, 0) + 5.0E0) + @ModelShare),
           CAST(l.Paid AS float)
           + COALESCE(CAST(l.Expected AS float) * l.WonAll / NULLIF(CAST(l.ResolvedAll AS float), 0.0E0), 0.0E0),
           CASE WHEN d.JudgedDays >= 30
                THEN COALESCE(w.WeightedPaid, 0.0E0) / CASE WHEN d.JudgedDays < 180 THEN d.JudgedDays ELSE 180 END END,
           CASE WHEN d.PaidDays >= 30
                THEN CAST(l.Paid AS float) + CAST(l.PaidLately AS float)
                     / CASE WHEN d.PaidDays < 90 THEN d.PaidDays ELSE 90 END * d.DaysLeft END
    FROM LeadSum AS l
    JOIN Record AS d ON d.PeriodId = l.PeriodId
    JOIN #ShownRate AS r ON r.Unit = l.Unit
    LEFT JOIN #LeadIndex AS f ON f.LeadId = l.LeadId
    LEFT JOIN #NewEntries AS w ON w.PeriodId = l.PeriodId AND w.LeadId = l.LeadId AND w.Unit = l.Unit;

    -- The company, lead 0, is the sum of its leads; only its range is narrower than the sum of theirs.
    INSERT INTO #LeadRow (
        PeriodId, LeadId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid, RefusedCount,
        Refused, Won, Resolved, WinRate, WonAll, ResolvedAll, SpeedIndex, PaidEvents, StillToCome, Spread, Variance,
        HandFormula, NewEntries, RunRate)
    SELECT l.PeriodId, 0, l.Unit, SUM(l.Clients), SUM(l.OpenCount), SUM(l.DueToday), SUM(l.Overdue), SUM(l.Expected),
           SUM(l.PaidCount), SUM(l.Paid), SUM(l.RefusedCount), SUM(l.Refused), SUM(l.Won), SUM(l.Resolved),
           (SUM(l.Won) + MAX(r.Weight) * MAX(r.Company)) / (SUM(l.Resolved) + MAX(r.Weight)), SUM(l.WonAll),
           SUM(l.ResolvedAll), NULL, CAST(@PaidEvents AS int), SUM(l.StillToCome), SUM(l.Spread),
           SUM(l.Spread) + SUM(l.StillToCome * l.StillToCome / (l.PaidEvents + 5.0E0))
           + SUM(l.StillToCome) * SUM(l.StillToCome) * @ModelShare,
           SUM(l.HandFormula), SUM(l.NewEntries), SUM(l.RunRate)
    FROM #LeadRow AS l
    JOIN #ShownRate AS r ON r.Unit = l.Unit
    GROUP BY l.PeriodId, l.Unit;

    -- Step 8. 80 % of a normal distribution lie within 1.2816 sigmas. Without history there is no range.
    CREATE TABLE #Range (
        PeriodId int NOT NULL, LeadId int NOT NULL, ManagerId int NOT NULL,
        Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL,
        Low float NULL, High float NULL, PRIMARY KEY (PeriodId, LeadId, ManagerId, Unit));
    WITH Wide AS (
        SELECT l.PeriodId, l.LeadId, 0 AS ManagerId, l.Unit, CAST(l.Paid AS float) AS Paid,
               CAST(l.Expected AS float) AS Expected, l.StillToCome, 1.2816E0 * SQRT(l.Variance) AS Margin
        FROM #LeadRow AS l
        UNION ALL
        SELECT m.PeriodId, m.LeadId, m.ManagerId, m.Unit, CAST(m.Paid AS float), CAST(m.Expected AS float),
               m.StillToCome,
               1.2816E0 * SQRT(m.Spread + m.StillToCome * m.StillToCome
                               * (1.0E0 / (COALESCE(f.PaidEvents, 0) + 5.0E0) + @ModelShare))
        FROM #ManagerSum AS m
        LEFT JOIN #LeadIndex AS f ON f.LeadId = m.LeadId
    )
    INSERT INTO #Range (PeriodId, LeadId, ManagerId, Unit, Low, High)
    SELECT w.PeriodId, w.LeadId, w.ManagerId, w.Unit,
           w.Paid + CASE WHEN w.StillToCome > w.Margin THEN w.StillToCome - w.Margin ELSE 0.0E0 END,
           w.Paid + CASE WHEN w.StillToCome + w.Margin < w.Expected THEN w.StillToCome + w.Margin ELSE w.Expected END
    FROM Wide AS w
    WHERE @HasHistory = 1;

    IF @RunId IS NULL
        EXEC core.ShowReplay @CountDay = @CountDay, @StartsOn = @StartsOn, @EndsOn = @EndsOn;
    ELSE
        EXEC core.KeepForecast
            @RunId = @RunId, @IsLive = @IsLive, @PaidEvents = @PaidEvents, @RefusedEvents = @RefusedEvents;
END;
GO
