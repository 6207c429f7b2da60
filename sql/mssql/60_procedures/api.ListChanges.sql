SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListChanges
Purpose:     Tell a window what has changed for its lead since it last asked; does not prolong the session
Called by:   the desktop program, every few seconds
Returns:     one row: ChangeSeq, to ask with next time, and RunId, the current run. Only if something changed
             two more sets: the changed entries, deleted ones included, by ChangeSeq (columns of core.GiveEntry);
             and EntryId of entries that now belong to another lead
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction
Transaction: one, of reads, as of one moment
*/
CREATE OR ALTER PROCEDURE api.ListChanges
    @Token varbinary(64),                   -- the own session
    @Since bigint                           -- the number that came last time; 0 for everything
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @LeadId int;
    DECLARE @ChangeSeq bigint;
    EXEC core.FindCaller @Token = @Token, @ByPerson = 0, @LeadId = @LeadId OUTPUT;
    SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
    BEGIN TRY
        BEGIN TRANSACTION;
        SELECT @ChangeSeq = l.ChangeSeq FROM core.Lead AS l WHERE l.LeadId = @LeadId;
        SELECT @ChangeSeq AS ChangeSeq, (SELECT r.RunId FROM core.CurrentRun AS r) AS RunId;
        IF @ChangeSeq > @Since
        BEGIN
            SELECT
                e.EntryId, e.ClientRef, e.LeadId, e.GroupId, e.GroupName, e.Unit, e.ManagerId, e.ManagerName,
                e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy, e.Status, e.StatusOn,
                e.Comment, e.Reason, e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt, e.Probability, e.Contribution,
                e.IsLarge
            FROM core.EntryRow AS e
            WHERE e.LeadId = @LeadId AND e.ChangeSeq > @Since AND e.ChangeSeq <= @ChangeSeq
            ORDER BY e.ChangeSeq;
            SELECT g.EntryId
            FROM core.EntryGone AS g
            JOIN core.Entry AS e ON e.EntryId = g.EntryId
            WHERE g.LeadId = @LeadId AND g.ChangeSeq > @Since AND g.ChangeSeq <= @ChangeSeq
              AND e.LeadId <> @LeadId
            ORDER BY g.ChangeSeq;
        END;
        COMMIT;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK;
        THROW;
    END CATCH;
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
END;
GO
