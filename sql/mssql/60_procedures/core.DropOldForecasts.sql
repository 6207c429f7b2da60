SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.DropOldForecasts
Purpose:     Remove what is not kept once a live run is done. Of leads and the company every run of the last two
             days stays, then the last of each day, for ever; of managers the current run and those as of a past
             evening of the last two days; of single entries the same, and the last run of each of the seven days
             before, to one of which the report's bridge goes back; of what was learnt the same as of managers, and the
             last run of each month, for ever. Whatever is of the last quarter of an hour stays too: somebody may be
             reading the run before this one.
Called by:   batch.AggregateForecast
Returns:     nothing
Errors:      none of its own
Transaction: none; each statement by itself. What a killed run leaves, the next one removes.
*/
CREATE OR ALTER PROCEDURE core.DropOldForecasts
    @RunId int        -- the current run; later ones are not touched
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now datetime2(0) = core.Now(); -- what is dated later is a clock's mistake, and not kept for it
    DECLARE @KeptSince datetime2(0) = DATEADD(DAY, -2, @Now);
    DECLARE @ReadSince datetime2(0) = DATEADD(MINUTE, -15, @Now);
    DECLARE @CountDay date = (SELECT r.CountDay FROM core.Run AS r WHERE r.RunId = @RunId);
    DECLARE @OldId int;
    DECLARE @Before int = (
        SELECT MIN(r.RunId)
        FROM core.Run AS r
        WHERE r.Kind = 'live' AND r.Status = 'done'
          AND (r.RunId = @RunId OR (r.FinishedAt > @ReadSince AND r.FinishedAt <= @Now)));

    -- Runs whose managers are kept; then, by OfEntries and OfLearnt, others of which more than the leads is kept.
    CREATE TABLE #Kept (RunId int NOT NULL, OfManagers bit NOT NULL, OfEntries bit NOT NULL, OfLearnt bit NOT NULL);
    INSERT INTO #Kept (RunId, OfManagers, OfEntries, OfLearnt)
    SELECT r.RunId, 1, 1, 1
    FROM core.Run AS r
    WHERE r.Kind = 'as_of' AND r.StartedAt > @KeptSince AND r.StartedAt <= @Now
    UNION ALL
    SELECT d.RunId, 0, 1, 0
    FROM core.DayRun AS d
    WHERE d.CountDay >= DATEADD(DAY, -7, @CountDay) AND d.CountDay < @CountDay
    UNION ALL
    SELECT m.RunId, 0, 0, 1
    FROM (
        SELECT MAX(d.RunId) AS RunId FROM core.DayRun AS d GROUP BY YEAR(d.CountDay), MONTH(d.CountDay)
    ) AS m;

    DELETE FROM core.ManagerForecast
    WHERE RunId < @Before AND RunId NOT IN (SELECT k.RunId FROM #Kept AS k WHERE k.OfManagers = 1);

    DELETE FROM core.LeadForecast
    WHERE RunId < @RunId
      AND RunId NOT IN (
          SELECT r.RunId FROM core.Run AS r
          WHERE r.Status = 'done' AND r.StartedAt > @KeptSince AND r.StartedAt <= @Now)
      AND RunId NOT IN (SELECT d.RunId FROM core.DayRun AS d);
    DELETE FROM core.RunLead
    WHERE RunId < @RunId
      AND RunId NOT IN (
          SELECT r.RunId FROM core.Run AS r
          WHERE r.Status = 'done' AND r.StartedAt > @KeptSince AND r.StartedAt <= @Now)
      AND RunId NOT IN (SELECT d.RunId FROM core.DayRun AS d);

    -- Run by run: each is found by the index, and what is kept is not read.
    SELECT @OldId = MIN(f.RunId) FROM core.EntryForecast AS f;
    WHILE @OldId < @Before
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM #Kept AS k WHERE k.RunId = @OldId AND k.OfEntries = 1)
            DELETE FROM core.EntryForecast WHERE RunId = @OldId;
        SELECT @OldId = MIN(f.RunId) FROM core.EntryForecast AS f WHERE f.RunId > @OldId;
    END;

    DELETE FROM core.LearntSpeed
    WHERE RunId < @Before AND RunId NOT IN (SELECT k.RunId FROM #Kept AS k WHERE k.OfLearnt = 1);
    DELETE FROM core.LearntIndex
    WHERE RunId < @Before AND RunId NOT IN (SELECT k.RunId FROM #Kept AS k WHERE k.OfLearnt = 1);
    DELETE FROM core.LearntReplay
    WHERE RunId < @Before AND RunId NOT IN (SELECT k.RunId FROM #Kept AS k WHERE k.OfLearnt = 1);
    DELETE FROM core.LearntPeriod
    WHERE RunId < @Before AND RunId NOT IN (SELECT k.RunId FROM #Kept AS k WHERE k.OfLearnt = 1);
END;
GO
