SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.DayOf
Purpose:     Give the company's day at a moment. Ask once and keep the answer: not for each row of a query.
Called by:   core.Today; every procedure that asks on which day something happened
Returns:     the day by core.ZoneOffset; where that is empty, by the server's own clock as it is set now
*/
CREATE OR ALTER FUNCTION core.DayOf (
    @Instant datetime2(0)        -- UTC
)
RETURNS date
WITH SCHEMABINDING
AS
BEGIN
    DECLARE @OffsetMinutes int = (
        SELECT TOP (1) z.OffsetMinutes FROM core.ZoneOffset AS z WHERE z.FromUtc <= @Instant ORDER BY z.FromUtc DESC);
    IF @OffsetMinutes IS NULL
        SELECT @OffsetMinutes = DATEPART(TZOFFSET, SYSDATETIMEOFFSET());
    RETURN CAST(DATEADD(MINUTE, @OffsetMinutes, @Instant) AS date);
END;
GO
