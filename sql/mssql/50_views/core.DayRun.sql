SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.DayRun
Purpose:     Give the last complete live run of each day: the history of the forecast
Called by:   core.ForecastTrend, core.FindEarlierRun, core.DropOldForecasts
*/
CREATE OR ALTER VIEW core.DayRun
AS
SELECT MAX(r.RunId) AS RunId, r.CountDay
FROM core.Run AS r
WHERE r.Kind = 'live' AND r.Status = 'done'
GROUP BY r.CountDay;
GO
