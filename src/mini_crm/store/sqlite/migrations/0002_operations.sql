-- A commitment carries the OpId that the client made for it: who repeats one whose answer was lost gets what the
-- first time gave. What is on record already has none.
ALTER TABLE Commitment ADD COLUMN OpId BLOB;
ALTER TABLE Commitment ADD COLUMN Request BLOB;
CREATE UNIQUE INDEX UQ_Commitment_OpId ON Commitment (LeadId, OpId) WHERE OpId IS NOT NULL;
