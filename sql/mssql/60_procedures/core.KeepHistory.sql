SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.KeepHistory
Purpose:     Record entries of one lead as they are now: those whose change numbers are above a number
Called by:   api.AddEntry, api.UpdateEntry, api.DeleteEntry, api.RestoreEntry, imports of new entries
Returns:     nothing
Errors:      none of its own
Transaction: the caller's, in which the lead's row is held and the entries were written
*/
CREATE OR ALTER PROCEDURE core.KeepHistory
    @LeadId    int,                         -- whose entries
    @AfterSeq  bigint,                      -- the lead's change number before this transaction's writes
    @Action    varchar(10),                 -- added, changed, deleted, restored, imported ...
    @Now       datetime2(0),                -- the moment of the write
    @ChangedBy nvarchar(200),               -- the lead's name, or the administrator and the computer
    @Computer  nvarchar(128) = N'',         -- from which a lead wrote
    @OpId      uniqueidentifier = NULL,     -- the operation of a window; NULL: each row gets one of its own
    @Request   varbinary(32) = NULL,        -- digest of what the window asked for
    @BatchId   int = NULL                   -- the import
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    INSERT INTO core.EntryHistory (
        EntryId, Version, Action, ChangedAt, ChangedBy, Computer, OpId, Request, BatchId, ChangeSeq, LeadId,
        GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn, Comment, Reason,
        DeletedAt)
    SELECT
        e.EntryId, e.Version, @Action, @Now, @ChangedBy, @Computer, COALESCE(@OpId, NEWID()), @Request, @BatchId,
        e.ChangeSeq, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn,
        e.PayBy, e.Status, e.StatusOn, e.Comment, e.Reason, e.DeletedAt
    FROM core.Entry AS e
    WHERE e.LeadId = @LeadId AND e.ChangeSeq > @AfterSeq;
END;
GO
