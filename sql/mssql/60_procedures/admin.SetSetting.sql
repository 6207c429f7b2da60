SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.SetSetting
Purpose:     Change a setting of the database. With TimeZone come the zone's offsets from UTC, since not every
             server knows the zone by this name, and none must know it as another one does
Called by:   AdminStore.set_setting
Returns:     nothing
Errors:      none of its own
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.SetSetting
    @Name    varchar(50),                   -- such as TimeZone or Currency
    @Value   nvarchar(200),                 -- may be empty
    @By      nvarchar(200),                 -- who does it, and on which computer
    @Offsets nvarchar(max) = NULL           -- JSON: FromUtc (ISO 8601), OffsetMinutes; they replace all others
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Detail nvarchar(400) = @Name + N' = ' + @Value;
    BEGIN TRY
        BEGIN TRANSACTION;
        UPDATE core.Setting SET Value = @Value WHERE Name = @Name;
        IF @@ROWCOUNT = 0
            INSERT INTO core.Setting (Name, Value) VALUES (@Name, @Value);
        IF @Offsets IS NOT NULL
        BEGIN
            DELETE FROM core.ZoneOffset;
            INSERT INTO core.ZoneOffset (FromUtc, OffsetMinutes)
            SELECT CAST(j.FromUtc AS datetime2(0)), j.OffsetMinutes
            FROM OPENJSON(@Offsets) WITH (FromUtc varchar(30) '$.FromUtc', OffsetMinutes int '$.OffsetMinutes') AS j;
        END;
        EXEC core.LogAdmin @By = @By, @Action = 'set_setting', @Detail = @Detail;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
