SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.CurrentRun
Purpose:     Give the run whose rows readers see, the last complete live one, and the month that it counted in
Called by:   views and procedures that show a forecast; no row before the first run
*/
CREATE OR ALTER VIEW core.CurrentRun
AS
SELECT r.RunId, p.PeriodId AS MonthPeriodId
FROM core.Run AS r
JOIN core.Period AS p ON p.Kind = 'month' AND p.StartsOn <= r.CountDay AND p.EndsOn >= r.CountDay
WHERE r.RunId = (SELECT MAX(d.RunId) FROM core.Run AS d WHERE d.Kind = 'live' AND d.Status = 'done');
GO
