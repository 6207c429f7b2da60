-- What other systems have and their exports bring: refusals without an amount, why it was refused, PINs of up to 100
-- letters. What is on record stays as it is, without a reason.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
-- Babelfish drops no column that a view shows; the view is made again with the new column.
DROP VIEW IF EXISTS core.EntryRow;
GO
ALTER TABLE core.Entry DROP CONSTRAINT CK_Entry_Amount;
GO
ALTER TABLE core.Entry ADD CONSTRAINT CK_Entry_Amount CHECK (
    Amount <= 10000000000 AND (Amount > 0 OR (Amount = 0 AND Status = 2)));
GO
ALTER TABLE core.Entry ADD Reason nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_Entry_Reason DEFAULT N'';
GO
ALTER TABLE core.EntryHistory ADD Reason nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_EntryHistory_Reason DEFAULT N'';
GO
-- A column is made wider by a new one in its place: ALTER COLUMN would lose the collation on Babelfish.
ALTER TABLE core.Entry ADD NewPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_Entry_ClientPin DEFAULT N'';
GO
-- PIN, line end and comment.
ALTER TABLE core.Entry ADD NewKey nvarchar(700) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_Entry_SearchKey DEFAULT N'';
GO
UPDATE core.Entry SET NewPin = ClientPin, NewKey = SearchKey;
GO
ALTER TABLE core.Entry DROP COLUMN ClientPin;
GO
ALTER TABLE core.Entry DROP COLUMN SearchKey;
GO
EXEC sp_rename 'core.Entry.NewPin', 'ClientPin', 'COLUMN';
GO
EXEC sp_rename 'core.Entry.NewKey', 'SearchKey', 'COLUMN';
GO
ALTER TABLE core.EntryHistory ADD NewPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_EntryHistory_ClientPin DEFAULT N'';
GO
UPDATE core.EntryHistory SET NewPin = ClientPin;
GO
ALTER TABLE core.EntryHistory DROP COLUMN ClientPin;
GO
EXEC sp_rename 'core.EntryHistory.NewPin', 'ClientPin', 'COLUMN';
GO
-- Rows on their way in: who sent them sends them again.
DELETE FROM core.ImportRow;
GO
ALTER TABLE core.ImportRow DROP COLUMN ClientPin;
GO
ALTER TABLE core.ImportRow ADD ClientPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL;
GO
ALTER TABLE core.ImportRow ADD Reason nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_ImportRow_Reason DEFAULT N'';
GO
