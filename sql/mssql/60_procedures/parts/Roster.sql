-- The rows of a roster (core.ReadRoster fills it), and what is done for them: Place is that of the row, Part is
-- 1 lead, 2 group, 3 group that is back, 4 manager, 5 who is gone.
CREATE TABLE #Roster (
    Place       int NOT NULL PRIMARY KEY,
    LeadName    nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    LeadKey     nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    GroupName   nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    GroupKey    nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    ManagerName nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    ManagerKey  nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
    Unit        nvarchar(50) COLLATE Latin1_General_BIN2 NOT NULL, -- as it came: core.ReadRoster checks it
    LeadId      int NULL,
    GroupId     int NULL
);
CREATE TABLE #RosterChange (
    Place       int NOT NULL,
    Part        int NOT NULL,
    Kind        varchar(20) COLLATE DATABASE_DEFAULT NOT NULL,
    Name        nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    OldName     nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    NewName     nvarchar(200) COLLATE DATABASE_DEFAULT NOT NULL,
    OpenEntries int NOT NULL,
    PRIMARY KEY (Place, Part)
);
