SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.AddEntry
Purpose:     Store a new entry, entered today
Called by:   the desktop program
Returns:     one row: EntryId, ClientRef, LeadId, GroupId, GroupName, Unit, ManagerId, ManagerName,
             ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy, Status, StatusOn, Comment, Reason, RestOf,
             Version, ChangeSeq, DeletedAt, Probability, Contribution, IsLarge
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51016 no such active manager; 511xx a field (core.CheckDraft); 51202 the operation came before
             with other content; 51203 the entry is stored already under another operation
Transaction: one, short: all or nothing. Writers of one lead queue for the lead's row (core.BeginWrite). The
             same @OpId again gives what the first time gave, before anything else is looked at
*/
CREATE OR ALTER PROCEDURE api.AddEntry
    @Token      varbinary(64),              -- the own session
    @OpId       uniqueidentifier,           -- made by the client for this one write
    @Request    varbinary(32),              -- digest of what is asked for, to know a repetition
    @ClientRef  uniqueidentifier,           -- made by the client for this one entry; NULL: by the server
    @ManagerId  bigint,                     -- one of the lead's managers
    @ClientPin  nvarchar(4000),             -- text; 1 to 100 characters, no blanks around
    @Amount     decimal(19, 2),             -- in the unit of the manager's group
    @PayBy      date = NULL,                -- the promised day; missing only where an import left it out
    @Status     tinyint = 0,                -- 0 expected, 1 paid, 2 refused
    @StatusOn   date = NULL,                -- day of payment or refusal; NULL: today
    @PaidAmount decimal(19, 2) = NULL,      -- what really came; NULL: all
    @Comment    nvarchar(4000) = N'',       -- up to 500 characters
    @Reason     nvarchar(4000) = N''        -- why it was refused, up to 100 characters; else empty
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
    DECLARE @Unit varchar(3);
    IF @ClientRef IS NULL
        SELECT @ClientRef = NEWID();
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
            IF EXISTS (SELECT e.EntryId FROM core.Entry AS e WHERE e.ClientRef = @ClientRef)
                THROW 51203, N'The entry is stored already under another operation.', 1;
            EXEC core.CheckManager
                @LeadId = @LeadId, @ManagerId = @ManagerId, @GroupId = @GroupId OUTPUT, @Unit = @Unit OUTPUT;
            EXEC core.CheckDraft
                @Unit = @Unit, @Today = @Today, @ClientPin = @ClientPin, @Amount = @Amount, @PayBy = @PayBy,
                @Status = @Status, @StatusOn = @StatusOn OUTPUT, @PaidAmount = @PaidAmount, @Comment = @Comment,
                @Reason = @Reason;
            EXEC core.WriteEntry
                @EntryId = @DoneId OUTPUT, @ClientRef = @ClientRef, @LeadId = @LeadId, @EnteredOn = @Today,
                @GroupId = @GroupId, @ManagerId = @ManagerId, @ClientPin = @ClientPin, @Amount = @Amount,
                @PayBy = @PayBy, @Status = @Status, @StatusOn = @StatusOn, @PaidAmount = @PaidAmount,
                @Comment = @Comment, @Reason = @Reason, @ChangeSeq = @ChangeSeq;
            SELECT @AfterSeq = @ChangeSeq - 1;
            EXEC core.KeepHistory
                @LeadId = @LeadId, @AfterSeq = @AfterSeq, @Action = 'added', @Now = @Now, @ChangedBy = @LeadName,
                @Computer = @Computer, @OpId = @OpId, @Request = @Request;
            COMMIT;
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
