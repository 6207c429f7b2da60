SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        core.PeriodRow
Purpose:     Give periods with the short code that people know: 2026-03, 2026-Q1, 2026, 2026-03-10..2026-04-09
Called by:   the views of schema report
*/
CREATE OR ALTER VIEW core.PeriodRow
AS
SELECT
    p.PeriodId,
    CASE p.Kind WHEN 'month' THEN CONVERT(nvarchar(7), p.StartsOn, 23)
                WHEN 'quarter' THEN CONCAT(YEAR(p.StartsOn), N'-Q', DATEPART(QUARTER, p.StartsOn))
                WHEN 'year' THEN CONVERT(nvarchar(4), p.StartsOn, 23)
                ELSE CONCAT(CONVERT(nvarchar(10), p.StartsOn, 23), N'..', CONVERT(nvarchar(10), p.EndsOn, 23)) END
        AS Period,
    p.Kind AS PeriodKind, p.Name AS PeriodName, p.StartsOn AS PeriodStart, p.EndsOn AS PeriodEnd
FROM core.Period AS p;
GO
