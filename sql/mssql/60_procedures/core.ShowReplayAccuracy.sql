SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ShowReplayAccuracy
Purpose:     Say how good a run's own replays of the last half year were: shares, which tell nobody the company's sums
Called by:   api.GetCompany, api.GetForecast, batch.GetCompanyForecast, batch.GetReport, after core.ShowForecast
Returns:     a row for each unit: Unit, Replays, FirstDay, LastDay, WholeWape, OpenWape
Errors:      none
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.ShowReplayAccuracy
    @RunId int = NULL        -- NULL gives an empty result
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT h.Unit, COUNT(*) AS Replays, MIN(h.CountDay) AS FirstDay, MAX(h.CountDay) AS LastDay,
           SUM(ABS(h.WholeForecast - h.WholeCame)) / NULLIF(SUM(h.WholeCame), 0.0E0) AS WholeWape,
           SUM(ABS(h.OpenForecast - h.OpenCame)) / NULLIF(SUM(h.OpenCame), 0.0E0) AS OpenWape
    FROM core.LearntReplay AS h
    WHERE h.RunId = @RunId
    GROUP BY h.Unit
    ORDER BY h.Unit;
END;
GO
