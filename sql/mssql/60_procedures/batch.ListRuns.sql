SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   batch.ListRuns
Purpose:     Give the newest runs
Called by:   execer; administrators
Returns:     one row a run, newest first
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE batch.ListRuns
    @Limit int = 20        -- how many at most
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT TOP (@Limit)
        r.RunId, r.Kind, r.Method, r.CountDay, r.StartedAt, r.FinishedAt,
        COALESCE(r.FinishedAt, r.StartedAt) AS AsOf, r.Status, r.StartedBy, r.EntryCount, r.PaidEvents, r.RefusedEvents
    FROM core.Run AS r
    ORDER BY r.RunId DESC;
END;
GO
