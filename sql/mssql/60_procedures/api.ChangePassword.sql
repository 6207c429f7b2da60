SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ChangePassword
Purpose:     Replace the own password and end every session of the lead, this one included
Called by:   the desktop program; a session whose password must be changed may do this
Returns:     nothing
Errors:      51001 the session has ended; 51003 the old key does not fit, counted like a failed sign-in;
             51004 too many failures, with Seconds; 51005 locked; 51008 called inside a transaction;
             51138 the new password's kind is neither own nor code, or its data are not complete
Transaction: none of the caller's. The failure is committed before the key is compared (core.CheckKey); then
             one short transaction replaces the password and ends the sessions
*/
CREATE OR ALTER PROCEDURE api.ChangePassword
    @Token       varbinary(64),             -- the own session
    @OldKey      varbinary(64),             -- derived from the present password
    @Kind        varchar(10),               -- own or code
    @Salt        varbinary(64),             -- new random bytes
    @TimeCost    int,                       -- passes of Argon2id
    @MemoryKib   int,                       -- memory in KiB
    @Parallelism int,                       -- lanes
    @Verifier    varbinary(64)              -- SHA2-256 of the new key
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    DECLARE @OldVerifier varbinary(32);
    DECLARE @Fits int;
    DECLARE @Now datetime2(0) = core.Now();
    EXEC core.FindCaller @Token = @Token, @ByPerson = 0, @MayBeOwing = 1, @LeadId = @LeadId OUTPUT;
    IF @Kind IS NULL OR @Kind NOT IN ('own', 'code') OR @Salt IS NULL OR @TimeCost IS NULL OR @MemoryKib IS NULL
        OR @Parallelism IS NULL OR @Verifier IS NULL OR DATALENGTH(@Verifier) <> 32
        THROW 51138, N'The data of a password are not complete.', 1;
    EXEC core.CheckKey @LeadId = @LeadId, @Key = @OldKey, @Verifier = @OldVerifier OUTPUT;
    BEGIN TRY
        BEGIN TRANSACTION;
        UPDATE core.LeadCredential
        SET Kind = @Kind, Salt = @Salt, TimeCost = @TimeCost, MemoryKib = @MemoryKib, Parallelism = @Parallelism,
            Verifier = @Verifier, MustChange = 0, ChangedAt = @Now, Failures = 0, NextTryAt = '20000101',
            LockedAt = NULL
        WHERE LeadId = @LeadId AND Verifier = @OldVerifier;
        SELECT @Fits = @@ROWCOUNT;
        IF @Fits = 0                        -- the administrator issued another one meanwhile
            THROW 51003, N'Name and password do not fit together.', 1;
        DELETE FROM core.Session WHERE LeadId = @LeadId;
        COMMIT;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK;
        THROW;
    END CATCH;
END;
GO
