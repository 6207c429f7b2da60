-- Runs and their results, as they are read.

-- name: get_current_run
-- AsOf: when the newest run found it still true; of a run that is dated in the future that is now.
SELECT r.*,
       (SELECT min(u.FinishedAt, :now) FROM Run AS u
        WHERE u.Kind = 'live' AND u.Status IN ('done', 'unchanged') AND u.RunId >= r.RunId
        ORDER BY u.RunId DESC LIMIT 1) AS AsOf
FROM Run AS r
WHERE r.RunId = (SELECT RunId FROM CurrentRun);

-- name: get_current_month
SELECT c.RunId, c.MonthPeriodId, r.LastHistoryId FROM CurrentRun AS c JOIN Run AS r ON r.RunId = c.RunId;

-- name: get_run
SELECT r.*, coalesce(r.FinishedAt, r.StartedAt) AS AsOf FROM Run AS r WHERE r.RunId = :run_id;

-- name: list_runs
SELECT r.*, coalesce(r.FinishedAt, r.StartedAt) AS AsOf FROM Run AS r ORDER BY r.RunId DESC LIMIT :limit;

-- name: last_finished
-- A run that is dated in the future is a clock's mistake, which holds nobody up.
SELECT max(FinishedAt) AS FinishedAt FROM Run
WHERE Kind = 'live' AND Status IN ('done', 'unchanged') AND FinishedAt <= :now;

-- name: fail_dead_runs
UPDATE Run SET Status = 'failed', FinishedAt = :now WHERE Status = 'running';

-- name: add_run
INSERT INTO Run (Kind, Method, CountDay, CountHour, StartedAt, FinishedAt, Status, StartedBy, LastHistoryId,
                 PeriodList, EntryCount, PaidEvents, RefusedEvents)
VALUES (:kind, :method, :count_day, :count_hour, :now, :finished_at, :status, :started_by, :last_history_id,
        :period_list, :entry_count, :paid_events, :refused_events);

-- name: finish_run
UPDATE Run
SET Status = 'done', FinishedAt = :now, LastHistoryId = :last_history_id, EntryCount = :entry_count,
    PaidEvents = :paid_events, RefusedEvents = :refused_events
WHERE RunId = :run_id;

-- name: fail_run
UPDATE Run SET Status = 'failed', FinishedAt = :now WHERE RunId = :run_id AND Status = 'running';

-- name: newest_entry_id
SELECT coalesce(max(EntryId), 0) AS EntryId FROM Entry;

-- name: last_history_id
SELECT coalesce(max(HistoryId), 0) AS HistoryId FROM EntryHistory;

-- name: add_period
INSERT INTO Period (Kind, StartsOn, EndsOn, Name) VALUES (:kind, :starts_on, :ends_on, :name)
ON CONFLICT (Kind, StartsOn, EndsOn) DO NOTHING;

-- name: find_period
SELECT * FROM Period WHERE Kind = :kind AND StartsOn = :starts_on AND EndsOn = :ends_on;

-- name: list_open_periods
-- The last, this and the next month, quarter and year of a day, and every open custom period.
SELECT p.* FROM Period AS p
WHERE CASE p.Kind
      WHEN 'custom' THEN p.ClosedAt IS NULL
      ELSE :day BETWEEN p.StartsOn AND p.EndsOn OR EXISTS (
          SELECT 1 FROM Period AS q
          WHERE q.Kind = p.Kind AND :day BETWEEN q.StartsOn AND q.EndsOn
            AND (p.StartsOn = q.EndsOn + 1 OR p.EndsOn = q.StartsOn - 1))
      END
ORDER BY instr('month quarter year custom', p.Kind), p.StartsOn, p.EndsOn, p.PeriodId;

-- name: reopen_period
UPDATE Period SET ClosedAt = NULL, Name = :name WHERE PeriodId = :period_id;

-- name: close_period
UPDATE Period SET ClosedAt = :now WHERE PeriodId = :period_id;

-- name: drop_manager_rows
DELETE FROM ManagerForecast
WHERE RunId < :run_id
  AND RunId NOT IN (SELECT RunId FROM Run WHERE Kind = 'as_of' AND StartedAt BETWEEN :now - 172799 AND :now);

