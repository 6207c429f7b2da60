SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
/*
Function:    core.PlainText
Purpose:     Give a text as it was before the client made it safe for JSON: a quotation mark, a backslash, a line
             end and a tab come as two characters each, since not every server undoes JSON's own way of writing
             them. Call it only where CHARINDEX finds NCHAR(128); most texts have none of these.
Called by:   core.ReadRoster, admin.SendImportRows, admin.ImportEntries, admin.SetTargets
Returns:     the text
*/
CREATE OR ALTER FUNCTION core.PlainText (
    @Text nvarchar(4000)
)
RETURNS nvarchar(4000)
WITH SCHEMABINDING
AS
BEGIN
    -- Binary, or a control character would weigh nothing and be found anywhere. NCHAR(128) itself comes last.
    DECLARE @Mark nchar(1) = NCHAR(128);
    DECLARE @Plain nvarchar(4000) = @Text COLLATE Latin1_General_BIN2;
    SELECT @Plain = REPLACE(@Plain COLLATE Latin1_General_BIN2, @Mark + N'q', NCHAR(34));
    SELECT @Plain = REPLACE(@Plain COLLATE Latin1_General_BIN2, @Mark + N'b', NCHAR(92));
    SELECT @Plain = REPLACE(@Plain COLLATE Latin1_General_BIN2, @Mark + N'n', NCHAR(10));
    SELECT @Plain = REPLACE(@Plain COLLATE Latin1_General_BIN2, @Mark + N't', NCHAR(9));
    RETURN REPLACE(@Plain COLLATE Latin1_General_BIN2, @Mark + N'm', @Mark);
END;
GO
