-- Who may do what. Each program has a login of its own with one of these roles, execer's with two; a login
-- has nothing else. No role has a right on schema core: the procedures and views reach its tables because
-- they have the same owner. Everything is granted on whole schemas, so a new procedure needs no new line.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
IF DATABASE_PRINCIPAL_ID(N'crm_desktop') IS NULL CREATE ROLE crm_desktop;
IF DATABASE_PRINCIPAL_ID(N'crm_execer') IS NULL CREATE ROLE crm_execer;
IF DATABASE_PRINCIPAL_ID(N'crm_admin') IS NULL CREATE ROLE crm_admin;
IF DATABASE_PRINCIPAL_ID(N'crm_report') IS NULL CREATE ROLE crm_report;
GO
-- The window: what a lead may do, each call with the session of that lead.
GRANT EXECUTE ON SCHEMA::api TO crm_desktop;
-- The scheduled program: runs, and what the report shows.
GRANT EXECUTE ON SCHEMA::batch TO crm_execer;
-- The administrator.
GRANT EXECUTE ON SCHEMA::admin TO crm_admin;
GRANT EXECUTE ON SCHEMA::batch TO crm_admin;
-- Analysts with tools of their own.
GRANT SELECT ON SCHEMA::report TO crm_report;
-- Every program asks for the version first.
GRANT EXECUTE ON OBJECT::api.GetVersion TO crm_execer;
GRANT EXECUTE ON OBJECT::api.GetVersion TO crm_admin;
GO