-- name: list_old_entry_runs
-- Runs whose chances are not needed any more: kept are those of the newest run, of the last run of each of the
-- seven days before it (the bridge goes back to one of them), and of recent runs as of a day.
WITH RECURSIVE Stored (RunId) AS (
    SELECT min(RunId) FROM EntryForecast
    UNION ALL
    SELECT (SELECT min(f.RunId) FROM EntryForecast AS f WHERE f.RunId > s.RunId)
    FROM Stored AS s WHERE s.RunId IS NOT NULL
)
SELECT s.RunId FROM Stored AS s
WHERE s.RunId < :run_id
  AND s.RunId NOT IN (SELECT RunId FROM DayRun WHERE CountDay BETWEEN :count_day - 7 AND :count_day - 1)
  AND s.RunId NOT IN (SELECT RunId FROM Run WHERE Kind = 'as_of' AND StartedAt BETWEEN :now - 172799 AND :now);

-- name: drop_entry_rows
-- A part at a time, so that nobody who saves waits for all of them; a range of the key takes a third of the
-- time that a list of rows does.
DELETE FROM EntryForecast
WHERE RunId = :old_run_id
  AND PeriodId = (SELECT min(PeriodId) FROM EntryForecast WHERE RunId = :old_run_id)
  AND EntryId < coalesce(
      (SELECT f.EntryId FROM EntryForecast AS f
       WHERE f.RunId = :old_run_id
         AND f.PeriodId = (SELECT min(PeriodId) FROM EntryForecast WHERE RunId = :old_run_id)
       ORDER BY f.EntryId LIMIT 1 OFFSET 20000), 1 << 62);

-- name: list_old_learnt_runs
-- What a run learnt is kept for the newest one, the last of each month, and recent ones as of a day.
SELECT DISTINCT p.RunId FROM LearntPeriod AS p
WHERE p.RunId < :run_id
  AND p.RunId NOT IN (
      SELECT max(RunId) FROM Run WHERE Kind = 'live' AND Status = 'done'
      GROUP BY strftime('%Y-%m', CountDay * 86400, 'unixepoch'))
  AND p.RunId NOT IN (SELECT RunId FROM Run WHERE Kind = 'as_of' AND StartedAt BETWEEN :now - 172799 AND :now);

-- name: drop_learnt_speeds
DELETE FROM LearntSpeed WHERE RunId = :old_run_id;

-- name: drop_learnt_indices
DELETE FROM LearntIndex WHERE RunId = :old_run_id;

-- name: drop_learnt_replays
DELETE FROM LearntReplay WHERE RunId = :old_run_id;

-- name: drop_learnt_periods
DELETE FROM LearntPeriod WHERE RunId = :old_run_id;

-- name: drop_lead_rows
-- Every run of the last two days stays, then the last of each day.
DELETE FROM LeadForecast
WHERE RunId < :run_id
  AND RunId NOT IN (SELECT RunId FROM Run WHERE StartedAt BETWEEN :now - 172799 AND :now AND Status = 'done')
  AND RunId NOT IN (SELECT RunId FROM DayRun);

-- name: keep_lead_rows
INSERT INTO LeadForecast (RunId, PeriodId, LeadId, Unit, Clients, OpenCount, DueToday, Overdue, Expected,
                          PaidCount, Paid, RefusedCount, Refused, Won, Resolved, WinRate, WonAll, ResolvedAll,
                          SpeedIndex, PaidEvents, StillToCome, Forecast, Low, High, HandFormula, RunRate,
                          FromOpen, FromNew, OpenLow, OpenHigh)
SELECT :run_id AS RunId, f.* FROM ({rows}) AS f;

-- name: keep_manager_rows
INSERT INTO ManagerForecast (RunId, PeriodId, LeadId, ManagerId, Unit, Clients, OpenCount, DueToday, Overdue,
                             Expected, PaidCount, Paid, RefusedCount, Refused, Won, Resolved, WonAll,
                             ResolvedAll, StillToCome, Forecast, Low, High, HandFormula, FromOpen, FromNew,
                             OpenLow, OpenHigh)
SELECT :run_id AS RunId, f.* FROM ({rows}) AS f;

