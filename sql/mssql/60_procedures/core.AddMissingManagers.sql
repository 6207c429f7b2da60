SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.AddMissingManagers
Purpose:     Make the managers of a roster that are not there yet; who is there stays, active or not
Called by:   admin.ApplyRoster, admin.ImportEntries
Returns:     nothing; what was done in #RosterChange (see core.AddMissingPlaces, which goes first)
Errors:      none of its own
Transaction: the caller's
*/
CREATE OR ALTER PROCEDURE core.AddMissingManagers
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
    SELECT r.Place, 4, 'manager_new', r.ManagerName, N'', g.Name, 0
    FROM #Roster AS r
    JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
    WHERE NOT EXISTS (SELECT 1 FROM core.Manager AS m WHERE m.GroupId = r.GroupId AND m.NameKey = r.ManagerKey);

    INSERT INTO core.Manager (GroupId, Name, NameKey)
    SELECT r.GroupId, r.ManagerName, r.ManagerKey
    FROM #RosterChange AS c
    JOIN #Roster AS r ON r.Place = c.Place
    WHERE c.Kind = 'manager_new'
    ORDER BY r.Place;
END;
GO
