-- Which entries pass the filter of core.ShowEntries; deleted ones never do. No function: a
-- server that does not inline it (Babelfish) makes all rows before one is chosen.
e.LeadId = @LeadId
AND e.DeletedAt IS NULL
AND (@GroupId IS NULL OR e.GroupId = @GroupId)
AND (@ManagerId IS NULL OR e.ManagerId = @ManagerId)
AND (@Unit IS NULL OR e.GroupId IN (
    SELECT u.GroupId FROM core.SalesGroup AS u WHERE u.LeadId = @LeadId AND u.Unit = @Unit))
AND (@Statuses IS NULL OR @Statuses & CASE e.Status WHEN 0 THEN 1 WHEN 1 THEN 2 ELSE 4 END <> 0)
AND (@PayByFrom IS NULL OR e.PayBy >= @PayByFrom)
AND (@PayByTo IS NULL OR e.PayBy <= @PayByTo)
AND (@StatusOnFrom IS NULL OR e.StatusOn >= @StatusOnFrom)
AND (@StatusOnTo IS NULL OR e.StatusOn <= @StatusOnTo)
AND (@EnteredFrom IS NULL OR e.EnteredOn >= @EnteredFrom)
AND (@EnteredTo IS NULL OR e.EnteredOn <= @EnteredTo)
-- An import tells of the past, so that bringing an entry is no change.
AND (@UntouchedSince IS NULL
     OR (e.EnteredOn < @UntouchedSince
         AND (e.Version = 1 OR EXISTS (
             SELECT 1
             FROM core.EntryHistory AS h
             WHERE h.EntryId = e.EntryId AND h.Version = e.Version
               AND h.ChangedAt < @UntouchedBefore))))
AND (@ChanceRunId IS NULL OR EXISTS (
    SELECT 1
    FROM core.EntryForecast AS c
    WHERE c.RunId = @ChanceRunId AND c.PeriodId = @PeriodId AND c.EntryId = e.EntryId))
AND (@TextPattern IS NULL
     OR e.SearchKey LIKE @TextPattern
     OR e.ManagerId IN (
         SELECT n.ManagerId
         FROM core.Manager AS n
         WHERE n.NameKey LIKE @NamePattern)
     OR e.GroupId IN (
         SELECT o.GroupId
         FROM core.SalesGroup AS o
         WHERE o.LeadId = @LeadId AND o.NameKey LIKE @NamePattern))
