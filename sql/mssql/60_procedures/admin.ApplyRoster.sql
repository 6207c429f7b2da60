SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ApplyRoster
Purpose:     Bring leads, groups and managers in line with a roster. Nothing is deleted. A manager in one group
             only, whose name stands in the roster in another group only, has moved: open entries follow,
             resolved ones stay
Called by:   AdminStore.apply_roster
Returns:     what was done, or for a dry run would be: Kind, Name, OldName, NewName, OpenEntries; in the order of
             the roster's rows, then those who are gone by name
Errors:      51132 no such unit; 51135 a name is missing; 51136 a manager stands twice; 51137 the unit of a group
             with entries would change, or a group would have two: [Group], Old, New
Transaction: its own; rolled back after a dry run
*/
CREATE OR ALTER PROCEDURE admin.ApplyRoster
    @Rows     nvarchar(max),                -- JSON, every manager once; see core.ReadRoster
    @By       nvarchar(200),                -- who does it, and on which computer
    @DryRun   bit = 0,                      -- 1: only say what would be done
    @Complete bit = 1                       -- 1: whatever is not in the rows is gone, and is deactivated
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Place int;
    DECLARE @Count int;
    DECLARE @Detail nvarchar(400);
    -- part: Roster

    BEGIN TRY
        BEGIN TRANSACTION;
        -- Every lead's row, so that leads and other administrators wait until this is done.
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId > 0;
        EXEC core.ReadRoster @Rows = @Rows;

        SELECT @Place = MIN(r.Place)
        FROM #Roster AS r
        JOIN #Roster AS f
            ON f.LeadKey = r.LeadKey AND f.GroupKey = r.GroupKey AND f.Place < r.Place AND f.Unit <> r.Unit;
        IF @Place IS NOT NULL
        BEGIN
            SELECT TOP (1) r.GroupName AS [Group], f.Unit AS [Old], r.Unit AS [New]
            FROM #Roster AS r
            JOIN #Roster AS f ON f.LeadKey = r.LeadKey AND f.GroupKey = r.GroupKey AND f.Unit <> r.Unit
            WHERE r.Place = @Place
            ORDER BY f.Place;
            THROW 51137, N'The unit of a group is fixed once it has entries.', 1;
        END;

        EXEC core.AddMissingPlaces;

        INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
        SELECT MIN(r.Place), 1, 'lead_back', l.Name, N'', N'', 0
        FROM #Roster AS r
        JOIN core.Lead AS l ON l.LeadId = r.LeadId
        WHERE l.IsActive = 0
        GROUP BY l.LeadId, l.Name;

        UPDATE l
        SET IsActive = 1
        FROM core.Lead AS l
        WHERE l.IsActive = 0 AND EXISTS (SELECT 1 FROM #Roster AS r WHERE r.LeadId = l.LeadId);

        SELECT @Place = MIN(r.Place)
        FROM #Roster AS r
        JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
        WHERE g.Unit COLLATE Latin1_General_BIN2 <> r.Unit
          AND EXISTS (SELECT 1 FROM core.EntryHistory AS h WHERE h.GroupId = g.GroupId);
        IF @Place IS NOT NULL
        BEGIN
            SELECT g.Name AS [Group], g.Unit AS [Old], r.Unit AS [New]
            FROM #Roster AS r
            JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
            WHERE r.Place = @Place;
            THROW 51137, N'The unit of a group is fixed once it has entries.', 1;
        END;

        INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
        SELECT MIN(r.Place), 2, 'group_unit', g.Name, g.Unit, r.Unit, 0
        FROM #Roster AS r
        JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
        WHERE g.Unit COLLATE Latin1_General_BIN2 <> r.Unit
        GROUP BY g.GroupId, g.Name, g.Unit, r.Unit;

        UPDATE g
        SET Unit = r.Unit
        FROM core.SalesGroup AS g
        JOIN #Roster AS r ON r.GroupId = g.GroupId
        WHERE g.Unit COLLATE Latin1_General_BIN2 <> r.Unit;

        INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
        SELECT MIN(r.Place), 3, 'group_back', g.Name, N'', l.Name, 0
        FROM #Roster AS r
        JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
        JOIN core.Lead AS l ON l.LeadId = g.LeadId
        WHERE g.IsActive = 0
        GROUP BY g.GroupId, g.Name, l.Name;

        UPDATE g
        SET IsActive = 1
        FROM core.SalesGroup AS g
        WHERE g.IsActive = 0 AND EXISTS (SELECT 1 FROM #Roster AS r WHERE r.GroupId = g.GroupId);

        IF @Complete = 1
            EXEC core.MoveManagers @Now = @Now, @By = @By;

        INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
        SELECT r.Place, 4, 'manager_back', m.Name, N'', g.Name, 0
        FROM #Roster AS r
        JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
        JOIN core.Manager AS m ON m.GroupId = r.GroupId AND m.NameKey = r.ManagerKey
        WHERE m.IsActive = 0;

        UPDATE m
        SET IsActive = 1
        FROM core.Manager AS m
        JOIN #Roster AS r ON r.GroupId = m.GroupId AND r.ManagerKey = m.NameKey
        WHERE m.IsActive = 0;

        EXEC core.AddMissingManagers;
        IF @Complete = 1
            EXEC core.RetireMissing;

        SELECT c.Kind, c.Name, c.OldName, c.NewName, c.OpenEntries
        FROM #RosterChange AS c
        ORDER BY c.Place, c.Part;

        SELECT @Count = COUNT(*) FROM #RosterChange AS c;
        SELECT @Detail = CAST(@Count AS nvarchar(20)) + N' changes';
        IF @DryRun = 1 OR @Count = 0
            ROLLBACK TRANSACTION;
        ELSE
        BEGIN
            EXEC core.LogAdmin @By = @By, @Action = 'apply_roster', @Detail = @Detail;
            COMMIT TRANSACTION;
        END;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
