SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.SignOut
Purpose:     End a session; one that has ended already is no error
Called by:   the desktop program
Returns:     nothing
Errors:      51008 called inside a transaction
Transaction: one statement
*/
CREATE OR ALTER PROCEDURE api.SignOut
    @Token varbinary(64)                    -- the own session
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @TokenHash varbinary(32) = CAST(HASHBYTES('SHA2_256', @Token) AS varbinary(32));
    DELETE FROM core.Session WHERE TokenHash = @TokenHash;
END;
GO
