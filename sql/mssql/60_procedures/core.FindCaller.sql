SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.FindCaller
Purpose:     Find the lead behind a session token, and move the session on when a person did something.
Called by:   every procedure of schema api that takes a token
Returns:     nothing; the lead through OUTPUT parameters
Errors:      51001 the session is unknown, expired or ended; 51002 the password must be changed first
Transaction: none of its own; moving the session on is one statement, at most once in 5 minutes
*/
CREATE OR ALTER PROCEDURE core.FindCaller
    @Token      varbinary(64),              -- as the client made it; only its hash is stored
    @ByPerson   bit = 1,                    -- whether a person did something, which keeps the session alive
    @MayBeOwing bit = 0,                    -- 1: allowed although the password must be changed first
    @LeadId     int OUTPUT,                 -- the lead
    @LeadName   nvarchar(200) = NULL OUTPUT, -- its name
    @Computer   nvarchar(128) = NULL OUTPUT -- from which the lead signed in
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @TokenHash varbinary(32) = CAST(HASHBYTES('SHA2_256', @Token) AS varbinary(32));
    DECLARE @MustChange bit;
    DECLARE @ActiveAt datetime2(0);
    SELECT @LeadId = NULL;
    SELECT
        @LeadId = s.LeadId,
        @LeadName = l.Name,
        @Computer = s.Computer,
        @MustChange = c.MustChange,
        @ActiveAt = s.ActiveAt
    FROM core.Session AS s
    JOIN core.Lead AS l ON l.LeadId = s.LeadId
    JOIN core.LeadCredential AS c ON c.LeadId = s.LeadId
    WHERE s.TokenHash = @TokenHash
      AND s.ExpiresAt > @Now
      AND s.ActiveAt > DATEADD(HOUR, -1, @Now)
      -- What ends or was used later than can be (5 minutes aside) is a wrong clock's, and would live for years.
      AND s.ExpiresAt <= DATEADD(SECOND, 43500, @Now)
      AND s.ActiveAt <= DATEADD(SECOND, 300, @Now)
      AND l.IsActive = 1;
    IF @LeadId IS NULL
        THROW 51001, N'The session has ended; sign in again.', 1;
    IF @MustChange = 1 AND @MayBeOwing = 0
        THROW 51002, N'The password must be changed first.', 1;
    IF @ByPerson = 1 AND @ActiveAt <= DATEADD(MINUTE, -5, @Now)
        UPDATE core.Session SET ActiveAt = @Now WHERE TokenHash = @TokenHash;
END;
GO
