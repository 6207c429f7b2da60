-- What the administrator does.

-- name: log_admin
INSERT INTO AdminLog (DoneAt, DoneBy, Computer, Action, Detail)
VALUES (:now, :done_by, '', :action, :detail);

-- name: get_clock_mistakes
SELECT (SELECT count(*) FROM LeadCredential WHERE NextTryAt > :longest_wait) AS Waits,
       (SELECT count(*) FROM Session WHERE ActiveAt > :latest OR ExpiresAt > :latest_end) AS Sessions,
       (SELECT count(*) FROM Run WHERE StartedAt > :latest OR FinishedAt > :latest) AS Runs,
       (SELECT count(*) FROM Entry
        WHERE DeletedAt IS NULL AND (EnteredOn > :today OR StatusOn > :today)) AS Entries,
       (SELECT count(*) FROM EntryHistory WHERE ChangedAt > :latest) AS Changes;

-- name: list_admin_log
SELECT DoneAt, DoneBy, Action, Detail FROM AdminLog ORDER BY AdminLogId DESC LIMIT :limit;

-- name: list_leads
SELECT l.LeadId, l.Name, l.NameKey, l.IsActive, l.IsHead, c.LeadId IS NOT NULL AS HasPassword,
       coalesce(c.MustChange, 0) AS MustChange, c.LockedAt IS NOT NULL AS IsLocked,
       coalesce(c.Failures, 0) AS Failures
FROM Lead AS l
LEFT JOIN LeadCredential AS c ON c.LeadId = l.LeadId
ORDER BY l.NameKey;

-- name: find_lead
SELECT LeadId, Name FROM Lead WHERE NameKey = :name_key;

-- name: set_lead_active
UPDATE Lead SET IsActive = :is_active WHERE LeadId = :lead_id;

-- name: set_head
UPDATE Lead SET IsHead = :is_head WHERE LeadId = :lead_id;

-- name: rename_lead
UPDATE Lead SET Name = :name, NameKey = :name_key WHERE LeadId = :lead_id;

-- name: add_lead
INSERT INTO Lead (Name, NameKey) VALUES (:name, :name_key);

-- name: add_group
INSERT INTO SalesGroup (LeadId, Name, NameKey, Unit) VALUES (:lead_id, :name, :name_key, :unit);

-- name: set_group_active
UPDATE SalesGroup SET IsActive = :is_active WHERE GroupId = :group_id;

-- name: set_group_unit
UPDATE SalesGroup SET Unit = :unit WHERE GroupId = :group_id;

-- name: group_has_entries
SELECT 1 FROM EntryHistory WHERE GroupId = :group_id LIMIT 1;

-- name: add_manager
INSERT INTO Manager (GroupId, Name, NameKey) VALUES (:group_id, :name, :name_key);

-- name: set_manager_active
UPDATE Manager SET IsActive = :is_active WHERE ManagerId = :manager_id;

-- name: move_manager
UPDATE Manager SET GroupId = :group_id, IsActive = 1 WHERE ManagerId = :manager_id;

-- name: list_roster
SELECT l.LeadId, l.Name AS LeadName, l.NameKey AS LeadKey, l.IsActive AS LeadActive, l.IsHead,
       g.GroupId, g.Name AS GroupName, g.NameKey AS GroupKey, g.Unit, g.IsActive AS GroupActive,
       m.ManagerId, m.Name AS ManagerName, m.NameKey AS ManagerKey, m.IsActive AS ManagerActive
FROM Lead AS l
LEFT JOIN SalesGroup AS g ON g.LeadId = l.LeadId
LEFT JOIN Manager AS m ON m.GroupId = g.GroupId
ORDER BY l.NameKey, g.NameKey, m.NameKey;

-- name: open_entries_of_manager
SELECT EntryId FROM Entry WHERE ManagerId = :manager_id AND Status = 0 AND DeletedAt IS NULL ORDER BY EntryId;

-- name: find_manager
SELECT m.ManagerId, m.GroupId, g.LeadId, g.Unit
FROM Manager AS m JOIN SalesGroup AS g ON g.GroupId = m.GroupId
WHERE m.ManagerId = :manager_id;

