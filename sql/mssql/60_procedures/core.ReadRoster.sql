SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ReadRoster
Purpose:     Read the rows of a roster and check each of them
Called by:   admin.ApplyRoster, admin.ImportEntries
Returns:     nothing; the rows in #Roster of the caller (parts/Roster.sql)
Errors:      51135 a name is missing; 51136 a manager stands twice; 51132 no such unit
Transaction: the caller's
*/
CREATE OR ALTER PROCEDURE core.ReadRoster
    @Rows nvarchar(max)                     -- JSON: Place, LeadName, LeadKey, GroupName, GroupKey, ManagerName ...
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Place int;
    INSERT INTO #Roster (Place, LeadName, LeadKey, GroupName, GroupKey, ManagerName, ManagerKey, Unit)
    SELECT
        j.Place, core.PlainText(j.LeadName), core.PlainText(j.LeadKey), core.PlainText(j.GroupName),
        core.PlainText(j.GroupKey), core.PlainText(j.ManagerName), core.PlainText(j.ManagerKey), j.Unit
    FROM OPENJSON(@Rows) WITH (
        Place       int '$.Place',
        LeadName    nvarchar(400) '$.LeadName',
        LeadKey     nvarchar(400) '$.LeadKey',
        GroupName   nvarchar(400) '$.GroupName',
        GroupKey    nvarchar(400) '$.GroupKey',
        ManagerName nvarchar(400) '$.ManagerName',
        ManagerKey  nvarchar(400) '$.ManagerKey',
        Unit        nvarchar(50) '$.Unit'
    ) AS j;

    SELECT @Place = MIN(r.Place)
    FROM #Roster AS r
    WHERE r.LeadKey = N'' OR r.GroupKey = N'' OR r.ManagerKey = N'';
    IF @Place IS NOT NULL
    BEGIN
        SELECT r.LeadName AS Lead, r.GroupName AS [Group], r.ManagerName AS Manager
        FROM #Roster AS r
        WHERE r.Place = @Place;
        THROW 51135, N'A row of the roster lacks a lead, group or manager.', 1;
    END;

    SELECT @Place = MIN(r.Place)
    FROM #Roster AS r
    JOIN #Roster AS f
        ON f.LeadKey = r.LeadKey AND f.GroupKey = r.GroupKey AND f.ManagerKey = r.ManagerKey AND f.Place < r.Place;
    IF @Place IS NOT NULL
    BEGIN
        SELECT r.LeadName AS Lead, r.GroupName AS [Group], r.ManagerName AS Manager
        FROM #Roster AS r
        WHERE r.Place = @Place;
        THROW 51136, N'A manager stands twice in the roster.', 1;
    END;

    -- Three capital letters, or pieces.
    SELECT @Place = MIN(r.Place)
    FROM #Roster AS r
    WHERE r.Unit <> N'pcs'
      AND (
          LEN(r.Unit + N'.') <> 4
          OR UNICODE(SUBSTRING(r.Unit, 1, 1)) NOT BETWEEN 65 AND 90
          OR UNICODE(SUBSTRING(r.Unit, 2, 1)) NOT BETWEEN 65 AND 90
          OR UNICODE(SUBSTRING(r.Unit, 3, 1)) NOT BETWEEN 65 AND 90
      );
    IF @Place IS NOT NULL
    BEGIN
        SELECT r.Unit FROM #Roster AS r WHERE r.Place = @Place;
        THROW 51132, N'There is no such unit.', 1;
    END;
END;
GO
