SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   batch.AggregateForecast
Purpose:     Run the forecast. Readers see the last complete result until this one is complete.
Called by:   execer; api.RequestRun
Returns:     the run
Errors:      51008 called inside a transaction; 51057 more custom periods are open than Run.PeriodList holds;
             51133 the day is in the future (AsOf, Today);
             51301 another run is under way, and nothing was changed
Transaction: two, each with the application lock that tells whether a run is under way; it ends with them, or with
             the connection, whatever happens. Its name is kept in core.Setting, where only procedures read it:
             nobody else can hold runs up. (A lock on a row would do as well, but some servers cannot tell a
             procedure that they do not wait for one.)
             The first marks runs that died as failed, records this one and makes it the owner in core.RunLock. The
             second (SNAPSHOT) begins if this run is the owner still, and holds until all rows and the status are
             in: a server that stops, or a killed connection, leaves nothing but the record. It writes to no table
             that people write to. Who became owner between the two wins; the other takes its record back.
*/
CREATE OR ALTER PROCEDURE batch.AggregateForecast
    @AsOf      date = NULL,        -- NULL for a live run, or the day as of whose evening to count
    @StartedBy nvarchar(300)       -- program, person and computer, for the record
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'A run has transactions of its own; call it outside one.', 1;

    DECLARE @Now datetime2(0) = core.Now();
    DECLARE @Clock datetime2(0) = core.ClockOf(@Now);
    DECLARE @Today date = CAST(@Clock AS date);
    DECLARE @CountDay date = COALESCE(@AsOf, @Today);
    DECLARE @CountHour int = CASE WHEN @AsOf IS NULL THEN DATEPART(HOUR, @Clock) END;
    DECLARE @Method int = 2;
    DECLARE @Kind varchar(10) = CASE WHEN @AsOf IS NULL THEN 'live' ELSE 'as_of' END;
    DECLARE @Stage int = 0, @RunId int, @CurrentRunId int, @ChangeTotal bigint;
    DECLARE @PeriodId int = 0, @PeriodList varchar(8000) = '', @LockName nvarchar(200), @Lock int, @Tries int = 0;
    IF @AsOf > @Today
    BEGIN
        SELECT @AsOf AS AsOf, @Today AS Today;
        THROW 51133, N'The day is in the future.', 1;
    END;

    EXEC core.AddStandingPeriods @Day = @CountDay;
    WHILE @PeriodId IS NOT NULL
    BEGIN
        SELECT @PeriodId = MIN(p.PeriodId)
        FROM core.StandingPeriods(@CountDay) AS p
        WHERE p.PeriodId > @PeriodId;
        SELECT @PeriodList = LTRIM(RTRIM(CONCAT(@PeriodList, ' ', @PeriodId)));
    END;

    IF LEN(@PeriodList) > 400               -- what core.Run.PeriodList holds
        THROW 51057, N'Too many periods are open.', 1;

    EXEC core.NameRunLock @LockName = @LockName OUTPUT;

    BEGIN TRY
        -- First transaction. Whoever has the lock has it until the run ends: waiting is no use.
        BEGIN TRANSACTION;
        EXEC @Lock = sp_getapplock
            @Resource = @LockName, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 0;
        IF @Lock < 0
            THROW 51301, N'Another run is under way.', 1;
        SELECT @Stage = 1;
        UPDATE core.Run SET Status = 'failed', FinishedAt = @Now WHERE Status = 'running';

        -- Live, by the same method, of the same day and hour, for the same periods, and nothing written since: the
        -- results still hold. Not those of a run that a wrong clock dated in the future: a true one takes its place.
        SELECT @ChangeTotal = COALESCE(SUM(l.ChangeSeq), 0) FROM core.Lead AS l;
        SELECT @CurrentRunId = MAX(r.RunId) FROM core.Run AS r WHERE r.Kind = 'live' AND r.Status = 'done';
        INSERT INTO core.Run (
            Kind, Method, CountDay, CountHour, StartedAt, FinishedAt, Status, StartedBy, ChangeTotal, PeriodList,
            EntryCount, PaidEvents, RefusedEvents)
        SELECT
            @Kind, @Method, @CountDay, @CountHour, @Now, @Now, 'unchanged', @StartedBy, @ChangeTotal, @PeriodList,
            r.EntryCount, r.PaidEvents, r.RefusedEvents
        FROM core.Run AS r
        WHERE r.RunId = @CurrentRunId AND @Kind = 'live' AND r.Method = @Method AND r.CountDay = @CountDay
          AND r.CountHour = @CountHour AND r.ChangeTotal = @ChangeTotal AND r.PeriodList = @PeriodList
          AND r.StartedAt <= @Now;
        IF @@ROWCOUNT = 1
            SELECT @RunId = CAST(SCOPE_IDENTITY() AS int), @Stage = 4;
        ELSE
        BEGIN
            INSERT INTO core.Run (
                Kind, Method, CountDay, CountHour, StartedAt, Status, StartedBy, ChangeTotal, PeriodList)
            VALUES (@Kind, @Method, @CountDay, @CountHour, @Now, 'running', @StartedBy, @ChangeTotal, @PeriodList);
            SELECT @RunId = CAST(SCOPE_IDENTITY() AS int);
            UPDATE core.RunLock SET RunId = @RunId WHERE LockId = 1;
        END;
        COMMIT TRANSACTION;

        -- Second. It waits for nobody who saves; but where somebody changed a period meanwhile, the results' foreign
        -- keys meet two states of it (3960), and it begins anew.
        WHILE @Stage < 4
        BEGIN
            BEGIN TRY
                SELECT @Stage = 2, @Tries = @Tries + 1;
                SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
                BEGIN TRANSACTION;
                EXEC @Lock = sp_getapplock
                    @Resource = @LockName, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 0;
                IF @Lock < 0 OR NOT EXISTS (SELECT 1 FROM core.RunLock AS o WHERE o.LockId = 1 AND o.RunId = @RunId)
                    THROW 51301, N'Another run is under way.', 1;
                SELECT @Stage = 3;
                EXEC core.ComputeForecast @CountDate = @CountDay, @CountHour = @CountHour, @RunId = @RunId;
                COMMIT TRANSACTION;
                SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
                SELECT @Stage = 5;
            END TRY
            BEGIN CATCH
                IF ERROR_NUMBER() NOT IN (1205, 1222, 3960) OR @Tries = 3
                    THROW;
                IF XACT_STATE() <> 0
                    ROLLBACK TRANSACTION;
                SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
            END CATCH;
        END;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        IF @Stage = 2
            DELETE FROM core.Run WHERE RunId = @RunId AND Status = 'running';
        IF @Stage = 3
            UPDATE core.Run SET Status = 'failed', FinishedAt = @Now WHERE RunId = @RunId AND Status = 'running';
        THROW;
    END CATCH;

    IF @Stage = 5 AND @Kind = 'live'
    BEGIN
        BEGIN TRY
            EXEC core.DropOldForecasts @RunId = @RunId;
        END TRY
        BEGIN CATCH
            -- The run is done and readers have it: this makes no failure of it. The next one removes what is left.
            IF XACT_STATE() <> 0
                ROLLBACK TRANSACTION;
        END CATCH;
    END;

    SELECT
        r.RunId, r.Kind, r.Method, r.CountDay, r.StartedAt, r.FinishedAt,
        COALESCE(r.FinishedAt, r.StartedAt) AS AsOf, r.Status, r.StartedBy, r.EntryCount, r.PaidEvents, r.RefusedEvents
    FROM core.Run AS r
    WHERE r.RunId = @RunId;
END;
GO
