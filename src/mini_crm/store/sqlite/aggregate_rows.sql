-- Steps 10, 11 and 18 to 22: the rows of managers, leads and the company.

-- name: gather_open_sums
PackedOpenSum

-- name: stage_open_sum
CREATE TEMP TABLE OpenSum (
    PeriodId INTEGER, LeadId INTEGER, GroupId INTEGER, ManagerId INTEGER, FromOpen REAL NOT NULL,
    Spread REAL NOT NULL, Whole REAL NOT NULL, PRIMARY KEY (PeriodId, LeadId, GroupId, ManagerId)
) WITHOUT ROWID;

-- name: stage_open_sum_fill
INSERT INTO temp.OpenSum (PeriodId, LeadId, GroupId, ManagerId, FromOpen, Spread, Whole)
SELECT p.PeriodId, s.Pack >> 44, (s.Pack >> 28) & 65535, (s.Pack >> 8) & 1048575, s.FromOpen, s.Spread, s.Whole
FROM temp.PackedOpenSum AS s
JOIN temp.Ahead AS p ON p.Place = s.Pack & 255;

-- name: stage_manager_sum
-- Lead, manager and unit in each period: the finest rows; all others are sums of these.
CREATE TEMP TABLE ManagerSum AS
WITH Ever AS MATERIALIZED (
    SELECT t.LeadId, t.GroupId, t.ManagerId,
           sum(CASE WHEN t.Status = 0 THEN t.Amount ELSE 0 END) AS Expected,
           sum(CASE WHEN t.Status = 1 AND t.PartStart >= :count_day - 364 THEN t.Deals ELSE 0 END) AS Won,
           sum(CASE WHEN t.Status <> 0 AND t.PartStart >= :count_day - 364 THEN t.Deals ELSE 0 END) AS Resolved,
           sum(CASE WHEN t.Status = 1 THEN t.Deals ELSE 0 END) AS WonAll,
           sum(CASE WHEN t.Status <> 0 THEN t.Deals ELSE 0 END) AS ResolvedAll,
           sum(CASE WHEN t.Status = 1 AND t.PartStart >= :count_day - 89 THEN t.Paid ELSE 0 END) AS PaidLately,
           sum(CASE WHEN t.Status = 1 AND t.PartStart > c.Day - c.PaceDays AND t.PartStart <= c.Day
                    THEN t.Paid ELSE 0 END) AS Pace,
           sum(CASE WHEN t.IsMade THEN t.Amount ELSE 0 END) AS Made
    FROM temp.Tally AS t
    LEFT JOIN temp.Cutoff AS c ON c.Cutoff = 0
    GROUP BY t.LeadId, t.GroupId, t.ManagerId
), Within AS MATERIALIZED (
    SELECT p.PeriodId, t.LeadId, t.GroupId, t.ManagerId,
           sum(CASE WHEN t.Status = 1 THEN t.Deals ELSE 0 END) AS PaidCount,
           sum(CASE WHEN t.Status = 1 THEN t.Paid ELSE 0 END) AS Paid,
           sum(CASE WHEN t.Status = 2 THEN t.Deals ELSE 0 END) AS RefusedCount,
           sum(CASE WHEN t.Status = 2 THEN t.Amount ELSE 0 END) AS Refused
    FROM temp.Horizon AS p
    JOIN temp.Tally AS t ON t.Status > 0 AND t.PartStart BETWEEN p.StartsOn AND p.EndsOn
    GROUP BY p.PeriodId, t.LeadId, t.GroupId, t.ManagerId
)
SELECT p.PeriodId, c.LeadId, c.ManagerId, s.UnitNo,
       sum(coalesce(o.Clients, 0)) AS Clients, sum(coalesce(o.Deals, 0)) AS OpenCount,
       sum(coalesce(o.DueToday, 0)) AS DueToday, sum(coalesce(o.Overdue, 0)) AS Overdue,
       sum(c.Expected) AS Expected, sum(coalesce(w.PaidCount, 0)) AS PaidCount, sum(coalesce(w.Paid, 0)) AS Paid,
       sum(coalesce(w.RefusedCount, 0)) AS RefusedCount, sum(coalesce(w.Refused, 0)) AS Refused,
       sum(c.Won) AS Won, sum(c.Resolved) AS Resolved, sum(c.WonAll) AS WonAll,
       sum(c.ResolvedAll) AS ResolvedAll, sum(c.PaidLately) AS PaidLately, sum(c.Pace) AS Pace,
       p.EndsOn < :count_day AS IsOver, sum(c.Made) AS Made, sum(coalesce(f.FromOpen, 0.0)) AS FromOpen,
       sum(coalesce(f.Spread, 0.0)) AS Spread, sum(coalesce(f.Whole, 0.0)) AS Whole
