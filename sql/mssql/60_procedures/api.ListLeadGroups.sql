SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListLeadGroups
Purpose:     Give a head of sales the groups of any lead with their managers, inactive ones included
Called by:   the desktop program
Returns:     by name, a row for each manager: the columns of api.ListGroups
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51009 the session is not a head's
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListLeadGroups
    @Token    varbinary(64),                -- a head's session
    @OfLeadId bigint                        -- whose groups
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    EXEC core.FindHead @Token = @Token;
    SELECT
        g.GroupId, g.Name AS GroupName, g.Unit, g.IsActive AS GroupActive, g.LeadId,
        m.ManagerId, m.Name AS ManagerName, m.IsActive AS ManagerActive
    FROM core.SalesGroup AS g
    LEFT JOIN core.Manager AS m ON m.GroupId = g.GroupId
    WHERE g.LeadId = @OfLeadId
    ORDER BY g.NameKey, m.NameKey;
END;
GO
