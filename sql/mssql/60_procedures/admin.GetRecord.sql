SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.GetRecord
Purpose:     Say what the entries cover
Called by:   AdminStore.get_record
Returns:     1. Entries, FirstEntry, FirstResolution, LastDay (NULL where there is none)
             2. units, most entries first: Unit, Entries
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.GetRecord
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT
        COUNT(*) AS Entries, MIN(e.EnteredOn) AS FirstEntry, MIN(e.StatusOn) AS FirstResolution,
        CASE WHEN MAX(e.StatusOn) > MAX(e.EnteredOn) THEN MAX(e.StatusOn) ELSE MAX(e.EnteredOn) END AS LastDay
    FROM core.Entry AS e
    WHERE e.DeletedAt IS NULL;

    SELECT g.Unit, SUM(x.Entries) AS Entries
    FROM (
        SELECT e.GroupId, COUNT(*) AS Entries FROM core.Entry AS e WHERE e.DeletedAt IS NULL GROUP BY e.GroupId
    ) AS x
    JOIN core.SalesGroup AS g ON g.GroupId = x.GroupId
    GROUP BY g.Unit
    ORDER BY SUM(x.Entries) DESC, MIN(g.Unit COLLATE Latin1_General_BIN2);
END;
GO