-- name: keep_entry_rows
INSERT INTO EntryForecast (RunId, PeriodId, EntryId, Probability, Contribution, IsLarge)
SELECT :run_id, :period_id, c.EntryId, c.Probability, c.Amount * c.Probability * u.Scale, c.IsLarge
FROM temp.EntryChance AS c
JOIN temp.UnitForecast AS u ON u.PeriodId = :period_id AND u.UnitNo = c.UnitNo
WHERE c.Pack BETWEEN (:place << 40) | :first_id AND (:place << 40) | :last_id
ORDER BY c.Pack;

-- name: keep_learnt_speeds
INSERT INTO LearntSpeed (RunId, Bucket, FromAge, ToAge, Days, Paid, Refused, PaidRate, RefusedRate)
SELECT :run_id, Bucket, FromAge, ToAge, Days, Paid, Refused, PaidRate, RefusedRate
FROM temp.Speed WHERE Cutoff = 0;

-- name: keep_learnt_indices
INSERT INTO LearntIndex (RunId, Kind, Class, Paid, Expected, Factor)
SELECT :run_id, 'lead', LeadId, Paid, Expected, Speed FROM temp.LeadIndex
UNION ALL SELECT :run_id, 'size', IsLarge, Paid, Expected, Speed FROM temp.SizeIndex WHERE Cutoff = 0
UNION ALL SELECT :run_id, 'promise', Promise, Paid, Expected, Speed FROM temp.PromiseIndex
UNION ALL SELECT :run_id, 'weekday', Weekday, Paid, Expected, Factor FROM temp.WeekdayIndex WHERE Cutoff = 0
UNION ALL SELECT :run_id, 'month_end', MonthEnd, Paid, Expected, Factor FROM temp.MonthEndIndex WHERE Cutoff = 0
UNION ALL SELECT :run_id, 'quarter', MonthOfQuarter, Paid, Expected, Factor
FROM temp.QuarterIndex WHERE Cutoff = 0;

-- name: keep_learnt_replays
INSERT INTO LearntReplay (RunId, Unit, Day, OpenBase, NewBase, Pace, OpenForecast, WholeForecast, OpenCame,
                          WholeCame)
SELECT :run_id, u.Unit, c.Day, r.FromOpen, r.FromNew, r.Pace,
       o.Weight * t.Base + (1.0 - o.Weight) * t.Rival,
       w.Weight * (r.FromOpen + r.FromNew) + (1.0 - w.Weight) * r.Pace, r.KnownCame, r.Came
FROM temp.Replay AS r
JOIN temp.Unit AS u ON u.UnitNo = r.UnitNo
JOIN temp.Cutoff AS c ON c.Cutoff = r.Cutoff
JOIN temp.Tried AS t ON t.IsWhole = 0 AND t.UnitNo = r.UnitNo AND t.Cutoff = r.Cutoff
JOIN temp.Blend AS o ON o.IsWhole = 0 AND o.UnitNo = r.UnitNo
JOIN temp.Blend AS w ON w.IsWhole = 1 AND w.UnitNo = r.UnitNo
WHERE r.UnitNo IN (SELECT UnitNo FROM temp.OwnRow);

-- name: keep_learnt_periods
INSERT INTO LearntPeriod (RunId, PeriodId, Unit, Scale, PayingDays, OpenWeight, WholeWeight)
SELECT :run_id, f.PeriodId, u.Unit, f.Scale, f.PayingDays, f.OpenWeight, f.WholeWeight
FROM temp.UnitForecast AS f
JOIN temp.Unit AS u ON u.UnitNo = f.UnitNo;

-- name: list_lead_rows
SELECT f.*, coalesce(l.Name, '') AS LeadName, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName,
       t.Amount AS Target,
       (SELECT c.Amount FROM Commitment AS c
        WHERE c.PeriodId = f.PeriodId AND c.LeadId = f.LeadId AND c.Unit = f.Unit
        ORDER BY c.CommitmentId DESC LIMIT 1) AS Commitment
