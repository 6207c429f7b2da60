SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.KeepForecast
Purpose:     Store the rows of a run, and say that it is done. Readers see them once the caller commits.
Called by:   core.SumForecast, whose temporary tables and those of core.ComputeForecast it reads
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.KeepForecast
    @RunId         int,
    @IsLive        bit,        -- the chances of single entries are kept of live runs only
    @PaidEvents    float,      -- what the chances were learnt from
    @RefusedEvents float
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    INSERT INTO core.LeadForecast (
        RunId, PeriodId, LeadId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid, RefusedCount,
        Refused, Won, Resolved, WinRate, WonAll, ResolvedAll, SpeedIndex, PaidEvents, StillToCome, Forecast, Low, High,
        HandFormula, NewEntries, RunRate)
    SELECT
        @RunId, l.PeriodId, l.LeadId, l.Unit, l.Clients, l.OpenCount, l.DueToday, l.Overdue, l.Expected, l.PaidCount,
        l.Paid, l.RefusedCount, l.Refused, l.Won, l.Resolved, l.WinRate, l.WonAll, l.ResolvedAll, l.SpeedIndex,
        l.PaidEvents, l.StillToCome, CAST(l.Paid AS float) + l.StillToCome, r.Low, r.High, l.HandFormula, l.NewEntries,
        l.RunRate
    FROM #LeadRow AS l
    LEFT JOIN #Range AS r
        ON r.PeriodId = l.PeriodId AND r.LeadId = l.LeadId AND r.ManagerId = 0 AND r.Unit = l.Unit;

    INSERT INTO core.ManagerForecast (
        RunId, PeriodId, LeadId, ManagerId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
        RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, StillToCome, Forecast, Low, High, HandFormula)
    SELECT
        @RunId, m.PeriodId, m.LeadId, m.ManagerId, m.Unit, m.Clients, m.OpenCount, m.DueToday, m.Overdue, m.Expected,
        m.PaidCount, m.Paid, m.RefusedCount, m.Refused, m.Won, m.Resolved, m.WonAll, m.ResolvedAll, m.StillToCome,
        CAST(m.Paid AS float) + m.StillToCome, r.Low, r.High,
        CAST(m.Paid AS float)
        + COALESCE(CAST(m.Expected AS float) * m.WonAll / NULLIF(CAST(m.ResolvedAll AS float), 0.0E0), 0.0E0)
    FROM #ManagerSum AS m
    LEFT JOIN #Range AS r
        ON r.PeriodId = m.PeriodId AND r.LeadId = m.LeadId AND r.ManagerId = m.ManagerId AND r.Unit = m.Unit;

    IF @IsLive = 1
    BEGIN
        INSERT INTO core.EntryForecast (RunId, PeriodId, EntryId, Probability)
        SELECT @RunId, c.PeriodId, c.EntryId, c.Probability
        FROM #EntryChance AS c;

        INSERT INTO core.RunLead (RunId, LeadId, ChangeSeq)
        SELECT @RunId, l.LeadId, l.ChangeSeq
        FROM core.Lead AS l;
    END;

    UPDATE core.Run
    SET Status = 'done',
        FinishedAt = core.Now(),
        ChangeTotal = (SELECT COALESCE(SUM(l.ChangeSeq), 0) FROM core.Lead AS l),
        EntryCount = (SELECT COALESCE(SUM(t.Deals), 0) FROM #Tally AS t),
        PaidEvents = @PaidEvents,
        RefusedEvents = @RefusedEvents
    WHERE RunId = @RunId;
END;
GO
