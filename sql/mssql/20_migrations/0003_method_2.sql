-- The forecast by method 2: a whole number in three parts with two ranges, what each entry adds to it, and what a run
-- learnt. What method 1 stored stays as it is.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
ALTER TABLE core.Run ADD Method int NOT NULL CONSTRAINT DF_Run_Method DEFAULT 1;
GO
-- The whole hour of a live run in the company's time zone: the rest of its day is weighed by it.
ALTER TABLE core.Run ADD CountHour int NULL CONSTRAINT CK_Run_CountHour CHECK (CountHour >= 0 AND CountHour <= 23);
GO
-- Paid + FromOpen + FromNew = Forecast, with Low and High; OpenLow and OpenHigh are around Paid + FromOpen. Method 1
-- leaves them empty: its StillToCome, Forecast, Low and High are of open entries only.
ALTER TABLE core.LeadForecast ADD FromOpen float NULL;
GO
ALTER TABLE core.LeadForecast ADD FromNew float NULL;
GO
ALTER TABLE core.LeadForecast ADD OpenLow float NULL;
GO
ALTER TABLE core.LeadForecast ADD OpenHigh float NULL;
GO
ALTER TABLE core.ManagerForecast ADD FromOpen float NULL;
GO
ALTER TABLE core.ManagerForecast ADD FromNew float NULL;
GO
ALTER TABLE core.ManagerForecast ADD OpenLow float NULL;
GO
ALTER TABLE core.ManagerForecast ADD OpenHigh float NULL;
GO
-- Contribution is what the entry adds to FromOpen; IsLarge, whether it was above its unit's average.
ALTER TABLE core.EntryForecast ADD Contribution float NULL;
GO
ALTER TABLE core.EntryForecast ADD IsLarge bit NULL;
GO
-- What a run learnt: daily chances by age.
CREATE TABLE core.LearntSpeed (
    RunId       int NOT NULL,
    Bucket      int NOT NULL,
    FromAge     int NOT NULL,
    ToAge       int NOT NULL,
    Days        float NOT NULL,
    Paid        int NOT NULL,
    Refused     int NOT NULL,
    PaidRate    float NOT NULL,
    RefusedRate float NOT NULL,
    CONSTRAINT PK_LearntSpeed PRIMARY KEY (RunId, Bucket),
    CONSTRAINT FK_LearntSpeed_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId)
);
GO
-- By how much faster or slower: Paid payments where Expected were to be expected. Class is a LeadId; 0 or 1 (above
-- average); the place in the order of promise classes, weekdays (from Monday), classes of days left to the month's
-- end, months of the quarter.
CREATE TABLE core.LearntIndex (
    RunId    int NOT NULL,
    Kind     varchar(10) NOT NULL,
    Class    int NOT NULL,
    Paid     int NOT NULL,
    Expected float NOT NULL,
    Factor   float NOT NULL,
    CONSTRAINT PK_LearntIndex PRIMARY KEY (RunId, Kind, Class),
    CONSTRAINT FK_LearntIndex_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId),
    CONSTRAINT CK_LearntIndex_Kind CHECK (Kind IN ('lead', 'size', 'promise', 'weekday', 'month_end', 'quarter'))
);
GO
-- How the last half year would have been forecast, 28 days ahead, and what came: of the entries known on the day, and
-- in all.
CREATE TABLE core.LearntReplay (
    RunId         int NOT NULL,
    Unit          varchar(3) NOT NULL,
    CountDay      date NOT NULL,
    OpenBase      float NOT NULL,
    NewBase       float NOT NULL,
    Pace          float NOT NULL,
    OpenForecast  float NOT NULL,
    WholeForecast float NOT NULL,
    OpenCame      float NOT NULL,
    WholeCame     float NOT NULL,
    CONSTRAINT PK_LearntReplay PRIMARY KEY (RunId, Unit, CountDay),
    CONSTRAINT FK_LearntReplay_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId)
);
GO
-- By period and unit: the recent pace that chances are multiplied by, how many paying days are left, and how far what
-- the method makes of entries is trusted against the plain pace.
CREATE TABLE core.LearntPeriod (
    RunId       int NOT NULL,
    PeriodId    int NOT NULL,
    Unit        varchar(3) NOT NULL,
    Scale       float NOT NULL,
    PayingDays  float NOT NULL,
    OpenWeight  float NOT NULL,
    WholeWeight float NOT NULL,
    CONSTRAINT PK_LearntPeriod PRIMARY KEY (RunId, PeriodId, Unit),
    CONSTRAINT FK_LearntPeriod_Run FOREIGN KEY (RunId) REFERENCES core.Run (RunId),
    CONSTRAINT FK_LearntPeriod_Period FOREIGN KEY (PeriodId) REFERENCES core.Period (PeriodId)
);
GO
-- What a run on an evening of the past would have said of that day's month, quarter and year, made from today's record
-- when the administrator asks for it; of the company (LeadId 0) and of leads.
CREATE TABLE core.KeptReplay (
    PeriodId    int NOT NULL,
    CountDay    date NOT NULL,
    LeadId      int NOT NULL,
    Unit        varchar(3) NOT NULL,
    Paid        decimal(19, 2) NOT NULL,
    FromOpen    float NOT NULL,
    FromNew     float NOT NULL,
    Forecast    float NOT NULL,
    Low         float NULL,
    High        float NULL,
    OpenLow     float NULL,
    OpenHigh    float NULL,
    HandFormula float NOT NULL,
    RunRate     float NULL,
    CONSTRAINT PK_KeptReplay PRIMARY KEY (PeriodId, CountDay, LeadId, Unit),
    CONSTRAINT FK_KeptReplay_Period FOREIGN KEY (PeriodId) REFERENCES core.Period (PeriodId)
);
GO