FROM LeadForecast AS f
JOIN Period AS p ON p.PeriodId = f.PeriodId
LEFT JOIN Lead AS l ON l.LeadId = f.LeadId
LEFT JOIN Target AS t ON t.PeriodId = f.PeriodId AND t.LeadId = f.LeadId AND t.Unit = f.Unit
WHERE f.RunId = :run_id AND (:lead_id IS NULL OR f.LeadId = :lead_id)
  AND (:period_id IS NULL OR f.PeriodId = :period_id)
ORDER BY instr('month quarter year custom', p.Kind), p.StartsOn, p.EndsOn, p.PeriodId, l.NameKey, f.Unit;

-- name: list_manager_rows
SELECT f.*, l.Name AS LeadName, m.Name AS ManagerName, p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName
FROM ManagerForecast AS f
JOIN Period AS p ON p.PeriodId = f.PeriodId
JOIN Lead AS l ON l.LeadId = f.LeadId
JOIN Manager AS m ON m.ManagerId = f.ManagerId
WHERE f.RunId = :run_id AND (:lead_id IS NULL OR f.LeadId = :lead_id)
  AND (:period_id IS NULL OR f.PeriodId = :period_id)
ORDER BY instr('month quarter year custom', p.Kind), p.StartsOn, p.EndsOn, p.PeriodId, l.NameKey, m.NameKey, f.Unit;

-- name: list_run_periods
SELECT p.* FROM Run AS r
JOIN Period AS p ON instr(' ' || r.PeriodList || ' ', ' ' || p.PeriodId || ' ')
WHERE r.RunId = :run_id
ORDER BY instr('month quarter year custom', p.Kind), p.StartsOn, p.EndsOn, p.PeriodId;

-- name: list_numbers
-- The whole numbers of a run in one period.
SELECT :since AS Since, LeadId, Unit, Forecast FROM LeadForecast
WHERE RunId = :run_id AND PeriodId = :period_id
ORDER BY LeadId, Unit;

-- name: list_trend
-- A day without a run has what was made of it afterwards, by method 2.
SELECT f.LeadId, f.Unit, d.CountDay, f.Paid, f.Forecast, f.Low, f.High, f.HandFormula, f.FromOpen, r.Method,
       0 AS IsRecalculated
FROM DayRun AS d
JOIN Run AS r ON r.RunId = d.RunId
JOIN LeadForecast AS f ON f.RunId = d.RunId
JOIN Period AS p ON p.PeriodId = f.PeriodId
WHERE p.Kind = :kind AND p.StartsOn = :starts_on AND p.EndsOn = :ends_on
  AND d.CountDay <= min(:day, p.EndsOn)
  AND f.LeadId = :lead_id
UNION ALL
SELECT k.LeadId, k.Unit, k.Day, k.Paid, k.Forecast, k.Low, k.High, k.HandFormula, k.FromOpen, 2, 1
FROM Period AS p
JOIN KeptReplay AS k ON k.PeriodId = p.PeriodId
WHERE p.Kind = :kind AND p.StartsOn = :starts_on AND p.EndsOn = :ends_on
  AND k.Day <= min(:day, p.EndsOn)
  AND k.LeadId = :lead_id
  AND k.Day NOT IN (SELECT CountDay FROM DayRun)
ORDER BY 1, 2, 3;

-- name: list_chances
-- Chances of a lead's own open entries in a period of the current run; method 1 kept no contribution.
SELECT e.EntryId, f.Probability, coalesce(f.Contribution, e.Amount / 100.0 * f.Probability) AS Contribution,
       coalesce(f.IsLarge, 0) AS IsLarge
FROM Entry AS e
JOIN Period AS p ON p.Kind = :kind AND p.StartsOn = :starts_on AND p.EndsOn = :ends_on
JOIN EntryForecast AS f
    ON f.RunId = (SELECT RunId FROM CurrentRun) AND f.PeriodId = p.PeriodId AND f.EntryId = e.EntryId
WHERE e.EntryId IN (SELECT value FROM json_each(:entry_ids))
  AND e.LeadId = :lead_id AND e.Status = 0 AND e.DeletedAt IS NULL
ORDER BY e.EntryId;

-- name: list_commitments
SELECT c.Unit, c.Amount, c.Note, c.MadeAt
FROM Commitment AS c
JOIN Period AS p ON p.PeriodId = c.PeriodId
WHERE p.Kind = :kind AND p.StartsOn = :starts_on AND p.EndsOn = :ends_on AND c.LeadId = :lead_id
ORDER BY c.CommitmentId DESC;

