-- A commitment carries the OpId that the client made for it, and so does what an administrator does: who repeats a
-- write whose answer was lost gets what the first time gave. What is on record already gets an OpId that nobody has.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
ALTER TABLE core.Commitment ADD OpId uniqueidentifier NOT NULL CONSTRAINT DF_Commitment_OpId DEFAULT NEWID();
GO
ALTER TABLE core.Commitment ADD Request varbinary(32) NULL;
GO
ALTER TABLE core.Commitment ADD CONSTRAINT UQ_Commitment_OpId UNIQUE (LeadId, OpId);
GO
ALTER TABLE core.AdminLog ADD OpId uniqueidentifier NULL;
GO
CREATE INDEX IX_AdminLog_OpId ON core.AdminLog (OpId);
GO
