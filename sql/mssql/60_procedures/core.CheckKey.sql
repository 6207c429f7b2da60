SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.CheckKey
Purpose:     Compare the key of a lead who signs in or changes the password, and slow guessing down
Called by:   api.SignIn, api.ChangePassword
Returns:     nothing; the verifier that the key fits through an OUTPUT parameter
Errors:      51003 no such password, or the key does not fit; 51004 too many failures, with Seconds to wait;
             51005 locked. The last two compare nothing and count nothing
Transaction: none, and none of the caller's: the failure is counted, and committed, before the key is looked
             at, so that no broken connection hides it. Who counts also begins the next wait, so of many tries
             at one moment one is compared. A caller whose key fits must take the count back
*/
CREATE OR ALTER PROCEDURE core.CheckKey
    @LeadId   int,                          -- the lead; NULL for a name that nobody has
    @Key      varbinary(64),                -- as the client derived it
    @Verifier varbinary(32) OUTPUT          -- what is stored, now known to fit
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @FirstWaitAt int = 3;           -- failures until the first wait, of a second
    DECLARE @MaxWait int = 900;             -- seconds
    DECLARE @NumberLocksAt int = 20;        -- failures until a number password locks
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Seconds int;
    DECLARE @LockedAt datetime2(0);
    DECLARE @IsCounted int;

    IF NOT EXISTS (SELECT c.LeadId FROM core.LeadCredential AS c WHERE c.LeadId = @LeadId)
        THROW 51003, N'Name and password do not fit together.', 1;

    UPDATE core.LeadCredential
    SET Failures = Failures + 1,
        NextTryAt = DATEADD(
            SECOND,
            CASE WHEN Failures + 1 < @FirstWaitAt THEN 0
                 WHEN Failures + 1 >= @FirstWaitAt + 10 THEN @MaxWait
                 ELSE POWER(2, Failures + 1 - @FirstWaitAt) END,
            @Now),
        LockedAt = CASE WHEN Kind = 'number' AND Failures + 1 >= @NumberLocksAt THEN @Now END
    -- A wait longer than the longest one is a clock's mistake, and over.
    WHERE LeadId = @LeadId AND (NextTryAt <= @Now OR NextTryAt > DATEADD(SECOND, @MaxWait, @Now)) AND LockedAt IS NULL;
    SELECT @IsCounted = @@ROWCOUNT;

    IF @IsCounted = 0
    BEGIN
        SELECT @Seconds = DATEDIFF(SECOND, @Now, c.NextTryAt), @LockedAt = c.LockedAt
        FROM core.LeadCredential AS c
        WHERE c.LeadId = @LeadId;
        IF @LockedAt IS NOT NULL
            THROW 51005, N'Only the administrator can let this lead in again.', 1;
        SELECT CASE WHEN @Seconds > 1 THEN @Seconds ELSE 1 END AS Seconds;
        THROW 51004, N'Too many failures; wait.', 1;
    END;

    SELECT @Verifier = NULL;
    SELECT @Verifier = c.Verifier
    FROM core.LeadCredential AS c
    WHERE c.LeadId = @LeadId AND c.Verifier = CAST(HASHBYTES('SHA2_256', @Key) AS varbinary(32));
    IF @Verifier IS NULL
        THROW 51003, N'Name and password do not fit together.', 1;
END;
GO
