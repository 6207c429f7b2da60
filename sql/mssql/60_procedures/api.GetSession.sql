SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetSession
Purpose:     Say whose session this is; does not prolong it, and may be asked before a must-change is done
Called by:   the desktop program
Returns:     one row: LeadId, Name, ExpiresAt, MustChange, Today, IsHead, HasTeam
Errors:      51001 the session is unknown, expired or ended; 51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.GetSession
    @Token varbinary(64)                    -- the own session
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @TokenHash varbinary(32) = CAST(HASHBYTES('SHA2_256', @Token) AS varbinary(32));
    EXEC core.GiveSession @TokenHash = @TokenHash;
END;
GO
