SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.CheckEntry
Purpose:     Make sure that an entry is the lead's own, and unchanged since it was read
Called by:   every procedure of schema api that is given the number of an entry
Returns:     nothing
Errors:      51006 no such entry of this lead; 51201 changed since, with Version, ChangedBy, ChangedAt
Transaction: the caller's, if there is one
*/
CREATE OR ALTER PROCEDURE core.CheckEntry
    @LeadId  int,                           -- who asks
    @EntryId bigint,                        -- as the client sent it
    @Version int = NULL                     -- the version that the client knows; NULL: any
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Current int = (
        SELECT e.Version FROM core.Entry AS e WHERE e.EntryId = @EntryId AND e.LeadId = @LeadId);
    IF @Current IS NULL
        THROW 51006, N'There is no such entry of this lead.', 1;
    IF @Current <> @Version
    BEGIN
        SELECT h.Version, h.ChangedBy, h.ChangedAt
        FROM core.EntryHistory AS h
        WHERE h.EntryId = @EntryId AND h.Version = @Current;
        THROW 51201, N'Somebody changed the entry since it was read.', 1;
    END;
END;
GO