FROM temp.Horizon AS p
CROSS JOIN Ever AS c
JOIN temp.GroupSize AS s ON s.GroupId = c.GroupId
LEFT JOIN temp.OpenCount AS o
    ON o.LeadId = c.LeadId AND o.GroupId = c.GroupId AND o.ManagerId = c.ManagerId
LEFT JOIN Within AS w
    ON w.PeriodId = p.PeriodId AND w.LeadId = c.LeadId AND w.GroupId = c.GroupId AND w.ManagerId = c.ManagerId
LEFT JOIN temp.OpenSum AS f
    ON f.PeriodId = p.PeriodId AND f.LeadId = c.LeadId AND f.GroupId = c.GroupId AND f.ManagerId = c.ManagerId
GROUP BY p.PeriodId, c.LeadId, c.ManagerId, s.UnitNo;

-- name: stage_unit_forecast
-- Step 18 and what 19 to 21 need of it, by period and unit: F, N and R of the unit, what is still to come of
-- open entries and in all, and both ranges' t and z.
CREATE TEMP TABLE UnitForecast (
    PeriodId INTEGER, UnitNo INTEGER, OpenBase REAL NOT NULL, NewBase REAL NOT NULL, PaceBase REAL NOT NULL,
    Made INTEGER NOT NULL, Pace INTEGER NOT NULL, NewSpread REAL NOT NULL, FromOpen REAL NOT NULL,
    FromNew REAL NOT NULL, Scale REAL NOT NULL, PayingDays REAL NOT NULL,
    OpenWeight REAL NOT NULL, OpenError REAL NOT NULL, OpenZ REAL NOT NULL,
    WholeWeight REAL NOT NULL, WholeError REAL NOT NULL, WholeZ REAL NOT NULL,
    PRIMARY KEY (PeriodId, UnitNo)) WITHOUT ROWID;

-- name: stage_unit_forecast_fill
WITH Summed AS (
    SELECT PeriodId, UnitNo, sum(Expected) / 100.0 AS OpenAmount, sum(Made) AS Made, sum(Pace) AS Pace,
           sum(FromOpen) AS F, sum(Whole) AS Fe
    FROM temp.ManagerSum
    GROUP BY PeriodId, UnitNo
), Part AS (
    SELECT s.PeriodId, s.UnitNo, s.OpenAmount, s.Made, s.Pace, s.F, s.Fe,
           s.Made / 100.0 / c.PaceDays * (e.Share - b.Share) AS N,
           s.Made / 100.0 / c.PaceDays * e.Share AS Ne,
           l.MadeSquare * (e.Share - b.Share) AS NewSpread,
           s.Pace / 100.0 / c.PaceDays * (e.Days - b.Days) / q.Factor AS R,
           e.Days - b.Days AS PayingDays, a.After > c.Day AS IsLater
    FROM Summed AS s
    JOIN temp.Ahead AS a ON a.PeriodId = s.PeriodId
    JOIN temp.Cutoff AS c ON c.Cutoff = 0
    JOIN temp.MeanQuarter AS q ON q.Cutoff = 0
    JOIN temp.Integral AS e ON e.Cutoff = 0 AND e.Day = a.Last
    JOIN temp.Integral AS b ON b.Cutoff = 0 AND b.Day = a.After
    JOIN temp.Lately AS l ON l.Cutoff = 0 AND l.UnitNo = s.UnitNo
), Mixed AS (
    SELECT p.*, o.Weight AS OpenWeight, o.Error AS OpenError, o.Z AS OpenZ,
           w.Weight AS WholeWeight, w.Error AS WholeError, w.Z AS WholeZ,
           w.Weight * (p.F + p.N) + (1.0 - w.Weight) * p.R AS X,
           o.Weight * p.F
           + (1.0 - o.Weight) * p.R * CASE WHEN p.F + p.N > 0 THEN p.F / (p.F + p.N) ELSE 0.0 END AS Y
    FROM Part AS p
    JOIN temp.Blend AS o ON o.IsWhole = 0 AND o.UnitNo = p.UnitNo
    JOIN temp.Blend AS w ON w.IsWhole = 1 AND w.UnitNo = p.UnitNo
)
INSERT INTO temp.UnitForecast (
    PeriodId, UnitNo, OpenBase, NewBase, PaceBase, Made, Pace, NewSpread, FromOpen, FromNew, Scale, PayingDays,
    OpenWeight, OpenError, OpenZ, WholeWeight, WholeError, WholeZ)
