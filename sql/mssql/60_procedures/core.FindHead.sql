SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.FindHead
Purpose:     Make sure that a session is one of a head of sales
Called by:   the procedures of schema api that show the company or another lead
Returns:     nothing
Errors:      51001 the session is unknown, expired or ended; 51002 the password must be changed first;
             51009 it is not a head's
Transaction: as core.FindCaller
*/
CREATE OR ALTER PROCEDURE core.FindHead
    @Token    varbinary(64),                -- as the client made it
    @ByPerson bit = 1                       -- whether a person did something, which keeps the session alive
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @ByPerson = @ByPerson, @LeadId = @LeadId OUTPUT;
    IF NOT EXISTS (SELECT 1 FROM core.Lead AS l WHERE l.LeadId = @LeadId AND l.IsHead = 1)
        THROW 51009, N'Only a head of sales may see this.', 1;
END;
GO
