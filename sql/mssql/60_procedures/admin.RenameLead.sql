SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.RenameLead
Purpose:     Give a lead another name; entries, password and sessions stay
Called by:   AdminStore.rename_lead
Returns:     nothing
Errors:      51223 another lead has this name; 51244 no such lead
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.RenameLead
    @LeadId  int,                           -- whom
    @Name    nvarchar(200),                 -- the new name
    @NameKey nvarchar(200),                 -- the form in which names are compared
    @By      nvarchar(200)                  -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @OldName nvarchar(200);
    DECLARE @Detail nvarchar(400);
    BEGIN TRY
        BEGIN TRANSACTION;
        SELECT @OldName = l.Name FROM core.Lead AS l WHERE l.LeadId = @LeadId;
        IF @OldName IS NULL
            THROW 51244, N'There is no such lead.', 1;
        IF EXISTS (SELECT 1 FROM core.Lead AS l WHERE l.NameKey = @NameKey AND l.LeadId <> @LeadId)
            THROW 51223, N'Another lead has this name.', 1;
        UPDATE core.Lead SET Name = @Name, NameKey = @NameKey WHERE LeadId = @LeadId;
        SET @Detail = LEFT(@OldName + N' -> ' + @Name, 400);
        EXEC core.LogAdmin @By = @By, @Action = 'rename_lead', @Detail = @Detail;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