SELECT PeriodId, UnitNo, F, N, R, Made, Pace, NewSpread, min(Y, X, OpenAmount), X - min(Y, X, OpenAmount),
       CASE WHEN F > 0 THEN min(Y, X, OpenAmount) / F ELSE 0.0 END, PayingDays,
       OpenWeight, OpenError * CASE WHEN IsLater AND F > 0 THEN Fe / F ELSE 1.0 END, OpenZ,
       WholeWeight, WholeError * CASE WHEN IsLater AND F + N > 0 THEN (Fe + Ne) / (F + N) ELSE 1.0 END, WholeZ
FROM Mixed;

-- name: share_scales
UnitForecast

-- name: stage_shown_rate
-- How far one lead's win rate is drawn to the company's: Beta-Binomial by moments, for each unit.
CREATE TEMP TABLE ShownRate AS
WITH LeadSum AS (
    SELECT m.LeadId, m.UnitNo, sum(m.Won) AS Won, sum(m.Resolved) AS Resolved
    FROM temp.ManagerSum AS m
    WHERE m.PeriodId = (SELECT min(PeriodId) FROM temp.Horizon)
    GROUP BY m.LeadId, m.UnitNo
), UnitSum AS (
    SELECT UnitNo, sum(Won) AS Won, sum(Resolved) AS Resolved, sum(Resolved > 0) AS Leads,
           1.0 * sum(Won) / nullif(sum(Resolved), 0) AS Mean,
           sum(1.0 * Resolved * Resolved) / nullif(sum(Resolved), 0) AS Clustered
    FROM LeadSum
    GROUP BY UnitNo
), Deviation AS (
    SELECT u.UnitNo,
           sum(CASE WHEN l.Resolved > 0 AND u.Mean > 0 AND u.Mean < 1
                    THEN l.Resolved * (1.0 * l.Won / l.Resolved - u.Mean) * (1.0 * l.Won / l.Resolved - u.Mean)
                         / (u.Mean * (1 - u.Mean)) END) AS Total
    FROM LeadSum AS l
    JOIN UnitSum AS u ON u.UnitNo = l.UnitNo
    GROUP BY u.UnitNo
), Correlation AS (
    SELECT u.UnitNo, u.Won, u.Resolved,
           CASE WHEN u.Leads >= 3 AND u.Resolved >= 10 AND u.Mean > 0 AND u.Mean < 1
                     AND u.Resolved - u.Clustered - (u.Leads - 1) > 0
                THEN (d.Total - (u.Leads - 1)) / (u.Resolved - u.Clustered - (u.Leads - 1)) END AS Rho
    FROM UnitSum AS u
    JOIN Deviation AS d ON d.UnitNo = u.UnitNo
)
SELECT UnitNo, (Won + 1.0) / (Resolved + 2.0) AS Company,
       CASE WHEN Rho IS NULL THEN 20.0
            WHEN Rho <= 0 THEN 200.0
            ELSE min(max((1.0 - Rho) / Rho, 5.0), 200.0) END AS Weight
FROM Correlation;

-- name: stage_own_row
-- What managers, leads (ManagerId 0) and the company (LeadId 0 too) have of their own. Of a period that is
-- over nothing is expected any more.
CREATE TEMP TABLE OwnRow AS
SELECT PeriodId, LeadId, ManagerId, UnitNo, Clients, OpenCount, DueToday, Overdue, Expected, PaidCount, Paid,
       RefusedCount, Refused, Won, Resolved, WonAll, ResolvedAll, PaidLately, Pace, IsOver, Made, FromOpen,
       Spread, (Paid + CASE WHEN ResolvedAll > 0 AND NOT IsOver THEN 1.0 * Expected * WonAll / ResolvedAll ELSE 0.0 END) / 100.0
       AS HandFormula
