SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.UpdateEntry
Purpose:     Give an entry new content; content equal to what is stored changes nothing
Called by:   the desktop program
Returns:     one row: EntryId, ClientRef, LeadId, GroupId, GroupName, Unit, ManagerId, ManagerName,
             ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy, Status, StatusOn, Comment, Reason, RestOf,
             Version, ChangeSeq, DeletedAt, Probability, Contribution, IsLarge
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51006 no such entry of this lead, or it is deleted; 51016 no such active manager; 511xx a field
             (core.CheckDraft); 51129 the manager's group counts in another unit, with Old, New;
             51067 there is no rest to keep; 51201 changed since, with Version, ChangedBy, ChangedAt; 51202 the
             operation came before with other content; 51203 the rest is stored already
Transaction: one, short: all or nothing. Writers of one lead queue for the lead's row (core.BeginWrite). The
             same @OpId again gives what the first time gave, before anything else is looked at
*/
CREATE OR ALTER PROCEDURE api.UpdateEntry
    @Token      varbinary(64),              -- the own session
    @OpId       uniqueidentifier,           -- made by the client for this one write
    @Request    varbinary(32),              -- digest of what is asked for, to know a repetition
    @EntryId    bigint,                     -- the entry
    @Version    int,                        -- the version that the client knows
    @ManagerId  bigint,                     -- one of the lead's managers
    @ClientPin  nvarchar(4000),             -- text; 1 to 100 characters, no blanks around
    @Amount     decimal(19, 2),             -- in the unit of the manager's group
    @PayBy      date = NULL,                -- the promised day; missing only where an import left it out
    @Status     tinyint = 0,                -- 0 expected, 1 paid, 2 refused
    @StatusOn   date = NULL,                -- day of payment or refusal; NULL: today
    @PaidAmount decimal(19, 2) = NULL,      -- what really came; NULL: all
    @Comment    nvarchar(4000) = N'',       -- up to 500 characters
    @Reason     nvarchar(4000) = N'',       -- why it was refused, up to 100 characters; else empty
    @RestRef    uniqueidentifier = NULL     -- of the entry that keeps the rest of a partial payment; NULL: none
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    DECLARE @LeadName nvarchar(200);
    DECLARE @Computer nvarchar(128);
    DECLARE @ChangeSeq bigint;
    DECLARE @AfterSeq bigint;
    DECLARE @DoneId int;
    DECLARE @DoneAs int;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Today date = core.Today();
    DECLARE @GroupId int;
    DECLARE @OldManagerId int;
    DECLARE @Unit varchar(3);
    DECLARE @NewUnit varchar(3);
    DECLARE @DeletedAt datetime2(0);
    EXEC core.FindCaller
        @Token = @Token, @LeadId = @LeadId OUTPUT, @LeadName = @LeadName OUTPUT, @Computer = @Computer OUTPUT;
    BEGIN TRY
        BEGIN TRANSACTION;
        EXEC core.BeginWrite
            @LeadId = @LeadId, @OpId = @OpId, @Request = @Request,
            @ChangeSeq = @ChangeSeq OUTPUT, @DoneId = @DoneId OUTPUT, @DoneAs = @DoneAs OUTPUT;
        IF @DoneId IS NOT NULL
            ROLLBACK;
        ELSE
        BEGIN
            EXEC core.CheckEntry @LeadId = @LeadId, @EntryId = @EntryId, @Version = @Version;
            SELECT @DoneId = e.EntryId, @GroupId = e.GroupId, @Unit = g.Unit, @OldManagerId = e.ManagerId,
                @DeletedAt = e.DeletedAt
            FROM core.Entry AS e
            JOIN core.SalesGroup AS g ON g.GroupId = e.GroupId
            WHERE e.EntryId = @EntryId;
            IF @DeletedAt IS NOT NULL
                THROW 51006, N'There is no such entry of this lead.', 1;
            IF @ManagerId <> @OldManagerId
            BEGIN
                EXEC core.CheckManager
                    @LeadId = @LeadId, @ManagerId = @ManagerId, @GroupId = @GroupId OUTPUT, @Unit = @NewUnit OUTPUT;
                IF @NewUnit <> @Unit
                BEGIN
                    SELECT @Unit AS Old, @NewUnit AS New;
                    THROW 51129, N'The manager''s group counts in another unit.', 1;
                END;
            END;
            EXEC core.CheckDraft
                @EntryId = @DoneId, @Unit = @Unit, @Today = @Today, @ClientPin = @ClientPin, @Amount = @Amount,
                @PayBy = @PayBy, @Status = @Status, @StatusOn = @StatusOn OUTPUT, @PaidAmount = @PaidAmount,
                @Comment = @Comment, @Reason = @Reason;
            IF @RestRef IS NOT NULL
               AND (@Status <> 1 OR @PaidAmount IS NULL OR @PaidAmount >= @Amount)
                THROW 51067, N'There is no rest to keep.', 1;
            IF @RestRef IS NULL AND EXISTS (
                SELECT e.EntryId
                FROM core.Entry AS e
                WHERE e.EntryId = @DoneId AND e.ManagerId = @ManagerId AND e.ClientPin = @ClientPin
                  AND e.Amount = @Amount AND e.Status = @Status AND e.Comment = @Comment AND e.Reason = @Reason
                  AND (e.PayBy = @PayBy OR COALESCE(e.PayBy, @PayBy) IS NULL)
                  AND (e.StatusOn = @StatusOn OR COALESCE(e.StatusOn, @StatusOn) IS NULL)
                  AND (e.PaidAmount = @PaidAmount OR COALESCE(e.PaidAmount, @PaidAmount) IS NULL))
                ROLLBACK;
            ELSE
            BEGIN
                EXEC core.WriteEntry
                    @EntryId = @DoneId, @GroupId = @GroupId, @ManagerId = @ManagerId, @ClientPin = @ClientPin,
                    @Amount = @Amount, @PayBy = @PayBy, @Status = @Status, @StatusOn = @StatusOn,
                    @PaidAmount = @PaidAmount, @Comment = @Comment, @Reason = @Reason, @ChangeSeq = @ChangeSeq;
                SELECT @AfterSeq = @ChangeSeq - 1;
                EXEC core.KeepHistory
                    @LeadId = @LeadId, @AfterSeq = @AfterSeq, @Action = 'changed', @Now = @Now, @ChangedBy = @LeadName,
                    @Computer = @Computer, @OpId = @OpId, @Request = @Request;
                IF @RestRef IS NOT NULL
                    EXEC core.KeepRest
                        @EntryId = @DoneId, @RestRef = @RestRef, @Today = @Today, @Now = @Now, @ChangedBy = @LeadName,
                        @Computer = @Computer;
                COMMIT;
            END;
        END;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK;
        THROW;
    END CATCH;
    EXEC core.GiveEntry @EntryId = @DoneId, @Version = @DoneAs;
END;
GO
