SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListLeadNames
Purpose:     Fill the list of names of the sign-in window
Called by:   the desktop program before anybody has signed in; the names are public
Returns:     Name of each active lead, in order of name
Errors:      51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListLeadNames
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    SELECT l.Name FROM core.Lead AS l WHERE l.IsActive = 1 ORDER BY l.NameKey;
END;
GO
