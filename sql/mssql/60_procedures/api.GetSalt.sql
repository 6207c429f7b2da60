SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetSalt
Purpose:     Tell how a lead's key is derived from the password; nothing of it is secret
Called by:   the desktop program before signing in and before changing a password
Returns:     one row: Kind, Salt, TimeCost, MemoryKib, Parallelism
Errors:      51003 no such active lead, or no password was issued; 51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.GetSalt
    @NameKey nvarchar(400)                  -- the lead's name as names are compared
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int = (SELECT l.LeadId FROM core.Lead AS l WHERE l.NameKey = @NameKey AND l.IsActive = 1);
    IF NOT EXISTS (SELECT c.LeadId FROM core.LeadCredential AS c WHERE c.LeadId = @LeadId)
        THROW 51003, N'Name and password do not fit together.', 1;
    SELECT c.Kind, c.Salt, c.TimeCost, c.MemoryKib, c.Parallelism
    FROM core.LeadCredential AS c
    WHERE c.LeadId = @LeadId;
END;
GO
