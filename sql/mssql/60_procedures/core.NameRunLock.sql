SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.NameRunLock
Purpose:     Give the name of the application lock of runs. It is made up once for each database and kept where only
             procedures read it: whoever does not know a lock's name cannot take it.
Called by:   batch.AggregateForecast
Returns:     nothing; the name through OUTPUT
Errors:      none of its own; call it outside a transaction, for the same reason as core.AddStandingPeriods
Transaction: none; one statement
*/
CREATE OR ALTER PROCEDURE core.NameRunLock
    @LockName nvarchar(200) OUTPUT -- not to be shown to anybody
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT @LockName = NULL;
    SELECT @LockName = s.Value FROM core.Setting AS s WHERE s.Name = 'RunLockName';
    IF @LockName IS NULL
    BEGIN
        BEGIN TRY
            INSERT INTO core.Setting (Name, Value) VALUES ('RunLockName', CONVERT(nvarchar(36), NEWID()));
        END TRY
        BEGIN CATCH
            -- Somebody made one up in this moment.
            IF ERROR_NUMBER() NOT IN (2601, 2627)
                THROW;
        END CATCH;
        SELECT @LockName = s.Value FROM core.Setting AS s WHERE s.Name = 'RunLockName';
    END;
END;
GO
