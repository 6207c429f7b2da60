SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetVersion
Purpose:     Say which version the tables have, before anybody signs in.
Called by:   every program when it opens the database (store get_schema_version)
Returns:     one row: SchemaVersion, the number of the newest migration
Errors:      51008 inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.GetVersion
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Not inside a transaction.', 1;
    SELECT MAX(CAST(SUBSTRING(d.Name, 15, 4) AS int)) AS SchemaVersion
    FROM core.Deployment AS d
    WHERE d.Name LIKE N'20[_]migrations/[0-9][0-9][0-9][0-9][_]%';
END;
GO
