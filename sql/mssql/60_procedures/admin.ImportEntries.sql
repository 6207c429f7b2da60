SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ImportEntries
Purpose:     Store the entries of an upload as one batch. A row whose ClientRef is stored already is unchanged,
             differing, or (@Update) taken over; one that an undone import had brought is brought again
Called by:   AdminStore.import_entries, after admin.SendImportRows
Returns:     1. BatchId (NULL when nothing was stored), Added, Updated, Unchanged
             2. by RowNumber, rows that were left alone: RowNumber, Fate (differing; unknown: no such lead, group or
                manager)
Errors:      51294 not all rows have come; 51132, 51135, 51136 of the roster
Transaction: its own; rolled back after a dry run. The upload is removed in any case but that of an error; what
             an import that was broken off has left is removed after a day
*/
CREATE OR ALTER PROCEDURE admin.ImportEntries
    @UploadId uniqueidentifier,             -- as the rows were sent
    @Rows     int,                          -- how many there are
    @Source   nvarchar(260),                -- name of the source, for the record
    @By       nvarchar(200),                -- who does it, and on which computer
    @Roster   nvarchar(max) = NULL,         -- JSON as for admin.ApplyRoster: made first, where it is missing
    @Update   bit = 0,                      -- 1: take over changed rows
    @DryRun   bit = 0                       -- 1: only count
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @BatchId int;
    DECLARE @New int;
    DECLARE @Again int;
    DECLARE @Changed int;
    DECLARE @Unchanged int;
    DECLARE @IsStored bit = 0;
    DECLARE @OtherBlank nvarchar(10) = N'%[' + NCHAR(9) + NCHAR(10) + NCHAR(160) + N']%';
    DECLARE @Detail nvarchar(400);
    -- part: Roster
    -- part: Change
    CREATE TABLE #Import (
        RowNumber int NOT NULL,
        ClientRef uniqueidentifier NOT NULL PRIMARY KEY,
        LeadId    int NULL,
        GroupId   int NULL,
        ManagerId int NULL,
        EntryId   int NULL,
        Fate      varchar(10) COLLATE DATABASE_DEFAULT NOT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;
        -- Every lead's row, so that leads and other administrators wait until this is done.
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId > 0;
        IF @Roster IS NOT NULL
        BEGIN
            EXEC core.ReadRoster @Rows = @Roster;
            EXEC core.AddMissingPlaces;
            EXEC core.AddMissingManagers;
        END;

        INSERT INTO core.ImportBatch (Source, ImportedAt, ImportedBy) VALUES (@Source, @Now, @By);
        SELECT @BatchId = SCOPE_IDENTITY();

        INSERT INTO #Import (RowNumber, ClientRef, LeadId, GroupId, ManagerId, EntryId, Fate)
        SELECT
            r.RowNumber, r.ClientRef, l.LeadId, g.GroupId, m.ManagerId, e.EntryId,
            CASE
                WHEN m.ManagerId IS NULL THEN 'unknown'
                WHEN e.EntryId IS NULL THEN 'new'
                -- The last that happened to it is that its import was taken back.
                WHEN e.DeletedAt IS NOT NULL AND EXISTS (
                    SELECT 1
                    FROM core.EntryHistory AS h
                    JOIN core.EntryHistory AS i ON i.EntryId = h.EntryId AND i.Version = h.Version - 1
                    JOIN core.ImportBatch AS b ON b.BatchId = i.BatchId
                    WHERE h.EntryId = e.EntryId AND h.Version = e.Version AND h.Action = 'voided'
                      AND h.BatchId IS NULL AND b.UndoneAt IS NOT NULL
                ) THEN 'again'
                WHEN e.ManagerId = m.ManagerId AND e.ClientPin = r.ClientPin AND e.Amount = r.Amount
                    AND e.EnteredOn = r.EnteredOn AND e.Status = r.Status AND e.Comment = r.Comment
                    AND e.Reason = r.Reason
                    AND (e.PaidAmount = r.PaidAmount OR (e.PaidAmount IS NULL AND r.PaidAmount IS NULL))
                    AND (e.PayBy = r.PayBy OR (e.PayBy IS NULL AND r.PayBy IS NULL))
                    AND (e.StatusOn = r.StatusOn OR (e.StatusOn IS NULL AND r.StatusOn IS NULL)) THEN 'unchanged'
                WHEN @Update = 1 AND e.DeletedAt IS NULL THEN 'changed'
                ELSE 'differing'
            END
        FROM core.ImportRow AS r
        LEFT JOIN core.Lead AS l ON l.NameKey = r.LeadKey
        LEFT JOIN core.SalesGroup AS g ON g.LeadId = l.LeadId AND g.NameKey = r.GroupKey
        LEFT JOIN core.Manager AS m ON m.GroupId = g.GroupId AND m.NameKey = r.ManagerKey
        LEFT JOIN core.Entry AS e ON e.ClientRef = r.ClientRef
        WHERE r.UploadId = @UploadId;
        IF @@ROWCOUNT <> @Rows
            THROW 51294, N'Not all rows of the upload are there.', 1;

        INSERT INTO core.Entry (
            ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy,
            Status, StatusOn, Comment, Reason, SearchKey, Version, ChangeSeq)
        SELECT
            r.ClientRef, i.LeadId, i.GroupId, i.ManagerId, r.ClientPin, r.Amount, r.PaidAmount, r.EnteredOn,
            r.PayBy, r.PayBy, r.Status, r.StatusOn, r.Comment, r.Reason,
            -- What the function gives. It is asked only where blanks have to be made even: to call it for every row
            -- takes as long as all else here.
            CASE WHEN (r.ClientPin + N'|' + r.Comment + N'|' + r.Reason) COLLATE Latin1_General_BIN2 LIKE @OtherBlank
                   OR (r.ClientPin + N'|' + r.Comment + N'|' + r.Reason) COLLATE Latin1_General_BIN2 LIKE N'%  %'
                 THEN core.SearchKeyOf(r.ClientPin, r.Comment, r.Reason)
                 ELSE LEFT(
                     LOWER(r.ClientPin COLLATE Latin1_General_CI_AS)
                     + CASE WHEN r.Comment = N'' THEN N''
                            ELSE NCHAR(10) + LOWER(r.Comment COLLATE Latin1_General_CI_AS) END
                     + CASE WHEN r.Reason = N'' THEN N''
                            ELSE NCHAR(10) + LOWER(r.Reason COLLATE Latin1_General_CI_AS) END,
                     710) END,
            1,
            l.ChangeSeq + ROW_NUMBER() OVER (PARTITION BY i.LeadId ORDER BY i.RowNumber)
        FROM #Import AS i
        JOIN core.ImportRow AS r ON r.UploadId = @UploadId AND r.ClientRef = i.ClientRef
        JOIN core.Lead AS l ON l.LeadId = i.LeadId
        WHERE i.Fate = 'new'
        ORDER BY i.RowNumber;

        UPDATE l
        SET ChangeSeq = l.ChangeSeq + n.Entries
        FROM core.Lead AS l
        JOIN (
            SELECT i.LeadId, COUNT(*) AS Entries FROM #Import AS i WHERE i.Fate = 'new' GROUP BY i.LeadId
        ) AS n ON n.LeadId = l.LeadId;

        INSERT INTO core.EntryHistory (
            EntryId, Version, Action, ChangedAt, ChangedBy, Computer, BatchId, ChangeSeq, LeadId, GroupId,
            ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn, Comment, Reason, DeletedAt)
        SELECT
            e.EntryId, e.Version, 'imported', @Now, @By, N'', @BatchId, e.ChangeSeq, e.LeadId, e.GroupId,
            e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.Status, e.StatusOn,
            e.Comment, e.Reason, e.DeletedAt
        FROM #Import AS i
        JOIN core.Entry AS e ON e.ClientRef = i.ClientRef
        WHERE i.Fate = 'new'
        ORDER BY e.EntryId;

        INSERT INTO #Change (
            EntryId, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn,
            Comment, Reason, DeletedAt)
        SELECT
            i.EntryId, i.LeadId, i.GroupId, i.ManagerId, r.ClientPin, r.Amount, r.PaidAmount, r.EnteredOn, r.PayBy,
            r.Status, r.StatusOn, r.Comment, r.Reason, NULL
        FROM #Import AS i
        JOIN core.ImportRow AS r ON r.UploadId = @UploadId AND r.ClientRef = i.ClientRef
        WHERE i.Fate IN ('again', 'changed');
        EXEC core.WriteChanges @Action = 'imported', @Now = @Now, @ChangedBy = @By, @BatchId = @BatchId;

        SELECT
            @New = COUNT(CASE WHEN i.Fate = 'new' THEN 1 END),
            @Again = COUNT(CASE WHEN i.Fate = 'again' THEN 1 END),
            @Changed = COUNT(CASE WHEN i.Fate = 'changed' THEN 1 END),
            @Unchanged = COUNT(CASE WHEN i.Fate = 'unchanged' THEN 1 END)
        FROM #Import AS i;
        IF @DryRun = 0 AND (@New + @Again + @Changed > 0 OR EXISTS (SELECT 1 FROM #RosterChange AS c))
            SELECT @IsStored = 1;

        SELECT
            CASE WHEN @IsStored = 1 THEN @BatchId END AS BatchId, @New + @Again AS Added, @Changed AS Updated,
            @Unchanged AS Unchanged;

        SELECT i.RowNumber, i.Fate
        FROM #Import AS i
        WHERE i.Fate IN ('differing', 'unknown')
        ORDER BY i.RowNumber;

        IF @IsStored = 1
        BEGIN
            SELECT @Detail = N'batch ' + CAST(@BatchId AS nvarchar(20)) + N': ' + @Source;
            EXEC core.LogAdmin @By = @By, @Action = 'import_entries', @Detail = @Detail;
            COMMIT TRANSACTION;
        END;
        ELSE
            ROLLBACK TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;

    DELETE FROM core.ImportRow WHERE UploadId = @UploadId OR SentAt < DATEADD(DAY, -1, @Now);
END;
GO
