SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.GiveEntry
Purpose:     Give one entry as it is, or as it was after one of its versions (then without a probability)
Called by:   api.AddEntry, api.UpdateEntry, api.DeleteEntry, api.RestoreEntry, api.GetEntry
Returns:     one row: EntryId, ClientRef, LeadId, GroupId, GroupName, Unit, ManagerId, ManagerName,
             ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy, Status, StatusOn, Comment, Reason, RestOf,
             Version, ChangeSeq, DeletedAt, Probability, Contribution, IsLarge
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE core.GiveEntry
    @EntryId bigint,                        -- known to be the caller's, or to have been
    @Version int = NULL                     -- NULL: as it is
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    IF @Version IS NULL
        SELECT
            e.EntryId, e.ClientRef, e.LeadId, e.GroupId, e.GroupName, e.Unit, e.ManagerId, e.ManagerName,
            e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn,
            e.Comment, e.Reason, e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt, e.Probability, e.Contribution,
            e.IsLarge
        FROM core.EntryRow AS e
        WHERE e.EntryId = @EntryId;
    ELSE
        SELECT
            h.EntryId, e.ClientRef, h.LeadId, h.GroupId, g.Name AS GroupName, g.Unit, h.ManagerId,
            m.Name AS ManagerName, h.ClientPin, h.Amount, h.PaidAmount, h.EnteredOn, h.PayBy, e.FirstPayBy,
            h.Status, h.StatusOn, h.Comment, h.Reason, e.RestOf, h.Version, h.ChangeSeq, h.DeletedAt,
            CAST(NULL AS float) AS Probability, CAST(NULL AS float) AS Contribution, CAST(NULL AS bit) AS IsLarge
        FROM core.EntryHistory AS h
        JOIN core.Entry AS e ON e.EntryId = h.EntryId
        JOIN core.SalesGroup AS g ON g.GroupId = h.GroupId
        JOIN core.Manager AS m ON m.ManagerId = h.ManagerId
        WHERE h.EntryId = @EntryId AND h.Version = @Version;
END;
GO
