SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListBridges
Purpose:     Give a head of sales what led to the company's number of a period from those of earlier days
Called by:   the desktop program
Returns:     the two sets of core.ShowChanges; none where there is no run or it has no such period
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51009 the session is not a head's
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE api.ListBridges
    @Token    varbinary(64),                -- a head's session, which this does not prolong
    @Kind     varchar(10),                  -- the period
    @StartsOn date,
    @EndsOn   date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @RunId int, @PeriodId int;
    EXEC core.FindHead @Token = @Token, @ByPerson = 0;
    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        SELECT @RunId = r.RunId FROM core.CurrentRun AS r;
        SELECT @PeriodId = p.PeriodId
        FROM core.Run AS r
        JOIN core.Period AS p ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
        WHERE r.RunId = @RunId AND p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn;
        IF @PeriodId IS NOT NULL
            EXEC core.ShowChanges @RunId = @RunId, @PeriodId = @PeriodId;
        COMMIT TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        THROW;
    END CATCH;
END;
GO
