SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.SetHead
Purpose:     Open the company page to a lead, or close it; makes the lead if there is none of this name
Called by:   AdminStore.set_head
Returns:     one row: LeadId
Errors:      51244 there is no lead of this name, where the page is to be closed
Transaction: one: all or nothing. Closing the page ends the lead's sessions
*/
CREATE OR ALTER PROCEDURE admin.SetHead
    @Name    nvarchar(200),                 -- whom
    @NameKey nvarchar(200),                 -- the form in which names are compared
    @IsHead  bit,                           -- 1: may see the company page
    @By      nvarchar(200)                  -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @LeadId int;
    DECLARE @Detail nvarchar(400);
    BEGIN TRY
        BEGIN TRANSACTION;
        IF @IsHead = 1
            INSERT INTO core.Lead (Name, NameKey)
            SELECT @Name, @NameKey
            WHERE NOT EXISTS (SELECT 1 FROM core.Lead AS l WHERE l.NameKey = @NameKey);
        SELECT @LeadId = l.LeadId, @Detail = l.Name FROM core.Lead AS l WHERE l.NameKey = @NameKey;
        IF @LeadId IS NULL
            THROW 51244, N'There is no such lead.', 1;
        UPDATE core.Lead SET IsHead = @IsHead WHERE LeadId = @LeadId;
        IF @IsHead = 0
        BEGIN
            DELETE FROM core.Session WHERE LeadId = @LeadId;
            SELECT @Detail = @Detail + N': no';
        END;
        EXEC core.LogAdmin @By = @By, @Action = 'set_head', @Detail = @Detail;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
    SELECT @LeadId AS LeadId;
END;
GO
