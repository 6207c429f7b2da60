-- What other systems have and their exports bring: refusals without an amount, why it was refused, PINs of up to 100
-- letters. What is on record stays as it is, without a reason.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
-- Babelfish changes no column that a view shows; the view is made again with the new column.
DROP VIEW IF EXISTS core.EntryRow;
GO
ALTER TABLE core.Entry DROP CONSTRAINT CK_Entry_Amount;
GO
ALTER TABLE core.Entry ADD CONSTRAINT CK_Entry_Amount CHECK (
    Amount <= 10000000000 AND (Amount > 0 OR (Amount = 0 AND Status = 2)));
GO
ALTER TABLE core.Entry ALTER COLUMN ClientPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL;
GO
-- PIN, line end and comment.
ALTER TABLE core.Entry ALTER COLUMN SearchKey nvarchar(700) COLLATE Latin1_General_BIN2 NOT NULL;
GO
ALTER TABLE core.Entry ADD Reason nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_Entry_Reason DEFAULT N'';
GO
ALTER TABLE core.EntryHistory ALTER COLUMN ClientPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL;
GO
ALTER TABLE core.EntryHistory ADD Reason nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_EntryHistory_Reason DEFAULT N'';
GO
ALTER TABLE core.ImportRow ALTER COLUMN ClientPin nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL;
GO
ALTER TABLE core.ImportRow ADD Reason nvarchar(100) COLLATE Latin1_General_BIN2 NOT NULL
    CONSTRAINT DF_ImportRow_Reason DEFAULT N'';
GO
