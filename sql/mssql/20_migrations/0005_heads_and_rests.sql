-- Heads of sales, the rest of a partial payment as an entry of its own; the list's search looks in reasons too.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
-- Babelfish drops no column that a view shows; the view is made again.
DROP VIEW IF EXISTS core.EntryRow;
GO
ALTER TABLE core.Lead ADD IsHead bit NOT NULL CONSTRAINT DF_Lead_IsHead DEFAULT 0;
GO
ALTER TABLE core.Entry ADD RestOf int NULL CONSTRAINT FK_Entry_RestOf REFERENCES core.Entry (EntryId);
GO
-- PIN, comment and reason, with line ends between them; wider by a new one in its place, as in 0004.
ALTER TABLE core.Entry ADD NewKey nvarchar(710) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_Entry_SearchKeys DEFAULT N'';
GO
UPDATE core.Entry
SET NewKey = CASE WHEN Reason = N'' THEN SearchKey
                  ELSE SearchKey + NCHAR(10) + LOWER(Reason COLLATE Latin1_General_CI_AS) END;
GO
IF OBJECT_ID(N'core.DF_Entry_SearchKey', N'D') IS NOT NULL
    ALTER TABLE core.Entry DROP CONSTRAINT DF_Entry_SearchKey;
GO
ALTER TABLE core.Entry DROP COLUMN SearchKey;
GO
EXEC sp_rename 'core.Entry.NewKey', 'SearchKey', 'COLUMN';
GO
-- Open entries of one client, the own ones and those of others.
CREATE INDEX IX_Entry_Pin ON core.Entry (ClientPin, LeadId) INCLUDE (Status, DeletedAt);
GO