-- name: find_commitment
SELECT c.Unit, c.Amount, c.Note, c.MadeAt, c.Request
FROM Commitment AS c
WHERE c.LeadId = :lead_id AND c.OpId = :op_id;

-- name: set_commitment
INSERT INTO Commitment (PeriodId, LeadId, Unit, Amount, Note, MadeAt, OpId, Request)
VALUES (:period_id, :lead_id, :unit, :amount, :note, :now, :op_id, :request);

-- name: has_unit
SELECT 1 FROM SalesGroup WHERE LeadId = :lead_id AND Unit = :unit;

-- name: report_entries
-- The entries of a run in a period, as they were when it counted: an entry changed since is read from its history,
-- and what was resolved after the day that it counted was open to it.
WITH Changed AS (
    SELECT DISTINCT EntryId FROM EntryHistory WHERE HistoryId > :last_history_id
), State AS (
    SELECT e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.PayBy,
           e.EnteredOn, e.Status, e.StatusOn, e.Reason, e.DeletedAt
    FROM Entry AS e
    WHERE e.EntryId NOT IN (SELECT EntryId FROM Changed)
    UNION ALL
    SELECT h.EntryId, h.LeadId, h.GroupId, h.ManagerId, h.ClientPin, h.Amount, h.PaidAmount, h.PayBy,
           h.EnteredOn, h.Status, h.StatusOn, h.Reason, h.DeletedAt
    FROM Changed AS c
    JOIN EntryHistory AS h ON h.HistoryId = (
        SELECT max(x.HistoryId) FROM EntryHistory AS x
        WHERE x.EntryId = c.EntryId AND x.HistoryId <= :last_history_id)
), Seen AS (
    SELECT s.EntryId, s.LeadId, s.GroupId, s.ManagerId, s.ClientPin, s.Amount, s.PaidAmount, s.PayBy,
           s.Reason, CASE WHEN s.StatusOn <= :count_day THEN s.Status ELSE 0 END AS Status
    FROM State AS s
    WHERE s.DeletedAt IS NULL AND s.EnteredOn <= :count_day
      AND (s.StatusOn IS NULL OR s.StatusOn BETWEEN :starts_on AND :last_day OR s.StatusOn > :count_day)
)

-- name: list_report_clients
{entries}
SELECT s.LeadId, s.ManagerId, g.Unit, s.ClientPin,
       sum(s.Status = 0) AS OpenCount,
       sum(s.Status = 0 AND coalesce(s.PayBy = :count_day, 0)) AS DueToday,
       sum(s.Status = 0 AND coalesce(s.PayBy < :count_day, 0)) AS Overdue,
       sum(CASE WHEN s.Status = 0 THEN s.Amount ELSE 0 END) AS Expected,
       sum(s.Status = 1) AS PaidCount,
       sum(CASE WHEN s.Status = 1 THEN coalesce(s.PaidAmount, s.Amount) ELSE 0 END) AS Paid,
       sum(s.Status = 2) AS RefusedCount,
       sum(CASE WHEN s.Status = 2 THEN s.Amount ELSE 0 END) AS Refused,
       sum(CASE WHEN s.Status = 0 THEN coalesce(f.Contribution, s.Amount / 100.0 * f.Probability, 0.0) ELSE 0.0 END) AS StillToCome
FROM Seen AS s
JOIN SalesGroup AS g ON g.GroupId = s.GroupId
JOIN Lead AS l ON l.LeadId = s.LeadId
JOIN Manager AS m ON m.ManagerId = s.ManagerId
LEFT JOIN EntryForecast AS f ON f.RunId = :run_id AND f.PeriodId = :period_id AND f.EntryId = s.EntryId
GROUP BY s.LeadId, s.ManagerId, g.Unit, s.ClientPin
ORDER BY l.NameKey, m.NameKey, g.Unit, s.ClientPin;

