SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.GetSetting
Purpose:     Give a setting of the database
Called by:   AdminStore.get_setting
Returns:     Value, one row; none if it was never set
Errors:      none
Transaction: none
*/
CREATE OR ALTER PROCEDURE admin.GetSetting
    @Name varchar(50)                       -- such as TimeZone or Currency
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SELECT s.Value FROM core.Setting AS s WHERE s.Name = @Name;
END;
GO
