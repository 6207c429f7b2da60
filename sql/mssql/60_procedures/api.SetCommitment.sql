SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.SetCommitment
Purpose:     Record the caller's own number for a standing period that is not over; earlier ones stay on record
Called by:   the window
Returns:     the number as stored
Errors:      51001, 51002 (session); 51008 called inside a transaction; 51104 the amount is below zero;
             51105 the amount is too large (Limit); 51131 the note is too long (Limit); 51132 the unit is none of
             the caller's; 51202 the operation came before with other content; 51264 the period is none
             of the standing ones, or it is over
Transaction: one, short. Writers of one lead queue for the lead's row. The same @OpId again gives what the first time
             gave, before anything else is looked at
*/
CREATE OR ALTER PROCEDURE api.SetCommitment
    @Token    varbinary(64),            -- the own session
    @OpId     uniqueidentifier,         -- made by the client for this one write
    @Request  varbinary(32),            -- digest of what is asked for, to know a repetition
    @Kind     varchar(10),              -- the period
    @StartsOn date,
    @EndsOn   date,
    @Unit     varchar(3),               -- a unit in which one of the caller's groups counts
    @Amount   decimal(19, 2),           -- 0 or more
    @Note     nvarchar(max) = N''       -- at most 500; longer than the column, so that nothing is cut off unseen
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int, @PeriodId int, @CommitmentId int, @FirstRequest varbinary(32);
    DECLARE @Today date = core.Today();
    DECLARE @Now datetime2(0) = core.Now();
    EXEC core.FindCaller @Token = @Token, @ByPerson = 1, @LeadId = @LeadId OUTPUT;
    EXEC core.AddStandingPeriods @Day = @Today;
    BEGIN TRY
        BEGIN TRANSACTION;
        UPDATE core.Lead SET ChangeSeq = ChangeSeq WHERE LeadId = @LeadId;
        SELECT @CommitmentId = c.CommitmentId, @FirstRequest = c.Request
        FROM core.Commitment AS c
        WHERE c.LeadId = @LeadId AND c.OpId = @OpId;
        IF @CommitmentId IS NOT NULL AND (@FirstRequest IS NULL OR @Request IS NULL OR @FirstRequest <> @Request)
            THROW 51202, N'The operation came before with other content.', 1;
        IF @CommitmentId IS NULL
        BEGIN
            IF @Amount IS NULL OR @Amount < 0
                THROW 51104, N'The amount is below zero.', 1;
            IF @Amount > 10000000000000
            BEGIN
                SELECT CAST(10000000000000 AS decimal(19, 2)) AS Limit;
                THROW 51105, N'The amount is too large.', 1;
            END;
            IF core.LengthOf(@Note) > 500
            BEGIN
                SELECT 500 AS Limit;
                THROW 51131, N'The note is too long.', 1;
            END;
            IF NOT EXISTS (SELECT 1 FROM core.SalesGroup AS g WHERE g.LeadId = @LeadId AND g.Unit = @Unit)
                THROW 51132, N'The unit is none of the lead''s.', 1;
            SELECT @PeriodId = p.PeriodId
            FROM core.StandingPeriods(@Today) AS p
            WHERE p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn AND p.EndsOn >= @Today;
            IF @PeriodId IS NULL
                THROW 51264, N'The period is none of the standing ones, or it is over.', 1;

            INSERT INTO core.Commitment (PeriodId, LeadId, Unit, Amount, Note, MadeAt, OpId, Request)
            VALUES (@PeriodId, @LeadId, @Unit, @Amount, COALESCE(@Note, N''), @Now, COALESCE(@OpId, NEWID()), @Request);
            SELECT @CommitmentId = CAST(SCOPE_IDENTITY() AS int);
        END;
        COMMIT;
    END TRY
    BEGIN CATCH
        IF XACT_STATE() <> 0
            ROLLBACK;
        THROW;
    END CATCH;
    SELECT c.Unit, c.Amount, c.Note, c.MadeAt FROM core.Commitment AS c WHERE c.CommitmentId = @CommitmentId;
END;
GO
