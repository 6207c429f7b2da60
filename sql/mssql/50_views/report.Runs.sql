SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
View:        report.Runs
Purpose:     Give the runs of the aggregation; IsShown marks the one whose rows the other views show
Called by:   analysts and the live workbook, with role crm_report
*/
CREATE OR ALTER VIEW report.Runs
AS
SELECT
    r.RunId, r.Kind AS RunKind, r.Method, r.CountDay AS CountedOn,
    r.StartedAt AS StartedAtUtc, r.FinishedAt AS FinishedAtUtc,
    r.Status AS RunStatus, r.StartedBy, r.EntryCount AS EntriesCounted, r.PaidEvents AS PaymentsLearntFrom,
    r.RefusedEvents AS RefusalsLearntFrom,
    CASE WHEN n.RunId IS NULL THEN N'no' ELSE N'yes' END AS IsShown
FROM core.Run AS r
LEFT JOIN core.CurrentRun AS n ON n.RunId = r.RunId;
GO
