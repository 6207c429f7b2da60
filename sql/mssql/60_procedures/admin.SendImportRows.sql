SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.SendImportRows
Purpose:     Take a part of a file's rows in; admin.ImportEntries then turns them into entries
Called by:   AdminStore.import_entries, once for each part
Returns:     Taken: how many rows of the part are there now
Errors:      none of its own
Transaction: none of its own. A part is stored whole or not at all, so one that is there already was sent twice
*/
CREATE OR ALTER PROCEDURE admin.SendImportRows
    @UploadId uniqueidentifier,             -- made by the client for this one import
    @Rows     nvarchar(max)                 -- JSON; RowNumber counts the rows of the upload, in their order
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Mark nchar(1) = NCHAR(128);    -- see core.PlainText
    DECLARE @IsPlain bit = 0;               -- 1: no text of the part has it, as is usual; a look at all of them at once
    DECLARE @Taken int;
    IF CHARINDEX(@Mark, @Rows COLLATE Latin1_General_BIN2) = 0
        SELECT @IsPlain = 1;
    BEGIN TRY
        INSERT INTO core.ImportRow (
            UploadId, RowNumber, ClientRef, LeadKey, GroupKey, ManagerKey, ClientPin, Amount, PaidAmount, EnteredOn,
            PayBy, Status, StatusOn, Comment, Reason)
        SELECT
            @UploadId, j.RowNumber, j.ClientRef,
            CASE WHEN @IsPlain = 1 OR CHARINDEX(@Mark, j.LeadKey COLLATE Latin1_General_BIN2) = 0 THEN j.LeadKey
                 ELSE core.PlainText(j.LeadKey) END,
            CASE WHEN @IsPlain = 1 OR CHARINDEX(@Mark, j.GroupKey COLLATE Latin1_General_BIN2) = 0 THEN j.GroupKey
                 ELSE core.PlainText(j.GroupKey) END,
            CASE WHEN @IsPlain = 1 OR CHARINDEX(@Mark, j.ManagerKey COLLATE Latin1_General_BIN2) = 0 THEN j.ManagerKey
                 ELSE core.PlainText(j.ManagerKey) END,
            CASE WHEN @IsPlain = 1 OR CHARINDEX(@Mark, j.ClientPin COLLATE Latin1_General_BIN2) = 0 THEN j.ClientPin
                 ELSE core.PlainText(j.ClientPin) END,
            j.Amount, j.PaidAmount, j.EnteredOn, j.PayBy, j.Status, j.StatusOn,
            CASE WHEN @IsPlain = 1 OR CHARINDEX(@Mark, j.Comment COLLATE Latin1_General_BIN2) = 0 THEN j.Comment
                 ELSE core.PlainText(j.Comment) END,
            CASE WHEN @IsPlain = 1 OR CHARINDEX(@Mark, j.Reason COLLATE Latin1_General_BIN2) = 0 THEN j.Reason
                 ELSE core.PlainText(j.Reason) END
        FROM OPENJSON(@Rows) WITH (
            RowNumber  int '$.RowNumber',
            ClientRef  uniqueidentifier '$.ClientRef',
            LeadKey    nvarchar(400) '$.LeadKey',
            GroupKey   nvarchar(400) '$.GroupKey',
            ManagerKey nvarchar(400) '$.ManagerKey',
            ClientPin  nvarchar(300) '$.ClientPin',
            Amount     decimal(19, 2) '$.Amount',
            PaidAmount decimal(19, 2) '$.PaidAmount',
            EnteredOn  date '$.EnteredOn',
            PayBy      date '$.PayBy',
            Status     tinyint '$.Status',
            StatusOn   date '$.StatusOn',
            Comment    nvarchar(1100) '$.Comment',
            Reason     nvarchar(300) '$.Reason'
        ) AS j;
        SELECT @Taken = @@ROWCOUNT;
    END TRY
    BEGIN CATCH
        IF ERROR_NUMBER() <> 2627           -- the key is there
            THROW;
        SELECT @Taken = COUNT(*) FROM OPENJSON(@Rows) AS j;
    END CATCH;

    SELECT @Taken AS Taken;
END;
GO
