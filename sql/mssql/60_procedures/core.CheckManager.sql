SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.CheckManager
Purpose:     Make sure that entries may be given to a manager: one of the lead's, active, in an active group
Called by:   api.AddEntry, api.UpdateEntry
Returns:     nothing; group and unit through OUTPUT parameters
Errors:      51016 no such active manager of this lead
Transaction: the caller's
*/
CREATE OR ALTER PROCEDURE core.CheckManager
    @LeadId    int,                         -- who writes
    @ManagerId bigint,                      -- as the client sent it
    @GroupId   int OUTPUT,                  -- the manager's group
    @Unit      varchar(3) OUTPUT            -- in which that group counts
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT @GroupId = NULL, @Unit = NULL;
    SELECT @GroupId = g.GroupId, @Unit = g.Unit
    FROM core.Manager AS m
    JOIN core.SalesGroup AS g ON g.GroupId = m.GroupId
    WHERE m.ManagerId = @ManagerId AND g.LeadId = @LeadId AND m.IsActive = 1 AND g.IsActive = 1;
    IF @GroupId IS NULL
        THROW 51016, N'There is no such active manager of this lead.', 1;
END;
GO
