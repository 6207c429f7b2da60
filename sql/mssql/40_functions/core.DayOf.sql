SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.DayOf
Purpose:     Give the company's day at a moment. Ask once and keep the answer: not for each row of a query.
Called by:   core.Today; every procedure that asks on which day something happened
Returns:     the day, by core.ClockOf
*/
CREATE OR ALTER FUNCTION core.DayOf (
    @Instant datetime2(0)        -- UTC
)
RETURNS date
WITH SCHEMABINDING
AS
BEGIN
    RETURN CAST(core.ClockOf(@Instant) AS date);
END;
GO
