SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.GetVersion
Purpose:     Say which version the database has and which programs it lets in, before anybody signs in. A change of
             a table, a parameter or a result is a migration of its own number, if only one that changes no table;
             LeastVersion is raised to it where a program that does not know it would go wrong
Called by:   every program when it opens the database, and once a minute while it is open (store get_schema_version)
Returns:     one row: SchemaVersion, the number of the newest migration; LeastVersion, that of the migration which
             a program must know at least; ProgramPlace, where the newest program is (NULL: nobody has said)
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
    SELECT MAX(CAST(SUBSTRING(d.Name, 15, 4) AS int)) AS SchemaVersion,
           6 AS LeastVersion,
           (SELECT s.Value FROM core.Setting AS s WHERE s.Name = 'ProgramPlace') AS ProgramPlace
    FROM core.Deployment AS d
    WHERE d.Name LIKE N'20[_]migrations/[0-9][0-9][0-9][0-9][_]%';
END;
GO
