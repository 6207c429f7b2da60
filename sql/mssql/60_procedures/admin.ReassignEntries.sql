SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ReassignEntries
Purpose:     Give entries to another manager, with group and lead
Called by:   AdminStore.reassign_entries
Returns:     Entries: how many
Errors:      51204 one of them does not exist or is out: EntryIds; 51214 no such manager; 51129 the manager's
             group counts in another unit: [Old], [New]; nothing is changed then
Transaction: its own. The same @OpId again changes nothing and gives what the first time gave
*/
CREATE OR ALTER PROCEDURE admin.ReassignEntries
    @EntryIds  nvarchar(max),               -- JSON, an array of numbers
    @ManagerId int,                         -- to whom
    @By        nvarchar(200),               -- who does it, and on which computer
    @OpId      uniqueidentifier = NULL      -- made by the client for this one write, which it may send again
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @LeadId int;
    DECLARE @GroupId int;
    DECLARE @Unit varchar(3);
    DECLARE @OldUnit varchar(3);
    DECLARE @Detail nvarchar(max);
    -- part: Change

    BEGIN TRY
        BEGIN TRANSACTION;
        -- Every lead's row, so that leads and other administrators wait until this is done.
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId > 0;
        IF NOT EXISTS (SELECT 1 FROM core.AdminLog AS o WHERE o.OpId = @OpId)
        BEGIN
            SELECT @LeadId = g.LeadId, @GroupId = g.GroupId, @Unit = g.Unit
            FROM core.Manager AS m
            JOIN core.SalesGroup AS g ON g.GroupId = m.GroupId
            WHERE m.ManagerId = @ManagerId;
            IF @GroupId IS NULL
                THROW 51214, N'There is no such manager.', 1;
            EXEC core.ReadEntryIds @EntryIds = @EntryIds, @AreOut = 0;

            SELECT TOP (1) @OldUnit = g.Unit
            FROM #Change AS c
            JOIN core.SalesGroup AS g ON g.GroupId = c.GroupId
            WHERE g.Unit <> @Unit
            ORDER BY c.EntryId;
            IF @OldUnit IS NOT NULL
            BEGIN
                SELECT @OldUnit AS [Old], @Unit AS [New];
                THROW 51129, N'The manager''s group counts in another unit.', 1;
            END;

            UPDATE #Change SET LeadId = @LeadId, GroupId = @GroupId, ManagerId = @ManagerId;
            EXEC core.WriteChanges @Action = 'reassigned', @Now = @Now, @ChangedBy = @By;
            SELECT @Detail = N'to manager ' + CAST(@ManagerId AS nvarchar(20)) + N': '
                + REPLACE(REPLACE(REPLACE(@EntryIds, N'[', N''), N']', N''), N',', N' ');
            EXEC core.LogAdmin @By = @By, @Action = 'reassign_entries', @Detail = @Detail, @OpId = @OpId;
        END;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    SELECT COUNT(DISTINCT j.EntryId) AS Entries FROM OPENJSON(@EntryIds) WITH (EntryId int '$') AS j;
END;
GO
