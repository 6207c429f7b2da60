SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.StandingPeriods
Purpose:     Say which periods are forecast on a day: the last, this and the next month, quarter and year, and every
             open custom period. core.AddStandingPeriods sees to it that they are on record
Called by:   batch.AggregateForecast, api.SetCommitment, admin.ListPeriods
Returns:     a row for each period: PeriodId, Kind, StartsOn, EndsOn, Name
*/
CREATE OR ALTER FUNCTION core.StandingPeriods (
    @Day date        -- of the company
)
RETURNS TABLE
AS
RETURN (
    SELECT p.PeriodId, p.Kind, p.StartsOn, p.EndsOn, p.Name
    FROM core.Period AS p
    WHERE (p.Kind = 'custom' AND p.ClosedAt IS NULL)
       OR (p.Kind <> 'custom' AND EXISTS (
           SELECT 1
           FROM core.Period AS n
           WHERE n.Kind = p.Kind AND n.StartsOn <= @Day AND n.EndsOn >= @Day
             AND (n.PeriodId = p.PeriodId
                  OR p.StartsOn = DATEADD(DAY, 1, n.EndsOn)
                  OR p.EndsOn = DATEADD(DAY, -1, n.StartsOn))))
);
GO
