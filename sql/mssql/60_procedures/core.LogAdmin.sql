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
    @Detail nvarchar(max) = N'',            -- to what; 400 characters are kept, the last three as dots if it is longer
    @OpId   uniqueidentifier = NULL         -- the operation, where one may be sent again
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    -- In binary, LEFT counts as the column does.
    INSERT INTO core.AdminLog (DoneAt, DoneBy, Computer, Action, Detail, OpId)
    VALUES (core.Now(), @By, N'', @Action,
            CASE WHEN core.LengthOf(@Detail) > 400
                 THEN LEFT(@Detail COLLATE Latin1_General_BIN2, 397) + N'...' ELSE @Detail END, @OpId);
END;
GO
