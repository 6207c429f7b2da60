SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.RetireMissing
Purpose:     Deactivate every manager, group and lead that is not in a roster; such a lead's sessions end. A head of
             sales without groups stays
Called by:   admin.ApplyRoster
Returns:     nothing; what was done in #RosterChange (see core.AddMissingPlaces), behind the roster's rows, by name
Errors:      none of its own
Transaction: the caller's, after everything in the roster was made
*/
CREATE OR ALTER PROCEDURE core.RetireMissing
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- A head of sales who has no groups is in no roster.
    CREATE TABLE #GoneLead (LeadId int NOT NULL PRIMARY KEY);
    INSERT INTO #GoneLead (LeadId)
    SELECT l.LeadId
    FROM core.Lead AS l
    WHERE l.IsActive = 1
      AND NOT EXISTS (SELECT 1 FROM #Roster AS r WHERE r.LeadId = l.LeadId)
      AND (l.IsHead = 0 OR EXISTS (SELECT 1 FROM core.SalesGroup AS g WHERE g.LeadId = l.LeadId AND g.IsActive = 1));

    INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
    SELECT
        1000000000 + ROW_NUMBER() OVER (ORDER BY x.LeadKey, x.IsLead, x.GroupKey, x.IsGroup, x.ManagerKey),
        5, x.Kind, x.Name, x.OldName, N'', 0
    FROM (
        SELECT
            l.NameKey AS LeadKey, 0 AS IsLead, g.NameKey AS GroupKey, 0 AS IsGroup, m.NameKey AS ManagerKey,
            'manager_gone' AS Kind, m.Name, g.Name AS OldName
        FROM core.Manager AS m
        JOIN core.SalesGroup AS g ON g.GroupId = m.GroupId
        JOIN core.Lead AS l ON l.LeadId = g.LeadId
        WHERE m.IsActive = 1
          AND NOT EXISTS (SELECT 1 FROM #Roster AS r WHERE r.GroupId = m.GroupId AND r.ManagerKey = m.NameKey)
        UNION ALL
        SELECT l.NameKey, 0, g.NameKey, 1, N'', 'group_gone', g.Name, l.Name
        FROM core.SalesGroup AS g
        JOIN core.Lead AS l ON l.LeadId = g.LeadId
        WHERE g.IsActive = 1
          AND NOT EXISTS (SELECT 1 FROM #Roster AS r WHERE r.GroupId = g.GroupId)
        UNION ALL
        SELECT l.NameKey, 1, N'', 0, N'', 'lead_gone', l.Name, N''
        FROM core.Lead AS l
        JOIN #GoneLead AS n ON n.LeadId = l.LeadId
    ) AS x;

    UPDATE m
    SET IsActive = 0
    FROM core.Manager AS m
    WHERE m.IsActive = 1
      AND NOT EXISTS (SELECT 1 FROM #Roster AS r WHERE r.GroupId = m.GroupId AND r.ManagerKey = m.NameKey);

    UPDATE g
    SET IsActive = 0
    FROM core.SalesGroup AS g
    WHERE g.IsActive = 1
      AND NOT EXISTS (SELECT 1 FROM #Roster AS r WHERE r.GroupId = g.GroupId);

    DELETE FROM core.Session WHERE LeadId IN (SELECT n.LeadId FROM #GoneLead AS n);

    UPDATE l
    SET IsActive = 0
    FROM core.Lead AS l
    JOIN #GoneLead AS n ON n.LeadId = l.LeadId;
END;
GO
