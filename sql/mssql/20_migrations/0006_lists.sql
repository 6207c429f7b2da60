-- What a list is added up from, without comments and keys; and a manager's entries, which a roster moves.
-- Its number is also that of the first procedures that say whether a lead has a team, and list a run's periods.
SET ANSI_NULLS ON;
SET QUOTED_IDENTIFIER ON;
GO
CREATE INDEX IX_Entry_Sums ON core.Entry (LeadId, EntryId) INCLUDE (GroupId, Status, Amount, PaidAmount, DeletedAt);
GO
CREATE INDEX IX_Entry_Manager ON core.Entry (ManagerId);
GO
