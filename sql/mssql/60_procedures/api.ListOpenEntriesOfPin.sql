SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListOpenEntriesOfPin
Purpose:     Give the lead's open entries of one very client PIN, so that nothing is entered twice
Called by:   the desktop program
Returns:     a row for each entry, oldest first: the columns of core.GiveEntry
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListOpenEntriesOfPin
    @Token     varbinary(64),               -- the own session
    @ClientPin nvarchar(4000)               -- the whole PIN
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @LeadId = @LeadId OUTPUT;
    SELECT
        e.EntryId, e.ClientRef, e.LeadId, e.GroupId, e.GroupName, e.Unit, e.ManagerId, e.ManagerName,
        e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn,
        e.Comment, e.Reason, e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt, e.Probability, e.Contribution,
        e.IsLarge
    FROM core.EntryRow AS e
    WHERE e.LeadId = @LeadId AND e.DeletedAt IS NULL AND e.Status = 0 AND e.ClientPin = @ClientPin
    ORDER BY e.EntryId;
END;
GO
