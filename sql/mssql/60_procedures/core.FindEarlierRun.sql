SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.FindEarlierRun
Purpose:     Find the run that a run is compared with: the last one of a day before its own, or the nearest earlier one
             whose chances are kept, of the same method
Called by:   core.ShowChanges, api.GetCompany
Returns:     nothing; day and run through OUTPUT parameters, NULL where there is none
Errors:      none
Transaction: the caller's, SNAPSHOT
*/
CREATE OR ALTER PROCEDURE core.FindEarlierRun
    @RunId    int,                          -- the run that is compared
    @DaysAgo  int,                          -- the day to look back to
    @Since    date OUTPUT,                  -- the day that the earlier run counted
    @OldRunId int OUTPUT                    -- that run
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @CountDay date, @Method int, @FirstKept date;
    SELECT @Since = NULL, @OldRunId = NULL;
    SELECT @CountDay = r.CountDay, @Method = r.Method FROM core.Run AS r WHERE r.RunId = @RunId;
    -- The chances of the last seven days are kept, of an earlier day's run at most those of them.
    SELECT @FirstKept = DATEADD(DAY, -7, MAX(r.CountDay))
    FROM core.CurrentRun AS n
    JOIN core.Run AS r ON r.RunId = n.RunId;
    IF @FirstKept < DATEADD(DAY, -7, @CountDay)
        SELECT @FirstKept = DATEADD(DAY, -7, @CountDay);
    SELECT @Since = MAX(d.CountDay)
    FROM core.DayRun AS d
    JOIN core.Run AS r ON r.RunId = d.RunId
    WHERE d.CountDay >= @FirstKept AND d.CountDay <= DATEADD(DAY, -@DaysAgo, @CountDay) AND r.Method = @Method;
    SELECT @OldRunId = d.RunId FROM core.DayRun AS d WHERE d.CountDay = @Since;
END;
GO
