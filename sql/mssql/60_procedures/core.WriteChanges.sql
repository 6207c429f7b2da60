SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.WriteChanges
Purpose:     Bring many entries of any leads to a new state, each with version, change number and history;
             the old lead of an entry that goes to another lead is told to let go of it.
Called by:   the procedures of schema admin that void, restore, reassign or move entries, take over changed
             rows of a file, or take an import back
Returns:     nothing
Errors:      none of its own
Transaction: the caller's. Before it reads the entries that it will change, the caller must hold the rows of
             all leads whose entries change or will change:
                 UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId IN (...);
             The new states come in the caller's #Change (parts/Change.sql).
*/
CREATE OR ALTER PROCEDURE core.WriteChanges
    @Action    varchar(10),                 -- voided, restored, reassigned, imported, changed
    @Now       datetime2(0),                -- the moment of the write
    @ChangedBy nvarchar(200),               -- who, and on which computer
    @BatchId   int = NULL                   -- the import
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- An old lead counts on behind the numbers that its other entries take here.
    INSERT INTO core.EntryGone (LeadId, ChangeSeq, EntryId)
    SELECT
        e.LeadId,
        l.ChangeSeq
            + (SELECT COUNT(*) FROM #Change AS o WHERE o.LeadId = e.LeadId)
            + ROW_NUMBER() OVER (PARTITION BY e.LeadId ORDER BY e.EntryId),
        e.EntryId
    FROM #Change AS c
    JOIN core.Entry AS e ON e.EntryId = c.EntryId
    JOIN core.Lead AS l ON l.LeadId = e.LeadId
    WHERE e.LeadId <> c.LeadId;

    UPDATE e
    SET LeadId = n.LeadId, GroupId = n.GroupId, ManagerId = n.ManagerId, ClientPin = n.ClientPin,
        Amount = n.Amount, PaidAmount = n.PaidAmount, EnteredOn = n.EnteredOn, PayBy = n.PayBy,
        Status = n.Status, StatusOn = n.StatusOn, Comment = n.Comment, Reason = n.Reason, DeletedAt = n.DeletedAt,
        SearchKey = CASE WHEN e.ClientPin = n.ClientPin AND e.Comment = n.Comment AND e.Reason = n.Reason
                         THEN e.SearchKey
                         ELSE core.SearchKeyOf(n.ClientPin, n.Comment, n.Reason) END,
        Version = e.Version + 1, ChangeSeq = n.ChangeSeq
    FROM core.Entry AS e
    JOIN (
        SELECT
            c.EntryId, c.LeadId, c.GroupId, c.ManagerId, c.ClientPin, c.Amount, c.PaidAmount, c.EnteredOn,
            c.PayBy, c.Status, c.StatusOn, c.Comment, c.Reason, c.DeletedAt,
            l.ChangeSeq + ROW_NUMBER() OVER (PARTITION BY c.LeadId ORDER BY c.EntryId) AS ChangeSeq
        FROM #Change AS c
        JOIN core.Lead AS l ON l.LeadId = c.LeadId
    ) AS n ON n.EntryId = e.EntryId;

    UPDATE l
    SET ChangeSeq = t.ChangeSeq
    FROM core.Lead AS l
    JOIN (
        SELECT s.LeadId, MAX(s.ChangeSeq) AS ChangeSeq
        FROM (
            SELECT e.LeadId, e.ChangeSeq
            FROM #Change AS c
            JOIN core.Entry AS e ON e.EntryId = c.EntryId
            UNION ALL
            SELECT g.LeadId, g.ChangeSeq
            FROM #Change AS c
            JOIN core.EntryGone AS g ON g.EntryId = c.EntryId
        ) AS s
        GROUP BY s.LeadId
    ) AS t ON t.LeadId = l.LeadId
    WHERE l.ChangeSeq < t.ChangeSeq;

    INSERT INTO core.EntryHistory (
        EntryId, Version, Action, ChangedAt, ChangedBy, Computer, BatchId, ChangeSeq, LeadId, GroupId, ManagerId,
        ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn, Comment, Reason, DeletedAt)
    SELECT
        e.EntryId, e.Version, @Action, @Now, @ChangedBy, N'', @BatchId, e.ChangeSeq, e.LeadId, e.GroupId,
        e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.Status, e.StatusOn, e.Comment,
        e.Reason, e.DeletedAt
    FROM #Change AS c
    JOIN core.Entry AS e ON e.EntryId = c.EntryId;
END;
GO
