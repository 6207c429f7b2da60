SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.CopyEntries
Purpose:     Copy what a forecast is made of, and count what is shown beside it
Called by:   core.ComputeForecast, whose tables #Horizon, #Cutoff, #Day, #Age, #Unit, #GroupUnit, #Deal, #OpenDeal and
             #Tally it fills
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.CopyEntries
    @CountDate date,              -- n
    @CountDay  int,               -- its number
    @LearnDay  int,               -- the number of c
    @RunId     int = NULL,        -- as for core.ComputeForecast
    @StartsOn  date = NULL,
    @EndsOn    date = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @DayZero date = '19000101';
    DECLARE @FirstEntered date, @FirstStatus date, @FirstDay int, @FirstResolution int;
    DECLARE @BeginsOn int, @LastDay int, @BeginsDate date, @LastDate date;

    INSERT INTO #Horizon (PeriodId, StartsOn, EndsOn)
    SELECT p.PeriodId, DATEDIFF(DAY, @DayZero, p.StartsOn), DATEDIFF(DAY, @DayZero, p.EndsOn)
    FROM (
        SELECT p.PeriodId, p.StartsOn, p.EndsOn
        FROM core.Run AS r
        JOIN core.Period AS p
            ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
        WHERE r.RunId = @RunId
        UNION ALL
        SELECT 1, @StartsOn, @EndsOn
        WHERE @StartsOn IS NOT NULL
        UNION ALL
        SELECT p.PeriodId, p.StartsOn, p.EndsOn
        FROM core.Period AS p
        WHERE @RunId IS NULL AND @StartsOn IS NULL AND p.Kind <> 'custom'
          AND p.StartsOn <= @CountDate AND p.EndsOn >= @CountDate
    ) AS p;

    -- First day of the record, and first recorded resolution (o), if it was by then.
    SELECT @FirstEntered = MIN(e.EnteredOn), @FirstStatus = MIN(e.StatusOn)
    FROM core.Entry AS e
    WHERE e.DeletedAt IS NULL AND e.EnteredOn <= @CountDate;
    SELECT @FirstDay = COALESCE(DATEDIFF(DAY, @DayZero, @FirstEntered), @CountDay),
           @FirstResolution = CASE WHEN @FirstStatus <= @CountDate THEN DATEDIFF(DAY, @DayZero, @FirstStatus) END;

    WITH Evening AS (
        SELECT 0 AS Cutoff, @LearnDay AS Day
        UNION ALL
        SELECT e.Cutoff + 1, e.Day - CASE e.Cutoff WHEN 0 THEN 28 ELSE 7 END FROM Evening AS e WHERE e.Cutoff < 26
    )
    INSERT INTO #Cutoff (Cutoff, Day, LearnFrom, CalendarFrom, PaceDays)
    SELECT e.Cutoff, e.Day,
           CASE WHEN @FirstResolution > e.Day - 365 THEN @FirstResolution ELSE e.Day - 365 END,
           CASE WHEN @FirstResolution - 1 > e.Day - 365 THEN @FirstResolution - 1 ELSE e.Day - 365 END,
           CASE WHEN e.Day - @FirstResolution + 1 < 90 THEN e.Day - @FirstResolution + 1 ELSE 90 END
    FROM Evening AS e
    WHERE e.Day >= @FirstResolution + CASE e.Cutoff WHEN 0 THEN 0 ELSE 30 END;

    -- From before the first day that anything looks at to the end of the last period, with a month on both sides:
    -- what was promised beyond that is as far away as what was promised for its edge.
    SELECT @BeginsOn = CASE WHEN @FirstDay < @LearnDay - 600 THEN @FirstDay ELSE @LearnDay - 600 END - 31,
           @LastDay = COALESCE(MAX(CASE WHEN h.EndsOn > @CountDay THEN h.EndsOn END), @CountDay) + 31
    FROM #Horizon AS h;
    SELECT @BeginsDate = DATEADD(DAY, @BeginsOn, @DayZero), @LastDate = DATEADD(DAY, @LastDay, @DayZero);
    WITH Part AS (
        SELECT h.StartsOn FROM #Horizon AS h
        UNION
        SELECT h.EndsOn + 1 FROM #Horizon AS h
        UNION
        SELECT @CountDay - 364
        UNION
        SELECT @CountDay - 89
        UNION
        SELECT c.Day - c.PaceDays + 1 FROM #Cutoff AS c WHERE c.Cutoff = 0
        UNION
        SELECT @LearnDay + 1
    ), Every AS (
        SELECT @BeginsOn AS Day
        UNION ALL
        SELECT e.Day + 1 FROM Every AS e WHERE e.Day < @LastDay
    ), Dated AS (
        SELECT e.Day, DATEADD(DAY, e.Day, @DayZero) AS OnDate FROM Every AS e
    ), Told AS (
        SELECT d.Day, d.OnDate, 12 * YEAR(d.OnDate) + MONTH(d.OnDate) - 1 AS Month, DAY(d.OnDate) AS DayOfMonth,
               DAY(EOMONTH(d.OnDate)) - DAY(d.OnDate) AS DaysLeft
        FROM Dated AS d
    )
    INSERT INTO #Day (Day, OnDate, Month, Weekday, MonthEnd, IsFirst, IsLast, PartStart)
    SELECT t.Day, t.OnDate, t.Month, (t.Day + 7000000) % 7,
           CASE WHEN t.DaysLeft < 1 THEN 0 WHEN t.DaysLeft < 3 THEN 1 WHEN t.DaysLeft < 7 THEN 2
                WHEN t.DaysLeft < 14 THEN 3 ELSE 4 END,
           CASE WHEN t.DayOfMonth = 1 THEN 1 ELSE 0 END, CASE WHEN t.DaysLeft = 0 THEN 1 ELSE 0 END, MAX(p.StartsOn)
    FROM Told AS t
    LEFT JOIN Part AS p ON p.StartsOn <= t.Day
    GROUP BY t.Day, t.OnDate, t.Month, t.DayOfMonth, t.DaysLeft
    OPTION (MAXRECURSION 0);

    INSERT INTO #Age (Age, Bucket)
    SELECT d.Day - @FirstDay, b.Bucket
    FROM #Day AS d
    JOIN #Bucket AS b
        ON b.FromAge < CASE WHEN d.Day - @FirstDay > 1 THEN d.Day - @FirstDay ELSE 1 END
        AND b.ToAge >= CASE WHEN d.Day - @FirstDay > 1 THEN d.Day - @FirstDay ELSE 1 END
    WHERE d.Day >= @FirstDay AND d.Day <= @CountDay;

    INSERT INTO #Unit (UnitNo, Unit)
    SELECT CAST(ROW_NUMBER() OVER (ORDER BY g.Unit) AS int), g.Unit
    FROM (SELECT DISTINCT s.Unit FROM core.SalesGroup AS s) AS g;
    INSERT INTO #GroupUnit (GroupId, UnitNo)
    SELECT g.GroupId, u.UnitNo
    FROM core.SalesGroup AS g
    JOIN #Unit AS u ON u.Unit = g.Unit;

    -- A day's number is looked up: that is cheaper than to count it for every entry.
    INSERT INTO #Deal (
        EntryId, LeadId, GroupId, ManagerId, UnitNo, Amount, Paid, EnteredOn, Status, StatusOn, PromisedOn)
    SELECT e.EntryId, e.LeadId, e.GroupId, e.ManagerId, g.UnitNo, e.Amount, COALESCE(e.PaidAmount, e.Amount), n.Day,
           CASE WHEN r.Day IS NULL THEN 0 ELSE e.Status END, r.Day, COALESCE(p.Day, -1000000)
    FROM core.Entry AS e
    JOIN #GroupUnit AS g ON g.GroupId = e.GroupId
    JOIN #Day AS n ON n.OnDate = e.EnteredOn
    LEFT JOIN #Day AS r ON r.OnDate = e.StatusOn AND r.Day <= @CountDay
    LEFT JOIN #Day AS p
        ON p.OnDate = CASE WHEN e.FirstPayBy < @BeginsDate THEN @BeginsDate
                           WHEN e.FirstPayBy > @LastDate THEN @LastDate
                           ELSE e.FirstPayBy END
    WHERE e.DeletedAt IS NULL AND e.EnteredOn <= @CountDate;

    INSERT INTO #OpenDeal (
        EntryId, LeadId, GroupId, ManagerId, UnitNo, ClientPin, Amount, EnteredOn, PromisedOn, PayBy, PaidOn)
    SELECT d.EntryId, d.LeadId, d.GroupId, d.ManagerId, d.UnitNo, e.ClientPin, d.Amount, d.EnteredOn, d.PromisedOn,
           e.PayBy, CASE WHEN e.Status = 1 THEN e.StatusOn END
    FROM #Deal AS d
    JOIN core.Entry AS e ON e.EntryId = d.EntryId
    WHERE d.Status = 0;

    -- What was resolved before anything counts has no part.
    INSERT INTO #Tally (LeadId, GroupId, ManagerId, UnitNo, Status, PartStart, Deals, Priced, Amount, Paid)
    SELECT t.LeadId, t.GroupId, t.ManagerId, t.UnitNo, t.Status, t.PartStart, COUNT(*),
           SUM(CASE WHEN t.Amount > 0 THEN 1 ELSE 0 END), SUM(t.Amount), SUM(t.Paid)
    FROM (
        SELECT d.LeadId, d.GroupId, d.ManagerId, d.UnitNo, d.Status, COALESCE(r.PartStart, -1000000) AS PartStart,
               d.Amount, d.Paid
        FROM #Deal AS d
        LEFT JOIN #Day AS r ON r.Day = d.StatusOn
    ) AS t
    GROUP BY t.LeadId, t.GroupId, t.ManagerId, t.UnitNo, t.Status, t.PartStart;
END;
GO
