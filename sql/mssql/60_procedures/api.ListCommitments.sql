SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListCommitments
Purpose:     Give all numbers that the caller committed to for a period
Called by:   the window
Returns:     one row a number, newest first
Errors:      51001, 51002 (session); 51008 called inside a transaction
Transaction: none
*/
CREATE OR ALTER PROCEDURE api.ListCommitments
    @Token    varbinary(64),        -- the own session
    @Kind     varchar(10),          -- the period
    @StartsOn date,
    @EndsOn   date
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api are called outside a transaction.', 1;
    DECLARE @LeadId int;
    EXEC core.FindCaller @Token = @Token, @ByPerson = 1, @LeadId = @LeadId OUTPUT;
    SELECT c.Unit, c.Amount, c.Note, c.MadeAt
    FROM core.Period AS p
    JOIN core.Commitment AS c ON c.PeriodId = p.PeriodId
    WHERE p.Kind = @Kind AND p.StartsOn = @StartsOn AND p.EndsOn = @EndsOn AND c.LeadId = @LeadId
    ORDER BY c.CommitmentId DESC;
END;
GO
