-- The forecast by method 2: a whole number in three parts with two ranges, what each entry adds to it, and
-- what a run learnt. What method 1 stored stays as it is.

ALTER TABLE Run ADD COLUMN Method INTEGER NOT NULL DEFAULT 1;
-- The whole hour of a live run in the company's time zone: the rest of its day is weighed by it.
ALTER TABLE Run ADD COLUMN CountHour INTEGER CHECK (CountHour BETWEEN 0 AND 23);

-- Paid + FromOpen + FromNew = Forecast, with Low and High; OpenLow and OpenHigh are around Paid + FromOpen.
-- Method 1 leaves them empty: its StillToCome, Forecast, Low and High are of open entries only.
ALTER TABLE LeadForecast ADD COLUMN FromOpen REAL;
ALTER TABLE LeadForecast ADD COLUMN FromNew REAL;
ALTER TABLE LeadForecast ADD COLUMN OpenLow REAL;
ALTER TABLE LeadForecast ADD COLUMN OpenHigh REAL;

ALTER TABLE ManagerForecast ADD COLUMN FromOpen REAL;
ALTER TABLE ManagerForecast ADD COLUMN FromNew REAL;
ALTER TABLE ManagerForecast ADD COLUMN OpenLow REAL;
ALTER TABLE ManagerForecast ADD COLUMN OpenHigh REAL;

-- Contribution is what the entry adds to FromOpen; IsLarge, whether it was above its unit's average.
ALTER TABLE EntryForecast ADD COLUMN Contribution REAL;
ALTER TABLE EntryForecast ADD COLUMN IsLarge INTEGER;

-- What a run learnt: daily chances by age.
CREATE TABLE LearntSpeed (
    RunId       INTEGER NOT NULL REFERENCES Run (RunId),
    Bucket      INTEGER NOT NULL,
    FromAge     INTEGER NOT NULL,
    ToAge       INTEGER NOT NULL,
    Days        REAL NOT NULL,
    Paid        INTEGER NOT NULL,
    Refused     INTEGER NOT NULL,
    PaidRate    REAL NOT NULL,
    RefusedRate REAL NOT NULL,
    PRIMARY KEY (RunId, Bucket)
) WITHOUT ROWID;

-- By how much faster or slower: Paid payments where Expected were to be expected. Class is a LeadId; 0 or 1
-- (above average); the place in the order of promise classes, weekdays (from Monday), classes of days left
-- to the month's end, months of the quarter.
CREATE TABLE LearntIndex (
    RunId    INTEGER NOT NULL REFERENCES Run (RunId),
    Kind     TEXT NOT NULL CHECK (Kind IN ('lead', 'size', 'promise', 'weekday', 'month_end', 'quarter')),
    Class    INTEGER NOT NULL,
    Paid     INTEGER NOT NULL,
    Expected REAL NOT NULL,
    Factor   REAL NOT NULL,
    PRIMARY KEY (RunId, Kind, Class)
) WITHOUT ROWID;

-- How the last half year would have been forecast, 28 days ahead, and what came: of the entries known on
-- the day, and in all.
CREATE TABLE LearntReplay (
    RunId         INTEGER NOT NULL REFERENCES Run (RunId),
    Unit          TEXT NOT NULL,
    Day           INTEGER NOT NULL,
    OpenBase      REAL NOT NULL,
    NewBase       REAL NOT NULL,
    Pace          REAL NOT NULL,
    OpenForecast  REAL NOT NULL,
    WholeForecast REAL NOT NULL,
    OpenCame      REAL NOT NULL,
    WholeCame     REAL NOT NULL,
    PRIMARY KEY (RunId, Unit, Day)
) WITHOUT ROWID;

-- By period and unit: the recent pace that chances are multiplied by, how many paying days are left, and
-- how far what the method makes of entries is trusted against the plain pace.
CREATE TABLE LearntPeriod (
    RunId       INTEGER NOT NULL REFERENCES Run (RunId),
    PeriodId    INTEGER NOT NULL REFERENCES Period (PeriodId),
    Unit        TEXT NOT NULL,
    Scale       REAL NOT NULL,
    PayingDays  REAL NOT NULL,
    OpenWeight  REAL NOT NULL,
    WholeWeight REAL NOT NULL,
    PRIMARY KEY (RunId, PeriodId, Unit)
) WITHOUT ROWID;

-- What a run on an evening of the past would have said of that day's month, quarter and year, made from
-- today's record when the administrator asks for it; of the company (LeadId 0) and of leads.
CREATE TABLE KeptReplay (
    PeriodId    INTEGER NOT NULL REFERENCES Period (PeriodId),
    Day         INTEGER NOT NULL,
    LeadId      INTEGER NOT NULL,
    Unit        TEXT NOT NULL,
    Paid        INTEGER NOT NULL,
    FromOpen    REAL NOT NULL,
    FromNew     REAL NOT NULL,
    Forecast    REAL NOT NULL,
    Low         REAL,
    High        REAL,
    OpenLow     REAL,
    OpenHigh    REAL,
    HandFormula REAL NOT NULL,
    RunRate     REAL,
    PRIMARY KEY (PeriodId, Day, LeadId, Unit)
) WITHOUT ROWID;

DROP VIEW EntryRow;

CREATE VIEW EntryRow AS
SELECT e.EntryId, e.ClientRef, e.LeadId, e.GroupId, g.Name AS GroupName, g.Unit, e.ManagerId,
       m.Name AS ManagerName, e.ClientPin, e.Amount, e.PaidAmount, e.EnteredOn, e.PayBy, e.FirstPayBy,
       e.Status, e.StatusOn, e.Comment, e.Version, e.ChangeSeq, e.DeletedAt,
       (SELECT f.Probability FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS Probability,
       (SELECT f.Contribution FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS Contribution,
       (SELECT f.IsLarge FROM CurrentRun AS r JOIN EntryForecast AS f
        ON f.RunId = r.RunId AND f.PeriodId = r.MonthPeriodId AND f.EntryId = e.EntryId
        WHERE e.Status = 0 AND e.DeletedAt IS NULL) AS IsLarge,
       g.NameKey AS GroupKey, m.NameKey AS ManagerKey, e.SearchKey
FROM Entry AS e
JOIN SalesGroup AS g ON g.GroupId = e.GroupId
JOIN Manager AS m ON m.ManagerId = e.ManagerId;
