-- The order of core.ShowEntries: of the values but one all are NULL.
CASE WHEN @Descending = 0 THEN w.Word END,
CASE WHEN @Descending = 1 THEN w.Word END DESC,
CASE WHEN @Descending = 0 THEN w.Day END,
CASE WHEN @Descending = 1 THEN w.Day END DESC,
CASE WHEN @Descending = 0 THEN w.Amount END,
CASE WHEN @Descending = 1 THEN w.Amount END DESC,
CASE WHEN @Descending = 0 THEN w.Number END,
CASE WHEN @Descending = 1 THEN w.Number END DESC,
CASE WHEN @Descending = 0 THEN w.EntryId END,
CASE WHEN @Descending = 1 THEN w.EntryId END DESC
