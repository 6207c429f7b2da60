SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.SumForecast
Purpose:     Make the rows of managers, leads and the company from all that was learnt (steps 10, 11 and 18 to 22)
Called by:   core.ComputeForecast, whose tables #OwnRow, #UnitForecast, #ShownRate, #ForecastRow and #LeadRow it fills
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.SumForecast
    @CountDate  date,        -- n
    @CountDay   int,         -- its number
    @HasHistory bit          -- whether there was anything to learn from
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @FirstResolution int = (SELECT MIN(d.StatusOn) FROM #Deal AS d);
    DECLARE @PaidEvents int = (SELECT COALESCE(SUM(s.Paid), 0) FROM #Speed AS s WHERE s.Cutoff = 0);

    -- Of each manager: what the open entries will bring, and its spread by chance; how many they are; what entries were
    -- made and paid in the last W days, which is the pace of new ones.
    CREATE TABLE #OpenSum (
        PeriodId int NOT NULL, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL,
        FromOpen float NOT NULL, Spread float NOT NULL, Whole float NOT NULL,
        PRIMARY KEY (PeriodId, LeadId, GroupId, ManagerId));
    INSERT INTO #OpenSum (PeriodId, LeadId, GroupId, ManagerId, FromOpen, Spread, Whole)
    SELECT c.PeriodId, c.LeadId, c.GroupId, c.ManagerId, SUM(c.Amount * c.Probability),
           SUM(c.Amount * c.Amount * c.Probability * (1.0E0 - c.Probability)), SUM(c.Amount * c.Whole)
    FROM #EntryChance AS c
    GROUP BY c.PeriodId, c.LeadId, c.GroupId, c.ManagerId;

    CREATE TABLE #OpenCount (
        LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL, Clients int NOT NULL, Deals int NOT NULL,
        DueToday int NOT NULL, Overdue int NOT NULL, PRIMARY KEY (LeadId, GroupId, ManagerId));
    INSERT INTO #OpenCount (LeadId, GroupId, ManagerId, Clients, Deals, DueToday, Overdue)
    SELECT o.LeadId, o.GroupId, o.ManagerId, COUNT(DISTINCT o.ClientPin), COUNT(*),
           SUM(CASE WHEN o.PayBy = @CountDate THEN 1 ELSE 0 END), SUM(CASE WHEN o.PayBy < @CountDate THEN 1 ELSE 0 END)
    FROM #OpenDeal AS o
    GROUP BY o.LeadId, o.GroupId, o.ManagerId;

    CREATE TABLE #Made (
        LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL, Made float NOT NULL,
        PRIMARY KEY (LeadId, GroupId, ManagerId));
    INSERT INTO #Made (LeadId, GroupId, ManagerId, Made)
    SELECT d.LeadId, d.GroupId, d.ManagerId, SUM(CAST(d.Amount AS float))
    FROM #Cutoff AS c
    JOIN #Deal AS d ON d.EnteredOn > c.Day - c.PaceDays AND d.EnteredOn <= c.Day
    WHERE c.Cutoff = 0
    GROUP BY d.LeadId, d.GroupId, d.ManagerId;

    -- Lead, manager and unit in each period: the finest rows; all others are sums of these. Of a period that is over
    -- nothing is expected any more.
    WITH Ever AS (
        SELECT t.LeadId, t.GroupId, t.ManagerId, t.UnitNo,
               SUM(CASE WHEN t.Status = 0 THEN t.Amount ELSE 0 END) AS Expected,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart >= @CountDay - 364 THEN t.Deals ELSE 0 END) AS Won,
               SUM(CASE WHEN t.Status <> 0 AND t.PartStart >= @CountDay - 364 THEN t.Deals ELSE 0 END) AS Resolved,
               SUM(CASE WHEN t.Status = 1 THEN t.Deals ELSE 0 END) AS WonAll,
               SUM(CASE WHEN t.Status <> 0 THEN t.Deals ELSE 0 END) AS ResolvedAll,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart >= @CountDay - 89 THEN t.Paid ELSE 0 END) AS PaidLately,
               SUM(CASE WHEN t.Status = 1 AND t.PartStart > c.Day - c.PaceDays AND t.PartStart <= c.Day
                        THEN CAST(t.Paid AS float) ELSE 0.0E0 END) AS Pace
        FROM #Tally AS t
        LEFT JOIN #Cutoff AS c ON c.Cutoff = 0
        GROUP BY t.LeadId, t.GroupId, t.ManagerId, t.UnitNo
    ), Inside AS (
        SELECT h.PeriodId, t.LeadId, t.GroupId, t.ManagerId,
               SUM(CASE WHEN t.Status = 1 THEN t.Deals ELSE 0 END) AS PaidCount,
               SUM(CASE WHEN t.Status = 1 THEN t.Paid ELSE 0 END) AS Paid,
               SUM(CASE WHEN t.Status = 2 THEN t.Deals ELSE 0 END) AS RefusedCount,
               SUM(CASE WHEN t.Status = 2 THEN t.Amount ELSE 0 END) AS Refused
        FROM #Horizon AS h
        JOIN #Tally AS t ON t.Status > 0 AND t.PartStart >= h.StartsOn AND t.PartStart <= h.EndsOn
        GROUP BY h.PeriodId, t.LeadId, t.GroupId, t.ManagerId
    ), Own AS (
        SELECT h.PeriodId, e.LeadId, e.ManagerId, e.UnitNo, SUM(COALESCE(o.Clients, 0)) AS Clients,
               SUM(COALESCE(o.Deals, 0)) AS OpenCount, SUM(COALESCE(o.DueToday, 0)) AS DueToday,
               SUM(COALESCE(o.Overdue, 0)) AS Overdue, SUM(e.Expected) AS Expected,
               SUM(COALESCE(i.PaidCount, 0)) AS PaidCount, SUM(COALESCE(i.Paid, 0)) AS Paid,
               SUM(COALESCE(i.RefusedCount, 0)) AS RefusedCount, SUM(COALESCE(i.Refused, 0)) AS Refused,
               SUM(e.Won) AS Won, SUM(e.Resolved) AS Resolved, SUM(e.WonAll) AS WonAll,
               SUM(e.ResolvedAll) AS ResolvedAll,
               SUM(e.PaidLately) AS PaidLately, SUM(e.Pace) AS Pace, SUM(COALESCE(m.Made, 0.0E0)) AS Made,
               MAX(CASE WHEN h.EndsOn < @CountDay THEN 1 ELSE 0 END) AS IsOver,
               SUM(COALESCE(f.FromOpen, 0.0E0)) AS FromOpen, SUM(COALESCE(f.Spread, 0.0E0)) AS Spread,
               SUM(COALESCE(f.Whole, 0.0E0)) AS Whole
        FROM #Horizon AS h
        CROSS JOIN Ever AS e
        LEFT JOIN #Made AS m ON m.LeadId = e.LeadId AND m.GroupId = e.GroupId AND m.ManagerId = e.ManagerId
        LEFT JOIN #OpenCount AS o ON o.LeadId = e.LeadId AND o.GroupId = e.GroupId AND o.ManagerId = e.ManagerId
        LEFT JOIN Inside AS i
            ON i.PeriodId = h.PeriodId AND i.LeadId = e.LeadId AND i.GroupId = e.GroupId AND i.ManagerId = e.ManagerId
        LEFT JOIN #OpenSum AS f
            ON f.PeriodId = h.PeriodId AND f.LeadId = e.LeadId AND f.GroupId = e.GroupId AND f.ManagerId = e.ManagerId
        GROUP BY h.PeriodId, e.LeadId, e.ManagerId, e.UnitNo
    )
    INSERT INTO #OwnRow (
        PeriodId, LeadId, ManagerId, UnitNo, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
        RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, PaidLately, Pace, Made, IsOver, FromOpen, Spread,
        Whole, HandFormula)
    SELECT o.PeriodId, o.LeadId, o.ManagerId, o.UnitNo, o.Clients, o.OpenCount, o.DueToday, o.Overdue, o.Expected,
           o.PaidCount, o.Paid, o.RefusedCount, o.Refused, o.Won, o.Resolved, o.WonAll, o.ResolvedAll, o.PaidLately,
           o.Pace, o.Made, o.IsOver, o.FromOpen, o.Spread, o.Whole,
           CAST(o.Paid AS float)
           + COALESCE((1 - o.IsOver) * CAST(o.Expected AS float) * o.WonAll
                      / NULLIF(CAST(o.ResolvedAll AS float), 0.0E0), 0.0E0)
    FROM Own AS o;

    WITH Own AS (
        SELECT m.PeriodId, m.LeadId, m.UnitNo, SUM(m.Clients) AS Clients, SUM(m.OpenCount) AS OpenCount,
               SUM(m.DueToday) AS DueToday, SUM(m.Overdue) AS Overdue, SUM(m.Expected) AS Expected,
               SUM(m.PaidCount) AS PaidCount, SUM(m.Paid) AS Paid, SUM(m.RefusedCount) AS RefusedCount,
               SUM(m.Refused) AS Refused, SUM(m.Won) AS Won, SUM(m.Resolved) AS Resolved, SUM(m.WonAll) AS WonAll,
               SUM(m.ResolvedAll) AS ResolvedAll, SUM(m.PaidLately) AS PaidLately, SUM(m.Pace) AS Pace,
               SUM(m.Made) AS Made, MAX(m.IsOver) AS IsOver, SUM(m.FromOpen) AS FromOpen, SUM(m.Spread) AS Spread,
               SUM(m.Whole) AS Whole
        FROM #OwnRow AS m
        GROUP BY m.PeriodId, m.LeadId, m.UnitNo
    )
    INSERT INTO #OwnRow (
        PeriodId, LeadId, ManagerId, UnitNo, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
        RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, PaidLately, Pace, Made, IsOver, FromOpen, Spread,
        Whole, HandFormula)
    SELECT o.PeriodId, o.LeadId, 0, o.UnitNo, o.Clients, o.OpenCount, o.DueToday, o.Overdue, o.Expected,
           o.PaidCount, o.Paid, o.RefusedCount, o.Refused, o.Won, o.Resolved, o.WonAll, o.ResolvedAll, o.PaidLately,
           o.Pace, o.Made, o.IsOver, o.FromOpen, o.Spread, o.Whole,
           CAST(o.Paid AS float)
           + COALESCE((1 - o.IsOver) * CAST(o.Expected AS float) * o.WonAll
                      / NULLIF(CAST(o.ResolvedAll AS float), 0.0E0), 0.0E0)
    FROM Own AS o;

    -- The company is the sum of its leads, by the hand formula too.
    INSERT INTO #OwnRow (
        PeriodId, LeadId, ManagerId, UnitNo, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
        RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, PaidLately, Pace, Made, IsOver, FromOpen, Spread,
        Whole, HandFormula)
    SELECT l.PeriodId, 0, 0, l.UnitNo, SUM(l.Clients), SUM(l.OpenCount), SUM(l.DueToday), SUM(l.Overdue),
           SUM(l.Expected), SUM(l.PaidCount), SUM(l.Paid), SUM(l.RefusedCount), SUM(l.Refused), SUM(l.Won),
           SUM(l.Resolved), SUM(l.WonAll), SUM(l.ResolvedAll), SUM(l.PaidLately), SUM(l.Pace), SUM(l.Made),
           MAX(l.IsOver), SUM(l.FromOpen), SUM(l.Spread), SUM(l.Whole), SUM(l.HandFormula)
    FROM #OwnRow AS l
    WHERE l.ManagerId = 0
    GROUP BY l.PeriodId, l.UnitNo;

    -- Step 18 for each unit: X is what is still to come in all, Y of it from open entries before it is capped.
    WITH Part AS (
        SELECT o.PeriodId, o.UnitNo, CAST(o.Expected AS float) AS OpenAmount, o.Made, o.Pace, o.FromOpen AS F,
               o.Whole AS WholeF, o.Made / c.PaceDays * (e.Share - b.Share) AS N,
               o.Made / c.PaceDays * e.Share AS WholeN,
               l.MadeSquare * (e.Share - b.Share) AS NewSpread,
               o.Pace / c.PaceDays * (e.Days - b.Days) / q.Factor AS R, e.Days - b.Days AS PayingDays,
               CASE WHEN a.After > c.Day THEN 1 ELSE 0 END AS IsLater
        FROM #OwnRow AS o
        JOIN #Ahead AS a ON a.PeriodId = o.PeriodId
        JOIN #Cutoff AS c ON c.Cutoff = 0
        JOIN #MeanQuarter AS q ON q.Cutoff = 0
        JOIN #Integral AS e ON e.Cutoff = 0 AND e.Day = a.Last
        JOIN #Integral AS b ON b.Cutoff = 0 AND b.Day = a.After
        JOIN #Lately AS l ON l.Cutoff = 0 AND l.UnitNo = o.UnitNo
        WHERE o.LeadId = 0
    ), Mixed AS (
        SELECT p.PeriodId, p.UnitNo, p.F, p.N, p.R, p.Made, p.Pace, p.NewSpread, p.PayingDays, p.OpenAmount,
               o.Weight AS OpenWeight, o.Z AS OpenZ, w.Weight AS WholeWeight, w.Z AS WholeZ,
               o.Error * CASE WHEN p.IsLater = 1 AND p.F > 0 THEN p.WholeF / p.F ELSE 1.0E0 END AS OpenError,
               w.Error * CASE WHEN p.IsLater = 1 AND p.F + p.N > 0 THEN (p.WholeF + p.WholeN) / (p.F + p.N)
                              ELSE 1.0E0 END AS WholeError,
               w.Weight * (p.F + p.N) + (1.0E0 - w.Weight) * p.R AS X,
               o.Weight * p.F + (1.0E0 - o.Weight) * p.R * CASE WHEN p.F + p.N > 0 THEN p.F / (p.F + p.N) ELSE 0.0E0 END
                   AS Y
        FROM Part AS p
        JOIN #Blend AS o ON o.IsWhole = 0 AND o.UnitNo = p.UnitNo
        JOIN #Blend AS w ON w.IsWhole = 1 AND w.UnitNo = p.UnitNo
    ), Capped AS (
        SELECT m.PeriodId, m.UnitNo, m.F, m.N, m.R, m.Made, m.Pace, m.NewSpread, m.PayingDays, m.OpenWeight, m.OpenZ,
               m.WholeWeight, m.WholeZ, m.OpenError, m.WholeError, m.X,
               CASE WHEN m.Y <= m.X AND m.Y <= m.OpenAmount THEN m.Y
                    WHEN m.X <= m.OpenAmount THEN m.X
                    ELSE m.OpenAmount END AS FromOpen
        FROM Mixed AS m
    )
    INSERT INTO #UnitForecast (
        PeriodId, UnitNo, OpenBase, NewBase, PaceBase, Made, Pace, NewSpread, FromOpen, FromNew, Scale, PayingDays,
        OpenWeight, OpenError, OpenZ, WholeWeight, WholeError, WholeZ)
    SELECT c.PeriodId, c.UnitNo, c.F, c.N, c.R, c.Made, c.Pace, c.NewSpread, c.FromOpen, c.X - c.FromOpen,
           COALESCE(c.FromOpen / NULLIF(c.F, 0.0E0), 0.0E0), c.PayingDays, c.OpenWeight, c.OpenError, c.OpenZ,
           c.WholeWeight, c.WholeError, c.WholeZ
    FROM Capped AS c;

    -- Steps 18 to 20 for every row. Without any resolved entry there is no range; of a period that is over nothing is
    -- to come, and the range is what was paid.
    WITH Shared AS (
        SELECT o.PeriodId, o.LeadId, o.ManagerId, o.UnitNo, CAST(o.Paid AS float) AS Paid,
               CAST(o.Expected AS float) AS OpenAmount,
               COALESCE(CASE WHEN o.LeadId = 0 THEN u.FromOpen ELSE o.FromOpen * u.Scale END, 0.0E0) AS FromOpen,
               COALESCE(CASE WHEN o.LeadId = 0 THEN 1.0E0
                             WHEN u.NewBase > 0 THEN o.Made / NULLIF(u.Made, 0.0E0)
                             WHEN u.OpenBase > 0 THEN o.FromOpen / NULLIF(u.OpenBase, 0.0E0)
                             WHEN u.PaceBase > 0 THEN o.Pace / NULLIF(u.Pace, 0.0E0) END, 0.0E0) AS Share,
               o.Spread,
               CASE WHEN o.LeadId = 0 THEN 0.0E0 ELSE 1.0E0 / (COALESCE(f.Paid, 0) + 5.0E0) END AS OwnError,
               COALESCE(u.FromNew, 0.0E0) AS UnitNew, COALESCE(u.NewSpread, 0.0E0) AS NewSpread,
               COALESCE(u.OpenError, 0.0E0) AS OpenError, COALESCE(u.OpenZ, 0.0E0) AS OpenZ,
               COALESCE(u.WholeError, 0.0E0) AS WholeError, COALESCE(u.WholeZ, 0.0E0) AS WholeZ
        FROM #OwnRow AS o
        LEFT JOIN #UnitForecast AS u ON u.PeriodId = o.PeriodId AND u.UnitNo = o.UnitNo
        LEFT JOIN #LeadIndex AS f ON f.LeadId = o.LeadId
    ), Added AS (
        SELECT s.PeriodId, s.LeadId, s.ManagerId, s.UnitNo, s.Paid, s.OpenAmount, s.FromOpen,
               s.UnitNew * s.Share AS FromNew, s.FromOpen + s.UnitNew * s.Share AS Whole,
               s.OpenZ * SQRT(s.Spread + s.FromOpen * s.FromOpen * (s.OpenError + s.OwnError)) AS OpenWidth,
               s.WholeZ, s.Spread + s.NewSpread * s.Share AS WholeSpread, s.WholeError + s.OwnError AS WholeError
        FROM Shared AS s
    ), Wide AS (
        SELECT a.PeriodId, a.LeadId, a.ManagerId, a.UnitNo, a.Paid, a.OpenAmount, a.FromOpen, a.FromNew, a.Whole,
               a.OpenWidth, a.WholeZ * SQRT(a.WholeSpread + a.Whole * a.Whole * a.WholeError) AS WholeWidth
        FROM Added AS a
    )
    INSERT INTO #ForecastRow (
        PeriodId, LeadId, ManagerId, UnitNo, FromOpen, FromNew, StillToCome, Forecast, Low, High, OpenLow, OpenHigh)
    SELECT w.PeriodId, w.LeadId, w.ManagerId, w.UnitNo, w.FromOpen, w.FromNew, w.Whole, w.Paid + w.Whole,
           CASE WHEN @HasHistory = 0 THEN NULL WHEN w.Whole > w.WholeWidth THEN w.Paid + w.Whole - w.WholeWidth
                ELSE w.Paid END,
           CASE WHEN @HasHistory = 1 THEN w.Paid + w.Whole + w.WholeWidth END,
           CASE WHEN @HasHistory = 0 THEN NULL WHEN w.FromOpen > w.OpenWidth THEN w.Paid + w.FromOpen - w.OpenWidth
                ELSE w.Paid END,
           CASE WHEN @HasHistory = 0 THEN NULL
                WHEN w.FromOpen + w.OpenWidth <= w.OpenAmount THEN w.Paid + w.FromOpen + w.OpenWidth
                WHEN w.FromOpen <= w.OpenAmount THEN w.Paid + w.OpenAmount
                ELSE w.Paid + w.FromOpen END
    FROM Wide AS w;

    -- Step 10. How far one lead's win rate is drawn to the company's: Beta-Binomial by moments, for each unit.
    WITH LeadSum AS (
        SELECT m.LeadId, m.UnitNo, CAST(SUM(m.Won) AS float) AS Won, CAST(SUM(m.Resolved) AS float) AS Resolved
        FROM #OwnRow AS m
        WHERE m.PeriodId = (SELECT MIN(h.PeriodId) FROM #Horizon AS h) AND m.LeadId > 0 AND m.ManagerId = 0
        GROUP BY m.LeadId, m.UnitNo
    ), UnitSum AS (
        SELECT l.UnitNo, SUM(l.Won) AS Won, SUM(l.Resolved) AS Resolved,
               SUM(CASE WHEN l.Resolved > 0 THEN 1.0E0 ELSE 0.0E0 END) - 1.0E0 AS Freedom,
               SUM(l.Won) / NULLIF(SUM(l.Resolved), 0.0E0) AS Mean,
               SUM(l.Resolved * l.Resolved) / NULLIF(SUM(l.Resolved), 0.0E0) AS Squares
        FROM LeadSum AS l
        GROUP BY l.UnitNo
    ), Deviation AS (
        SELECT u.UnitNo,
               SUM(CASE WHEN l.Resolved > 0 AND u.Mean > 0 AND u.Mean < 1
                        THEN l.Resolved * (l.Won / NULLIF(l.Resolved, 0.0E0) - u.Mean)
                             * (l.Won / NULLIF(l.Resolved, 0.0E0) - u.Mean)
                             / NULLIF(u.Mean * (1.0E0 - u.Mean), 0.0E0)
                        ELSE 0.0E0 END) AS Total
        FROM LeadSum AS l
        JOIN UnitSum AS u ON u.UnitNo = l.UnitNo
        GROUP BY u.UnitNo
    ), Correlation AS (
        SELECT u.UnitNo, u.Won, u.Resolved,
               CASE WHEN u.Freedom >= 2 AND u.Resolved >= 10 AND u.Mean > 0 AND u.Mean < 1
                         AND u.Resolved - u.Squares - u.Freedom > 0
                    THEN (d.Total - u.Freedom) / NULLIF(u.Resolved - u.Squares - u.Freedom, 0.0E0) END AS Rho
        FROM UnitSum AS u
        JOIN Deviation AS d ON d.UnitNo = u.UnitNo
    ), Weighed AS (
        SELECT c.UnitNo, c.Won, c.Resolved, c.Rho,
               CASE WHEN c.Rho > 0 THEN (1.0E0 - c.Rho) / NULLIF(c.Rho, 0.0E0) END AS Weight
        FROM Correlation AS c
    )
    INSERT INTO #ShownRate (UnitNo, Company, Weight)
    SELECT w.UnitNo, (w.Won + 1.0E0) / (w.Resolved + 2.0E0),
           CASE WHEN w.Rho IS NULL THEN 20.0E0
                WHEN w.Rho <= 0 OR w.Weight > 200 THEN 200.0E0
                WHEN w.Weight < 5 THEN 5.0E0
                ELSE w.Weight END
    FROM Weighed AS w;

    -- What only leads and the company have. RunRate is empty where there are less than 30 days of payments.
    WITH Record AS (
        SELECT h.PeriodId, @CountDay - @FirstResolution + 1 AS PaidDays,
               CASE WHEN h.StartsOn - 1 > @CountDay THEN h.EndsOn - h.StartsOn + 1
                    WHEN h.EndsOn > @CountDay THEN h.EndsOn - @CountDay
                    ELSE 0 END AS DaysLeft
        FROM #Horizon AS h
    )
    INSERT INTO #LeadRow (PeriodId, LeadId, UnitNo, WinRate, SpeedIndex, PaidEvents, RunRate)
    SELECT o.PeriodId, o.LeadId, o.UnitNo, (o.Won + r.Weight * r.Company) / (o.Resolved + r.Weight),
           CASE WHEN o.LeadId > 0 THEN COALESCE(f.Factor, 1.0E0) END,
           CASE WHEN o.LeadId > 0 THEN COALESCE(f.Paid, 0) ELSE @PaidEvents END,
           CASE WHEN d.PaidDays >= 30
                THEN CAST(o.Paid AS float) + CAST(o.PaidLately AS float)
                     / CASE WHEN d.PaidDays < 90 THEN d.PaidDays ELSE 90 END * d.DaysLeft END
    FROM #OwnRow AS o
    JOIN Record AS d ON d.PeriodId = o.PeriodId
    LEFT JOIN #ShownRate AS r ON r.UnitNo = o.UnitNo
    LEFT JOIN #LeadIndex AS f ON f.LeadId = o.LeadId
    WHERE o.ManagerId = 0;
END;
GO
