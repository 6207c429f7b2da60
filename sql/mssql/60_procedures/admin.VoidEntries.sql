SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.VoidEntries
Purpose:     Take entries out of every number, for good reasons found late
Called by:   AdminStore.void_entries
Returns:     Entries: how many
Errors:      51204 one of them does not exist or is out already: EntryIds; nothing is changed then
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.VoidEntries
    @EntryIds  nvarchar(max),               -- JSON, an array of numbers
    @By        nvarchar(200)                -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = SYSUTCDATETIME();
    DECLARE @Detail nvarchar(max) = REPLACE(REPLACE(REPLACE(@EntryIds, N'[', N''), N']', N''), N',', N' ');
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
        EXEC core.ReadEntryIds @EntryIds = @EntryIds, @AreOut = 0;
        UPDATE #Change SET DeletedAt = @Now;
        EXEC core.WriteChanges @Action = 'voided', @Now = @Now, @ChangedBy = @By;
        EXEC core.LogAdmin @By = @By, @Action = 'void_entries', @Detail = @Detail;
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
