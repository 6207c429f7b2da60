SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.AddStandingPeriods
Purpose:     See to it that the last, this and the next month, quarter and year of a day are on record
Called by:   batch.AggregateForecast, api.SetCommitment, admin.ListPeriods
Returns:     nothing
Errors:      none of its own; call it outside a transaction, since two who add the same period at once are told
             apart by the unique constraint, and such an error would take a transaction with it
Transaction: none; one statement
*/
CREATE OR ALTER PROCEDURE core.AddStandingPeriods
    @Day date -- of the company
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Month date = DATEFROMPARTS(YEAR(@Day), MONTH(@Day), 1);
    DECLARE @Quarter date = DATEFROMPARTS(YEAR(@Day), 3 * DATEPART(QUARTER, @Day) - 2, 1);
    DECLARE @Year date = DATEFROMPARTS(YEAR(@Day), 1, 1);
    DECLARE @Tries int = 0;
    WHILE @Tries < 2
    BEGIN
        BEGIN TRY
            INSERT INTO core.Period (Kind, StartsOn, EndsOn)
            SELECT n.Kind, n.StartsOn, n.EndsOn
            FROM (
                SELECT k.Kind, DATEADD(MONTH, k.Months * o.Step, k.FirstDay) AS StartsOn,
                       EOMONTH(DATEADD(MONTH, k.Months * (o.Step + 1) - 1, k.FirstDay)) AS EndsOn
                FROM (
                    SELECT 'month' AS Kind, 1 AS Months, @Month AS FirstDay
                    UNION ALL
                    SELECT 'quarter', 3, @Quarter
                    UNION ALL
                    SELECT 'year', 12, @Year
                ) AS k
                CROSS JOIN (SELECT -1 AS Step UNION ALL SELECT 0 UNION ALL SELECT 1) AS o
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
