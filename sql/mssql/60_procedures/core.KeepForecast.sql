SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.KeepForecast
Purpose:     Store the rows of a run and what it learnt, and say that it is done. Readers see them once the caller
             commits.
Called by:   core.ComputeForecast, whose temporary tables it reads
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.KeepForecast
    @RunId int
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    INSERT INTO core.LeadForecast (
        RunId, PeriodId, LeadId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid, RefusedCount,
        Refused, Won, Resolved, WinRate, WonAll, ResolvedAll, SpeedIndex, PaidEvents, StillToCome, Forecast, Low, High,
        HandFormula, RunRate, FromOpen, FromNew, OpenLow, OpenHigh)
    SELECT
        @RunId, o.PeriodId, o.LeadId, u.Unit, o.Clients, o.OpenCount, o.DueToday, o.Overdue, o.Expected, o.PaidCount,
        o.Paid, o.RefusedCount, o.Refused, o.Won, o.Resolved, l.WinRate, o.WonAll, o.ResolvedAll, l.SpeedIndex,
        l.PaidEvents, w.StillToCome, w.Forecast, w.Low, w.High, o.HandFormula, l.RunRate, w.FromOpen, w.FromNew,
        w.OpenLow, w.OpenHigh
    FROM #OwnRow AS o
    JOIN #Unit AS u ON u.UnitNo = o.UnitNo
    JOIN #LeadRow AS l ON l.PeriodId = o.PeriodId AND l.LeadId = o.LeadId AND l.UnitNo = o.UnitNo
    JOIN #ForecastRow AS w
        ON w.PeriodId = o.PeriodId AND w.LeadId = o.LeadId AND w.ManagerId = 0 AND w.UnitNo = o.UnitNo
    WHERE o.ManagerId = 0;

    INSERT INTO core.ManagerForecast (
        RunId, PeriodId, LeadId, ManagerId, Unit, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
        RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, StillToCome, Forecast, Low, High, HandFormula,
        FromOpen, FromNew, OpenLow, OpenHigh)
    SELECT
        @RunId, o.PeriodId, o.LeadId, o.ManagerId, u.Unit, o.Clients, o.OpenCount, o.DueToday, o.Overdue, o.Expected,
        o.PaidCount, o.Paid, o.RefusedCount, o.Refused, o.Won, o.Resolved, o.WonAll, o.ResolvedAll, w.StillToCome,
        w.Forecast, w.Low, w.High, o.HandFormula, w.FromOpen, w.FromNew, w.OpenLow, w.OpenHigh
    FROM #OwnRow AS o
    JOIN #Unit AS u ON u.UnitNo = o.UnitNo
    JOIN #ForecastRow AS w
        ON w.PeriodId = o.PeriodId AND w.LeadId = o.LeadId AND w.ManagerId = o.ManagerId AND w.UnitNo = o.UnitNo
    WHERE o.ManagerId > 0;

    INSERT INTO core.EntryForecast (RunId, PeriodId, EntryId, Probability, Contribution, IsLarge)
    SELECT @RunId, c.PeriodId, c.EntryId, c.Probability, c.Amount * c.Probability * u.Scale, c.IsLarge
    FROM #EntryChance AS c
    JOIN #UnitForecast AS u ON u.PeriodId = c.PeriodId AND u.UnitNo = c.UnitNo;

    INSERT INTO core.LearntSpeed (RunId, Bucket, FromAge, ToAge, Days, Paid, Refused, PaidRate, RefusedRate)
    SELECT @RunId, s.Bucket, s.FromAge, s.ToAge, s.Days, s.Paid, s.Refused, s.PaidRate, s.RefusedRate
    FROM #Speed AS s
    WHERE s.Cutoff = 0;

    INSERT INTO core.LearntIndex (RunId, Kind, Class, Paid, Expected, Factor)
    SELECT @RunId, i.Kind, i.Class, i.Paid, i.Expected, i.Factor
    FROM (
        SELECT 'lead' AS Kind, l.LeadId AS Class, l.Paid, l.Expected, l.Factor FROM #LeadIndex AS l
        UNION ALL
        SELECT 'size', s.IsLarge, s.Paid, s.Expected, s.Factor FROM #SizeIndex AS s WHERE s.Cutoff = 0
        UNION ALL
        SELECT 'promise', p.Promise, p.Paid, p.Expected, p.Factor FROM #PromiseIndex AS p
        UNION ALL
        SELECT 'weekday', w.Weekday, w.Paid, w.Expected, w.Factor FROM #WeekdayIndex AS w WHERE w.Cutoff = 0
        UNION ALL
        SELECT 'month_end', m.MonthEnd, m.Paid, m.Expected, m.Factor FROM #MonthEndIndex AS m WHERE m.Cutoff = 0
        UNION ALL
        SELECT 'quarter', q.MonthOfQuarter, q.Paid, q.Expected, q.Factor FROM #QuarterIndex AS q WHERE q.Cutoff = 0
    ) AS i;

    -- Only of units in which there are entries.
    INSERT INTO core.LearntReplay (
        RunId, Unit, CountDay, OpenBase, NewBase, Pace, OpenForecast, WholeForecast, OpenCame, WholeCame)
    SELECT @RunId, u.Unit, d.OnDate, r.FromOpen, r.FromNew, r.Pace, o.Weight * t.Base + (1.0E0 - o.Weight) * t.Rival,
           w.Weight * (r.FromOpen + r.FromNew) + (1.0E0 - w.Weight) * r.Pace, r.OpenCame, r.WholeCame
    FROM #Replay AS r
    JOIN #Unit AS u ON u.UnitNo = r.UnitNo
    JOIN #Cutoff AS c ON c.Cutoff = r.Cutoff
    JOIN #Day AS d ON d.Day = c.Day
    JOIN #Tried AS t ON t.IsWhole = 0 AND t.UnitNo = r.UnitNo AND t.Cutoff = r.Cutoff
    JOIN #Blend AS o ON o.IsWhole = 0 AND o.UnitNo = r.UnitNo
    JOIN #Blend AS w ON w.IsWhole = 1 AND w.UnitNo = r.UnitNo
    WHERE r.UnitNo IN (SELECT n.UnitNo FROM #OwnRow AS n);

    INSERT INTO core.LearntPeriod (RunId, PeriodId, Unit, Scale, PayingDays, OpenWeight, WholeWeight)
    SELECT @RunId, f.PeriodId, u.Unit, f.Scale, f.PayingDays, f.OpenWeight, f.WholeWeight
    FROM #UnitForecast AS f
    JOIN #Unit AS u ON u.UnitNo = f.UnitNo;

    INSERT INTO core.RunLead (RunId, LeadId, ChangeSeq)
    SELECT @RunId, l.LeadId, l.ChangeSeq
    FROM core.Lead AS l;

    UPDATE core.Run
    SET Status = 'done',
        FinishedAt = core.Now(),
        ChangeTotal = (SELECT COALESCE(SUM(l.ChangeSeq), 0) FROM core.Lead AS l),
        EntryCount = (SELECT COALESCE(SUM(t.Deals), 0) FROM #Tally AS t),
        PaidEvents = (SELECT COALESCE(SUM(s.Paid), 0) FROM #Speed AS s WHERE s.Cutoff = 0),
        RefusedEvents = (SELECT COALESCE(SUM(s.Refused), 0) FROM #Speed AS s WHERE s.Cutoff = 0)
    WHERE RunId = @RunId;
END;
GO
