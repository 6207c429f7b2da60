SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.PatternOf
Purpose:     Give the pattern by which LIKE finds a text anywhere, its wildcards as what they are
Called by:   core.ShowEntries
Returns:     the pattern; NULL of NULL
*/
CREATE OR ALTER FUNCTION core.PatternOf (
    @Text nvarchar(710)
)
RETURNS nvarchar(4000)
WITH SCHEMABINDING
AS
BEGIN
    -- In brackets a sign is only itself. ESCAPE would do on SQL Server; Babelfish 4.3 finds nothing by '%!%%'.
    DECLARE @Pattern nvarchar(4000) = REPLACE(@Text COLLATE Latin1_General_BIN2, N'[', N'[[]');
    SELECT @Pattern = REPLACE(@Pattern COLLATE Latin1_General_BIN2, N'%', N'[%]');
    SELECT @Pattern = REPLACE(@Pattern COLLATE Latin1_General_BIN2, N'_', N'[_]');
    RETURN N'%' + @Pattern + N'%';
END;
GO
