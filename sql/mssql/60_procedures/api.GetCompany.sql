SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetCompany
Purpose:     Give a head of sales all leads in one period of the current run
Called by:   the desktop program
Returns:     the sets of core.ShowForecast, in this period alone, and of core.ShowReplayAccuracy; then the numbers of a
             week ago, of the company (lead 0) and of leads: Since (the day that they are of), LeadId, Unit, Forecast;
             then all periods of the run, months first, custom ones last: Kind, StartsOn, EndsOn, Name
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51009 the session is not a head's
Transaction: one that reads (SNAPSHOT)
*/
CREATE OR ALTER PROCEDURE api.GetCompany
    @Token    varbinary(64),                -- a head's session, which this does not prolong
    @Kind     varchar(10),                  -- the period
    @StartsOn date,
    @EndsOn   date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    DECLARE @RunId int, @PeriodId int, @Since date, @OldRunId int;
    EXEC core.FindHead @Token = @Token, @ByPerson = 0;
    BEGIN TRY
        SET TRANSACTION ISOLATION LEVEL SNAPSHOT;
        BEGIN TRANSACTION;
        SELECT @RunId = r.RunId FROM core.CurrentRun AS r;
        SELECT @PeriodId = p.PeriodId
        FROM core.Period AS p
        WHERE p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn;
        SELECT @PeriodId = COALESCE(@PeriodId, 0); -- of an unknown period there is nothing
        EXEC core.ShowForecast @RunId = @RunId, @IsCurrent = 1, @PeriodId = @PeriodId;
        EXEC core.ShowReplayAccuracy @RunId = @RunId;
        EXEC core.FindEarlierRun @RunId = @RunId, @DaysAgo = 7, @Since = @Since OUTPUT, @OldRunId = @OldRunId OUTPUT;
        SELECT @Since AS Since, f.LeadId, f.Unit, f.Forecast
        FROM core.LeadForecast AS f
        WHERE f.RunId = @OldRunId AND f.PeriodId = @PeriodId
        ORDER BY f.LeadId, f.Unit;
        SELECT p.Kind, p.StartsOn, p.EndsOn, p.Name
        FROM core.Run AS r
        JOIN core.Period AS p ON CHARINDEX(CONCAT(' ', p.PeriodId, ' '), CONCAT(' ', r.PeriodList, ' ')) > 0
        WHERE r.RunId = @RunId
        ORDER BY
            CASE p.Kind WHEN 'month' THEN 1 WHEN 'quarter' THEN 2 WHEN 'year' THEN 3 ELSE 4 END, p.StartsOn, p.EndsOn,
            p.PeriodId;
        COMMIT TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        THROW;
    END CATCH;
END;
GO
