SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ClosePeriod
Purpose:     Close a custom period: runs leave it out from now on
Called by:   AdminStore.close_period
Returns:     nothing
Errors:      51254 it is not open
Transaction: its own. The same @OpId again changes nothing
*/
CREATE OR ALTER PROCEDURE admin.ClosePeriod
    @Kind     varchar(10),                  -- custom
    @StartsOn date,                         -- first day
    @EndsOn   date,                         -- last day
    @By       nvarchar(200),                -- who does it, and on which computer
    @OpId     uniqueidentifier = NULL       -- made by the client for this one write, which it may send again
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Detail nvarchar(400) =
        CONVERT(nvarchar(10), @StartsOn, 23) + N'..' + CONVERT(nvarchar(10), @EndsOn, 23);
    BEGIN TRY
        BEGIN TRANSACTION;
        IF NOT EXISTS (SELECT 1 FROM core.AdminLog AS o WHERE o.OpId = @OpId)
        BEGIN
            UPDATE core.Period
            SET ClosedAt = core.Now()
            WHERE Kind = @Kind AND Kind = 'custom' AND StartsOn = @StartsOn AND EndsOn = @EndsOn AND ClosedAt IS NULL;
            IF @@ROWCOUNT = 0
                THROW 51254, N'The period is not open.', 1;
            EXEC core.LogAdmin @By = @By, @Action = 'close_period', @Detail = @Detail, @OpId = @OpId;
        END;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
