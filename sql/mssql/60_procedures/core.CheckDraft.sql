SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Procedure:   core.CheckDraft
Purpose:     Check the fields of an entry against the rules, and find the day of payment or refusal. What an
             imported entry lacks may go on lacking, its amount while it is refused; a promised day that stays is
             not checked again
Called by:   api.AddEntry, api.UpdateEntry
Returns:     nothing; the day through @StatusOn
Errors:      51101-51103 client PIN; 51104, 51105, 51107, 51108 amount; 51114, 51115, 51117, 51118 paid amount;
             51120-51122 promised day; 51123-51125 day of payment or refusal; 51126 status; 51127, 51128 comment;
             51139-51141 reason;
             each with one row of what its sentence needs
Transaction: the caller's
*/
CREATE OR ALTER PROCEDURE core.CheckDraft
    @EntryId    int = NULL,                 -- the entry that changes; NULL: a new one
    @Unit       varchar(3),                 -- of the entry
    @Today      date,                       -- the company's day
    @ClientPin  nvarchar(4000),             -- text; 1 to 100 characters
    @Amount     decimal(19, 2),             -- in the unit; above 0, at most 10 000 000 000; 0 may stay
    @PayBy      date,                       -- from the day of entry to five years later
    @Status     tinyint,                    -- 0 expected, 1 paid, 2 refused
    @StatusOn   date OUTPUT,                -- the lead's; NULL: today, or as it was if the status stays
    @PaidAmount decimal(19, 2),             -- what really came; NULL: all
    @Comment    nvarchar(4000),             -- at most 500 characters
    @Reason     nvarchar(4000)              -- of a refusal; at most 100 characters
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @MaxPin int = 100;
    DECLARE @MaxComment int = 500;
    DECLARE @MaxReason int = 100;
    DECLARE @MaxAmount decimal(19, 2) = 10000000000;
    DECLARE @EnteredOn date = @Today;
    DECLARE @OldPin nvarchar(100) = NULL;
    DECLARE @OldAmount decimal(19, 2) = NULL;
    DECLARE @OldPayBy date = NULL;
    DECLARE @OldStatus tinyint = NULL;
    DECLARE @OldStatusOn date = NULL;
    DECLARE @LastPayBy date;
    DECLARE @PinLength int = core.LengthOf(@ClientPin);
    DECLARE @CommentLength int = core.LengthOf(@Comment);
    DECLARE @ReasonLength int = core.LengthOf(@Reason);
    DECLARE @Position int;
    SELECT @OldPin = e.ClientPin, @OldAmount = e.Amount, @EnteredOn = e.EnteredOn, @OldPayBy = e.PayBy,
        @OldStatus = e.Status, @OldStatusOn = e.StatusOn
    FROM core.Entry AS e
    WHERE e.EntryId = @EntryId;

    IF COALESCE(@ClientPin, N'') = N'' AND (@OldPin IS NULL OR @OldPin <> N'')
        THROW 51101, N'The client PIN is missing.', 1;
    IF @PinLength > @MaxPin
    BEGIN
        SELECT @PinLength AS Length, @MaxPin AS Limit;
        THROW 51102, N'The client PIN is too long.', 1;
    END;
    SELECT @Position = CASE WHEN @ClientPin LIKE N' %' THEN 1 WHEN @ClientPin LIKE N'% ' THEN @PinLength
                            ELSE core.FindMark(@ClientPin, 0) END;
    IF @Position > 0
    BEGIN
        SELECT
            UNICODE(SUBSTRING(@ClientPin COLLATE Latin1_General_BIN2, @Position, 1)) AS Character,
            @Position AS Position;
        THROW 51103, N'The client PIN has a character that it must not have.', 1;
    END;

    IF @PayBy IS NULL AND (@EntryId IS NULL OR @OldPayBy IS NOT NULL)
        THROW 51120, N'The promised day is missing.', 1;
    IF @OldPayBy IS NULL OR @PayBy <> @OldPayBy
    BEGIN
        SELECT @LastPayBy = DATEADD(YEAR, 5, @EnteredOn);
        IF @PayBy < @EnteredOn
        BEGIN
            SELECT @PayBy AS PayBy, @EnteredOn AS EnteredOn;
            THROW 51121, N'The promised day is before the day of entry.', 1;
        END;
        IF @PayBy > @LastPayBy
        BEGIN
            SELECT @PayBy AS PayBy, @LastPayBy AS Limit;
            THROW 51122, N'The promised day is too far.', 1;
        END;
    END;

    IF @Amount = 0 AND @OldAmount = 0 AND @Status <> 2
        THROW 51108, N'The entry was imported without an amount; it needs one now.', 1;
    IF @Amount IS NULL OR @Amount < 0 OR (@Amount = 0 AND (@OldAmount IS NULL OR @OldAmount <> 0))
    BEGIN
        SELECT CAST(@Amount AS varchar(30)) AS Text;
        THROW 51104, N'The amount must be more than zero.', 1;
    END;
    IF @Amount > @MaxAmount
    BEGIN
        SELECT CAST(@Amount AS varchar(30)) AS Text, @MaxAmount AS Limit;
        THROW 51105, N'The amount is too large.', 1;
    END;
    IF @Unit = 'pcs' AND @Amount <> FLOOR(@Amount)
    BEGIN
        SELECT CAST(@Amount AS varchar(30)) AS Text;
        THROW 51107, N'Pieces are whole.', 1;
    END;

    IF @Status IS NULL OR @Status NOT IN (0, 1, 2)
        THROW 51126, N'There is no such status.', 1;
    IF @PaidAmount IS NOT NULL AND @Status <> 1
        THROW 51118, N'A paid amount goes with status paid only.', 1;
    IF @PaidAmount <= 0
    BEGIN
        SELECT CAST(@PaidAmount AS varchar(30)) AS Text;
        THROW 51114, N'The paid amount must be more than zero.', 1;
    END;
    IF @PaidAmount > @MaxAmount
    BEGIN
        SELECT CAST(@PaidAmount AS varchar(30)) AS Text, @MaxAmount AS Limit;
        THROW 51115, N'The paid amount is too large.', 1;
    END;
    IF @Unit = 'pcs' AND @PaidAmount <> FLOOR(@PaidAmount)
    BEGIN
        SELECT CAST(@PaidAmount AS varchar(30)) AS Text;
        THROW 51117, N'Pieces are whole.', 1;
    END;

    IF @Status = 0 AND @StatusOn IS NOT NULL
    BEGIN
        SELECT @StatusOn AS StatusOn;
        THROW 51123, N'An expected entry has no day of payment or refusal.', 1;
    END;
    IF @Status <> 0
    BEGIN
        IF @StatusOn IS NULL
            SELECT @StatusOn = CASE WHEN @Status = @OldStatus THEN @OldStatusOn ELSE @Today END;
        IF @StatusOn > @Today
        BEGIN
            SELECT @StatusOn AS StatusOn, @Today AS Today;
            THROW 51124, N'The day of payment or refusal is in the future.', 1;
        END;
        IF @StatusOn < @EnteredOn
        BEGIN
            SELECT @StatusOn AS StatusOn, @EnteredOn AS EnteredOn;
            THROW 51125, N'The day of payment or refusal is before the day of entry.', 1;
        END;
    END;

    IF @CommentLength > @MaxComment
    BEGIN
        SELECT @CommentLength AS Length, @MaxComment AS Limit;
        THROW 51127, N'The comment is too long.', 1;
    END;
    SELECT @Position = core.FindMark(@Comment, 1);
    IF @Comment IS NULL OR @Position > 0
    BEGIN
        SELECT
            UNICODE(SUBSTRING(@Comment COLLATE Latin1_General_BIN2, @Position, 1)) AS Character,
            @Position AS Position;
        THROW 51128, N'The comment has a character that it must not have.', 1;
    END;

    IF @Reason <> N'' AND @Status <> 2
        THROW 51139, N'A reason goes with status refused only.', 1;
    IF @ReasonLength > @MaxReason
    BEGIN
        SELECT @ReasonLength AS Length, @MaxReason AS Limit;
        THROW 51140, N'The reason is too long.', 1;
    END;
    SELECT @Position = core.FindMark(@Reason, 0);
    IF @Reason IS NULL OR @Position > 0
    BEGIN
        SELECT
            UNICODE(SUBSTRING(@Reason COLLATE Latin1_General_BIN2, @Position, 1)) AS Character,
            @Position AS Position;
        THROW 51141, N'The reason has a character that it must not have.', 1;
    END;
END;
GO
