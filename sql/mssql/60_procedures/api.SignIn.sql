SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.SignIn
Purpose:     Open a session for a lead whose key fits; sessions that have ended are cleared away
Called by:   the desktop program
Returns:     one row: LeadId, Name, ExpiresAt, MustChange, Today, IsHead, HasTeam
Errors:      51001 there is no token, or it belongs to another session; 51003 name and password do not fit together;
             51004 too many failures, with Seconds; 51005 locked; 51008 called inside a transaction
Transaction: none of the caller's. The failure is committed before the key is compared (core.CheckKey); then
             one short transaction takes it back and opens the session. A sign-in that is repeated with the
             same token finds its own session
*/
CREATE OR ALTER PROCEDURE api.SignIn
    @NameKey  nvarchar(400),                -- the lead's name as names are compared
    @Key      varbinary(64),                -- derived from the password; 32 bytes
    @Token    varbinary(64),                -- made by the client; 32 random bytes, of which the hash is kept
    @Computer nvarchar(400)                 -- from which the lead signs in
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int = (SELECT l.LeadId FROM core.Lead AS l WHERE l.NameKey = @NameKey AND l.IsActive = 1);
    DECLARE @TokenHash varbinary(32) = CAST(HASHBYTES('SHA2_256', @Token) AS varbinary(32));
    DECLARE @Verifier varbinary(32);
    DECLARE @Fits int;
    DECLARE @Now datetime2(0);
    IF @Token IS NULL
        THROW 51001, N'The session has ended; sign in again.', 1;
    EXEC core.CheckKey @LeadId = @LeadId, @Key = @Key, @Verifier = @Verifier OUTPUT;

    SELECT @Now = core.Now();
    -- Those that have ended, and those that a wrong clock would let live for years.
    DELETE FROM core.Session
    WHERE ExpiresAt <= @Now OR ExpiresAt > DATEADD(SECOND, 43500, @Now)
       OR ActiveAt <= DATEADD(HOUR, -1, @Now) OR ActiveAt > DATEADD(SECOND, 300, @Now);
    BEGIN TRY
        BEGIN TRANSACTION;
        -- Holds the credential: a password that is issued meanwhile either comes first, or ends this session.
        UPDATE core.LeadCredential
        SET Failures = 0, NextTryAt = '20000101', LockedAt = NULL
        WHERE LeadId = @LeadId AND Verifier = @Verifier;
        SELECT @Fits = @@ROWCOUNT;
        IF @Fits = 0
            THROW 51003, N'Name and password do not fit together.', 1;
        INSERT INTO core.Session (TokenHash, LeadId, Computer, StartedAt, ActiveAt, ExpiresAt)
        SELECT
            @TokenHash, @LeadId, COALESCE(LEFT(@Computer COLLATE Latin1_General_BIN2, 128), N''), @Now, @Now,
            DATEADD(HOUR, 12, @Now)
        WHERE NOT EXISTS (SELECT s.LeadId FROM core.Session AS s WHERE s.TokenHash = @TokenHash);
        IF NOT EXISTS (SELECT s.LeadId FROM core.Session AS s WHERE s.TokenHash = @TokenHash AND s.LeadId = @LeadId)
            THROW 51001, N'The session has ended; sign in again.', 1;
        COMMIT;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK;
        THROW;
    END CATCH;
    EXEC core.GiveSession @TokenHash = @TokenHash;
END;
GO
