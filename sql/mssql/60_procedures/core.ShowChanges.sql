SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowChanges
Purpose:     Give the entries changed since yesterday began, and since the day a week ago began: as a run counted
             them (Run.CountDay is today), and as they were before. One that was not there before is compared with
             its first version.
Called by:   batch.GetReport
Returns:     a row for each look and entry, newest look and change first: Since, EntryId, LeadName, ManagerId,
             ManagerName, Unit, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn, IsOut, ChangedAt,
             ChangedBy, Pushes (how often the promised day was put off), WasThere, OldManagerId, OldManagerName,
             OldAmount, OldPayBy, OldStatus, OldIsOut
Errors:      none of its own
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.ShowChanges
    @RunId int        -- the current run: what it saw of each lead is in core.RunLead
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @CountDay date = (SELECT r.CountDay FROM core.Run AS r WHERE r.RunId = @RunId);
    DECLARE @Now datetime2(0) = core.Now(); -- what is dated later is a clock's mistake, of no day
    DECLARE @Day date = DATEADD(DAY, -1, @CountDay), @Week date = DATEADD(DAY, -7, @CountDay);
    DECLARE @DayBegan datetime2(0) = core.DayBegan(@Day), @WeekBegan datetime2(0) = core.DayBegan(@Week);

    WITH Look AS (
        SELECT @Day AS Since, @DayBegan AS Began
        UNION ALL
        SELECT @Week, @WeekBegan
    ), Touched AS (
        SELECT h.EntryId, MAX(h.Version) AS Version
        FROM core.EntryHistory AS h
        JOIN core.RunLead AS s ON s.RunId = @RunId AND s.LeadId = h.LeadId
        WHERE h.ChangedAt >= @WeekBegan AND h.ChangeSeq <= s.ChangeSeq
        GROUP BY h.EntryId
    ), Paired AS (
        -- Most entries that came with an import are older and were not touched again: they end here.
        SELECT w.Since, n.EntryId, n.Version,
            (SELECT MAX(b.Version)
             FROM core.EntryHistory AS b
             WHERE b.EntryId = n.EntryId AND b.Version < n.Version AND b.ChangedAt < w.Began) AS OldVersion
        FROM Touched AS t
        JOIN core.EntryHistory AS n ON n.EntryId = t.EntryId AND n.Version = t.Version
        JOIN Look AS w ON n.ChangedAt >= w.Began AND n.ChangedAt <= @Now
        WHERE n.Version > 1 OR n.EnteredOn >= w.Since OR n.StatusOn >= w.Since
    )
    SELECT
        p.Since, n.EntryId, l.Name AS LeadName, n.ManagerId, m.Name AS ManagerName, g.Unit, n.ClientPin, n.Amount,
        n.PaidAmount, n.EnteredOn, n.PayBy, n.Status, n.StatusOn,
        CASE WHEN n.DeletedAt IS NULL THEN 0 ELSE 1 END AS IsOut, n.ChangedAt, n.ChangedBy,
        (SELECT COUNT(*)
         FROM core.EntryHistory AS a
         JOIN core.EntryHistory AS b ON b.EntryId = a.EntryId AND b.Version = a.Version - 1
         WHERE a.EntryId = n.EntryId AND a.Version <= n.Version AND a.PayBy > b.PayBy) AS Pushes,
        CASE WHEN p.OldVersion IS NULL THEN 0 ELSE 1 END AS WasThere, o.ManagerId AS OldManagerId,
        f.Name AS OldManagerName, o.Amount AS OldAmount, o.PayBy AS OldPayBy, o.Status AS OldStatus,
        CASE WHEN o.DeletedAt IS NULL THEN 0 ELSE 1 END AS OldIsOut
    FROM Paired AS p
    JOIN core.EntryHistory AS n ON n.EntryId = p.EntryId AND n.Version = p.Version
    JOIN core.EntryHistory AS o ON o.EntryId = p.EntryId AND o.Version = COALESCE(p.OldVersion, 1)
    JOIN core.Lead AS l ON l.LeadId = n.LeadId
    JOIN core.Manager AS m ON m.ManagerId = n.ManagerId
    JOIN core.Manager AS f ON f.ManagerId = o.ManagerId
    JOIN core.SalesGroup AS g ON g.GroupId = n.GroupId
    WHERE (p.OldVersion IS NULL AND (n.EnteredOn >= p.Since OR n.StatusOn >= p.Since))
       OR n.Amount <> o.Amount
       OR n.PayBy <> o.PayBy
       OR n.ManagerId <> o.ManagerId
       OR (p.OldVersion IS NOT NULL AND n.Status <> o.Status)
       OR (n.DeletedAt IS NULL AND o.DeletedAt IS NOT NULL)
       OR (n.DeletedAt IS NOT NULL AND o.DeletedAt IS NULL)
    ORDER BY p.Since DESC, n.ChangedAt DESC, n.EntryId;
END;
GO
