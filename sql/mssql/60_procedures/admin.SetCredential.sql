SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   admin.SetCredential
Purpose:     Issue a password: replaces the old one, lifts a lock, ends all sessions of the lead
Called by:   AdminStore.set_credential
Returns:     nothing
Errors:      51138 the kind is none of the three, or the data are not complete; 51244 no such lead
Transaction: its own
*/
CREATE OR ALTER PROCEDURE admin.SetCredential
    @LeadId      int,                       -- whose
    @Kind        varchar(10),               -- code, number, own
    @Salt        varbinary(64),             -- with these four the client derives a key from the password
    @TimeCost    int,
    @MemoryKib   int,
    @Parallelism int,
    @Verifier    varbinary(64),             -- SHA2-256 of that key
    @MustChange  bit,                       -- 1: the lead has to choose another one first
    @By          nvarchar(200)              -- who issues it, and on which computer
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    DECLARE @Name nvarchar(200);
    IF @Kind IS NULL OR @Kind NOT IN ('code', 'number', 'own') OR @Salt IS NULL OR @TimeCost IS NULL
        OR @MemoryKib IS NULL OR @Parallelism IS NULL OR @MustChange IS NULL
        OR @Verifier IS NULL OR DATALENGTH(@Verifier) <> 32
        THROW 51138, N'The data of a password are not complete.', 1;
    BEGIN TRY
        BEGIN TRANSACTION;
        SELECT @Name = l.Name FROM core.Lead AS l WHERE l.LeadId = @LeadId;
        IF @Name IS NULL
            THROW 51244, N'There is no such lead.', 1;
        UPDATE core.LeadCredential
        SET Kind = @Kind, Salt = @Salt, TimeCost = @TimeCost, MemoryKib = @MemoryKib, Parallelism = @Parallelism,
            Verifier = @Verifier, MustChange = @MustChange, ChangedAt = core.Now(), Failures = 0,
            NextTryAt = '20000101', LockedAt = NULL
        WHERE LeadId = @LeadId;
        IF @@ROWCOUNT = 0
            INSERT INTO core.LeadCredential (
                LeadId, Kind, Salt, TimeCost, MemoryKib, Parallelism, Verifier, MustChange, ChangedAt)
            VALUES (@LeadId, @Kind, @Salt, @TimeCost, @MemoryKib, @Parallelism, @Verifier, @MustChange,
                    core.Now());
        DELETE FROM core.Session WHERE LeadId = @LeadId;
        EXEC core.LogAdmin @By = @By, @Action = 'set_credential', @Detail = @Name;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
