-- New states of entries, for core.WriteChanges: one row for each, the row of core.Entry with what changes put in.
CREATE TABLE #Change (
    EntryId    int NOT NULL PRIMARY KEY,
    LeadId     int NOT NULL,
    GroupId    int NOT NULL,
    ManagerId  int NOT NULL,
    ClientPin  nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
    Amount     decimal(19, 2) NOT NULL,
    PaidAmount decimal(19, 2) NULL,
    EnteredOn  date NOT NULL,
    PayBy      date NULL,
    Status     tinyint NOT NULL,
    StatusOn   date NULL,
    Comment    nvarchar(500) COLLATE Latin1_General_BIN2 NOT NULL,
    Reason     nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
    DeletedAt  datetime2(0) NULL
);
