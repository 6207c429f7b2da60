SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetEntry
Purpose:     Give one entry, a deleted one too
Called by:   the desktop program
Returns:     one row: EntryId, ClientRef, LeadId, GroupId, GroupName, Unit, ManagerId, ManagerName,
             ClientPin, Amount, PaidAmount, EnteredOn, PayBy, FirstPayBy, Status, StatusOn, Comment, Reason, RestOf,
             Version, ChangeSeq, DeletedAt, Probability, Contribution, IsLarge
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51006 no such entry of this lead
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.GetEntry
    @Token   varbinary(64),                 -- the own session
    @EntryId bigint                         -- the entry
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @LeadId = @LeadId OUTPUT;
    EXEC core.CheckEntry @LeadId = @LeadId, @EntryId = @EntryId;
    EXEC core.GiveEntry @EntryId = @EntryId;
END;
GO
