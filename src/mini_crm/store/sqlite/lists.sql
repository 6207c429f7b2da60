-- Lists of entries: a page, what the whole list adds up to, and the pieces that a filter is put together of.

-- name: sum_entries
-- The filter's rows in numbers, by group and status in one number first: a unit's sums are those of its groups.
-- What is not open and was not changed since the run is not looked for in its chances.
SELECT g.Unit, x.Place & 3 AS Status, sum(x.Deals) AS Deals, sum(x.Amount) AS Amount,
       total(x.Contribution) AS Contribution
FROM (
    SELECT e.GroupId * 4 + e.Status AS Place, count(*) AS Deals, sum(coalesce(e.PaidAmount, e.Amount)) AS Amount,
           NULL AS Contribution
    FROM Entry AS e
    WHERE {filter}
    GROUP BY Place
    UNION ALL
    SELECT e.GroupId * 4, 0, 0, {contribution}
    FROM Entry AS e
    CROSS {chance}
    WHERE {filter} AND e.Status = 0
    UNION ALL
    SELECT e.GroupId * 4 + e.Status, 0, 0, {contribution}
    FROM Entry AS e
    CROSS {chance}
    WHERE {filter} AND e.Status > 0 AND e.ChangeSeq >= :seq_since_run
) AS x
JOIN SalesGroup AS g ON g.GroupId = x.Place >> 2
GROUP BY g.Unit, x.Place & 3
ORDER BY g.Unit, x.Place & 3;

-- name: seq_since_run
-- The lead's first change that a run did not see.
SELECT min(ChangeSeq) AS ChangeSeq FROM EntryHistory
WHERE HistoryId > :last_history_id AND LeadId = :lead_id;

-- name: list_entries
-- A page of the list, with chances of the period that is asked for.
SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId,
       m.Name AS ManagerName, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy,
       e.Status, e.StatusOn, e.Comment, e.Reason, e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt,
       {probability} AS Probability, {contribution} AS Contribution,
       CASE WHEN e.Status = 0 THEN f.IsLarge END AS IsLarge
FROM (
    SELECT s.EntryId, row_number() OVER () AS Place
    FROM (
        SELECT e.EntryId
        FROM Entry AS e
        {join}
        WHERE {filter}
        ORDER BY {order}
        LIMIT :limit OFFSET :offset
    ) AS s
) AS p
JOIN Entry AS e ON e.EntryId = p.EntryId
JOIN SalesGroup AS g ON g.GroupId = e.GroupId
JOIN Manager AS m ON m.ManagerId = e.ManagerId
LEFT {chance}
ORDER BY p.Place;

-- name: chance
-- What the run and period of the list say of an entry.
JOIN EntryForecast AS f ON f.RunId = :run_id AND f.PeriodId = :period_id AND f.EntryId = e.EntryId

-- name: may_have_chance
-- What was closed before the run has none: it is not looked for.
(e.Status = 0 OR e.ChangeSeq >= :seq_since_run)

-- name: probability
CASE WHEN e.Status = 0 THEN f.Probability END

-- name: contribution
-- It stays until the next run, whatever became of the entry since; method 1 kept none.
coalesce(f.Contribution, e.Amount / 100.0 * f.Probability)

-- name: filter_unit
e.GroupId IN (SELECT u.GroupId FROM SalesGroup AS u WHERE u.LeadId = :lead_id AND u.Unit = :unit)

-- name: last_untouched
-- The newest change of a lead's entry before a moment: numbers of changes go up with time, so that only entries
-- changed since then are looked at. An import tells of the past: bringing an entry is no change.
SELECT e.ChangeSeq FROM Entry AS e
WHERE e.LeadId = :lead_id AND e.EnteredOn < :day AND e.Version > 1
  AND :moment > (
      SELECT h.ChangedAt FROM EntryHistory AS h WHERE h.EntryId = e.EntryId AND h.Version = e.Version)
ORDER BY e.ChangeSeq DESC LIMIT 1;

-- name: filter_untouched
(e.EnteredOn < :untouched_since AND (e.Version = 1 OR e.ChangeSeq <= :last_untouched))

-- name: filter_has_chance
EXISTS (SELECT 1 FROM EntryForecast AS c
        WHERE c.RunId = :run_id AND c.PeriodId = :period_id AND c.EntryId = e.EntryId)

-- name: filter_text
(instr(e.SearchKey, :text) > 0
 OR e.ManagerId IN (SELECT m.ManagerId FROM Manager AS m WHERE instr(m.NameKey, :text) > 0)
 OR e.GroupId IN (SELECT g.GroupId FROM SalesGroup AS g WHERE instr(g.NameKey, :text) > 0))

-- name: list_reasons
SELECT Reason FROM Entry
WHERE LeadId = :lead_id AND Status = 2 AND DeletedAt IS NULL AND Reason <> ''
GROUP BY Reason ORDER BY count(*) DESC, Reason LIMIT 50;

-- name: count_open_elsewhere
SELECT count(*) AS Entries FROM Entry
WHERE ClientPin = :client_pin AND ClientPin <> '' AND LeadId <> :lead_id AND Status = 0 AND DeletedAt IS NULL;

