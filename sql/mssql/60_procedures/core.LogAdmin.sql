SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.LogAdmin
Purpose:     Record what an administrator did
Called by:   every procedure of schema admin that changes something
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, so that nothing is done without its record and nothing is recorded that was not done
*/
CREATE OR ALTER PROCEDURE core.LogAdmin
    @By     nvarchar(200),                  -- who, and on which computer
    @Action varchar(50),                    -- what, in one word
    @Detail nvarchar(max) = N''             -- to what; its first 400 characters are kept
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    INSERT INTO core.AdminLog (DoneAt, DoneBy, Computer, Action, Detail)
    VALUES (SYSUTCDATETIME(), @By, N'', @Action, LEFT(@Detail, 400));
END;
GO
