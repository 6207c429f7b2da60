SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.SearchKeyOf
Purpose:     Give the text in which the list's search looks, besides the names: case and repeated blanks
             do not matter. What is looked for goes through the same function, with an empty comment and reason.
Called by:   every procedure that writes core.Entry; core.ShowEntries
Returns:     the PIN, and each on a line of its own the comment and the reason, where there are any; at most 710
             characters
*/
CREATE OR ALTER FUNCTION core.SearchKeyOf (
    @ClientPin nvarchar(600),    -- or the text that is looked for
    @Comment   nvarchar(500),    -- empty for none
    @Reason    nvarchar(100)     -- empty for none
)
RETURNS nvarchar(710)
WITH SCHEMABINDING
AS
BEGIN
    -- Marks that no stored text has: a run of blanks becomes 1 2 1 2 ..., loses each 2 1, and is one blank.
    -- Compared in binary, since control characters weigh nothing in other collations.
    DECLARE @On nchar(1) = NCHAR(1);
    DECLARE @Off nchar(1) = NCHAR(2);
    DECLARE @Key nvarchar(4000) = LOWER(@ClientPin COLLATE Latin1_General_CI_AS);
    IF @Comment <> N''
        SELECT @Key = @Key + NCHAR(3) + LOWER(@Comment COLLATE Latin1_General_CI_AS);
    IF @Reason <> N''
        SELECT @Key = @Key + NCHAR(3) + LOWER(@Reason COLLATE Latin1_General_CI_AS);
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, NCHAR(10), N' ');
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, NCHAR(9), N' ');
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, NCHAR(160), N' ');
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, N' ', @On + @Off);
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, @Off + @On, N'');
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, @On + @Off, N' ');
    SELECT @Key = REPLACE(@Key COLLATE Latin1_General_BIN2, NCHAR(3), NCHAR(10));
    RETURN LEFT(@Key, 710);
END;
GO
