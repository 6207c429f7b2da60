-- What was deployed when, oldest first: the newest row of a script tells which text of it the database has.
-- An empty Hash says that the object was removed, because its script is gone.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF OBJECT_ID(N'core.Deployment') IS NULL
    CREATE TABLE core.Deployment (
        DeploymentId int IDENTITY(1, 1) NOT NULL,
        Name         nvarchar(200) NOT NULL, -- folder and file, such as 20_migrations/0001_tables.sql
        Hash         char(64) NOT NULL,      -- SHA2-256 of the file's text with line ends as LF
        DeployedAt   datetime2(0) NOT NULL CONSTRAINT DF_Deployment_DeployedAt
                     DEFAULT DATEADD(MILLISECOND, -500, SYSUTCDATETIME()), -- rounded, the second that has begun
        DeployedBy   nvarchar(200) NOT NULL,
        CONSTRAINT PK_Deployment PRIMARY KEY (DeploymentId)
    );
GO
