SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.FindMark
Purpose:     Say where in a text there is a character that nobody sees: a control character, and in a text of
             one line also a line end, a tab, or a mark such as the zero-width space
Called by:   core.CheckDraft
Returns:     the position of the first one, from 1, in UTF-16 units (a NUL is told before all others); 0 if there is
             none
*/
CREATE OR ALTER FUNCTION core.FindMark (
    @Text     nvarchar(4000),
    @HasLines bit                -- 1: a text of several lines
)
RETURNS int
WITH SCHEMABINDING
AS
BEGIN
    -- In binary, where a range of characters is a range of numbers and a character that weighs nothing is found.
    -- NUL by itself, since not every server takes it in a pattern; one that cannot store it gives NULL here.
    DECLARE @Nul int = COALESCE(CHARINDEX(NCHAR(0) COLLATE Latin1_General_BIN2, @Text), 0);
    RETURN CASE
        WHEN @Nul > 0 THEN @Nul
        WHEN @HasLines = 1
            THEN PATINDEX(
                N'%[' + NCHAR(1) + N'-' + NCHAR(8) + NCHAR(11) + N'-' + NCHAR(31)
                + NCHAR(127) + N'-' + NCHAR(159) + N']%',
                @Text COLLATE Latin1_General_BIN2)
        ELSE PATINDEX(
            N'%[' + NCHAR(1) + N'-' + NCHAR(31) + NCHAR(127) + N'-' + NCHAR(159) + NCHAR(173)
            + NCHAR(8203) + N'-' + NCHAR(8207) + NCHAR(8232) + N'-' + NCHAR(8238)
            + NCHAR(8288) + N'-' + NCHAR(8303) + NCHAR(65279) + N']%',
            @Text COLLATE Latin1_General_BIN2) END;
END;
GO
