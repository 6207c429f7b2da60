-- Entries: writing them with their history, reading them. Days since 1970-01-01, hundredths, seconds.

-- name: next_change_seq
UPDATE Lead SET ChangeSeq = ChangeSeq + 1 WHERE LeadId = :lead_id RETURNING ChangeSeq;

-- name: get_operation
SELECT h.EntryId, h.Version, h.Request FROM EntryHistory AS h WHERE h.LeadId = :lead_id AND h.OpId = :op_id;

-- name: get_entry
SELECT * FROM EntryRow WHERE EntryId = :entry_id;

-- name: get_entry_version
-- An entry as it was after one of its versions.
SELECT e.EntryId, e.ClientRef, h.LeadId, h.GroupId, g.Name AS GroupName, g.Unit, h.ManagerId,
       m.Name AS ManagerName, h.ClientPin, h.Amount, h.PaidAmount, h.EnteredOn, h.PayBy, e.FirstPayBy,
       h.Status, h.StatusOn, h.Comment, h.Reason, e.RestOf, h.Version, h.ChangeSeq, h.DeletedAt,
       NULL AS Probability
FROM EntryHistory AS h
JOIN Entry AS e ON e.EntryId = h.EntryId
JOIN SalesGroup AS g ON g.GroupId = h.GroupId
JOIN Manager AS m ON m.ManagerId = h.ManagerId
WHERE h.EntryId = :entry_id AND h.Version = :version;

-- name: get_manager
SELECT m.ManagerId, m.GroupId, g.LeadId, g.Unit, m.IsActive AND g.IsActive AS IsActive
FROM Manager AS m
JOIN SalesGroup AS g ON g.GroupId = m.GroupId
WHERE m.ManagerId = :manager_id;

-- name: find_client_ref
SELECT EntryId FROM Entry WHERE ClientRef = :client_ref;

-- name: add_entry
INSERT INTO Entry (EntryId, ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn,
                   PayBy, FirstPayBy, Status, StatusOn, Comment, Reason, SearchKey, Version, ChangeSeq)
VALUES (:entry_id, :client_ref, :lead_id, :group_id, :manager_id, :client_pin, :amount, :paid_amount,
        :entered_on, :pay_by, :pay_by, :status, :status_on, :comment, :reason, :search_key, 1, :change_seq);

-- name: add_rest
-- What was not paid of an entry, as a new open one with the same promise.
INSERT INTO Entry (ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, EnteredOn, PayBy, FirstPayBy, Status,
                   Comment, SearchKey, RestOf, Version, ChangeSeq)
SELECT :client_ref, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, :amount, :entered_on, e.PayBy, e.FirstPayBy, 0,
       e.Comment, e.SearchKey, e.EntryId, 1, :change_seq
FROM Entry AS e
WHERE e.EntryId = :entry_id;

-- name: update_entry
UPDATE Entry
SET LeadId = :lead_id, GroupId = :group_id, ManagerId = :manager_id, ClientPin = :client_pin,
    Amount = :amount, PaidAmount = :paid_amount, EnteredOn = :entered_on, PayBy = :pay_by, Status = :status,
    StatusOn = :status_on, Comment = :comment, Reason = :reason, SearchKey = :search_key, DeletedAt = :deleted_at,
    Version = Version + 1, ChangeSeq = :change_seq
WHERE EntryId = :entry_id;

-- name: keep_history
INSERT INTO EntryHistory (EntryId, Version, Action, ChangedAt, ChangedBy, Computer, OpId, Request, BatchId,
                          ChangeSeq, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn,
                          PayBy, Status, StatusOn, Comment, Reason, DeletedAt)
SELECT e.EntryId, e.Version, :action, :now, :changed_by, :computer, :op_id, :request, :batch_id,
       e.ChangeSeq, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn,
       e.PayBy, e.Status, e.StatusOn, e.Comment, e.Reason, e.DeletedAt
FROM Entry AS e
WHERE e.EntryId BETWEEN :entry_id AND :last_entry_id;

-- name: add_gone
INSERT INTO EntryGone (LeadId, ChangeSeq, EntryId) VALUES (:lead_id, :change_seq, :entry_id);

-- name: last_change
SELECT Action, ChangedBy, ChangedAt, Version FROM EntryHistory
WHERE EntryId = :entry_id ORDER BY Version DESC LIMIT 1;

-- name: list_entry_history
SELECT h.*, g.Name AS GroupName, m.Name AS ManagerName
FROM EntryHistory AS h
JOIN SalesGroup AS g ON g.GroupId = h.GroupId
JOIN Manager AS m ON m.ManagerId = h.ManagerId
WHERE h.EntryId = :entry_id
ORDER BY h.Version;

-- name: list_open_entries_of_pin
SELECT * FROM EntryRow
WHERE LeadId = :lead_id AND DeletedAt IS NULL AND Status = 0 AND ClientPin = :client_pin
ORDER BY EntryId;

-- name: list_changes
SELECT * FROM EntryRow WHERE LeadId = :lead_id AND ChangeSeq > :since ORDER BY ChangeSeq;

-- name: list_gone
SELECT g.EntryId, e.LeadId FROM EntryGone AS g JOIN Entry AS e ON e.EntryId = g.EntryId
WHERE g.LeadId = :lead_id AND g.ChangeSeq > :since ORDER BY g.ChangeSeq;

-- name: get_change_seq
SELECT l.ChangeSeq, (SELECT RunId FROM CurrentRun) AS RunId FROM Lead AS l WHERE l.LeadId = :lead_id;

-- name: list_groups
SELECT g.GroupId, g.Name AS GroupName, g.Unit, g.IsActive AS GroupActive, g.LeadId,
       m.ManagerId, m.Name AS ManagerName, m.IsActive AS ManagerActive
FROM SalesGroup AS g
LEFT JOIN Manager AS m ON m.GroupId = g.GroupId
WHERE g.LeadId = :lead_id OR :lead_id IS NULL
ORDER BY g.LeadId, g.NameKey, m.NameKey;
