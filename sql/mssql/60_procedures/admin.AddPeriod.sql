SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.AddPeriod
Purpose:     Open a custom period, or open it again
Called by:   AdminStore.add_period
Returns:     nothing
Errors:      51213 it is open already
Transaction: its own. The same @OpId again changes nothing
*/
CREATE OR ALTER PROCEDURE admin.AddPeriod
    @Kind     varchar(10),                  -- custom
    @StartsOn date,                         -- first day
    @EndsOn   date,                         -- last day
    @Name     nvarchar(100),                -- what people call it
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
            SET ClosedAt = NULL, Name = @Name
            WHERE Kind = @Kind AND StartsOn = @StartsOn AND EndsOn = @EndsOn AND ClosedAt IS NOT NULL;
            IF @@ROWCOUNT = 0
            BEGIN
                IF EXISTS (
                    SELECT 1 FROM core.Period AS p
                    WHERE p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn
                )
                    THROW 51213, N'The period is open already.', 1;
                INSERT INTO core.Period (Kind, StartsOn, EndsOn, Name) VALUES (@Kind, @StartsOn, @EndsOn, @Name);
            END;
            EXEC core.LogAdmin @By = @By, @Action = 'add_period', @Detail = @Detail, @OpId = @OpId;
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
