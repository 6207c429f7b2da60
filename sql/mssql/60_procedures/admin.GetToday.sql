SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.GetToday
Purpose:     Give the server's day in the company's time zone
Called by:   AdminStore.get_today
Returns:     Today, one row
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.GetToday
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT core.Today() AS Today;
END;
GO