FROM temp.ManagerSum;

-- name: stage_own_row_of_leads
INSERT INTO temp.OwnRow
SELECT PeriodId, LeadId, 0, UnitNo, sum(Clients), sum(OpenCount), sum(DueToday), sum(Overdue), sum(Expected),
       sum(PaidCount), sum(Paid), sum(RefusedCount), sum(Refused), sum(Won), sum(Resolved), sum(WonAll),
       sum(ResolvedAll), sum(PaidLately), sum(Pace), max(IsOver), sum(Made), sum(FromOpen), sum(Spread),
       (sum(Paid) + CASE WHEN sum(ResolvedAll) > 0 AND NOT max(IsOver)
                         THEN 1.0 * sum(Expected) * sum(WonAll) / sum(ResolvedAll) ELSE 0.0 END) / 100.0
FROM temp.OwnRow
GROUP BY PeriodId, LeadId, UnitNo;

-- name: stage_own_row_of_company
INSERT INTO temp.OwnRow
SELECT PeriodId, 0, 0, UnitNo, sum(Clients), sum(OpenCount), sum(DueToday), sum(Overdue), sum(Expected),
       sum(PaidCount), sum(Paid), sum(RefusedCount), sum(Refused), sum(Won), sum(Resolved), sum(WonAll),
       sum(ResolvedAll), sum(PaidLately), sum(Pace), max(IsOver), sum(Made), sum(FromOpen), sum(Spread),
       sum(HandFormula)
FROM temp.OwnRow
WHERE ManagerId = 0
GROUP BY PeriodId, UnitNo;

-- name: stage_forecast_row
-- Steps 18 to 20 for every row. Without any resolved entry there is no range; of a period that is over
-- nothing is to come, and the range is what was paid.
CREATE TEMP TABLE ForecastRow AS
WITH Shared AS (
    SELECT o.PeriodId, o.LeadId, o.ManagerId, o.UnitNo, o.Paid / 100.0 AS Paid, o.Expected / 100.0 AS OpenAmount,
           coalesce(CASE WHEN o.LeadId = 0 THEN u.FromOpen ELSE o.FromOpen * u.Scale END, 0.0) AS FromOpen,
           coalesce(CASE WHEN o.LeadId = 0 THEN 1.0
                         WHEN u.NewBase > 0 THEN 1.0 * o.Made / u.Made
                         WHEN u.OpenBase > 0 THEN o.FromOpen / u.OpenBase
                         WHEN u.PaceBase > 0 THEN 1.0 * o.Pace / u.Pace
                         ELSE 0.0 END, 0.0) AS Share,
           o.Spread, CASE WHEN o.LeadId = 0 THEN 0.0 ELSE 1.0 / (coalesce(f.Paid, 0) + 5.0) END AS OwnError,
           coalesce(u.FromNew, 0.0) AS UnitNew, coalesce(u.NewSpread, 0.0) AS NewSpread,
           coalesce(u.OpenError, 0.0) AS OpenError, coalesce(u.OpenZ, 0.0) AS OpenZ,
           coalesce(u.WholeError, 0.0) AS WholeError, coalesce(u.WholeZ, 0.0) AS WholeZ
    FROM temp.OwnRow AS o
    LEFT JOIN temp.UnitForecast AS u ON u.PeriodId = o.PeriodId AND u.UnitNo = o.UnitNo
    LEFT JOIN temp.LeadIndex AS f ON f.LeadId = o.LeadId
), Widened AS (
    SELECT s.*, s.UnitNew * s.Share AS FromNew, s.FromOpen + s.UnitNew * s.Share AS Whole,
           s.OpenZ * sqrt(s.Spread + s.FromOpen * s.FromOpen * (s.OpenError + s.OwnError)) AS OpenWidth,
           s.WholeZ * sqrt(s.Spread + s.NewSpread * s.Share
                           + (s.FromOpen + s.UnitNew * s.Share) * (s.FromOpen + s.UnitNew * s.Share)
                             * (s.WholeError + s.OwnError)) AS WholeWidth
    FROM Shared AS s
)
SELECT w.PeriodId, w.LeadId, w.ManagerId, w.UnitNo, w.FromOpen, w.FromNew, w.Paid + w.Whole AS Forecast,
       CASE WHEN h.HasHistory THEN w.Paid + max(0.0, w.Whole - w.WholeWidth) END AS Low,
       CASE WHEN h.HasHistory THEN w.Paid + w.Whole + w.WholeWidth END AS High,
       CASE WHEN h.HasHistory THEN w.Paid + max(0.0, w.FromOpen - w.OpenWidth) END AS OpenLow,
       CASE WHEN h.HasHistory
            THEN w.Paid + max(w.FromOpen, min(w.FromOpen + w.OpenWidth, w.OpenAmount)) END AS OpenHigh
