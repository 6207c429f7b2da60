SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.UnlockLead
Purpose:     Forget failures, waiting time and lock of a lead; the password stays
Called by:   AdminStore.unlock_lead
Returns:     nothing
Errors:      51244 no such lead
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.UnlockLead
    @LeadId int,                            -- whom
    @By     nvarchar(200)                   -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Name nvarchar(200);
    BEGIN TRY
        BEGIN TRANSACTION;
        SELECT @Name = l.Name FROM core.Lead AS l WHERE l.LeadId = @LeadId;
        IF @Name IS NULL
            THROW 51244, N'There is no such lead.', 1;
        UPDATE core.LeadCredential
        SET Failures = 0, NextTryAt = '20000101', LockedAt = NULL
        WHERE LeadId = @LeadId;
        EXEC core.LogAdmin @By = @By, @Action = 'unlock_lead', @Detail = @Name;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
