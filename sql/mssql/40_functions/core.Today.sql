SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.Today
Purpose:     Give the company's day. Ask once and keep the answer: not for each row of a query.
Called by:   every procedure that needs the day
Returns:     the day now, by core.DayOf
*/
CREATE OR ALTER FUNCTION core.Today ()
RETURNS date
WITH SCHEMABINDING
AS
BEGIN
    RETURN core.DayOf(core.Now());
END;
GO