FROM Widened AS w
CROSS JOIN (SELECT EXISTS (SELECT 1 FROM temp.Speed WHERE Cutoff = 0) AS HasHistory) AS h;

-- name: stage_forecast_row_key
CREATE UNIQUE INDEX temp.UQ_ForecastRow ON ForecastRow (PeriodId, LeadId, ManagerId, UnitNo);

-- name: lead_rows
-- The finished rows of leads and the company (0).
SELECT o.PeriodId, o.LeadId, u.Unit, o.Clients, o.OpenCount, o.DueToday, o.Overdue, o.Expected, o.PaidCount,
       o.Paid, o.RefusedCount, o.Refused, o.Won, o.Resolved,
       (o.Won + r.Weight * r.Company) / (o.Resolved + r.Weight) AS WinRate, o.WonAll, o.ResolvedAll,
       CASE WHEN o.LeadId > 0 THEN coalesce(f.Speed, 1.0) END AS SpeedIndex,
       CASE WHEN o.LeadId > 0 THEN coalesce(f.Paid, 0)
            ELSE coalesce((SELECT sum(Paid) FROM temp.Speed WHERE Cutoff = 0), 0) END AS PaidEvents,
       w.FromOpen + w.FromNew AS StillToCome, w.Forecast, w.Low, w.High, o.HandFormula,
       CASE WHEN :count_day - s.FirstResolution + 1 >= 30
            THEN o.Paid / 100.0 + o.PaidLately / 100.0 / min(90, :count_day - s.FirstResolution + 1)
                 * max(p.EndsOn - max(:count_day, p.StartsOn - 1), 0) END AS RunRate,
       w.FromOpen, w.FromNew, w.OpenLow, w.OpenHigh
FROM temp.OwnRow AS o
JOIN temp.Unit AS u ON u.UnitNo = o.UnitNo
JOIN temp.Horizon AS p ON p.PeriodId = o.PeriodId
JOIN temp.ForecastRow AS w
    ON w.PeriodId = o.PeriodId AND w.LeadId = o.LeadId AND w.ManagerId = 0 AND w.UnitNo = o.UnitNo
CROSS JOIN temp.Span AS s
LEFT JOIN temp.ShownRate AS r ON r.UnitNo = o.UnitNo
LEFT JOIN temp.LeadIndex AS f ON f.LeadId = o.LeadId
WHERE o.ManagerId = 0
ORDER BY o.PeriodId, o.LeadId, u.Unit;

-- name: manager_rows
SELECT o.PeriodId, o.LeadId, o.ManagerId, u.Unit, o.Clients, o.OpenCount, o.DueToday, o.Overdue, o.Expected,
       o.PaidCount, o.Paid, o.RefusedCount, o.Refused, o.Won, o.Resolved, o.WonAll, o.ResolvedAll,
       w.FromOpen + w.FromNew AS StillToCome, w.Forecast, w.Low, w.High, o.HandFormula,
       w.FromOpen, w.FromNew, w.OpenLow, w.OpenHigh
FROM temp.OwnRow AS o
JOIN temp.Unit AS u ON u.UnitNo = o.UnitNo
JOIN temp.ForecastRow AS w
    ON w.PeriodId = o.PeriodId AND w.LeadId = o.LeadId AND w.ManagerId = o.ManagerId AND w.UnitNo = o.UnitNo
WHERE o.ManagerId > 0
ORDER BY o.PeriodId, o.LeadId, o.ManagerId, u.Unit;