-- name: list_report_reasons
-- Why entries were refused, by lead and unit, most first.
{entries}
SELECT s.LeadId, l.Name AS LeadName, g.Unit, s.Reason, count(*) AS Deals, sum(s.Amount) AS Amount
FROM Seen AS s
JOIN SalesGroup AS g ON g.GroupId = s.GroupId
JOIN Lead AS l ON l.LeadId = s.LeadId
WHERE s.Status = 2
GROUP BY s.LeadId, g.Unit, s.Reason
ORDER BY l.NameKey, g.Unit, count(*) DESC, s.Reason;

-- name: get_time_zone
SELECT Value FROM Setting WHERE Name = 'TimeZone';

-- name: find_earlier_run
-- The last run of the nearest day up to :day whose chances are kept, by the same method as the run of :run_id.
SELECT e.RunId, e.CountDay, e.LastHistoryId, e.PeriodList
FROM Run AS r
JOIN DayRun AS d ON d.CountDay BETWEEN r.CountDay - 7 AND :day
    AND d.CountDay >= (SELECT n.CountDay - 7 FROM CurrentRun AS c JOIN Run AS n ON n.RunId = c.RunId)
JOIN Run AS e ON e.RunId = d.RunId AND e.Method = r.Method
WHERE r.RunId = :run_id
ORDER BY d.CountDay DESC
LIMIT 1;

-- name: list_bridge_ends
-- The company's whole number of a period in two runs.
SELECT :since AS Since, f.Unit, sum(CASE WHEN f.RunId = :old_run_id THEN f.Forecast ELSE 0.0 END) AS OldForecast,
       sum(CASE WHEN f.RunId = :run_id THEN f.Forecast ELSE 0.0 END) AS Forecast
FROM LeadForecast AS f
WHERE f.RunId IN (:old_run_id, :run_id) AND f.PeriodId = :period_id AND f.LeadId = 0
GROUP BY f.Unit
ORDER BY f.Unit;

-- name: list_report_changes
-- Entries changed since an earlier run (:old_history_id is the last change that it saw), or where there is none,
-- since a day began (:began; the other one is NULL): as the run counted them, and as they were before. One that
-- was not there before is compared with its first version.
WITH Touched AS (
    SELECT t.EntryId, max(t.HistoryId) AS NewId
    FROM (SELECT EntryId, HistoryId FROM EntryHistory WHERE HistoryId > :old_history_id
          UNION ALL
          SELECT EntryId, HistoryId FROM EntryHistory WHERE ChangedAt >= :began) AS t
    WHERE t.HistoryId <= :last_history_id
    GROUP BY t.EntryId
), Now AS (
    -- What was resolved after the day that the run counted was open to it.
    SELECT n.*, CASE WHEN n.StatusOn <= :count_day THEN n.Status ELSE 0 END AS SeenStatus,
           CASE WHEN n.StatusOn <= :count_day THEN n.StatusOn END AS SeenOn
    FROM Touched AS t
    JOIN EntryHistory AS n ON n.HistoryId = t.NewId
    WHERE n.EnteredOn <= :count_day AND (:began IS NULL OR n.ChangedAt BETWEEN :began AND :now)
), Paired AS MATERIALIZED (
    -- Most entries that came with an import are older and were not touched again: they end here.
    SELECT n.HistoryId AS NewId, n.SeenStatus, n.SeenOn,
           CASE WHEN n.Version > 1 THEN (
               SELECT max(b.HistoryId) FROM EntryHistory AS b
               WHERE b.EntryId = n.EntryId AND (b.HistoryId <= :old_history_id OR b.ChangedAt < :began)
           ) END AS BeforeId,
           CASE WHEN n.Version = 1 THEN n.HistoryId ELSE (
               SELECT f.HistoryId FROM EntryHistory AS f
               WHERE f.EntryId = n.EntryId AND f.Version = 1) END AS FirstId
    FROM Now AS n
    WHERE n.Version > 1 OR n.EnteredOn >= :since OR n.SeenOn >= :since
       OR (:began IS NULL AND (n.SeenStatus = 0 OR (n.SeenStatus = 1 AND n.SeenOn BETWEEN :starts_on AND :ends_on)))
)
SELECT :since AS Since, :began IS NULL AS SinceRun, n.EntryId, l.Name AS LeadName, n.ManagerId,
       m.Name AS ManagerName, g.Unit, n.ClientPin, n.Amount, n.PaidAmount, n.EnteredOn, n.PayBy,
       p.SeenStatus AS Status, p.SeenOn AS StatusOn, n.DeletedAt IS NOT NULL AS IsOut, n.ChangedAt, n.ChangedBy,
       (SELECT count(*) FROM EntryHistory AS a
        JOIN EntryHistory AS b ON b.EntryId = a.EntryId AND b.Version = a.Version - 1
        WHERE a.EntryId = n.EntryId AND a.HistoryId <= p.NewId AND a.PayBy > b.PayBy) AS Pushes,
       f.Contribution, p.BeforeId IS NOT NULL AS WasThere, o.ManagerId AS OldManagerId,
       om.Name AS OldManagerName, o.Amount AS OldAmount, o.PaidAmount AS OldPaidAmount, o.PayBy AS OldPayBy,
       o.Status AS OldStatus, o.StatusOn AS OldStatusOn, o.DeletedAt IS NOT NULL AS OldIsOut,
       fo.Contribution AS OldContribution
