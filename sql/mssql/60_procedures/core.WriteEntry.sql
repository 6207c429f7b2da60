SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.WriteEntry
Purpose:     Store a new entry, or give one new content, after everything was checked
Called by:   api.AddEntry, api.UpdateEntry
Returns:     nothing; the number of a new entry through @EntryId
Errors:      none of its own
Transaction: the caller's, begun by core.BeginWrite
*/
CREATE OR ALTER PROCEDURE core.WriteEntry
    @EntryId    int OUTPUT,                 -- NULL: a new entry
    @ClientRef  uniqueidentifier = NULL,    -- of a new entry; made by the client
    @LeadId     int = NULL,                 -- of a new entry
    @EnteredOn  date = NULL,                -- of a new entry
    @GroupId    int,                        -- the manager's group
    @ManagerId  int,                        -- one of the lead's managers
    @ClientPin  nvarchar(100),
    @Amount     decimal(19, 2),             -- in the unit
    @PayBy      date,
    @Status     tinyint,                    -- 0 expected, 1 paid, 2 refused
    @StatusOn   date,                       -- NULL for an expected entry
    @PaidAmount decimal(19, 2),             -- NULL: all
    @Comment    nvarchar(500),
    @Reason     nvarchar(100),              -- why it was refused; empty for any other status
    @ChangeSeq  bigint                      -- the number of this write
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @SearchKey nvarchar(710) = core.SearchKeyOf(@ClientPin, @Comment, @Reason);
    IF @EntryId IS NULL
    BEGIN
        INSERT INTO core.Entry (
            ClientRef, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy,
            Status, StatusOn, Comment, Reason, SearchKey, Version, ChangeSeq)
        VALUES (
            @ClientRef, @LeadId, @GroupId, @ManagerId, @ClientPin, @Amount, @PaidAmount, @EnteredOn, @PayBy, @PayBy,
            @Status, @StatusOn, @Comment, @Reason, @SearchKey, 1, @ChangeSeq);
        SELECT @EntryId = SCOPE_IDENTITY();
    END;
    ELSE
        UPDATE core.Entry
        SET GroupId = @GroupId, ManagerId = @ManagerId, ClientPin = @ClientPin, Amount = @Amount,
            PaidAmount = @PaidAmount, PayBy = @PayBy, Status = @Status, StatusOn = @StatusOn, Comment = @Comment,
            Reason = @Reason, SearchKey = @SearchKey, Version = Version + 1, ChangeSeq = @ChangeSeq
        WHERE EntryId = @EntryId;
END;
GO
