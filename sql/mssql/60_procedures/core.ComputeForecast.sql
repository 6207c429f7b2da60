SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.ComputeForecast
Purpose:     Compute the forecast in sets, stage by stage. A stage is a procedure that fills the tables made here for
             it and reads those of the stages before; the steps are those of the method's description. In all of them
             a day is a number, 0 for 1900-01-01, which was a Monday; c (@LearnDay) is the evening up to which the
             method learns, n (@CountDay) the day up to which entries are counted.
Called by:   batch.AggregateForecast (in the end core.KeepForecast stores the rows of @RunId), admin.Replay (in the
             end core.ShowReplay gives them and stores nothing), admin.KeepReplays (in the end core.KeepReplay stores
             what is kept of an evening)
Returns:     for admin.Replay the result sets of core.ShowReplay, else nothing
Errors:      none of its own
Transaction: the caller's, SNAPSHOT: core.Entry is read twice and must be the same each time. It reads without locks, so
             that nobody who saves waits for it. No DDL but CREATE TABLE: SNAPSHOT allows no other.
*/
CREATE OR ALTER PROCEDURE core.ComputeForecast
    @CountDate date,              -- n
    @CountHour int = NULL,        -- the hour of a day that is still going on: then c = n - 1, else c = n
    @RunId     int = NULL,        -- a run, whose PeriodList says for which periods; NULL for a replay
    @StartsOn  date = NULL,       -- a replay's only period; without run and period: the evening's month, quarter, year
    @EndsOn    date = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @CountDay int = DATEDIFF(DAY, CAST('19000101' AS date), @CountDate);
    DECLARE @LearnDay int = @CountDay - CASE WHEN @CountHour IS NULL THEN 0 ELSE 1 END;
    -- How much of day n is left. People pay from 9 to 18: between these hours it counts for less and less.
    DECLARE @Rest float =
        CASE WHEN @CountHour IS NULL OR @CountHour <= 9 THEN 1.0E0
             WHEN @CountHour >= 18 THEN 0.0E0
             ELSE (18 - @CountHour) / 9.0E0 END;
    DECLARE @HasHistory bit = 0;

    -- What everything is counted by. An entry of age a is in the bucket (FromAge, ToAge]; a day, so many days past the
    -- first promised one, is in the promise class (FromPast, ToPast].
    CREATE TABLE #Horizon (PeriodId int NOT NULL PRIMARY KEY, StartsOn int NOT NULL, EndsOn int NOT NULL);
    CREATE TABLE #Bucket (Bucket int NOT NULL PRIMARY KEY, FromAge int NOT NULL, ToAge int NOT NULL);
    INSERT INTO #Bucket (Bucket, FromAge, ToAge)
    VALUES (0, 0, 1), (1, 1, 3), (2, 3, 7), (3, 7, 14), (4, 14, 30), (5, 30, 60), (6, 60, 90), (7, 90, 120),
           (8, 120, 180), (9, 180, 365), (10, 365, 1000000);
    CREATE TABLE #Promise (Promise int NOT NULL PRIMARY KEY, FromPast int NOT NULL, ToPast int NOT NULL);
    INSERT INTO #Promise (Promise, FromPast, ToPast)
    VALUES (0, -1000000000, -30), (1, -30, -7), (2, -7, 0), (3, 0, 7), (4, 7, 30), (5, 30, 1000000000);

    -- The evenings from which is learnt: 0 is c, 1 to 26 are those that are replayed, the last first. LearnFrom is lo
    -- of step 2, CalendarFrom is l of step 13, PaceDays is W of step 16.
    CREATE TABLE #Cutoff (
        Cutoff int NOT NULL PRIMARY KEY, Day int NOT NULL, LearnFrom int NOT NULL, CalendarFrom int NOT NULL,
        PaceDays int NOT NULL);
    -- Every day that counts; Month counts months since year 0. A part begins wherever something begins to count.
    CREATE TABLE #Day (
        Day int NOT NULL PRIMARY KEY, OnDate date NOT NULL, Month int NOT NULL, Weekday int NOT NULL,
        MonthEnd int NOT NULL, IsFirst int NOT NULL, IsLast int NOT NULL, PartStart int NULL);
    CREATE TABLE #Age (Age int NOT NULL PRIMARY KEY, Bucket int NOT NULL);
    CREATE TABLE #Unit (UnitNo int NOT NULL PRIMARY KEY, Unit varchar(3) COLLATE DATABASE_DEFAULT NOT NULL);
    CREATE TABLE #GroupUnit (GroupId int NOT NULL PRIMARY KEY, UnitNo int NOT NULL);

    -- core.CopyEntries: every entry known on day n with its status as of that day; PromisedOn is -1000000 for no
    -- promise. Of the open ones also what only they need; PaidOn is what became of them later, for a replay. Counts and
    -- sums of all: what is shown beside the forecast comes from these few rows; Priced counts those that have an
    -- amount, since a refusal may have none.
    CREATE TABLE #Deal (
        EntryId int NOT NULL, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL, UnitNo int NOT NULL,
        Amount decimal(19, 2) NOT NULL, Paid decimal(19, 2) NOT NULL, EnteredOn int NOT NULL, Status int NOT NULL,
        StatusOn int NULL, PromisedOn int NOT NULL);
    CREATE TABLE #OpenDeal (
        EntryId int NOT NULL PRIMARY KEY, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL,
        UnitNo int NOT NULL, ClientPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL,
        Amount decimal(19, 2) NOT NULL, EnteredOn int NOT NULL, PromisedOn int NOT NULL, PayBy date NULL,
        PaidOn date NULL);
    CREATE TABLE #Tally (
        LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL, UnitNo int NOT NULL, Status int NOT NULL,
        PartStart int NOT NULL, Deals int NOT NULL, Priced int NOT NULL, Amount decimal(19, 2) NOT NULL,
        Paid decimal(19, 2) NOT NULL);
    EXEC core.CopyEntries
        @CountDate = @CountDate, @CountDay = @CountDay, @LearnDay = @LearnDay, @RunId = @RunId, @StartsOn = @StartsOn,
        @EndsOn = @EndsOn;

    -- core.LearnSpeeds, steps 1 to 3 and 5. An amount is large if it is above its unit's average. The band of an amount
    -- is the number of the evenings' averages below it: on an evening it is large from band LargeFrom.Band on. Life:
    -- entries of one unit, band, first and last day; their payments and squares of amounts.
    CREATE TABLE #UnitSize (
        UnitNo int NOT NULL PRIMARY KEY, AverageAmount decimal(19, 2) NULL, FirstStep decimal(19, 2) NOT NULL,
        LastStep decimal(19, 2) NOT NULL, Steps int NOT NULL);
    CREATE TABLE #LargeFrom (
        Cutoff int NOT NULL, UnitNo int NOT NULL, Band int NOT NULL, PRIMARY KEY (Cutoff, UnitNo));
    CREATE TABLE #Life (
        UnitNo int NOT NULL, Band int NOT NULL, EnteredOn int NOT NULL, EndsOn int NULL, Status int NOT NULL,
        Deals int NOT NULL, Amount float NOT NULL, Paid float NOT NULL, Square float NOT NULL);
    -- In which bucket entries ended on a day, and by how many more wait in it than on the day before.
    CREATE TABLE #Ending (
        UnitNo int NOT NULL, Band int NOT NULL, Bucket int NOT NULL, Day int NOT NULL, Status int NOT NULL,
        OnItsDay int NOT NULL, Deals int NOT NULL);
    CREATE TABLE #RiskChange (
        UnitNo int NOT NULL, Band int NOT NULL, Bucket int NOT NULL, Day int NOT NULL, Deals int NOT NULL);
    CREATE TABLE #Speed (
        Cutoff int NOT NULL, Bucket int NOT NULL, FromAge int NOT NULL, ToAge int NOT NULL, Days float NOT NULL,
        Paid int NOT NULL, Refused int NOT NULL, PaidRate float NOT NULL, RefusedRate float NOT NULL,
        PRIMARY KEY (Cutoff, Bucket));
    CREATE TABLE #SizeIndex (
        Cutoff int NOT NULL, IsLarge int NOT NULL, Paid int NOT NULL, Expected float NOT NULL, Factor float NOT NULL,
        PRIMARY KEY (Cutoff, IsLarge));

    -- core.LearnCalendar, step 13. Effective is x: the days after an evening, each as much as it counts, added up.
    CREATE TABLE #CalendarSpeed (
        Cutoff int NOT NULL, Bucket int NOT NULL, PaidRate float NOT NULL, PRIMARY KEY (Cutoff, Bucket));
    CREATE TABLE #WeekdayIndex (
        Cutoff int NOT NULL, Weekday int NOT NULL, Paid int NOT NULL, Expected float NOT NULL, Factor float NOT NULL,
        PRIMARY KEY (Cutoff, Weekday));
    CREATE TABLE #MonthEndIndex (
        Cutoff int NOT NULL, MonthEnd int NOT NULL, Paid int NOT NULL, Expected float NOT NULL, Factor float NOT NULL,
        PRIMARY KEY (Cutoff, MonthEnd));
    CREATE TABLE #QuarterIndex (
        Cutoff int NOT NULL, MonthOfQuarter int NOT NULL, Paid int NOT NULL, Expected float NOT NULL,
        Factor float NOT NULL, PRIMARY KEY (Cutoff, MonthOfQuarter));
    CREATE TABLE #MeanQuarter (Cutoff int NOT NULL PRIMARY KEY, Factor float NOT NULL);
    CREATE TABLE #Effective (
        Cutoff int NOT NULL, Day int NOT NULL, Days float NOT NULL, PRIMARY KEY (Cutoff, Day));

    -- core.LearnPromises, steps 14, 4 and 5 for c.
    CREATE TABLE #PromiseIndex (
        Promise int NOT NULL PRIMARY KEY, Paid int NOT NULL, Expected float NOT NULL, Factor float NOT NULL);
    CREATE TABLE #LeadIndex (
        LeadId int NOT NULL PRIMARY KEY, Paid int NOT NULL, Expected float NOT NULL, Factor float NOT NULL);

    -- core.CountChances, step 15. The periods that are not over, and the days ahead cut wherever one of them begins or
    -- ends: (After, Last]. Whole is the chance from now to the end of a period that has not begun.
    CREATE TABLE #Ahead (
        PeriodId int NOT NULL PRIMARY KEY, After int NOT NULL, Last int NOT NULL, FirstStretch int NOT NULL,
        LastStretch int NOT NULL);
    CREATE TABLE #Stretch (Stretch int NOT NULL PRIMARY KEY, After int NOT NULL, Last int NOT NULL);
    CREATE TABLE #EntryChance (
        PeriodId int NOT NULL, EntryId int NOT NULL, LeadId int NOT NULL, GroupId int NOT NULL, ManagerId int NOT NULL,
        UnitNo int NOT NULL, Amount float NOT NULL, IsLarge int NOT NULL, PaidOn date NULL, Probability float NOT NULL,
        Whole float NOT NULL);

    -- core.BlendReplays, steps 16 to 19. Integral is I at x days after an evening; Lately, what was made and paid a
    -- day. Tried: both numbers of each replay as base and rival, and what came; IsWhole is 0 for the known entries'.
    CREATE TABLE #Integral (
        Cutoff int NOT NULL, Day int NOT NULL, Days float NOT NULL, Share float NOT NULL, PRIMARY KEY (Cutoff, Day));
    CREATE TABLE #Lately (
        Cutoff int NOT NULL, UnitNo int NOT NULL, Made float NOT NULL, MadeSquare float NOT NULL, Paid float NOT NULL,
        PRIMARY KEY (Cutoff, UnitNo));
    CREATE TABLE #Replay (
        Cutoff int NOT NULL, UnitNo int NOT NULL, FromOpen float NOT NULL, FromNew float NOT NULL, Pace float NOT NULL,
        Spread float NOT NULL, NewSpread float NOT NULL, OpenCame float NOT NULL, WholeCame float NOT NULL,
        PRIMARY KEY (Cutoff, UnitNo));
    CREATE TABLE #Tried (
        IsWhole int NOT NULL, UnitNo int NOT NULL, Cutoff int NOT NULL, Base float NOT NULL, Rival float NOT NULL,
        Came float NOT NULL, Spread float NOT NULL, PRIMARY KEY (IsWhole, UnitNo, Cutoff));
    CREATE TABLE #Blend (
        IsWhole int NOT NULL, UnitNo int NOT NULL, Weight float NOT NULL, Error float NOT NULL, Z float NOT NULL,
        PRIMARY KEY (IsWhole, UnitNo));

    IF EXISTS (SELECT 1 FROM #Cutoff AS c)
        EXEC core.LearnSpeeds @CountDay = @CountDay, @LearnDay = @LearnDay;
    -- Without any event up to c there is no chance of anything (step 9), and nothing more to learn.
    IF EXISTS (SELECT 1 FROM #Speed AS s WHERE s.Cutoff = 0)
    BEGIN
        SELECT @HasHistory = 1;
        EXEC core.LearnCalendar @CountDay = @CountDay, @LearnDay = @LearnDay, @Rest = @Rest;
        EXEC core.LearnPromises @LearnDay = @LearnDay;
        EXEC core.CountChances @LearnDay = @LearnDay;
        EXEC core.BlendReplays @LearnDay = @LearnDay;
    END;

    -- core.SumForecast, steps 10, 11 and 18 to 22. Own: what managers, leads (ManagerId 0) and the company (LeadId 0
    -- too) have of their own. Unit: F, N and R of the unit, what is still to come of open entries and in all, and both
    -- ranges' t and z. Shown: how far a lead's win rate is drawn to the company's.
    CREATE TABLE #OwnRow (
        PeriodId int NOT NULL, LeadId int NOT NULL, ManagerId int NOT NULL, UnitNo int NOT NULL,
        Clients int NOT NULL, OpenCount int NOT NULL, DueToday int NOT NULL, Overdue int NOT NULL,
        Expected decimal(19, 2) NOT NULL, PaidCount int NOT NULL, Paid decimal(19, 2) NOT NULL,
        RefusedCount int NOT NULL, Refused decimal(19, 2) NOT NULL, Won int NOT NULL, Resolved int NOT NULL,
        WonAll int NOT NULL, ResolvedAll int NOT NULL, PaidLately decimal(19, 2) NOT NULL, Pace float NOT NULL,
        Made float NOT NULL, IsOver int NOT NULL, FromOpen float NOT NULL, Spread float NOT NULL, Whole float NOT NULL,
        HandFormula float NOT NULL, PRIMARY KEY (PeriodId, LeadId, ManagerId, UnitNo));
    CREATE TABLE #UnitForecast (
        PeriodId int NOT NULL, UnitNo int NOT NULL, OpenBase float NOT NULL, NewBase float NOT NULL,
        PaceBase float NOT NULL, Made float NOT NULL, Pace float NOT NULL, NewSpread float NOT NULL,
        FromOpen float NOT NULL, FromNew float NOT NULL, Scale float NOT NULL, PayingDays float NOT NULL,
        OpenWeight float NOT NULL, OpenError float NOT NULL, OpenZ float NOT NULL, WholeWeight float NOT NULL,
        WholeError float NOT NULL, WholeZ float NOT NULL, PRIMARY KEY (PeriodId, UnitNo));
    CREATE TABLE #ShownRate (UnitNo int NOT NULL PRIMARY KEY, Company float NOT NULL, Weight float NOT NULL);
    CREATE TABLE #ForecastRow (
        PeriodId int NOT NULL, LeadId int NOT NULL, ManagerId int NOT NULL, UnitNo int NOT NULL,
        FromOpen float NOT NULL, FromNew float NOT NULL, StillToCome float NOT NULL, Forecast float NOT NULL,
        Low float NULL, High float NULL, OpenLow float NULL, OpenHigh float NULL,
        PRIMARY KEY (PeriodId, LeadId, ManagerId, UnitNo));
    CREATE TABLE #LeadRow (
        PeriodId int NOT NULL, LeadId int NOT NULL, UnitNo int NOT NULL, WinRate float NULL, SpeedIndex float NULL,
        PaidEvents int NOT NULL, RunRate float NULL, PRIMARY KEY (PeriodId, LeadId, UnitNo));
    EXEC core.SumForecast @CountDate = @CountDate, @CountDay = @CountDay, @HasHistory = @HasHistory;

    IF @RunId IS NOT NULL
        EXEC core.KeepForecast @RunId = @RunId;
    ELSE IF @StartsOn IS NOT NULL
        EXEC core.ShowReplay @CountDate = @CountDate, @StartsOn = @StartsOn, @EndsOn = @EndsOn;
    ELSE
        EXEC core.KeepReplay @CountDate = @CountDate;
END;
GO
