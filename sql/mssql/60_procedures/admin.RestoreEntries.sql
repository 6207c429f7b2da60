SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.RestoreEntries
Purpose:     Bring deleted or voided entries back
Called by:   AdminStore.restore_entries
Returns:     Entries: how many
Errors:      51204 one of them does not exist or is not out: EntryIds; nothing is changed then
Transaction: its own. The same @OpId again changes nothing and gives what the first time gave
*/
CREATE OR ALTER PROCEDURE admin.RestoreEntries
    @EntryIds  nvarchar(max),               -- JSON, an array of numbers
    @By        nvarchar(200),               -- who does it, and on which computer
    @OpId      uniqueidentifier = NULL      -- made by the client for this one write, which it may send again
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Detail nvarchar(max) = REPLACE(REPLACE(REPLACE(@EntryIds, N'[', N''), N']', N''), N',', N' ');
    -- part: Change

    BEGIN TRY
        BEGIN TRANSACTION;
        -- Every lead's row, so that leads and other administrators wait until this is done.
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId > 0;
        IF NOT EXISTS (SELECT 1 FROM core.AdminLog AS o WHERE o.OpId = @OpId)
        BEGIN
            EXEC core.ReadEntryIds @EntryIds = @EntryIds, @AreOut = 1;
            UPDATE #Change SET DeletedAt = NULL;
            EXEC core.WriteChanges @Action = 'restored', @Now = @Now, @ChangedBy = @By;
            EXEC core.LogAdmin @By = @By, @Action = 'restore_entries', @Detail = @Detail, @OpId = @OpId;
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
