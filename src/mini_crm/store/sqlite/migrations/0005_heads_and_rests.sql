-- Heads of sales, the rest of a partial payment as an entry of its own, and what the list filters and sorts by.

ALTER TABLE Lead ADD COLUMN IsHead INTEGER NOT NULL DEFAULT 0 CHECK (IsHead IN (0, 1));

-- The entry that was paid in part and left this one as the rest.
ALTER TABLE Entry ADD COLUMN RestOf INTEGER REFERENCES Entry (EntryId);

-- The list's search looks into reasons too. name_key is the program's.
UPDATE Entry SET SearchKey = SearchKey || char(10) || name_key(Reason) WHERE Reason <> '';

-- The list opens on what is expected, and only that has chances.
CREATE INDEX IX_Entry_Open ON Entry (LeadId) WHERE Status = 0 AND DeletedAt IS NULL;
-- Whether a client is open elsewhere is asked at every PIN.
CREATE INDEX IX_Entry_OpenPin ON Entry (ClientPin) WHERE Status = 0 AND DeletedAt IS NULL;

DROP VIEW EntryRow;

-- The contribution stays until the next run, whatever became of the entry since: the run's number has it.
CREATE VIEW EntryRow AS
SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId,
       m.Name AS ManagerName, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy,
       e.Status, e.StatusOn, e.Comment, e.Reason, e.RestOf, e.Version, e.ChangeSeq, e.DeletedAt,
       (SELECT f.Probability FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS Probability,
       (SELECT coalesce(f.Contribution, e.Amount / 100.0 * f.Probability) FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.DeletedAt IS NULL) AS Contribution,
       (SELECT f.IsLarge FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS IsLarge,
       g.NameKey AS GroupKey, m.NameKey AS ManagerKey, e.SearchKey
FROM Entry AS e
JOIN SalesGroup AS g ON g.GroupId = e.GroupId
JOIN Manager AS m ON m.ManagerId = e.ManagerId;
