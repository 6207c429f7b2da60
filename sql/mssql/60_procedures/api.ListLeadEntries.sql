SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   api.ListLeadEntries
Purpose:     Give a head of sales a part of any lead's entries that pass a filter, and what all of them add up to
Called by:   the desktop program
Returns:     the two sets of core.ShowEntries
Errors:      51001 the session has ended; 51002 the password must be changed first; 51008 inside a transaction;
             51009 the session is not a head's
Transaction: one, of reads, as of one moment (core.ShowEntries)
*/
CREATE OR ALTER PROCEDURE api.ListLeadEntries
    @Token          varbinary(64),          -- a head's session
    @OfLeadId       bigint,                 -- whose entries
    @GroupId        bigint = NULL,          -- only of this group
    @ManagerId      bigint = NULL,          -- only of this manager
    @Unit           varchar(3) = NULL,      -- only of groups that count in it
    @Statuses       int = NULL,             -- only these: 1 expected, 2 paid, 4 refused, or a sum of these
    @PayByFrom      date = NULL,            -- first promised day
    @PayByTo        date = NULL,            -- last promised day
    @StatusOnFrom   date = NULL,            -- first day of payment or refusal
    @StatusOnTo     date = NULL,            -- last day of payment or refusal
    @EnteredFrom    date = NULL,            -- first day of entry
    @EnteredTo      date = NULL,            -- last day of entry
    @UntouchedSince date = NULL,            -- not changed on this day or later
    @HasChance      bit = 0,                -- 1: only those that the current run saw as open in the period
    @Text           nvarchar(600) = NULL,   -- looked for in PIN, comment and reason, whatever the case; no wildcards
    @NameKey        nvarchar(600) = NULL,   -- the same text as names are compared, looked for in these
    @Kind           varchar(10) = NULL,     -- the period of chances and contributions; NULL: the current run's month
    @StartsOn       date = NULL,
    @EndsOn         date = NULL,
    @Sort           varchar(20) = 'entry_id', -- entry_id, group, manager, client_pin, amount, entered_on, pay_by,
                                            -- status, status_on, paid_amount, probability, contribution, reason or
                                            -- comment; equal ones go by number
    @Descending     bit = 1,                -- from the end
    @Offset         int = 0,                -- rows to leave out
    @Limit          int = 200               -- rows at most, at least 1
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    SET IMPLICIT_TRANSACTIONS OFF;
    IF @@TRANCOUNT > 0
        THROW 51008, N'Procedures of schema api run in no transaction of the caller.', 1;

    EXEC core.FindHead @Token = @Token;
    EXEC core.ShowEntries
        @LeadId = @OfLeadId, @GroupId = @GroupId, @ManagerId = @ManagerId, @Unit = @Unit, @Statuses = @Statuses,
        @PayByFrom = @PayByFrom, @PayByTo = @PayByTo, @StatusOnFrom = @StatusOnFrom, @StatusOnTo = @StatusOnTo,
        @EnteredFrom = @EnteredFrom, @EnteredTo = @EnteredTo, @UntouchedSince = @UntouchedSince,
        @HasChance = @HasChance, @Text = @Text, @NameKey = @NameKey, @Kind = @Kind, @StartsOn = @StartsOn,
        @EndsOn = @EndsOn, @Sort = @Sort, @Descending = @Descending, @Offset = @Offset, @Limit = @Limit;
END;
GO
