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
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.ReassignEntries
    @EntryIds  nvarchar(max),               -- JSON, an array of numbers
    @ManagerId int,                         -- to whom
    @By        nvarchar(200)                -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = SYSUTCDATETIME();
    DECLARE @LeadId int;
    DECLARE @GroupId int;
    DECLARE @Unit varchar(3);
    DECLARE @OldUnit varchar(3);
    DECLARE @Detail nvarchar(max);
    CREATE TABLE #Change (
        EntryId    int NOT NULL PRIMARY KEY,
        LeadId     int NOT NULL,
        GroupId    int NOT NULL,
        ManagerId  int NOT NULL,
        ClientPin  nvarchar(32) COLLATE Latin1_General_BIN2 NOT NULL,
        Amount     decimal(19, 2) NOT NULL,
        PaidAmount decimal(19, 2) NULL,
        EnteredOn  date NOT NULL,
        PayBy      date NULL,
        Status     tinyint NOT NULL,
        StatusOn   date NULL,
        Comment    nvarchar(500) COLLATE Latin1_General_BIN2 NOT NULL,
        DeletedAt  datetime2(0) NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;
        -- Every lead's row, so that leads and other administrators wait until this is done.
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId > 0;
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
        EXEC core.LogAdmin @By = @By, @Action = 'reassign_entries', @Detail = @Detail;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    SELECT COUNT(*) AS Entries FROM #Change;
END;
GO
