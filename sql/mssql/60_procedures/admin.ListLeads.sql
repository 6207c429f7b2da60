SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ListLeads
Purpose:     Give all leads with groups and managers, inactive ones included
Called by:   AdminStore.list_leads
Returns:     1. leads by name: LeadId, Name, IsActive, IsHead, HasPassword, MustChange, IsLocked, Failures
             2. groups by lead and name, a row for each manager: GroupId, GroupName, Unit, GroupActive, LeadId,
                ManagerId, ManagerName, ManagerActive (NULL in a group without managers)
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.ListLeads
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT
        l.LeadId, l.Name, l.IsActive, l.IsHead,
        CASE WHEN c.LeadId IS NULL THEN 0 ELSE 1 END AS HasPassword,
        COALESCE(c.MustChange, 0) AS MustChange,
        CASE WHEN c.LockedAt IS NULL THEN 0 ELSE 1 END AS IsLocked,
        COALESCE(c.Failures, 0) AS Failures
    FROM core.Lead AS l
    LEFT JOIN core.LeadCredential AS c ON c.LeadId = l.LeadId
    ORDER BY l.NameKey;

    SELECT
        g.GroupId, g.Name AS GroupName, g.Unit, g.IsActive AS GroupActive, g.LeadId,
        m.ManagerId, m.Name AS ManagerName, m.IsActive AS ManagerActive
    FROM core.SalesGroup AS g
    LEFT JOIN core.Manager AS m ON m.GroupId = g.GroupId
    ORDER BY g.LeadId, g.NameKey, m.NameKey;
END;
GO
