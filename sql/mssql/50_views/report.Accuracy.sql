SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        report.Accuracy
Purpose:     Give how well the forecasts of ended periods met what came, each method by itself, and how well the hand
             formula and the plain pace did. Misses are shares of what came: 0.12 is 12 %. IsRecalculated: no run said
             so in the period, it was made afterwards from the record.
Called by:   analysts and the live workbook, with role crm_report
*/
CREATE OR ALTER VIEW report.Accuracy
AS
SELECT
    p.Period, p.PeriodKind, p.PeriodName, p.PeriodStart, p.PeriodEnd,
    CASE WHEN a.LeadId = 0 THEN N'company' ELSE N'lead' END AS RowLevel, COALESCE(l.Name, N'') AS Lead, a.Unit,
    a.Method, CASE WHEN a.IsRecalculated = 1 THEN N'yes' ELSE N'no' END AS IsRecalculated,
    a.Days AS DaysCompared, a.Wape AS ForecastMissesBy, a.HandWape AS HandFormulaMissesBy,
    a.RunRateWape AS RunRateMissesBy, a.Covered AS DaysInRange, a.OpenWape AS WithoutNewEntriesMissesBy,
    a.OpenCovered AS DaysInRangeWithoutNewEntries
FROM core.AccuracyOf(NULL, core.Today()) AS a
JOIN core.PeriodRow AS p ON p.PeriodId = a.PeriodId
LEFT JOIN core.Lead AS l ON l.LeadId = a.LeadId;
GO
