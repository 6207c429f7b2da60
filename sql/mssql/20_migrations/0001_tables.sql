-- The tables. Nobody but the procedures touches them: no role has a right on schema core.
--
-- Days are the company's (core.Today), instants are UTC. Status: 0 expected, 1 paid, 2 refused.
-- Texts that are compared exactly, and folded keys (NameKey, SearchKey), are in a binary collation.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
CREATE TABLE core.Setting (
    Name  varchar(50) NOT NULL,
    Value nvarchar(200) NOT NULL,
    CONSTRAINT PK_Setting PRIMARY KEY (Name)
);
GO
-- From which moment on the company's clock is how many minutes before UTC. Empty: the server's own clock.
CREATE TABLE core.ZoneOffset (
    FromUtc       datetime2(0) NOT NULL,
    OffsetMinutes int NOT NULL,
    CONSTRAINT PK_ZoneOffset PRIMARY KEY (FromUtc)
);
GO
CREATE TABLE core.Lead (
    LeadId    int IDENTITY(1, 1) NOT NULL,
    Name      nvarchar(200) NOT NULL,
    NameKey   nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    IsActive  bit NOT NULL CONSTRAINT DF_Lead_IsActive DEFAULT 1,
    ChangeSeq bigint NOT NULL CONSTRAINT DF_Lead_ChangeSeq DEFAULT 0,
    CONSTRAINT PK_Lead PRIMARY KEY (LeadId),
    CONSTRAINT UQ_Lead_NameKey UNIQUE (NameKey)
);
GO
CREATE TABLE core.LeadCredential (
    LeadId      int NOT NULL,
    Kind        varchar(10) NOT NULL,
    Salt        varbinary(64) NOT NULL,
    TimeCost    int NOT NULL,
    MemoryKib   int NOT NULL,
    Parallelism int NOT NULL,
    Verifier    varbinary(32) NOT NULL,
    MustChange  bit NOT NULL,
    Failures    int NOT NULL CONSTRAINT DF_LeadCredential_Failures DEFAULT 0,
    NextTryAt   datetime2(0) NOT NULL CONSTRAINT DF_LeadCredential_NextTryAt DEFAULT '20000101',
    LockedAt    datetime2(0) NULL,
    ChangedAt   datetime2(0) NOT NULL,
    CONSTRAINT PK_LeadCredential PRIMARY KEY (LeadId),
    CONSTRAINT FK_LeadCredential_Lead FOREIGN KEY (LeadId) REFERENCES core.Lead (LeadId),
    CONSTRAINT CK_LeadCredential_Kind CHECK (Kind IN ('code', 'number', 'own')),
    CONSTRAINT CK_LeadCredential_Verifier CHECK (DATALENGTH(Verifier) = 32)
);
GO
CREATE TABLE core.Session (
    TokenHash varbinary(32) NOT NULL,
    LeadId    int NOT NULL,
    Computer  nvarchar(128) NOT NULL,
    StartedAt datetime2(0) NOT NULL,
    ActiveAt  datetime2(0) NOT NULL,
    ExpiresAt datetime2(0) NOT NULL,
    CONSTRAINT PK_Session PRIMARY KEY (TokenHash),
    CONSTRAINT FK_Session_Lead FOREIGN KEY (LeadId) REFERENCES core.Lead (LeadId)
);
GO
CREATE INDEX IX_Session_Lead ON core.Session (LeadId);
GO
CREATE TABLE core.SalesGroup (
    GroupId  int IDENTITY(1, 1) NOT NULL,
    LeadId   int NOT NULL,
    Name     nvarchar(200) NOT NULL,
    NameKey  nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    Unit     varchar(3) NOT NULL,
    IsActive bit NOT NULL CONSTRAINT DF_SalesGroup_IsActive DEFAULT 1,
    CONSTRAINT PK_SalesGroup PRIMARY KEY (GroupId),
    CONSTRAINT UQ_SalesGroup_NameKey UNIQUE (LeadId, NameKey),
    CONSTRAINT FK_SalesGroup_Lead FOREIGN KEY (LeadId) REFERENCES core.Lead (LeadId),
    CONSTRAINT CK_SalesGroup_Unit CHECK (DATALENGTH(Unit) = 3)
);
GO
CREATE TABLE core.Manager (
    ManagerId int IDENTITY(1, 1) NOT NULL,
    GroupId   int NOT NULL,
    Name      nvarchar(200) NOT NULL,
    NameKey   nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    IsActive  bit NOT NULL CONSTRAINT DF_Manager_IsActive DEFAULT 1,
    CONSTRAINT PK_Manager PRIMARY KEY (ManagerId),
    CONSTRAINT UQ_Manager_NameKey UNIQUE (GroupId, NameKey),
    CONSTRAINT FK_Manager_SalesGroup FOREIGN KEY (GroupId) REFERENCES core.SalesGroup (GroupId)
);
GO
CREATE TABLE core.ImportBatch (
    BatchId    int IDENTITY(1, 1) NOT NULL,
    Source     nvarchar(260) NOT NULL,
    ImportedAt datetime2(0) NOT NULL,
    ImportedBy nvarchar(200) NOT NULL,
    UndoneAt   datetime2(0) NULL,
    CONSTRAINT PK_ImportBatch PRIMARY KEY (BatchId)
);
GO
-- Rows of a file on their way in: sent in parts, taken over in one transaction, then removed.
CREATE TABLE core.ImportRow (
    UploadId   uniqueidentifier NOT NULL,
    RowNumber  int NOT NULL,
    ClientRef  uniqueidentifier NOT NULL,
    LeadKey    nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    GroupKey   nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    ManagerKey nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    ClientPin  nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL,
    Amount     decimal(19, 2) NOT NULL,
    PaidAmount decimal(19, 2) NULL,
    EnteredOn  date NOT NULL,
    PayBy      date NULL,
    Status     tinyint NOT NULL,
    StatusOn   date NULL,
    Comment    nvarchar(500) COLLATE Latin1_General_BIN2 NOT NULL,
    SentAt     datetime2(0) NOT NULL CONSTRAINT DF_ImportRow_SentAt DEFAULT SYSUTCDATETIME(),
    CONSTRAINT PK_ImportRow PRIMARY KEY (UploadId, ClientRef)
);
GO
CREATE TABLE core.Entry (
    EntryId    int IDENTITY(1, 1) NOT NULL,
    ClientRef  uniqueidentifier NOT NULL,
    LeadId     int NOT NULL,
    GroupId    int NOT NULL,
    ManagerId  int NOT NULL,
    ClientPin  nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL,
    Amount     decimal(19, 2) NOT NULL,
    PaidAmount decimal(19, 2) NULL,
    EnteredOn  date NOT NULL,
    PayBy      date NULL,
    FirstPayBy date NULL,
    Status     tinyint NOT NULL,
    StatusOn   date NULL,
    Comment    nvarchar(500) COLLATE Latin1_General_BIN2 NOT NULL CONSTRAINT DF_Entry_Comment DEFAULT N'',
    SearchKey  nvarchar(600) COLLATE Latin1_General_BIN2 NOT NULL,
    Version    int NOT NULL,
    ChangeSeq  bigint NOT NULL,
    DeletedAt  datetime2(0) NULL,
    CONSTRAINT PK_Entry PRIMARY KEY NONCLUSTERED (EntryId),
    CONSTRAINT UQ_Entry_ClientRef UNIQUE (ClientRef),
    CONSTRAINT FK_Entry_Lead FOREIGN KEY (LeadId) REFERENCES core.Lead (LeadId),
    CONSTRAINT FK_Entry_SalesGroup FOREIGN KEY (GroupId) REFERENCES core.SalesGroup (GroupId),
    CONSTRAINT FK_Entry_Manager FOREIGN KEY (ManagerId) REFERENCES core.Manager (ManagerId),
    CONSTRAINT CK_Entry_Amount CHECK (Amount > 0 AND Amount <= 10000000000),
    CONSTRAINT CK_Entry_PaidAmount CHECK (
        PaidAmount IS NULL OR (Status = 1 AND PaidAmount > 0 AND PaidAmount <= 10000000000)),
    CONSTRAINT CK_Entry_Status CHECK (Status IN (0, 1, 2)),
    CONSTRAINT CK_Entry_StatusOn CHECK (
        (Status = 0 AND StatusOn IS NULL) OR (Status <> 0 AND StatusOn IS NOT NULL AND StatusOn >= EnteredOn))
);
GO
-- A lead's entries lie together: the list reads a range.
CREATE UNIQUE CLUSTERED INDEX IX_Entry_Lead ON core.Entry (LeadId, EntryId);
GO
CREATE INDEX IX_Entry_ChangeSeq ON core.Entry (LeadId, ChangeSeq);
GO
-- Every state that an entry ever had, the newest included: a change is the difference between two rows.
-- LeadId is the lead whose OpId and ChangeSeq these are; what no window asked for gets an OpId of its own.
CREATE TABLE core.EntryHistory (
    HistoryId  bigint IDENTITY(1, 1) NOT NULL,
    EntryId    int NOT NULL,
    Version    int NOT NULL,
    Action     varchar(10) NOT NULL,
    ChangedAt  datetime2(0) NOT NULL,
    ChangedBy  nvarchar(200) NOT NULL,
    Computer   nvarchar(128) NOT NULL,
    OpId       uniqueidentifier NOT NULL CONSTRAINT DF_EntryHistory_OpId DEFAULT NEWID(),
    Request    varbinary(32) NULL,
    BatchId    int NULL,
    ChangeSeq  bigint NOT NULL,
    LeadId     int NOT NULL,
    GroupId    int NOT NULL,
    ManagerId  int NOT NULL,
    ClientPin  nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL,
    Amount     decimal(19, 2) NOT NULL,
    PaidAmount decimal(19, 2) NULL,
    EnteredOn  date NOT NULL,
    PayBy      date NULL,
    Status     tinyint NOT NULL,
    StatusOn   date NULL,
    Comment    nvarchar(500) COLLATE Latin1_General_BIN2 NOT NULL,
    DeletedAt  datetime2(0) NULL,
    CONSTRAINT PK_EntryHistory PRIMARY KEY (HistoryId),
    CONSTRAINT UQ_EntryHistory_Version UNIQUE (EntryId, Version),
    CONSTRAINT UQ_EntryHistory_OpId UNIQUE (LeadId, OpId),
    CONSTRAINT FK_EntryHistory_Entry FOREIGN KEY (EntryId) REFERENCES core.Entry (EntryId),
    CONSTRAINT FK_EntryHistory_ImportBatch FOREIGN KEY (BatchId) REFERENCES core.ImportBatch (BatchId)
);
GO
CREATE INDEX IX_EntryHistory_Batch ON core.EntryHistory (BatchId);
GO
CREATE INDEX IX_EntryHistory_ChangedAt ON core.EntryHistory (ChangedAt);
GO
-- Entries that went to another lead: the old lead's window must let go of them.
CREATE TABLE core.EntryGone (
    LeadId    int NOT NULL,
    ChangeSeq bigint NOT NULL,
    EntryId   int NOT NULL,
    CONSTRAINT PK_EntryGone PRIMARY KEY (LeadId, ChangeSeq)
);
GO
CREATE TABLE core.Period (
    PeriodId int IDENTITY(1, 1) NOT NULL,
    Kind     varchar(10) NOT NULL,
    StartsOn date NOT NULL,
    EndsOn   date NOT NULL,
    Name     nvarchar(100) NOT NULL CONSTRAINT DF_Period_Name DEFAULT N'',
    ClosedAt datetime2(0) NULL,
    CONSTRAINT PK_Period PRIMARY KEY (PeriodId),
    CONSTRAINT UQ_Period_Days UNIQUE (Kind, StartsOn, EndsOn),
    CONSTRAINT CK_Period_Kind CHECK (Kind IN ('month', 'quarter', 'year', 'custom')),
    CONSTRAINT CK_Period_Days CHECK (StartsOn <= EndsOn)
);
GO
-- LeadId 0 stands for the company, here and in LeadForecast.
CREATE TABLE core.Target (
    PeriodId  int NOT NULL,
    LeadId    int NOT NULL,
    Unit      varchar(3) NOT NULL,
    Amount    decimal(19, 2) NOT NULL,
    ChangedAt datetime2(0) NOT NULL,
    ChangedBy nvarchar(200) NOT NULL,
    CONSTRAINT PK_Target PRIMARY KEY (PeriodId, LeadId, Unit),
    CONSTRAINT FK_Target_Period FOREIGN KEY (PeriodId) REFERENCES core.Period (PeriodId),
    CONSTRAINT CK_Target_Amount CHECK (Amount > 0)
);
GO
CREATE TABLE core.Commitment (
    CommitmentId int IDENTITY(1, 1) NOT NULL,
    PeriodId     int NOT NULL,
    LeadId       int NOT NULL,
    Unit         varchar(3) NOT NULL,
    Amount       decimal(19, 2) NOT NULL,
    Note         nvarchar(500) NOT NULL CONSTRAINT DF_Commitment_Note DEFAULT N'',
    MadeAt       datetime2(0) NOT NULL,
    CONSTRAINT PK_Commitment PRIMARY KEY (CommitmentId),
    CONSTRAINT FK_Commitment_Period FOREIGN KEY (PeriodId) REFERENCES core.Period (PeriodId),
    CONSTRAINT FK_Commitment_Lead FOREIGN KEY (LeadId) REFERENCES core.Lead (LeadId),
    CONSTRAINT CK_Commitment_Amount CHECK (Amount >= 0)
);
GO
CREATE INDEX IX_Commitment_Lead ON core.Commitment (PeriodId, LeadId, Unit, CommitmentId);
GO
-- ChangeTotal is the sum of all leads' ChangeSeq that the run saw. It tells "nothing changed" for certain;
-- the newest HistoryId could not, since transactions do not end in the order of their numbers.
CREATE TABLE core.Run (
    RunId         int IDENTITY(1, 1) NOT NULL,
    Kind          varchar(10) NOT NULL,
    CountDay      date NOT NULL,
    StartedAt     datetime2(0) NOT NULL,
    FinishedAt    datetime2(0) NULL,
    Status        varchar(10) NOT NULL,
    StartedBy     nvarchar(300) NOT NULL,
    ChangeTotal   bigint NOT NULL,
    PeriodList    varchar(400) NOT NULL,
    EntryCount    int NULL,
    PaidEvents    int NULL,
    RefusedEvents int NULL,
    CONSTRAINT PK_Run PRIMARY KEY (RunId),
    CONSTRAINT CK_Run_Kind CHECK (Kind IN ('live', 'as_of')),
    CONSTRAINT CK_Run_Status CHECK (Status IN ('running', 'done', 'unchanged', 'failed'))
);
GO
CREATE INDEX IX_Run_Current ON core.Run (Kind, Status, RunId);
GO
-- What the current run saw of each lead: the report shows entries as they were then.
CREATE TABLE core.RunLead (
    RunId     int NOT NULL,
    LeadId    int NOT NULL,
    ChangeSeq bigint NOT NULL,
    CONSTRAINT PK_RunLead PRIMARY KEY (RunId, LeadId),
    CONSTRAINT FK_RunLead_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId)
);
GO
-- One row: who holds it, in the transaction of a run, is the run that may write results.
CREATE TABLE core.RunLock (
    LockId tinyint NOT NULL,
    RunId  int NULL,
    CONSTRAINT PK_RunLock PRIMARY KEY (LockId),
    CONSTRAINT CK_RunLock_One CHECK (LockId = 1)
);
GO
INSERT INTO core.RunLock (LockId, RunId) VALUES (1, NULL);
GO
CREATE TABLE core.LeadForecast (
    RunId        int NOT NULL,
    PeriodId     int NOT NULL,
    LeadId       int NOT NULL,
    Unit         varchar(3) NOT NULL,
    Clients      int NOT NULL,
    OpenCount    int NOT NULL,
    DueToday     int NOT NULL,
    Overdue      int NOT NULL,
    Expected     decimal(19, 2) NOT NULL,
    PaidCount    int NOT NULL,
    Paid         decimal(19, 2) NOT NULL,
    RefusedCount int NOT NULL,
    Refused      decimal(19, 2) NOT NULL,
    Won          int NOT NULL,
    Resolved     int NOT NULL,
    WinRate      float NULL,
    WonAll       int NOT NULL,
    ResolvedAll  int NOT NULL,
    SpeedIndex   float NULL,
    PaidEvents   int NOT NULL,
    StillToCome  float NOT NULL,
    Forecast     float NOT NULL,
    Low          float NULL,
    High         float NULL,
    HandFormula  float NOT NULL,
    NewEntries   float NULL,
    RunRate      float NULL,
    CONSTRAINT PK_LeadForecast PRIMARY KEY (RunId, PeriodId, LeadId, Unit),
    CONSTRAINT FK_LeadForecast_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId),
    CONSTRAINT FK_LeadForecast_Period FOREIGN KEY (PeriodId) REFERENCES core.Period (PeriodId)
);
GO
CREATE TABLE core.ManagerForecast (
    RunId        int NOT NULL,
    PeriodId     int NOT NULL,
    LeadId       int NOT NULL,
    ManagerId    int NOT NULL,
    Unit         varchar(3) NOT NULL,
    Clients      int NOT NULL,
    OpenCount    int NOT NULL,
    DueToday     int NOT NULL,
    Overdue      int NOT NULL,
    Expected     decimal(19, 2) NOT NULL,
    PaidCount    int NOT NULL,
    Paid         decimal(19, 2) NOT NULL,
    RefusedCount int NOT NULL,
    Refused      decimal(19, 2) NOT NULL,
    Won          int NOT NULL,
    Resolved     int NOT NULL,
    WonAll       int NOT NULL,
    ResolvedAll  int NOT NULL,
    StillToCome  float NOT NULL,
    Forecast     float NOT NULL,
    Low          float NULL,
    High         float NULL,
    HandFormula  float NOT NULL,
    CONSTRAINT PK_ManagerForecast PRIMARY KEY (RunId, PeriodId, LeadId, ManagerId, Unit),
    CONSTRAINT FK_ManagerForecast_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId),
    CONSTRAINT FK_ManagerForecast_Period FOREIGN KEY (PeriodId) REFERENCES core.Period (PeriodId)
);
GO
CREATE TABLE core.EntryForecast (
    RunId       int NOT NULL,
    PeriodId    int NOT NULL,
    EntryId     int NOT NULL,
    Probability float NOT NULL,
    CONSTRAINT PK_EntryForecast PRIMARY KEY (RunId, PeriodId, EntryId)
);
GO
CREATE TABLE core.AdminLog (
    AdminLogId int IDENTITY(1, 1) NOT NULL,
    DoneAt     datetime2(0) NOT NULL,
    DoneBy     nvarchar(200) NOT NULL,
    Computer   nvarchar(128) NOT NULL,
    Action     varchar(50) NOT NULL,
    Detail     nvarchar(400) NOT NULL,
    CONSTRAINT PK_AdminLog PRIMARY KEY (AdminLogId)
);
GO
