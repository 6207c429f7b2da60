SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.FindMark
Purpose:     Say where in a text there is a character that nobody sees: a control character, and in a text of
             one line also a line end, a tab, or a mark such as the zero-width space
Called by:   core.CheckDraft
Returns:     the position of the first one, from 1; 0 if there is none
*/
CREATE OR ALTER FUNCTION core.FindMark (
    @Text     nvarchar(4000),
    @HasLines bit                -- 1: a text of several lines
)
RETURNS int
AS
BEGIN
    DECLARE @Length int = LEN(@Text + N'.') - 1;
    DECLARE @Position int = 1;
    DECLARE @Character int;
    WHILE @Position <= @Length
    BEGIN
        SELECT @Character = UNICODE(SUBSTRING(@Text, @Position, 1));
        IF (@Character < 32 OR @Character BETWEEN 127 AND 159) AND (@HasLines = 0 OR @Character NOT IN (9, 10))
            RETURN @Position;
        IF @HasLines = 0 AND (
            @Character IN (173, 65279) OR @Character BETWEEN 8203 AND 8207 OR @Character BETWEEN 8232 AND 8238
            OR @Character BETWEEN 8288 AND 8303)
            RETURN @Position;
        SELECT @Position = @Position + 1;
    END;
    RETURN 0;
END;
GO
