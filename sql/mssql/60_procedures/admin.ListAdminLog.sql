SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ListAdminLog
Purpose:     Give what administrators did last
Called by:   AdminStore.list_admin_log
Returns:     newest first: DoneAt (UTC), DoneBy, Action, Detail
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.ListAdminLog
    @Limit int = 50        -- how many at most
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT TOP (@Limit) l.DoneAt, l.DoneBy, l.Action, l.Detail
    FROM core.AdminLog AS l
    ORDER BY l.AdminLogId DESC;
END;
GO
