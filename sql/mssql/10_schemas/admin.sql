-- Of dbo, whoever deploys: procedures reach tables of other schemas only where all have the same owner.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF SCHEMA_ID(N'admin') IS NULL
    EXEC (N'CREATE SCHEMA admin AUTHORIZATION dbo');
GO
