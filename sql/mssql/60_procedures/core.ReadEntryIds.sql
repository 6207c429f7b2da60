SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ReadEntryIds
Purpose:     Read numbers of entries, and see that each of them is there, out or not out
Called by:   admin.VoidEntries, admin.RestoreEntries, admin.ReassignEntries
Returns:     nothing; the entries as they are in #Change of the caller (parts/Change.sql)
Errors:      51204 one of them is not there: EntryIds, the numbers (the first of them, if
             they are many) with commas between
Transaction: the caller's, in which the leads' rows are held
*/
CREATE OR ALTER PROCEDURE core.ReadEntryIds
    @EntryIds nvarchar(max),                -- JSON, an array of numbers
    @AreOut   bit                           -- 1: they must be deleted or voided; 0: they must not
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @EntryId int;
    DECLARE @Missing nvarchar(500) = N'';
    CREATE TABLE #Id (
        EntryId int NOT NULL PRIMARY KEY
    );
    INSERT INTO #Id (EntryId)
    SELECT DISTINCT j.EntryId FROM OPENJSON(@EntryIds) WITH (EntryId int '$') AS j;

    INSERT INTO #Change (
        EntryId, LeadId, GroupId, ManagerId, ClientPin, Amount, PaidAmount, EnteredOn, PayBy, Status, StatusOn,
        Comment, Reason, DeletedAt)
    SELECT
        e.EntryId, e.LeadId, e.GroupId, e.ManagerId, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy,
        e.Status, e.StatusOn, e.Comment, e.Reason, e.DeletedAt
    FROM #Id AS i
    JOIN core.Entry AS e ON e.EntryId = i.EntryId
    WHERE (@AreOut = 1 AND e.DeletedAt IS NOT NULL) OR (@AreOut = 0 AND e.DeletedAt IS NULL);

    DELETE FROM #Id WHERE EntryId IN (SELECT c.EntryId FROM #Change AS c);
    SELECT @EntryId = MIN(i.EntryId) FROM #Id AS i;
    IF @EntryId IS NOT NULL
    BEGIN
        WHILE @EntryId IS NOT NULL AND LEN(@Missing) < 400
        BEGIN
            SELECT @Missing = @Missing + CASE WHEN @Missing = N'' THEN N'' ELSE N', ' END
                + CAST(@EntryId AS nvarchar(20));
            SELECT @EntryId = MIN(i.EntryId) FROM #Id AS i WHERE i.EntryId > @EntryId;
        END;
        SELECT @Missing AS EntryIds;
        THROW 51204, N'Some of these entries are not there.', 1;
    END;
END;
GO
