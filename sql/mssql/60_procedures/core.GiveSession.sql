SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.GiveSession
Purpose:     Give a session as the client knows it
Called by:   api.SignIn, api.GetSession
Returns:     one row: LeadId, Name, ExpiresAt, MustChange, Today, IsHead, HasTeam
Errors:      51001 the session is unknown, expired or ended
Transaction: none
*/
CREATE OR ALTER PROCEDURE core.GiveSession
    @TokenHash varbinary(32)                -- of the token that the client keeps
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Today date = core.Today();
    DECLARE @LeadId int = (
        SELECT s.LeadId
        FROM core.Session AS s
        JOIN core.Lead AS l ON l.LeadId = s.LeadId
        WHERE s.TokenHash = @TokenHash
          AND s.ExpiresAt > @Now
          AND s.ActiveAt > DATEADD(HOUR, -1, @Now)
          -- What ends or was used later than can be (5 minutes aside) is a wrong clock's, and would live for years.
          AND s.ExpiresAt <= DATEADD(SECOND, 43500, @Now)
          AND s.ActiveAt <= DATEADD(SECOND, 300, @Now)
          AND l.IsActive = 1);
    IF @LeadId IS NULL
        THROW 51001, N'The session has ended; sign in again.', 1;
    SELECT
        s.LeadId, l.Name, s.ExpiresAt, c.MustChange, @Today AS Today, l.IsHead,
        CASE WHEN EXISTS (SELECT g.GroupId FROM core.SalesGroup AS g WHERE g.LeadId = s.LeadId) THEN 1 ELSE 0 END
            AS HasTeam
    FROM core.Session AS s
    JOIN core.Lead AS l ON l.LeadId = s.LeadId
    JOIN core.LeadCredential AS c ON c.LeadId = s.LeadId
    WHERE s.TokenHash = @TokenHash;
END;
GO
