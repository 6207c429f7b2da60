-- The tables of the embedded database.
--
-- Days are whole numbers: days since 1970-01-01, read with date(Day * 86400, 'unixepoch').
-- Instants are whole seconds since 1970-01-01 UTC. Amounts are hundredths of the unit.
-- Status: 0 expected, 1 paid, 2 refused. A ...Key column holds the text folded for comparison,
-- since SQLite folds the case of Latin letters only.

CREATE TABLE Setting (
    Name  TEXT NOT NULL PRIMARY KEY,
    Value TEXT NOT NULL
) WITHOUT ROWID;

-- The ids of leads, groups and managers fit into 16, 16 and 20 bits: the aggregation packs them.
CREATE TABLE Lead (
    LeadId    INTEGER PRIMARY KEY CHECK (LeadId BETWEEN 1 AND 65535),
    Name      TEXT NOT NULL,
    NameKey   TEXT NOT NULL CONSTRAINT UQ_Lead_NameKey UNIQUE,
    IsActive  INTEGER NOT NULL DEFAULT 1 CHECK (IsActive IN (0, 1)),
    ChangeSeq INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE LeadCredential (
    LeadId      INTEGER PRIMARY KEY REFERENCES Lead (LeadId),
    Kind        TEXT NOT NULL CHECK (Kind IN ('code', 'number', 'own')),
    Salt        BLOB NOT NULL,
    TimeCost    INTEGER NOT NULL,
    MemoryKib   INTEGER NOT NULL,
    Parallelism INTEGER NOT NULL,
    Verifier    BLOB NOT NULL CHECK (length(Verifier) = 32),
    MustChange  INTEGER NOT NULL CHECK (MustChange IN (0, 1)),
    Failures    INTEGER NOT NULL DEFAULT 0,
    NextTryAt   INTEGER NOT NULL DEFAULT 0,
    LockedAt    INTEGER,
    ChangedAt   INTEGER NOT NULL
);

CREATE TABLE Session (
    TokenHash BLOB NOT NULL PRIMARY KEY CHECK (length(TokenHash) = 32),
    LeadId    INTEGER NOT NULL REFERENCES Lead (LeadId),
    Computer  TEXT NOT NULL,
    StartedAt INTEGER NOT NULL,
    ActiveAt  INTEGER NOT NULL,
    ExpiresAt INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX IX_Session_Lead ON Session (LeadId);

CREATE TABLE SalesGroup (
    GroupId  INTEGER PRIMARY KEY CHECK (GroupId BETWEEN 1 AND 65535),
    LeadId   INTEGER NOT NULL REFERENCES Lead (LeadId),
    Name     TEXT NOT NULL,
    NameKey  TEXT NOT NULL,
    Unit     TEXT NOT NULL CHECK (Unit = 'pcs' OR Unit GLOB '[A-Z][A-Z][A-Z]'),
    IsActive INTEGER NOT NULL DEFAULT 1 CHECK (IsActive IN (0, 1)),
    CONSTRAINT UQ_SalesGroup_Name UNIQUE (LeadId, NameKey)
);

CREATE TABLE Manager (
    ManagerId INTEGER PRIMARY KEY CHECK (ManagerId BETWEEN 1 AND 1048575),
    GroupId   INTEGER NOT NULL REFERENCES SalesGroup (GroupId),
    Name      TEXT NOT NULL,
    NameKey   TEXT NOT NULL,
    IsActive  INTEGER NOT NULL DEFAULT 1 CHECK (IsActive IN (0, 1)),
    CONSTRAINT UQ_Manager_Name UNIQUE (GroupId, NameKey)
);

CREATE TABLE ImportBatch (
    BatchId    INTEGER PRIMARY KEY,
    Source     TEXT NOT NULL,
    ImportedAt INTEGER NOT NULL,
    ImportedBy TEXT NOT NULL,
    UndoneAt   INTEGER
);

CREATE TABLE Entry (
    EntryId    INTEGER PRIMARY KEY,
    ClientRef  BLOB NOT NULL CONSTRAINT UQ_Entry_ClientRef UNIQUE CHECK (length(ClientRef) = 16),
    LeadId     INTEGER NOT NULL REFERENCES Lead (LeadId),
    GroupId    INTEGER NOT NULL REFERENCES SalesGroup (GroupId),
    ManagerId  INTEGER NOT NULL REFERENCES Manager (ManagerId),
    ClientPin  TEXT NOT NULL CHECK (length(ClientPin) <= 32),
    Amount     INTEGER NOT NULL CHECK (Amount > 0 AND Amount <= 1000000000000),
    PaidAmount INTEGER CHECK (PaidAmount > 0 AND PaidAmount <= 1000000000000),
    EnteredOn  INTEGER NOT NULL,
    PayBy      INTEGER,
    FirstPayBy INTEGER,
    Status     INTEGER NOT NULL CHECK (Status IN (0, 1, 2)),
    StatusOn   INTEGER CHECK (StatusOn >= EnteredOn),
    Comment    TEXT NOT NULL DEFAULT '' CHECK (length(Comment) <= 500),
    SearchKey  TEXT NOT NULL,
    Version    INTEGER NOT NULL,
    ChangeSeq  INTEGER NOT NULL,
    DeletedAt  INTEGER,
    CONSTRAINT CK_Entry_StatusOn CHECK ((Status = 0) = (StatusOn IS NULL)),
    CONSTRAINT CK_Entry_PaidAmount CHECK (PaidAmount IS NULL OR Status = 1)
);

CREATE INDEX IX_Entry_ChangeSeq ON Entry (LeadId, ChangeSeq);

-- Every state that an entry ever had, the newest included: a change is the difference between
-- two rows. LeadId is the lead whose OpId and ChangeSeq these are.
CREATE TABLE EntryHistory (
    HistoryId  INTEGER PRIMARY KEY,
    EntryId    INTEGER NOT NULL REFERENCES Entry (EntryId),
    Version    INTEGER NOT NULL,
    Action     TEXT NOT NULL,
    ChangedAt  INTEGER NOT NULL,
    ChangedBy  TEXT NOT NULL,
    Computer   TEXT NOT NULL,
    OpId       BLOB,
    Request    BLOB,
    BatchId    INTEGER REFERENCES ImportBatch (BatchId),
    ChangeSeq  INTEGER NOT NULL,
    LeadId     INTEGER NOT NULL,
    GroupId    INTEGER NOT NULL,
    ManagerId  INTEGER NOT NULL,
    ClientPin  TEXT NOT NULL,
    Amount     INTEGER NOT NULL,
    PaidAmount INTEGER,
    EnteredOn  INTEGER NOT NULL,
    PayBy      INTEGER,
    Status     INTEGER NOT NULL,
    StatusOn   INTEGER,
    Comment    TEXT NOT NULL,
    DeletedAt  INTEGER,
    CONSTRAINT UQ_EntryHistory_Version UNIQUE (EntryId, Version)
);

CREATE UNIQUE INDEX UQ_EntryHistory_OpId ON EntryHistory (LeadId, OpId) WHERE OpId IS NOT NULL;
CREATE INDEX IX_EntryHistory_Batch ON EntryHistory (BatchId) WHERE BatchId IS NOT NULL;
CREATE INDEX IX_EntryHistory_ChangedAt ON EntryHistory (ChangedAt);

CREATE TRIGGER TR_EntryHistory_Update BEFORE UPDATE ON EntryHistory
BEGIN SELECT RAISE(ABORT, 'EntryHistory is append-only'); END;

CREATE TRIGGER TR_EntryHistory_Delete BEFORE DELETE ON EntryHistory
BEGIN SELECT RAISE(ABORT, 'EntryHistory is append-only'); END;

-- Entries that went to another lead: the old lead's window must let go of them.
CREATE TABLE EntryGone (
    LeadId    INTEGER NOT NULL,
    ChangeSeq INTEGER NOT NULL,
    EntryId   INTEGER NOT NULL,
    PRIMARY KEY (LeadId, ChangeSeq)
) WITHOUT ROWID;

CREATE TABLE Period (
    PeriodId INTEGER PRIMARY KEY,
    Kind     TEXT NOT NULL CHECK (Kind IN ('month', 'quarter', 'year', 'custom')),
    StartsOn INTEGER NOT NULL,
    EndsOn   INTEGER NOT NULL,
    Name     TEXT NOT NULL DEFAULT '',
    ClosedAt INTEGER,
    CONSTRAINT CK_Period_Days CHECK (StartsOn <= EndsOn),
    CONSTRAINT UQ_Period_Days UNIQUE (Kind, StartsOn, EndsOn)
);

-- LeadId 0 stands for the company, here and in LeadForecast.
CREATE TABLE Target (
    PeriodId  INTEGER NOT NULL REFERENCES Period (PeriodId),
    LeadId    INTEGER NOT NULL,
    Unit      TEXT NOT NULL,
    Amount    INTEGER NOT NULL CHECK (Amount > 0),
    ChangedAt INTEGER NOT NULL,
    ChangedBy TEXT NOT NULL,
    PRIMARY KEY (PeriodId, LeadId, Unit)
) WITHOUT ROWID;

CREATE TABLE Commitment (
    CommitmentId INTEGER PRIMARY KEY,
    PeriodId     INTEGER NOT NULL REFERENCES Period (PeriodId),
    LeadId       INTEGER NOT NULL REFERENCES Lead (LeadId),
    Unit         TEXT NOT NULL,
    Amount       INTEGER NOT NULL CHECK (Amount >= 0),
    Note         TEXT NOT NULL DEFAULT '' CHECK (length(Note) <= 500),
    MadeAt       INTEGER NOT NULL
);

CREATE INDEX IX_Commitment_Lead ON Commitment (PeriodId, LeadId, Unit, CommitmentId);

CREATE TABLE Run (
    RunId         INTEGER PRIMARY KEY,
    Kind          TEXT NOT NULL CHECK (Kind IN ('live', 'as_of')),
    CountDay      INTEGER NOT NULL,
    StartedAt     INTEGER NOT NULL,
    FinishedAt    INTEGER,
    Status        TEXT NOT NULL CHECK (Status IN ('running', 'done', 'unchanged', 'failed')),
    StartedBy     TEXT NOT NULL,
    LastHistoryId INTEGER NOT NULL,
    PeriodList    TEXT NOT NULL,
    EntryCount    INTEGER,
    PaidEvents    INTEGER,
    RefusedEvents INTEGER
);

CREATE INDEX IX_Run_Current ON Run (Kind, Status, RunId);

CREATE TABLE LeadForecast (
    RunId         INTEGER NOT NULL REFERENCES Run (RunId),
    PeriodId      INTEGER NOT NULL REFERENCES Period (PeriodId),
    LeadId        INTEGER NOT NULL,
    Unit          TEXT NOT NULL,
    Clients       INTEGER NOT NULL,
    OpenCount     INTEGER NOT NULL,
    DueToday      INTEGER NOT NULL,
    Overdue       INTEGER NOT NULL,
    Expected      INTEGER NOT NULL,
    PaidCount     INTEGER NOT NULL,
    Paid          INTEGER NOT NULL,
    RefusedCount  INTEGER NOT NULL,
    Refused       INTEGER NOT NULL,
    Won           INTEGER NOT NULL,
    Resolved      INTEGER NOT NULL,
    WinRate       REAL,
    WonAll        INTEGER NOT NULL,
    ResolvedAll   INTEGER NOT NULL,
    SpeedIndex    REAL,
    PaidEvents    INTEGER NOT NULL,
    StillToCome   REAL NOT NULL,
    Forecast      REAL NOT NULL,
    Low           REAL,
    High          REAL,
    HandFormula   REAL NOT NULL,
    NewEntries    REAL,
    RunRate       REAL,
    PRIMARY KEY (RunId, PeriodId, LeadId, Unit)
) WITHOUT ROWID;

CREATE TABLE ManagerForecast (
    RunId        INTEGER NOT NULL REFERENCES Run (RunId),
    PeriodId     INTEGER NOT NULL REFERENCES Period (PeriodId),
    LeadId       INTEGER NOT NULL,
    ManagerId    INTEGER NOT NULL,
    Unit         TEXT NOT NULL,
    Clients      INTEGER NOT NULL,
    OpenCount    INTEGER NOT NULL,
    DueToday     INTEGER NOT NULL,
    Overdue      INTEGER NOT NULL,
    Expected     INTEGER NOT NULL,
    PaidCount    INTEGER NOT NULL,
    Paid         INTEGER NOT NULL,
    RefusedCount INTEGER NOT NULL,
    Refused      INTEGER NOT NULL,
    Won          INTEGER NOT NULL,
    Resolved     INTEGER NOT NULL,
    WonAll       INTEGER NOT NULL,
    ResolvedAll  INTEGER NOT NULL,
    StillToCome  REAL NOT NULL,
    Forecast     REAL NOT NULL,
    Low          REAL,
    High         REAL,
    HandFormula  REAL NOT NULL,
    PRIMARY KEY (RunId, PeriodId, LeadId, ManagerId, Unit)
) WITHOUT ROWID;

CREATE TABLE EntryForecast (
    RunId       INTEGER NOT NULL REFERENCES Run (RunId),
    PeriodId    INTEGER NOT NULL REFERENCES Period (PeriodId),
    EntryId     INTEGER NOT NULL REFERENCES Entry (EntryId),
    Probability REAL NOT NULL,
    PRIMARY KEY (RunId, PeriodId, EntryId)
) WITHOUT ROWID;

CREATE TABLE AdminLog (
    AdminLogId INTEGER PRIMARY KEY,
    DoneAt     INTEGER NOT NULL,
    DoneBy     TEXT NOT NULL,
    Computer   TEXT NOT NULL,
    Action     TEXT NOT NULL,
    Detail     TEXT NOT NULL
);

-- The run whose rows readers see, and the month that it counted in.
CREATE VIEW CurrentRun AS
SELECT r.RunId, p.PeriodId AS MonthPeriodId
FROM Run AS r
JOIN Period AS p ON p.Kind = 'month' AND r.CountDay BETWEEN p.StartsOn AND p.EndsOn
WHERE r.RunId = (SELECT max(RunId) FROM Run WHERE Kind = 'live' AND Status = 'done');

-- The last complete live run of each day: the history of the forecast.
CREATE VIEW DayRun AS
SELECT max(RunId) AS RunId, CountDay
FROM Run
WHERE Kind = 'live' AND Status = 'done'
GROUP BY CountDay;

CREATE VIEW EntryRow AS
SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId,
       m.Name AS ManagerName, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy,
       e.Status, e.StatusOn, e.Comment, e.Version, e.ChangeSeq, e.DeletedAt,
       (SELECT f.Probability FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS Probability,
       g.NameKey AS GroupKey, m.NameKey AS ManagerKey, e.SearchKey
FROM Entry AS e
JOIN SalesGroup AS g ON g.GroupId = e.GroupId
JOIN Manager AS m ON m.ManagerId = e.ManagerId;
