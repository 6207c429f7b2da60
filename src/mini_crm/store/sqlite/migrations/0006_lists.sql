-- What the list is read from: a lead's 100,000 entries are ordered, filtered and added up without the table.

-- A narrow copy of a lead's entries in the order of their numbers. What it does not have, such as texts, is
-- looked up in the order in which the table has it.
CREATE INDEX IX_Entry_List ON Entry (
    LeadId, EntryId, Status, GroupId, ManagerId, Amount, PaidAmount, EnteredOn, PayBy, StatusOn,
    Version, ChangeSeq, DeletedAt) WHERE DeletedAt IS NULL;

-- The list opens on what is expected, overdue first: in this very order, so that a page is all that is read.
DROP INDEX IX_Entry_Open;
CREATE INDEX IX_Entry_Open ON Entry (LeadId, coalesce(PayBy, 1000000000)) WHERE Status = 0 AND DeletedAt IS NULL;

-- The reasons of before are offered to whoever notes a refusal.
CREATE INDEX IX_Entry_Reason ON Entry (LeadId, Reason) WHERE Status = 2 AND DeletedAt IS NULL AND Reason <> '';
