SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.UndoImport
Purpose:     Take back an import: its entries are voided, its changes reverted, unless changed since
Called by:   AdminStore.undo_import
Returns:     1. Removed, Reverted: how many
             2. by EntryId, those that somebody changed since, and that are kept: EntryId
Errors:      51224 no such import; 51234 it was taken back already
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.UndoImport
    @BatchId int,                           -- which
    @By      nvarchar(200)                  -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Detail nvarchar(400) = N'batch ' + CAST(@BatchId AS nvarchar(20));
    -- part: Change
    CREATE TABLE #Undo (
        EntryId int NOT NULL PRIMARY KEY,
        Version int NOT NULL,               -- that the import wrote
        Fate    varchar(10) COLLATE DATABASE_DEFAULT NOT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;
        -- Every lead's row, so that leads and other administrators wait until this is done.
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId > 0;
        IF NOT EXISTS (SELECT 1 FROM core.ImportBatch AS b WHERE b.BatchId = @BatchId)
            THROW 51224, N'There is no such import.', 1;
        UPDATE core.ImportBatch SET UndoneAt = @Now WHERE BatchId = @BatchId AND UndoneAt IS NULL;
        IF @@ROWCOUNT = 0
            THROW 51234, N'The import was taken back already.', 1;

        INSERT INTO #Undo (EntryId, Version, Fate)
        SELECT
            h.EntryId, h.Version,
            CASE
                WHEN e.Version <> h.Version THEN 'kept'
                WHEN b.EntryId IS NULL OR b.DeletedAt IS NOT NULL THEN 'removed'
                ELSE 'reverted'
            END
        FROM core.EntryHistory AS h
        JOIN core.Entry AS e ON e.EntryId = h.EntryId
        LEFT JOIN core.EntryHistory AS b ON b.EntryId = h.EntryId AND b.Version = h.Version - 1
        WHERE h.BatchId = @BatchId;

        INSERT INTO #Change (
            EntryId, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn,
            Comment, Reason, DeletedAt)
        SELECT
            e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy,
            e.Status, e.StatusOn, e.Comment, e.Reason, @Now
        FROM #Undo AS u
        JOIN core.Entry AS e ON e.EntryId = u.EntryId
        WHERE u.Fate = 'removed';
        EXEC core.WriteChanges @Action = 'voided', @Now = @Now, @ChangedBy = @By;

        DELETE FROM #Change;
        INSERT INTO #Change (
            EntryId, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn,
            Comment, Reason, DeletedAt)
        SELECT
            b.EntryId, b.LeadId, b.GroupId, b.ManagerId, b.ClientPin, b.Amount, b.PaidAmount, b.EnteredOn, b.PayBy,
            b.Status, b.StatusOn, b.Comment, b.Reason, NULL
        FROM #Undo AS u
        JOIN core.EntryHistory AS b ON b.EntryId = u.EntryId AND b.Version = u.Version - 1
        WHERE u.Fate = 'reverted';
        EXEC core.WriteChanges @Action = 'changed', @Now = @Now, @ChangedBy = @By;

        EXEC core.LogAdmin @By = @By, @Action = 'undo_import', @Detail = @Detail;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    SELECT
        COUNT(CASE WHEN u.Fate = 'removed' THEN 1 END) AS Removed,
        COUNT(CASE WHEN u.Fate = 'reverted' THEN 1 END) AS Reverted
    FROM #Undo AS u;

    SELECT u.EntryId FROM #Undo AS u WHERE u.Fate = 'kept' ORDER BY u.EntryId;
END;
GO
