SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.DeleteEntry
Purpose:     Delete an own entry on the day of entry; it can be brought back the same day
Called by:   the desktop program
Returns:     one row: EntryId, ClientRef, LeadId, GroupId, GroupName, Unit, ManagerId, ManagerName,
             ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy, Status, StatusOn, Comment, Reason, RestOf,
             Version, ChangeSeq, DeletedAt, Probability, Contribution, IsLarge
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51006 no such entry of this lead; 51007 not entered today, with EnteredOn, Today; 51017 deleted already;
             51201 changed since, with Version, ChangedBy, ChangedAt; 51202 the operation came before with
             other content
Transaction: one, short: all or nothing. Writers of one lead queue for the lead's row (core.BeginWrite). The
             same @OpId again gives what the first time gave, before anything else is looked at
*/
CREATE OR ALTER PROCEDURE api.DeleteEntry
    @Token   varbinary(64),                 -- the own session
    @OpId    uniqueidentifier,              -- made by the client for this one write
    @Request varbinary(32),                 -- digest of what is asked for, to know a repetition
    @EntryId bigint,                        -- the entry
    @Version int                            -- the version that the client knows
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
    DECLARE @EnteredOn date;
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
            SELECT @DoneId = e.EntryId, @EnteredOn = e.EnteredOn, @DeletedAt = e.DeletedAt
            FROM core.Entry AS e
            WHERE e.EntryId = @EntryId;
            IF @DeletedAt IS NOT NULL
                THROW 51017, N'The entry is deleted already.', 1;
            IF @EnteredOn < @Today -- a later day is a clock's mistake, and counts as today
            BEGIN
                SELECT @EnteredOn AS EnteredOn, @Today AS Today;
                THROW 51007, N'An entry is deleted on its day of entry only.', 1;
            END;
            UPDATE core.Entry
            SET DeletedAt = @Now, Version = Version + 1, ChangeSeq = @ChangeSeq
            WHERE EntryId = @DoneId;
            SELECT @AfterSeq = @ChangeSeq - 1;
            EXEC core.KeepHistory
                @LeadId = @LeadId, @AfterSeq = @AfterSeq, @Action = 'deleted', @Now = @Now, @ChangedBy = @LeadName,
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
