SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.BeginWrite
Purpose:     Begin a lead's write: queue behind the lead's other writers, take the next change number, and
             find out whether the same operation came before
Called by:   api.AddEntry, api.UpdateEntry, api.DeleteEntry, api.RestoreEntry
Returns:     nothing; through OUTPUT parameters the number, and for a repetition the entry and the version
             that it led to
Errors:      51202 the operation came before with other content
Transaction: the caller's, begun just before: what it reads from here on is what no other writer of this lead
             changes. A caller that writes nothing rolls back, which gives the number back
*/
CREATE OR ALTER PROCEDURE core.BeginWrite
    @LeadId    int,                         -- who writes
    @OpId      uniqueidentifier,            -- made by the client for this one write
    @Request   varbinary(32),               -- digest of what is asked for
    @ChangeSeq bigint OUTPUT,               -- the number of this write
    @DoneId    int OUTPUT,                  -- the entry, if this is a repetition
    @DoneAs    int OUTPUT                   -- its version after the first time
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @FirstRequest varbinary(32);
    UPDATE core.Lead SET ChangeSeq = ChangeSeq + 1 WHERE LeadId = @LeadId;
    SELECT @ChangeSeq = l.ChangeSeq FROM core.Lead AS l WHERE l.LeadId = @LeadId;
    SELECT @DoneId = NULL, @DoneAs = NULL;
    SELECT @DoneId = h.EntryId, @DoneAs = h.Version, @FirstRequest = h.Request
    FROM core.EntryHistory AS h
    WHERE h.LeadId = @LeadId AND h.OpId = @OpId;
    IF @DoneId IS NOT NULL AND (@FirstRequest IS NULL OR @Request IS NULL OR @FirstRequest <> @Request)
        THROW 51202, N'The operation came before with other content.', 1;
END;
GO
