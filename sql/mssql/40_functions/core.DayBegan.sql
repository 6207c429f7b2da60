SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.DayBegan
Purpose:     Give the moment at which a day began for the company. Ask once and keep the answer
Called by:   core.ShowChanges
Returns:     the moment, UTC, by core.ZoneOffset; where that is empty, by the server's own clock as it is set now
*/
CREATE OR ALTER FUNCTION core.DayBegan (
    @Day date
)
RETURNS datetime2(0)
WITH SCHEMABINDING
AS
BEGIN
    DECLARE @Midnight datetime2(0) = @Day;
    DECLARE @OffsetMinutes int = (
        SELECT TOP (1) z.OffsetMinutes
        FROM core.ZoneOffset AS z
        WHERE z.FromUtc <= DATEADD(MINUTE, -z.OffsetMinutes, @Midnight)
        ORDER BY z.FromUtc DESC);
    IF @OffsetMinutes IS NULL
        SELECT @OffsetMinutes = DATEPART(TZOFFSET, SYSDATETIMEOFFSET());
    RETURN DATEADD(MINUTE, -@OffsetMinutes, @Midnight);
END;
GO
