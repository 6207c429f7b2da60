SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ListImportBatches
Purpose:     Give all imports
Called by:   AdminStore.list_import_batches
Returns:     newest first: BatchId, Source, ImportedAt, ImportedBy, Entries (how many it wrote), UndoneAt
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.ListImportBatches
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT
        b.BatchId, b.Source, b.ImportedAt, b.ImportedBy,
        (SELECT COUNT(*) FROM core.EntryHistory AS h WHERE h.BatchId = b.BatchId) AS Entries,
        b.UndoneAt
    FROM core.ImportBatch AS b
    ORDER BY b.BatchId DESC;
END;
GO