-- name: add_batch
INSERT INTO ImportBatch (Source, ImportedAt, ImportedBy) VALUES (:source, :now, :imported_by);

-- name: list_import_batches
SELECT b.*, (SELECT count(*) FROM EntryHistory AS h WHERE h.BatchId = b.BatchId) AS Entries
FROM ImportBatch AS b ORDER BY b.BatchId DESC;

-- name: get_batch
SELECT * FROM ImportBatch WHERE BatchId = :batch_id;

-- name: list_batch_changes
-- What an import wrote, with the state before it.
SELECT h.EntryId, h.Version,
       b.ManagerId, b.GroupId, b.LeadId, b.ClientPin, b.Amount, b.PaidAmount, b.EnteredOn, b.PayBy,
       b.Status, b.StatusOn, b.Comment, b.Reason, b.DeletedAt, b.EntryId IS NULL OR b.DeletedAt IS NOT NULL AS IsNew
FROM EntryHistory AS h
LEFT JOIN EntryHistory AS b ON b.EntryId = h.EntryId AND b.Version = h.Version - 1
WHERE h.BatchId = :batch_id
ORDER BY h.HistoryId;

-- name: undo_batch
UPDATE ImportBatch SET UndoneAt = :now WHERE BatchId = :batch_id;

-- name: was_undone
-- Whether the last thing that happened to an entry was that its import was taken back.
SELECT h.Action = 'voided' AND h.BatchId IS NULL AND EXISTS (
    SELECT 1 FROM EntryHistory AS i JOIN ImportBatch AS b ON b.BatchId = i.BatchId
    WHERE i.EntryId = h.EntryId AND i.Version = h.Version - 1 AND b.UndoneAt IS NOT NULL) AS Undone
FROM EntryHistory AS h WHERE h.EntryId = :entry_id ORDER BY h.Version DESC LIMIT 1;

-- name: list_stored
-- Of the keys that an import brings, 16 bytes each and one behind the other, those that are there with their
-- entries. What a file can change stands in the order of ``add_imported``.
WITH RECURSIVE ImportRef (Place) AS (
    SELECT 0 UNION ALL SELECT Place + 1 FROM ImportRef WHERE Place + 1 < :count)
SELECT r.Place, e.EntryId, e.DeletedAt, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy,
       e.Status, e.StatusOn, e.Comment, e.Reason
FROM ImportRef AS r
CROSS JOIN Entry AS e ON e.ClientRef = substr(:client_refs, 16 * r.Place + 1, 16);

-- name: add_imported
-- By place and not by name: to bind a hundred thousand rows by name takes half as long again.
INSERT INTO Entry (EntryId, ChangeSeq, ClientRef, LeadId, GroupId, SearchKey, ManagerId, ClientPin, Amount,
                   PaidAmount, EnteredOn, PayBy, Status, StatusOn, Comment, Reason, FirstPayBy, Version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?12, 1);

-- name: last_entry_id
SELECT coalesce(max(EntryId), 0) AS EntryId FROM Entry;

-- name: list_change_seqs
SELECT LeadId, ChangeSeq FROM Lead;

-- name: set_change_seq
UPDATE Lead SET ChangeSeq = :change_seq WHERE LeadId = :lead_id;

-- name: set_target
INSERT INTO Target (PeriodId, LeadId, Unit, Amount, ChangedAt, ChangedBy)
VALUES (:period_id, :lead_id, :unit, :amount, :now, :changed_by)
ON CONFLICT (PeriodId, LeadId, Unit) DO UPDATE
SET Amount = excluded.Amount, ChangedAt = excluded.ChangedAt, ChangedBy = excluded.ChangedBy
WHERE Amount <> excluded.Amount;

-- name: list_targets
SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, l.Name AS LeadName, t.Unit, t.Amount
FROM Target AS t
JOIN Period AS p ON p.PeriodId = t.PeriodId
LEFT JOIN Lead AS l ON l.LeadId = t.LeadId
ORDER BY p.StartsOn, p.EndsOn, t.LeadId <> 0, l.NameKey, t.Unit;

