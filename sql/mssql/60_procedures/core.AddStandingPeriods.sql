SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.AddStandingPeriods
Purpose:     See to it that a day's month, quarter and year are on record
Called by:   batch.AggregateForecast, api.SetCommitment, admin.ListPeriods
Returns:     nothing
Errors:      none of its own; call it outside a transaction, since two who add the same period at once are told
             apart by the unique constraint, and such an error would take a transaction with it
Transaction: none; one statement
*/
CREATE OR ALTER PROCEDURE core.AddStandingPeriods
    @Day date -- whose month, quarter and year
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Quarter int = DATEPART(QUARTER, @Day);
    DECLARE @Tries int = 0;
    WHILE @Tries < 2
    BEGIN
        BEGIN TRY
            INSERT INTO core.Period (Kind, StartsOn, EndsOn)
            SELECT n.Kind, n.StartsOn, n.EndsOn
            FROM (
                SELECT 'month' AS Kind, DATEFROMPARTS(YEAR(@Day), MONTH(@Day), 1) AS StartsOn, EOMONTH(@Day) AS EndsOn
                UNION ALL
                SELECT 'quarter', DATEFROMPARTS(YEAR(@Day), 3 * @Quarter - 2, 1),
                       EOMONTH(DATEFROMPARTS(YEAR(@Day), 3 * @Quarter, 1))
                UNION ALL
                SELECT 'year', DATEFROMPARTS(YEAR(@Day), 1, 1), DATEFROMPARTS(YEAR(@Day), 12, 31)
            ) AS n
            WHERE NOT EXISTS (
                SELECT 1 FROM core.Period AS p
                WHERE p.Kind = n.Kind AND p.StartsOn = n.StartsOn AND p.EndsOn = n.EndsOn);
            SELECT @Tries = 2;
        END TRY
        BEGIN CATCH
            -- Somebody added one of them in this moment: now it is seen.
            SELECT @Tries = @Tries + 1;
            IF ERROR_NUMBER() NOT IN (2601, 2627) OR @Tries = 2
                THROW;
        END CATCH;
    END;
END;
GO
