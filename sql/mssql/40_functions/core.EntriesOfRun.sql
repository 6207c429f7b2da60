SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.EntriesOfRun
Purpose:     Give the entries that count in a period of a run, as they were when it counted: open ones, and those that
             were resolved in the period. An entry changed since is read from its history, and what was resolved after
             the day that it counted was open to it. The newest change that the run saw of a lead is in core.RunLead.
Called by:   core.ClientsOfRun, batch.GetReport
Returns:     a row for each entry
*/
CREATE OR ALTER FUNCTION core.EntriesOfRun (
    @RunId    int,
    @PeriodId int
)
RETURNS TABLE
AS
RETURN (
    WITH Seen AS (
        SELECT l.LeadId, COALESCE(s.ChangeSeq, 0) AS ChangeSeq
        FROM core.Lead AS l
        LEFT JOIN core.RunLead AS s ON s.RunId = @RunId AND s.LeadId = l.LeadId
    ), Known AS (
        SELECT h.EntryId, MAX(h.Version) AS Version
        FROM Seen AS s
        JOIN core.Entry AS e ON e.LeadId = s.LeadId AND e.ChangeSeq > s.ChangeSeq
        JOIN core.EntryHistory AS h ON h.EntryId = e.EntryId
        JOIN Seen AS b ON b.LeadId = h.LeadId AND h.ChangeSeq <= b.ChangeSeq
        GROUP BY h.EntryId
    ), State AS (
        SELECT e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.PayBy, e.EnteredOn,
               e.Status, e.StatusOn, e.Reason, e.DeletedAt
        FROM Seen AS s
        JOIN core.Entry AS e ON e.LeadId = s.LeadId AND e.ChangeSeq <= s.ChangeSeq
        UNION ALL
        SELECT h.EntryId, h.LeadId, h.GroupId, h.ManagerId, h.ClientPin, h.Amount, h.PaidAmount, h.PayBy, h.EnteredOn,
               h.Status, h.StatusOn, h.Reason, h.DeletedAt
        FROM Known AS k
        JOIN core.EntryHistory AS h ON h.EntryId = k.EntryId AND h.Version = k.Version
    )
    SELECT s.EntryId, s.LeadId, s.GroupId, s.ManagerId, s.ClientPin, s.Amount, s.PaidAmount, s.PayBy, r.CountDay,
           CASE WHEN s.StatusOn <= r.CountDay THEN s.Status ELSE 0 END AS Status, s.Reason
    FROM core.Run AS r
    JOIN core.Period AS p ON p.PeriodId = @PeriodId
    JOIN State AS s
        ON s.DeletedAt IS NULL AND s.EnteredOn <= r.CountDay
        AND (s.StatusOn IS NULL OR s.StatusOn > r.CountDay
             OR (s.StatusOn >= p.StartsOn AND s.StatusOn <= p.EndsOn))
    WHERE r.RunId = @RunId
);
GO
