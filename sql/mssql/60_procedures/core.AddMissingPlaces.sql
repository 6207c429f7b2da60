SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.AddMissingPlaces
Purpose:     Make the leads and groups of a roster that are not there yet; who is there stays, active or not
Called by:   admin.ApplyRoster, admin.ImportEntries
Returns:     nothing; LeadId and GroupId in #Roster, and what was done in #RosterChange (parts/Roster.sql)
Errors:      none of its own
Transaction: the caller's
*/
CREATE OR ALTER PROCEDURE core.AddMissingPlaces
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
    SELECT MIN(r.Place), 1, 'lead_new', N'', N'', N'', 0
    FROM #Roster AS r
    WHERE NOT EXISTS (SELECT 1 FROM core.Lead AS l WHERE l.NameKey = r.LeadKey)
    GROUP BY r.LeadKey;

    INSERT INTO core.Lead (Name, NameKey)
    SELECT r.LeadName, r.LeadKey
    FROM #RosterChange AS c
    JOIN #Roster AS r ON r.Place = c.Place
    WHERE c.Kind = 'lead_new'
    ORDER BY r.Place;

    UPDATE r
    SET LeadId = l.LeadId
    FROM #Roster AS r
    JOIN core.Lead AS l ON l.NameKey = r.LeadKey;

    INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
    SELECT MIN(r.Place), 2, 'group_new', N'', N'', N'', 0
    FROM #Roster AS r
    WHERE NOT EXISTS (SELECT 1 FROM core.SalesGroup AS g WHERE g.LeadId = r.LeadId AND g.NameKey = r.GroupKey)
    GROUP BY r.LeadId, r.GroupKey;

    INSERT INTO core.SalesGroup (LeadId, Name, NameKey, Unit)
    SELECT r.LeadId, r.GroupName, r.GroupKey, r.Unit
    FROM #RosterChange AS c
    JOIN #Roster AS r ON r.Place = c.Place
    WHERE c.Kind = 'group_new'
    ORDER BY r.Place;

    UPDATE r
    SET GroupId = g.GroupId
    FROM #Roster AS r
    JOIN core.SalesGroup AS g ON g.LeadId = r.LeadId AND g.NameKey = r.GroupKey;

    UPDATE c
    SET Name = CASE WHEN c.Kind = 'lead_new' THEN r.LeadName ELSE r.GroupName END,
        NewName = CASE WHEN c.Kind = 'lead_new' THEN N'' ELSE l.Name END
    FROM #RosterChange AS c
    JOIN #Roster AS r ON r.Place = c.Place
    JOIN core.Lead AS l ON l.LeadId = r.LeadId;
END;
GO
