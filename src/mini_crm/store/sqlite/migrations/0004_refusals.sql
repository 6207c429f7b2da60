-- What other systems have and their exports bring: refusals without an amount, why it was refused, PINs of up
-- to 100 letters. What is on record stays as it is, without a reason.

-- A CHECK cannot be changed, so Entry is made anew, with the same ids. Foreign keys are off meanwhile; the
-- view goes first, since a renaming reads every view.
DROP VIEW EntryRow;

CREATE TABLE NewEntry (
    EntryId    INTEGER PRIMARY KEY,
    ClientRef  BLOB NOT NULL CONSTRAINT UQ_Entry_ClientRef UNIQUE CHECK (length(ClientRef) = 16),
    LeadId     INTEGER NOT NULL REFERENCES Lead (LeadId),
    GroupId    INTEGER NOT NULL REFERENCES SalesGroup (GroupId),
    ManagerId  INTEGER NOT NULL REFERENCES Manager (ManagerId),
    ClientPin  TEXT NOT NULL CHECK (length(ClientPin) <= 100),
    Amount     INTEGER NOT NULL CHECK (Amount <= 1000000000000),
    PaidAmount INTEGER CHECK (PaidAmount > 0 AND PaidAmount <= 1000000000000),
    EnteredOn  INTEGER NOT NULL,
    PayBy      INTEGER,
    FirstPayBy INTEGER,
    Status     INTEGER NOT NULL CHECK (Status IN (0, 1, 2)),
    StatusOn   INTEGER CHECK (StatusOn >= EnteredOn),
    Comment    TEXT NOT NULL DEFAULT '' CHECK (length(Comment) <= 500),
    Reason     TEXT NOT NULL DEFAULT '' CHECK (length(Reason) <= 100),
    SearchKey  TEXT NOT NULL,
    Version    INTEGER NOT NULL,
    ChangeSeq  INTEGER NOT NULL,
    DeletedAt  INTEGER,
    CONSTRAINT CK_Entry_Amount CHECK (Amount > 0 OR (Amount = 0 AND Status = 2)),
    CONSTRAINT CK_Entry_StatusOn CHECK ((Status = 0) = (StatusOn IS NULL)),
    CONSTRAINT CK_Entry_PaidAmount CHECK (PaidAmount IS NULL OR Status = 1)
);

INSERT INTO NewEntry (EntryId, ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn,
                      PayBy, FirstPayBy, Status, StatusOn, Comment, SearchKey, Version, ChangeSeq, DeletedAt)
SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount,
       e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn, e.Comment, e.SearchKey, e.Version, e.ChangeSeq,
       e.DeletedAt
FROM Entry AS e;

DROP TABLE Entry;
ALTER TABLE NewEntry RENAME TO Entry;
CREATE INDEX IX_Entry_ChangeSeq ON Entry (LeadId, ChangeSeq);

ALTER TABLE EntryHistory ADD COLUMN Reason TEXT NOT NULL DEFAULT '';

CREATE VIEW EntryRow AS
SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId,
       m.Name AS ManagerName, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy,
       e.Status, e.StatusOn, e.Comment, e.Reason, e.Version, e.ChangeSeq, e.DeletedAt,
       (SELECT f.Probability FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS Probability,
       (SELECT f.Contribution FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS Contribution,
       (SELECT f.IsLarge FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS IsLarge,
       g.NameKey AS GroupKey, m.NameKey AS ManagerKey, e.SearchKey
FROM Entry AS e
JOIN SalesGroup AS g ON g.GroupId = e.GroupId
JOIN Manager AS m ON m.ManagerId = e.ManagerId;
