SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.ListTargets
Purpose:     Give all targets
Called by:   AdminStore.list_targets
Returns:     by period, lead (the company first, without LeadName) and unit: Kind, StartsOn, EndsOn, PeriodName,
             LeadName, Unit, Amount
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.ListTargets
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name AS PeriodName, l.Name AS LeadName, t.Unit, t.Amount
    FROM core.Target AS t
    JOIN core.Period AS p ON p.PeriodId = t.PeriodId
    LEFT JOIN core.Lead AS l ON l.LeadId = t.LeadId
    ORDER BY
        p.StartsOn, p.EndsOn, CASE WHEN t.LeadId = 0 THEN 0 ELSE 1 END, l.NameKey,
        t.Unit COLLATE Latin1_General_BIN2;
END;
GO
