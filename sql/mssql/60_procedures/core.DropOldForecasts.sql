SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.DropOldForecasts
Purpose:     Remove what is not kept once a live run is done. Of leads and the company every run of the last two
             days stays, then the last of each day, for ever; of managers the current run and those as of a past
             evening of the last two days; of single entries the current run. Whatever is of the last quarter of an
             hour stays too: somebody may be reading the run before this one.
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
    DECLARE @Before int = (
        SELECT MIN(r.RunId)
        FROM core.Run AS r
        WHERE r.Kind = 'live' AND r.Status = 'done'
          AND (r.RunId = @RunId OR (r.FinishedAt > @ReadSince AND r.FinishedAt <= @Now)));

    DELETE FROM core.ManagerForecast
    WHERE RunId < @Before
      AND RunId NOT IN (
          SELECT r.RunId FROM core.Run AS r
          WHERE r.Kind = 'as_of' AND r.StartedAt > @KeptSince AND r.StartedAt <= @Now);

    DELETE FROM core.LeadForecast
    WHERE RunId < @RunId
      AND RunId NOT IN (
          SELECT r.RunId FROM core.Run AS r
          WHERE r.Status = 'done' AND r.StartedAt > @KeptSince AND r.StartedAt <= @Now)
      AND RunId NOT IN (SELECT d.RunId FROM core.DayRun AS d);

    DELETE FROM core.EntryForecast WHERE RunId < @Before;
    DELETE FROM core.RunLead WHERE RunId < @Before;
END;
GO
