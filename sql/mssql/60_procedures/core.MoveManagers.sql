SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.MoveManagers
Purpose:     Move every manager who is in one group only, and wanted in another one only, of the same unit. Open
             entries follow; resolved ones stay with the old group
Called by:   admin.ApplyRoster
Returns:     nothing; what was done in #RosterChange (see core.AddMissingPlaces, which goes first)
Errors:      none of its own
Transaction: the caller's, in which the leads' rows are held
*/
CREATE OR ALTER PROCEDURE core.MoveManagers
    @Now datetime2(0),                      -- the moment of the write
    @By  nvarchar(200)                      -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    CREATE TABLE #Move (
        Place   int NOT NULL,
        FromId  int NOT NULL PRIMARY KEY,   -- the manager who moves
        ToId    int NOT NULL,               -- the same, or who had that name in the new group before
        LeadId  int NOT NULL,
        GroupId int NOT NULL
    );
    -- part: Change

    -- Who is in one group only, and wanted in another one only, of the same unit.
    INSERT INTO #Move (Place, FromId, ToId, LeadId, GroupId)
    SELECT r.Place, m.ManagerId, COALESCE(h.ManagerId, m.ManagerId), r.LeadId, r.GroupId
    FROM #Roster AS r
    JOIN (
        SELECT s.NameKey, MIN(s.ManagerId) AS ManagerId
        FROM core.Manager AS s
        WHERE s.IsActive = 1
        GROUP BY s.NameKey
        HAVING COUNT(*) = 1
    ) AS o ON o.NameKey = r.ManagerKey
    JOIN core.Manager AS m ON m.ManagerId = o.ManagerId
    JOIN core.SalesGroup AS f ON f.GroupId = m.GroupId
    JOIN core.SalesGroup AS g ON g.GroupId = r.GroupId
    LEFT JOIN core.Manager AS h ON h.GroupId = r.GroupId AND h.NameKey = r.ManagerKey
    WHERE m.GroupId <> r.GroupId
      AND f.Unit = g.Unit
      AND NOT EXISTS (SELECT 1 FROM #Roster AS n WHERE n.ManagerKey = r.ManagerKey AND n.Place <> r.Place);

    INSERT INTO #Change (
        EntryId, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn,
        Comment, Reason, DeletedAt)
    SELECT
        e.EntryId, v.LeadId, v.GroupId, v.ToId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy,
        e.Status, e.StatusOn, e.Comment, e.Reason, e.DeletedAt
    FROM core.Entry AS e
    JOIN #Move AS v ON v.FromId = e.ManagerId
    WHERE e.Status = 0 AND e.DeletedAt IS NULL;

    INSERT INTO #RosterChange (Place, Part, Kind, Name, OldName, NewName, OpenEntries)
    SELECT
        v.Place, 4, 'manager_moved', m.Name, f.Name, g.Name,
        (SELECT COUNT(*) FROM #Change AS c WHERE c.ManagerId = v.ToId)
    FROM #Move AS v
    JOIN core.Manager AS m ON m.ManagerId = v.FromId
    JOIN core.SalesGroup AS f ON f.GroupId = m.GroupId
    JOIN core.SalesGroup AS g ON g.GroupId = v.GroupId;

    UPDATE m
    SET IsActive = 0
    FROM core.Manager AS m
    JOIN #Move AS v ON v.FromId = m.ManagerId
    WHERE v.ToId <> v.FromId;

    UPDATE m
    SET IsActive = 1, GroupId = v.GroupId
    FROM core.Manager AS m
    JOIN #Move AS v ON v.ToId = m.ManagerId;

    EXEC core.WriteChanges @Action = 'reassigned', @Now = @Now, @ChangedBy = @By;
END;
GO
