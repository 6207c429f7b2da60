SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListGroups
Purpose:     Give the lead's groups with their managers, inactive ones included
Called by:   the desktop program
Returns:     a row for each manager, and for each group without one: GroupId, GroupName, Unit, GroupActive,
             LeadId, ManagerId, ManagerName, ManagerActive; in order of name of group and manager
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListGroups
    @Token varbinary(64)                    -- the own session
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @LeadId = @LeadId OUTPUT;
    SELECT
        g.GroupId, g.Name AS GroupName, g.Unit, g.IsActive AS GroupActive, g.LeadId,
        m.ManagerId, m.Name AS ManagerName, m.IsActive AS ManagerActive
    FROM core.SalesGroup AS g
    LEFT JOIN core.Manager AS m ON m.GroupId = g.GroupId
    WHERE g.LeadId = @LeadId
    ORDER BY g.NameKey, m.NameKey;
END;
GO
