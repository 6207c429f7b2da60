SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.KeepRest
Purpose:     Store what was not paid of an entry as a new open one, with the same promise
Called by:   api.UpdateEntry, after the payment was written
Returns:     nothing
Errors:      51203 the rest is stored already
Transaction: the caller's, begun by core.BeginWrite, in which the entry was written
*/
CREATE OR ALTER PROCEDURE core.KeepRest
    @EntryId   int,                         -- paid in part
    @RestRef   uniqueidentifier,            -- made by the client for the new entry
    @Today     date,                        -- the company's day
    @Now       datetime2(0),                -- the moment of the write
    @ChangedBy nvarchar(200),               -- the lead's name
    @Computer  nvarchar(128)                -- from which the lead writes
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @LeadId int, @AfterSeq bigint;
    IF EXISTS (SELECT 1 FROM core.Entry AS e WHERE e.ClientRef = @RestRef)
        THROW 51203, N'The entry is stored already under another operation.', 1;
    SELECT @LeadId = e.LeadId, @AfterSeq = e.ChangeSeq FROM core.Entry AS e WHERE e.EntryId = @EntryId;
    INSERT INTO core.Entry (
        ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, EnteredOn, PayBy, FirstPayBy, Status, Comment,
        SearchKey, RestOf, Version, ChangeSeq)
    SELECT
        @RestRef, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount - e.PaidAmount, @Today, e.PayBy, e.FirstPayBy,
        0, e.Comment, e.SearchKey, e.EntryId, 1, @AfterSeq + 1
    FROM core.Entry AS e
    WHERE e.EntryId = @EntryId;
    UPDATE core.Lead SET ChangeSeq = @AfterSeq + 1 WHERE LeadId = @LeadId;
    EXEC core.KeepHistory
        @LeadId = @LeadId, @AfterSeq = @AfterSeq, @Action = 'added', @Now = @Now, @ChangedBy = @ChangedBy,
        @Computer = @Computer;
END;
GO