-- name: get_setting
SELECT Value FROM Setting WHERE Name = :name;

-- name: set_setting
INSERT INTO Setting (Name, Value) VALUES (:name, :value)
ON CONFLICT (Name) DO UPDATE SET Value = excluded.Value;

-- name: get_record
SELECT count(*) AS Entries, min(EnteredOn) AS FirstEntry, min(StatusOn) AS FirstResolution,
       max(max(EnteredOn), coalesce(max(StatusOn), max(EnteredOn))) AS LastDay
FROM Entry WHERE DeletedAt IS NULL;

-- name: list_units
SELECT g.Unit, count(*) AS Entries
FROM Entry AS e JOIN SalesGroup AS g ON g.GroupId = e.GroupId
WHERE e.DeletedAt IS NULL
GROUP BY g.Unit ORDER BY count(*) DESC, g.Unit;

-- name: replay_rows
-- The rows of a replay with what came: from the entries known at the cut-off, and in all.
WITH Later AS (
    SELECT e.LeadId, g.Unit,
           sum(CASE WHEN e.EnteredOn <= :count_day AND e.StatusOn > :count_day
                    THEN coalesce(e.PaidAmount, e.Amount) ELSE 0 END) AS Pipeline,
           sum(coalesce(e.PaidAmount, e.Amount)) AS Whole
    FROM Entry AS e
    JOIN SalesGroup AS g ON g.GroupId = e.GroupId
    WHERE e.Status = 1 AND e.DeletedAt IS NULL AND e.StatusOn BETWEEN :starts_on AND :ends_on
    GROUP BY e.LeadId, g.Unit
), Whole AS (
    SELECT LeadId, Unit, Pipeline, Whole FROM Later
    UNION ALL
    SELECT 0, Unit, sum(Pipeline), sum(Whole) FROM Later GROUP BY Unit
), Shown AS (
    {rows}
)
SELECT s.LeadId, s.Unit, s.Paid, s.FromOpen, s.FromNew, s.Forecast, s.Low, s.High, s.OpenLow, s.OpenHigh,
       s.HandFormula, s.RunRate, s.Paid + coalesce(w.Pipeline, 0) AS ActualPipeline, coalesce(w.Whole, 0) AS ActualPeriod
FROM Shown AS s
LEFT JOIN Whole AS w ON w.LeadId = s.LeadId AND w.Unit = s.Unit
UNION ALL
SELECT w.LeadId, w.Unit, 0, 0, 0, 0, NULL, NULL, NULL, NULL, 0, NULL, 0, w.Whole
FROM Whole AS w
WHERE NOT EXISTS (SELECT 1 FROM Shown AS s WHERE s.LeadId = w.LeadId AND s.Unit = w.Unit)
ORDER BY 1, 2;

-- name: replay_bins
SELECT min(CAST(c.Probability * 10 AS INTEGER), 9) AS Bin, s.Unit, count(*) AS Entries,
       sum(c.Probability) AS SumProbability,
       sum(coalesce(c.PaidOn BETWEEN :count_day + 1 AND :ends_on, 0)) AS PaidCount,
       sum((c.Probability - coalesce(c.PaidOn BETWEEN :count_day + 1 AND :ends_on, 0))
           * (c.Probability - coalesce(c.PaidOn BETWEEN :count_day + 1 AND :ends_on, 0))) AS SquaredError
FROM temp.EntryChance AS c
JOIN temp.Unit AS s ON s.UnitNo = c.UnitNo
GROUP BY Bin, s.Unit
ORDER BY s.Unit, Bin;

-- name: forget_replays
DELETE FROM KeptReplay;

-- name: keep_replay
INSERT INTO KeptReplay (PeriodId, Day, LeadId, Unit, Paid, FromOpen, FromNew, Forecast, Low, High, OpenLow,
                        OpenHigh, HandFormula, RunRate)
VALUES (:PeriodId, :Day, :LeadId, :Unit, :Paid, :FromOpen, :FromNew, :Forecast, :Low, :High, :OpenLow,
        :OpenHigh, :HandFormula, :RunRate);
