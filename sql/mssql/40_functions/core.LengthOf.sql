SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.LengthOf
Purpose:     Count a text as nvarchar counts it, in UTF-16 units: a letter is one, an emoji two, and blanks at the end
             count. LEN does not in a collation that knows supplementary characters (_SC, _140).
Called by:   core.CheckDraft, core.LogAdmin, api.SetCommitment
Returns:     the length. Where texts are UTF-8 inside (Babelfish, where columns count whole characters too), an emoji
             is one
*/
CREATE OR ALTER FUNCTION core.LengthOf (
    @Text nvarchar(max)
)
RETURNS int
WITH SCHEMABINDING
AS
BEGIN
    -- The euro sign: two bytes in UTF-16, three in UTF-8.
    RETURN CASE WHEN DATALENGTH(NCHAR(8364)) = 2 THEN CAST(DATALENGTH(@Text) / 2 AS int)
                ELSE CAST(LEN(@Text + N'.') - 1 AS int) END;
END;
GO
