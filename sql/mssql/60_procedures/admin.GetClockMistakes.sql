SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.GetClockMistakes
Purpose:     Count what a clock that was wrong has dated in the future: waits longer than the longest one, sessions
             that would live longer than any may, runs, entries that stand, changes of entries. It holds nobody up.
Called by:   AdminStore.get_clock_mistakes
Returns:     Waits, Sessions, Runs, Entries, Changes, one row
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.GetClockMistakes
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Latest datetime2(0) = DATEADD(SECOND, 300, @Now); -- a clock may be set back a little
    DECLARE @LatestEnd datetime2(0) = DATEADD(HOUR, 12, @Latest);
    DECLARE @LongestWait datetime2(0) = DATEADD(SECOND, 900, @Now);
    DECLARE @Today date = core.Today();
    SELECT
        (SELECT COUNT(*) FROM core.LeadCredential AS c WHERE c.NextTryAt > @LongestWait) AS Waits,
        (SELECT COUNT(*) FROM core.Session AS s WHERE s.ActiveAt > @Latest OR s.ExpiresAt > @LatestEnd) AS Sessions,
        (SELECT COUNT(*) FROM core.Run AS r WHERE r.StartedAt > @Latest OR r.FinishedAt > @Latest) AS Runs,
        (SELECT COUNT(*) FROM core.Entry AS e
         WHERE e.DeletedAt IS NULL AND (e.EnteredOn > @Today OR e.StatusOn > @Today)) AS Entries,
        (SELECT COUNT(*) FROM core.EntryHistory AS h WHERE h.ChangedAt > @Latest) AS Changes;
END;
GO
