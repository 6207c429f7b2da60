SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.ClockOf
Purpose:     Give what the company's clock shows at a moment. Ask once and keep the answer: not for each row of a query.
Called by:   core.DayOf; batch.AggregateForecast
Returns:     day and time by core.ZoneOffset; where that is empty, by the server's own clock as it is set now
*/
CREATE OR ALTER FUNCTION core.ClockOf (
    @Instant datetime2(0)        -- UTC
)
RETURNS datetime2(0)
WITH SCHEMABINDING
AS
BEGIN
    DECLARE @OffsetMinutes int = (
        SELECT TOP (1) z.OffsetMinutes FROM core.ZoneOffset AS z WHERE z.FromUtc <= @Instant ORDER BY z.FromUtc DESC);
    IF @OffsetMinutes IS NULL
        SELECT @OffsetMinutes = DATEPART(TZOFFSET, SYSDATETIMEOFFSET());
    RETURN DATEADD(MINUTE, @OffsetMinutes, @Instant);
END;
GO
