SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.Now
Purpose:     Give the moment in whole seconds that have begun: as a datetime2(0) the clock would be rounded up to a
             moment that has not come yet. Ask once and keep the answer: not for each row of a query.
Called by:   every procedure that writes down when something happened, or compares with it
Returns:     the moment, UTC
*/
CREATE OR ALTER FUNCTION core.Now ()
RETURNS datetime2(0)
WITH SCHEMABINDING
AS
BEGIN
    DECLARE @Clock datetime2 = SYSUTCDATETIME();
    RETURN DATEADD(NANOSECOND, -DATEPART(NANOSECOND, @Clock), @Clock);
END;
GO
