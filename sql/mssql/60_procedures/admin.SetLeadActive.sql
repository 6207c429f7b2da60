SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.SetLeadActive
Purpose:     Let a lead in, or not; deactivating ends all sessions
Called by:   AdminStore.set_lead_active
Returns:     nothing
Errors:      51244 no such lead
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.SetLeadActive
    @LeadId   int,                          -- whom
    @IsActive bit,                          -- 1: may sign in
    @By       nvarchar(200)                 -- who does it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Name nvarchar(200);
    DECLARE @Action varchar(50) = CASE WHEN @IsActive = 1 THEN 'activate_lead' ELSE 'deactivate_lead' END;
    BEGIN TRY
        BEGIN TRANSACTION;
        SELECT @Name = l.Name FROM core.Lead AS l WHERE l.LeadId = @LeadId;
        IF @Name IS NULL
            THROW 51244, N'There is no such lead.', 1;
        UPDATE core.Lead SET IsActive = @IsActive WHERE LeadId = @LeadId;
        IF @IsActive = 0
            DELETE FROM core.Session WHERE LeadId = @LeadId;
        EXEC core.LogAdmin @By = @By, @Action = @Action, @Detail = @Name;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
