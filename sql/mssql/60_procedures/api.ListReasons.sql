SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListReasons
Purpose:     Give the reasons of the lead's refused entries, to choose from
Called by:   the desktop program
Returns:     Reason, most used first, at most 50
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListReasons
    @Token varbinary(64)                    -- the own session
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @LeadId = @LeadId OUTPUT;
    SELECT TOP (50) e.Reason
    FROM core.Entry AS e
    WHERE e.LeadId = @LeadId AND e.Status = 2 AND e.DeletedAt IS NULL AND e.Reason <> N''
    GROUP BY e.Reason
    ORDER BY COUNT(*) DESC, e.Reason;
END;
GO