FROM Paired AS p
JOIN EntryHistory AS n ON n.HistoryId = p.NewId
JOIN EntryHistory AS o ON o.HistoryId = coalesce(p.BeforeId, p.FirstId)
JOIN Lead AS l ON l.LeadId = n.LeadId
JOIN Manager AS m ON m.ManagerId = n.ManagerId
JOIN Manager AS om ON om.ManagerId = o.ManagerId
JOIN SalesGroup AS g ON g.GroupId = n.GroupId
LEFT JOIN EntryForecast AS f ON f.RunId = :run_id AND f.PeriodId = :period_id AND f.EntryId = n.EntryId
LEFT JOIN EntryForecast AS fo ON fo.RunId = :old_run_id AND fo.PeriodId = :period_id AND fo.EntryId = n.EntryId
WHERE p.BeforeId IS NULL
   OR n.Amount <> o.Amount OR n.PaidAmount IS NOT o.PaidAmount OR n.PayBy <> o.PayBy
   OR n.ManagerId <> o.ManagerId OR p.SeenStatus <> o.Status OR p.SeenOn IS NOT o.StatusOn
   OR (n.DeletedAt IS NULL) <> (o.DeletedAt IS NULL)
ORDER BY n.ChangedAt DESC, n.EntryId;

-- name: list_learnt_speeds
SELECT FromAge, ToAge, Days, Paid AS PaidCount, Refused AS RefusedCount, PaidRate, RefusedRate
FROM LearntSpeed WHERE RunId = :run_id ORDER BY Bucket;

-- name: list_learnt_indices
SELECT Kind AS IndexKind, Class, Paid AS PaidCount, Expected AS ExpectedCount, Factor
FROM LearntIndex
WHERE RunId = :run_id AND (:lead_id IS NULL OR Kind <> 'lead' OR Class = :lead_id)
ORDER BY Kind, Class;

-- name: list_learnt_replays
SELECT Unit, Day AS CountDay, OpenForecast, WholeForecast, OpenCame, WholeCame
FROM LearntReplay WHERE RunId = :run_id AND :lead_id IS NULL ORDER BY Unit, Day;

-- name: list_learnt_accuracy
-- How good the replays were: shares, which tell nobody the company's sums.
SELECT Unit, count(*) AS Replays, min(Day) AS FirstDay, max(Day) AS LastDay,
       sum(abs(WholeForecast - WholeCame)) / nullif(sum(WholeCame), 0.0) AS WholeWape,
       sum(abs(OpenForecast - OpenCame)) / nullif(sum(OpenCame), 0.0) AS OpenWape
FROM LearntReplay WHERE RunId = :run_id GROUP BY Unit ORDER BY Unit;

-- name: list_learnt_periods
SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, l.Unit, l.Scale, l.PayingDays, l.OpenWeight,
       l.WholeWeight
FROM LearntPeriod AS l
JOIN Period AS p ON p.PeriodId = l.PeriodId
WHERE l.RunId = :run_id
ORDER BY instr('month quarter year custom', p.Kind), p.StartsOn, p.EndsOn, p.PeriodId, l.Unit;
