SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.CountOpenElsewhere
Purpose:     Say how many open entries of a client PIN other leads have; nothing else is told of them
Called by:   the desktop program
Returns:     one row: Entries
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.CountOpenElsewhere
    @Token     varbinary(64),               -- the own session
    @ClientPin nvarchar(4000)               -- the whole PIN
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @LeadId = @LeadId OUTPUT;
    SELECT COUNT(*) AS Entries
    FROM core.Entry AS e
    WHERE e.ClientPin = @ClientPin AND e.ClientPin <> N'' AND e.LeadId <> @LeadId AND e.Status = 0
      AND e.DeletedAt IS NULL;
END;
GO
