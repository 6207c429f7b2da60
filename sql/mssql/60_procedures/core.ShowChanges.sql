SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowChanges
Purpose:     Give the entries changed since the day before a run's day and since the seventh day before it: as the run
             counted them, and as they were before. Before is what the last run of that day saw, or the nearest earlier
             one whose chances are kept; where there is none, how they were when that day began, and one that was not
             there then is compared with its first version.
Called by:   batch.GetReport, api.ListBridges
Returns:     1. a row for each look and entry, newest look and change first: Since, SinceRun (1: a run of that day is
             compared with), EntryId, LeadName, ManagerId, ManagerName, Unit, ClientPin, Amount, PaidAmount, EnteredOn,
             PayBy, Status, StatusOn, IsOut, ChangedAt, ChangedBy, Pushes (how often the promised day was put off),
             Contribution, WasThere, OldManagerId, OldManagerName, OldAmount, OldPaidAmount, OldPayBy, OldStatus,
             OldStatusOn, OldIsOut, OldContribution
             2. the company's number in the run looked back to and in this one: Since, Unit, OldForecast, Forecast
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.ShowChanges
    @RunId    int,        -- what it saw of each lead is in core.RunLead
    @PeriodId int
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @CountDay date, @StartsOn date, @EndsOn date, @Ago int = 1, @Day date;
    DECLARE @OldRunId int, @Since date;
    DECLARE @Now datetime2(0) = core.Now(); -- what is dated later is a clock's mistake, of no day
    SELECT @CountDay = r.CountDay FROM core.Run AS r WHERE r.RunId = @RunId;
    SELECT @StartsOn = p.StartsOn, @EndsOn = p.EndsOn FROM core.Period AS p WHERE p.PeriodId = @PeriodId;

    CREATE TABLE #Look (Since date NOT NULL PRIMARY KEY, OldRunId int NULL, Began datetime2(0) NULL);
    WHILE @Ago <= 7
    BEGIN
        SELECT @Day = DATEADD(DAY, -@Ago, @CountDay);
        EXEC core.FindEarlierRun @RunId = @RunId, @DaysAgo = @Ago, @Since = @Since OUTPUT, @OldRunId = @OldRunId OUTPUT;
        IF @Since IS NULL
            INSERT INTO #Look (Since, OldRunId, Began) VALUES (@Day, NULL, core.DayBegan(@Day));
        ELSE IF NOT EXISTS (SELECT 1 FROM #Look AS w WHERE w.Since = @Since)
            INSERT INTO #Look (Since, OldRunId, Began) VALUES (@Since, @OldRunId, NULL);
        SELECT @Ago = @Ago + 6;
    END;

    -- Entries that may have changed since, then those that did: the version that the run saw, and the one before.
    CREATE TABLE #Touched (Since date NOT NULL, EntryId int NOT NULL);
    INSERT INTO #Touched (Since, EntryId)
    SELECT w.Since, e.EntryId
    FROM #Look AS w
    CROSS JOIN core.Lead AS l
    LEFT JOIN core.RunLead AS o ON o.RunId = w.OldRunId AND o.LeadId = l.LeadId
    JOIN core.Entry AS e ON e.LeadId = l.LeadId AND e.ChangeSeq > COALESCE(o.ChangeSeq, 0)
    WHERE w.OldRunId IS NOT NULL
    UNION
    SELECT w.Since, h.EntryId
    FROM #Look AS w
    JOIN core.EntryHistory AS h ON h.ChangedAt >= w.Began;

    CREATE TABLE #Changed (
        Since date NOT NULL, EntryId int NOT NULL, Version int NOT NULL, OldVersion int NULL,
        PRIMARY KEY (Since, EntryId));
    INSERT INTO #Changed (Since, EntryId, Version, OldVersion)
    SELECT
        w.Since, h.EntryId, MAX(h.Version),
        MAX(CASE WHEN (w.OldRunId IS NOT NULL AND h.ChangeSeq <= o.ChangeSeq) OR h.ChangedAt < w.Began
                 THEN h.Version END)
    FROM #Touched AS t
    JOIN #Look AS w ON w.Since = t.Since
    JOIN core.EntryHistory AS h ON h.EntryId = t.EntryId
    JOIN core.RunLead AS s ON s.RunId = @RunId AND s.LeadId = h.LeadId AND h.ChangeSeq <= s.ChangeSeq
    LEFT JOIN core.RunLead AS o ON o.RunId = w.OldRunId AND o.LeadId = h.LeadId
    GROUP BY w.Since, h.EntryId;

    SELECT
        w.Since, CASE WHEN w.OldRunId IS NULL THEN 0 ELSE 1 END AS SinceRun, n.EntryId, l.Name AS LeadName, n.ManagerId,
        m.Name AS ManagerName, g.Unit, n.ClientPin, n.Amount, n.PaidAmount, n.EnteredOn, n.PayBy,
        -- What was resolved after the day that the run counted was open to it.
        CASE WHEN n.StatusOn <= @CountDay THEN n.Status ELSE 0 END AS Status,
        CASE WHEN n.StatusOn <= @CountDay THEN n.StatusOn END AS StatusOn,
        CASE WHEN n.DeletedAt IS NULL THEN 0 ELSE 1 END AS IsOut, n.ChangedAt, n.ChangedBy,
        (SELECT COUNT(*)
         FROM core.EntryHistory AS a
         JOIN core.EntryHistory AS b ON b.EntryId = a.EntryId AND b.Version = a.Version - 1
         WHERE a.EntryId = n.EntryId AND a.Version <= n.Version AND a.PayBy > b.PayBy) AS Pushes,
        v.Contribution, CASE WHEN c.OldVersion IS NULL THEN 0 ELSE 1 END AS WasThere, o.ManagerId AS OldManagerId,
        f.Name AS OldManagerName, o.Amount AS OldAmount, o.PaidAmount AS OldPaidAmount, o.PayBy AS OldPayBy,
        o.Status AS OldStatus, o.StatusOn AS OldStatusOn, CASE WHEN o.DeletedAt IS NULL THEN 0 ELSE 1 END AS OldIsOut,
        u.Contribution AS OldContribution
    FROM #Changed AS c
    JOIN #Look AS w ON w.Since = c.Since
    JOIN core.EntryHistory AS n ON n.EntryId = c.EntryId AND n.Version = c.Version
    JOIN core.EntryHistory AS o ON o.EntryId = c.EntryId AND o.Version = COALESCE(c.OldVersion, 1)
    JOIN core.Lead AS l ON l.LeadId = n.LeadId
    JOIN core.Manager AS m ON m.ManagerId = n.ManagerId
    JOIN core.Manager AS f ON f.ManagerId = o.ManagerId
    JOIN core.SalesGroup AS g ON g.GroupId = n.GroupId
    LEFT JOIN core.EntryForecast AS v ON v.RunId = @RunId AND v.PeriodId = @PeriodId AND v.EntryId = c.EntryId
    LEFT JOIN core.EntryForecast AS u ON u.RunId = w.OldRunId AND u.PeriodId = @PeriodId AND u.EntryId = c.EntryId
    WHERE (c.OldVersion IS NULL OR c.OldVersion < c.Version)
      AND n.EnteredOn <= @CountDay
      AND (w.Began IS NULL OR (n.ChangedAt >= w.Began AND n.ChangedAt <= @Now))
      -- Most entries that came with an import are older and were not touched again: they end here.
      AND (n.Version > 1 OR n.EnteredOn >= w.Since OR (n.StatusOn >= w.Since AND n.StatusOn <= @CountDay)
           OR (w.Began IS NULL
               AND (n.StatusOn IS NULL OR n.StatusOn > @CountDay
                    OR (n.Status = 1 AND n.StatusOn >= @StartsOn AND n.StatusOn <= @EndsOn))))
      AND (c.OldVersion IS NULL
           OR n.Amount <> o.Amount
           OR n.PayBy <> o.PayBy
           OR n.ManagerId <> o.ManagerId
           OR n.Status <> o.Status
           OR COALESCE(n.PaidAmount, 0) <> COALESCE(o.PaidAmount, 0)
           OR COALESCE(n.StatusOn, @EndsOn) <> COALESCE(o.StatusOn, @EndsOn)
           OR (n.DeletedAt IS NULL AND o.DeletedAt IS NOT NULL)
           OR (n.DeletedAt IS NOT NULL AND o.DeletedAt IS NULL))
    ORDER BY w.Since DESC, n.ChangedAt DESC, n.EntryId;

    SELECT
        w.Since, f.Unit, SUM(CASE WHEN f.RunId = w.OldRunId THEN f.Forecast ELSE 0.0E0 END) AS OldForecast,
        SUM(CASE WHEN f.RunId = @RunId THEN f.Forecast ELSE 0.0E0 END) AS Forecast
    FROM #Look AS w
    JOIN core.Run AS r
        ON r.RunId = w.OldRunId AND CHARINDEX(CONCAT(' ', @PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
    JOIN core.LeadForecast AS f
        ON (f.RunId = w.OldRunId OR f.RunId = @RunId) AND f.PeriodId = @PeriodId AND f.LeadId = 0
    GROUP BY w.Since, f.Unit
    ORDER BY w.Since DESC, f.Unit;
END;
GO
