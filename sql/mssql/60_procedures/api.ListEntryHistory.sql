SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListEntryHistory
Purpose:     Give all versions of an entry
Called by:   the desktop program
Returns:     a row for each version, oldest first: Version, Action, ChangedAt, ChangedBy, Computer, GroupName,
             ManagerId, ManagerName, ClientPin, Amount, PaidAmount, PayBy, Status, StatusOn, Comment, Reason, DeletedAt
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51006 no such entry of this lead
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListEntryHistory
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
    SELECT
        h.Version, h.Action, h.ChangedAt, h.ChangedBy, h.Computer, g.Name AS GroupName, h.ManagerId,
        m.Name AS ManagerName, h.ClientPin, h.Amount, h.PaidAmount, h.PayBy, h.Status, h.StatusOn, h.Comment, h.Reason,
        h.DeletedAt
    FROM core.EntryHistory AS h
    JOIN core.SalesGroup AS g ON g.GroupId = h.GroupId
    JOIN core.Manager AS m ON m.ManagerId = h.ManagerId
    WHERE h.EntryId = @EntryId
    ORDER BY h.Version;
END;
GO
