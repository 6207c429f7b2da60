"""What the program asks of a database, whichever it is.

There is one protocol for each kind of caller, since on a server each has a login of its own
and reaches only its own procedures. Names match: ``Store.add_entry`` is ``api.AddEntry`` on SQL
Server and the queries named ``add_entry`` in SQLite.

Every operation is complete by itself: it is stored whole when the call returns, or not at all
when it raises. Besides the errors named below, any operation may raise ``DatabaseUnreachable``
(nothing is known of the outcome: repeat a write with the same operation id) and, where it takes
a token, ``SessionEnded`` or ``MustChangePassword``.

Bytes: a key is 32 bytes from Argon2id, a token 32 random bytes made by the client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Protocol
from uuid import UUID

from mini_crm.domain.credentials import KdfParameters, PasswordKind
from mini_crm.domain.model import (
    AccuracyRow,
    AdminAct,
    Bridge,
    Changes,
    ClockMistakes,
    Commitment,
    Company,
    Entry,
    EntryChance,
    EntryDraft,
    EntryFilter,
    EntryPage,
    EntrySort,
    EntryVersion,
    Forecast,
    Group,
    ImportBatch,
    ImportResult,
    ImportRow,
    Lead,
    Record,
    Replay,
    Report,
    RosterChange,
    RosterRow,
    Run,
    Session,
    Target,
    TrendPoint,
    UndoResult,
)
from mini_crm.domain.period import Period

Progress = Callable[[int], None]
"""Called now and then with the number of rows done so far."""


class DesktopStore(Protocol):
    """What the window may do, as the lead whose token it holds."""

    def get_schema_version(self) -> int:
        """Give the number of the newest migration that the database has."""
        ...

    def list_lead_names(self) -> list[str]:
        """Give the names of all active leads, in order of name."""
        ...

    def get_salt(self, lead_name: str) -> tuple[PasswordKind, KdfParameters]:
        """Give how this lead's key is derived; case and outer spaces of the name do not matter.

        Raises:
            WrongPassword: There is no such active lead, or no password was issued.
        """
        ...

    def sign_in(self, lead_name: str, key: bytes, token: bytes, computer: str) -> Session:
        """Compare the key; on success open a session for the token.

        A failure is counted before the key is compared, so that no broken connection hides it.

        Raises:
            WrongPassword: The key does not fit.
            MustWait: Too many failures; the try was neither compared nor counted.
            Locked: Only the administrator can help.
        """
        ...

    def get_session(self, token: bytes) -> Session:
        """Say whose session this is, without prolonging it; allowed before a must-change is done."""
        ...

    def sign_out(self, token: bytes) -> None:
        """End the session; a session that has ended already is no error."""
        ...

    def change_password(
        self, token: bytes, old_key: bytes, kind: PasswordKind, kdf: KdfParameters, verifier: bytes
    ) -> None:
        """Replace the own password and end every session of the lead, this one included.

        Args:
            token: The own session; a must-change session may do this.
            old_key: Derived from the present password.
            kind: ``own`` or ``code``.
            kdf: How the new key was derived, with a new salt.
            verifier: SHA2-256 of the new key.

        Raises:
            WrongPassword: The old key does not fit; counted like a failed sign-in.
            MustWait: Too many failures.
        """
        ...

    def list_groups(self, token: bytes) -> tuple[Group, ...]:
        """Give the lead's groups with their managers, inactive ones included, in order of name."""
        ...

    def add_entry(self, token: bytes, op_id: UUID, client_ref: UUID, draft: EntryDraft) -> Entry:
        """Store a new entry, entered today.

        Args:
            op_id: Made by the client for this one write; repeating it gives the first result.
            client_ref: Made by the client for this one entry.
            token: The own session.
            draft: What was filled in.

        Raises:
            BadValue: A field breaks a rule.
            NotYours: The manager is not one of the lead's active managers.
            OperationReused: The op_id came before with other content.
            AlreadyThere: The client_ref is stored already under another op_id.
        """
        ...

    def update_entry(
        self,
        token: bytes,
        op_id: UUID,
        entry_id: int,
        version: int,
        draft: EntryDraft,
        rest_ref: UUID | None = None,
    ) -> Entry:
        """Give an entry new content; a draft equal to what is stored changes nothing.

        With ``rest_ref``, what was not paid stays expected: the same write stores a new open entry for
        it, entered today, with the same manager, PIN, comment and promised days (though these may be
        past), and ``rest_of`` this one.

        Args:
            token: The own session.
            op_id: Made by the client for this one write; repeating it gives the first result.
            entry_id: The entry.
            version: Which the client knows.
            draft: The new content.
            rest_ref: Made by the client for the entry of the rest; only where the draft is paid and less
                came than its amount.

        Raises:
            BadValue: A field breaks a rule.
            NotYours: No such entry of this lead, or it is deleted.
            StaleVersion: Somebody changed it since; ``data`` has ``changed_by``, ``changed_at``, ``version``.
            OperationReused: The op_id came before with other content.
            RuleBroken: There is no rest to keep (``no_rest``).
            AlreadyThere: The rest_ref is stored already.
        """
        ...

    def delete_entry(self, token: bytes, op_id: UUID, entry_id: int, version: int) -> Entry:
        """Delete an own entry on the day of entry.

        Raises:
            NotYours: No such entry of this lead.
            RuleBroken: It was not entered today.
            StaleVersion: Somebody changed it since.
            OperationReused: The op_id came before with other content.
        """
        ...

    def restore_entry(self, token: bytes, op_id: UUID, entry_id: int, version: int) -> Entry:
        """Take back a deletion on the same day.

        Raises:
            NotYours: No such entry of this lead.
            RuleBroken: It was not deleted today by this lead.
            StaleVersion: Somebody changed it since.
            OperationReused: The op_id came before with other content.
        """
        ...

    def get_entry(self, token: bytes, entry_id: int) -> Entry:
        """Give one entry, a deleted one too.

        Raises:
            NotYours: No such entry of this lead.
        """
        ...

    def list_entries(
        self,
        token: bytes,
        entry_filter: EntryFilter,
        sort: EntrySort = EntrySort.ENTRY_ID,
        *,
        descending: bool = True,
        offset: int = 0,
        limit: int = 200,
        period: Period | None = None,
    ) -> EntryPage:
        """Give a part of the lead's entries that are not deleted, with the count and sums of all.

        Args:
            token: The own session.
            entry_filter: Which are wanted.
            sort: Ties go by entry id, in the same direction.
            descending: From the end; what is missing is least, but a promised day that is missing is last.
            offset: Rows to leave out.
            limit: Rows at most.
            period: Of chances and contributions, also those that are ordered by: a standing or open custom
                period of the current run; None for the current month. One that the run does not have gives
                none.
        """
        ...

    def list_reasons(self, token: bytes) -> tuple[str, ...]:
        """Give the reasons of the lead's refused entries, most used first, at most 50."""
        ...

    def count_open_elsewhere(self, token: bytes, client_pin: str) -> int:
        """Count the open entries of this very PIN at other leads; nothing else is told of them."""
        ...

    def list_open_entries_of_pin(self, token: bytes, client_pin: str) -> tuple[Entry, ...]:
        """Give the lead's open entries of this very PIN, oldest first."""
        ...

    def list_changes(self, token: bytes, since: int) -> Changes:
        """Give what changed for the lead after change number ``since``; does not prolong the session."""
        ...

    def list_entry_history(self, token: bytes, entry_id: int) -> tuple[EntryVersion, ...]:
        """Give all versions of an entry, oldest first.

        Raises:
            NotYours: No such entry of this lead.
        """
        ...

    def get_forecast(self, token: bytes) -> Forecast:
        """Give the lead's own rows and managers of the current run; does not prolong the session.

        Who started the run is not told (``started_by`` is empty).
        """
        ...

    def list_chances(self, token: bytes, period: Period, entry_ids: Sequence[int]) -> tuple[EntryChance, ...]:
        """Give the chances of own open entries in a period of the current run, by entry id.

        Entries that have none are left out: closed, somebody else's, or not seen as open by the run. Does
        not prolong the session.
        """
        ...

    def list_trend(self, token: bytes, period: Period) -> tuple[TrendPoint, ...]:
        """Give the lead's forecasts of a period, one a day up to its last day, by unit and day.

        A day without a run has what ``AdminStore.keep_replays`` made of it, if anything.
        """
        ...

    def list_accuracy(self, token: bytes) -> tuple[AccuracyRow, ...]:
        """Give the lead's accuracy in ended periods, newest period first.

        Each method is counted by itself; so are days without a run that ``AdminStore.keep_replays`` made.
        """
        ...

    def list_commitments(self, token: bytes, period: Period) -> tuple[Commitment, ...]:
        """Give all numbers that the lead committed to for a period, newest first."""
        ...

    def set_commitment(
        self, token: bytes, op_id: UUID, period: Period, unit: str, amount: Decimal, note: str
    ) -> Commitment:
        """Record the lead's own number for a standing period; earlier ones stay on record.

        Args:
            token: The own session.
            op_id: Made by the client for this one write; repeating it gives the first result.
            period: A standing period or an open custom one, that is not over.
            unit: In which one of the lead's groups counts.
            amount: 0 or more.
            note: Why; may be empty.

        Raises:
            OperationReused: The op_id came before with other content.
            BadValue: The amount is negative or too large, the note too long, or the unit none of the lead's.
            NotFound: The period is none of those.
        """
        ...

    def get_company(self, token: bytes, period: Period) -> Company:
        """Give a head of sales all leads in one period of the current run; does not prolong the session.

        Raises:
            NotAllowed: The session is not a head's (``not_head``).
        """
        ...

    def list_bridges(self, token: bytes, period: Period) -> tuple[Bridge, ...]:
        """Give a head of sales the bridges of the report to the company's number of a period.

        They are those of ``ReportStore.get_report``. Does not prolong the session.

        Raises:
            NotAllowed: The session is not a head's (``not_head``).
        """
        ...

    def list_lead_groups(self, token: bytes, lead_id: int) -> tuple[Group, ...]:
        """Give a head of sales the groups of any lead, as ``list_groups`` gives the own.

        Raises:
            NotAllowed: The session is not a head's (``not_head``).
        """
        ...

    def list_lead_entries(
        self,
        token: bytes,
        lead_id: int,
        entry_filter: EntryFilter,
        sort: EntrySort = EntrySort.ENTRY_ID,
        *,
        descending: bool = True,
        offset: int = 0,
        limit: int = 200,
        period: Period | None = None,
    ) -> EntryPage:
        """Give a head of sales the entries of any lead to read, as ``list_entries`` gives the own.

        Raises:
            NotAllowed: The session is not a head's (``not_head``).
        """
        ...

    def request_run(self, token: bytes) -> Run:
        """Run the aggregation now, unless one was finished in the last 5 minutes.

        Raises:
            TooSoon: Somebody's run finished less than 5 minutes ago; ``data["seconds"]`` are left.
            RunUnderWay: One is running.
        """
        ...


class BatchStore(Protocol):
    """What the scheduled program may do."""

    def aggregate_forecast(self, as_of: date | None, started_by: str) -> Run:
        """Run the aggregation; readers see either the last complete result or the new one.

        Args:
            as_of: None for a live run; a past day to count as of its evening.
            started_by: Program, person and computer, for the record.

        Raises:
            RunUnderWay: Another run holds the lock; nothing was changed.
            BadValue: as_of is in the future.
        """
        ...

    def list_runs(self, limit: int = 20) -> tuple[Run, ...]:
        """Give the newest runs, newest first."""
        ...


class ReportStore(Protocol):
    """What analysts may read."""

    def get_company_forecast(self, run_id: int | None = None) -> Forecast:
        """Give the company, all leads and all managers of the current run, or of the run named.

        Raises:
            NotFound: There is no such complete run, or its rows are not kept any more.
        """
        ...

    def get_report(self, period: Period | None = None, run_id: int | None = None) -> Report:
        """Give all that the report shows for one standing period, the run's month by default.

        Every number is of the current run, or of the run named: entries changed since are shown as they were
        then, and trend and accuracy are as of the day that it counted. Its changes, and the bridges to its
        numbers, go back to the last run of the day before, and to that of the seventh day before; a day
        without one is stood in for by the nearest earlier one of the seven. Where there is none, changes go
        back to the morning of the day, in the company's time zone, and there is no bridge.

        Args:
            period: One that the run counted.
            run_id: Of a run as of a past day, or of the current one.

        Raises:
            NotFound: There is no complete run yet, or it has no such period; there is no such complete run,
                or its rows are not kept any more.
        """
        ...


class AdminStore(Protocol):
    """What the administrator may do; each change is recorded with ``by``, the person and computer."""

    def list_leads(self) -> tuple[Lead, ...]:
        """Give all leads with groups and managers, inactive ones included, in order of name."""
        ...

    def apply_roster(
        self, rows: Sequence[RosterRow], by: str, *, dry_run: bool = False, complete: bool = True
    ) -> tuple[RosterChange, ...]:
        """Bring leads, groups and managers in line with a roster, in one transaction.

        Nothing is deleted. A manager in one group only, whose name stands in the roster in another
        group only, has moved: open entries follow, resolved ones stay.

        Args:
            rows: Every manager once.
            by: Who does it.
            dry_run: Only say what would be done.
            complete: Whatever is not in the rows is gone, and is deactivated.

        Raises:
            BadValue: A row is empty or too long, stands twice, or would change the unit of a group that
                has entries.
        """
        ...

    def set_credential(
        self,
        lead_id: int,
        kind: PasswordKind,
        kdf: KdfParameters,
        verifier: bytes,
        *,
        must_change: bool,
        by: str,
    ) -> None:
        """Issue a password: replaces the old one, lifts a lock, ends all sessions of the lead.

        Raises:
            NotFound: No such lead.
        """
        ...

    def unlock_lead(self, lead_id: int, by: str) -> None:
        """Forget failures, waiting time and lock; the password stays."""
        ...

    def set_lead_active(self, lead_id: int, is_active: bool, by: str) -> None:
        """Let a lead in, or not; deactivating ends all sessions."""
        ...

    def set_head(self, name: str, is_head: bool, by: str) -> Lead:
        """Open the company page to a lead, or close it; makes the lead if there is none of this name.

        A head without groups is left alone by rosters and stands in no forecast or report. Closing the page
        ends the lead's sessions.

        Raises:
            NotFound: There is no lead of this name, where the page is to be closed.
            BadValue: The name is empty or too long.
        """
        ...

    def rename_lead(self, lead_id: int, name: str, by: str) -> None:
        """Give a lead another name; entries, password and sessions stay.

        Raises:
            NotFound: No such lead.
            AlreadyThere: Another lead has this name.
            BadValue: The name is too long.
        """
        ...

    def import_entries(
        self,
        source: str,
        rows: Sequence[ImportRow],
        by: str,
        *,
        roster: Sequence[RosterRow] = (),
        update: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportResult:
        """Store entries from a file in one transaction, as one batch.

        A row whose client_ref is stored already is unchanged, differing, or (``update``) taken over; one
        that an undone import had brought is brought again.

        Args:
            source: Name of the source, for the record.
            rows: Checked rows; no client_ref twice.
            by: Who does it.
            roster: Leads, groups and managers to create first where they are missing.
            update: Take over changed rows.
            dry_run: Only count.
            progress: Called with the number of rows done.
        """
        ...

    def list_import_batches(self) -> tuple[ImportBatch, ...]:
        """Give all imports, newest first."""
        ...

    def undo_import(self, batch_id: int, by: str) -> UndoResult:
        """Take back an import: its entries are voided, its changes reverted, unless changed since.

        Raises:
            NotFound: No such batch, or it was taken back already.
        """
        ...

    def void_entries(self, entry_ids: Iterable[int], by: str) -> int:
        """Take entries out of every number, for good reasons found late; gives how many.

        Raises:
            NotFound: One of them does not exist or is out already; nothing was changed.
        """
        ...

    def restore_entries(self, entry_ids: Iterable[int], by: str) -> int:
        """Bring deleted or voided entries back; gives how many.

        Raises:
            NotFound: One of them does not exist or is not out; nothing was changed.
        """
        ...

    def reassign_entries(self, entry_ids: Iterable[int], manager_id: int, by: str) -> int:
        """Give entries to another manager, with group and lead; gives how many.

        Raises:
            NotFound: No such entry or manager; nothing was changed.
            BadValue: The manager's group counts in another unit.
        """
        ...

    def list_periods(self) -> tuple[Period, ...]:
        """Give the standing periods of today and every open custom period."""
        ...

    def add_period(self, period: Period, by: str) -> None:
        """Open a custom period.

        Raises:
            AlreadyThere: It is open already.
            BadValue: Its name is too long.
        """
        ...

    def close_period(self, period: Period, by: str) -> None:
        """Close a custom period: runs leave it out from now on.

        Raises:
            NotFound: It is not open.
        """
        ...

    def set_targets(self, targets: Sequence[Target], by: str) -> int:
        """Set or replace targets in one transaction; gives how many changed.

        Raises:
            NotFound: A lead does not exist.
            BadValue: An amount is not more than zero.
        """
        ...

    def list_targets(self) -> tuple[Target, ...]:
        """Give all targets, by period, lead (the company first) and unit."""
        ...

    def get_record(self) -> Record:
        """Say what the entries cover."""
        ...

    def replay(self, as_of: date, period: Period) -> Replay:
        """Forecast as of a past evening and compare with what came; stores nothing.

        Args:
            as_of: The cut-off, within the period.
            period: Must have ended within the record for the comparison to mean anything.
        """
        ...

    def keep_replays(self, days: Sequence[date], by: str, progress: Progress | None = None) -> None:
        """Keep what runs on past evenings would have said of that day's month, quarter and year.

        It takes the place of all that was kept before, for the company and for leads. Trend and accuracy
        show it, marked as recalculated, for days without a run.

        Args:
            days: The evenings.
            by: Who does it.
            progress: Called with the number of evenings done.

        Raises:
            BadValue: A day is in the future; nothing was changed.
        """
        ...

    def get_setting(self, name: str) -> str | None:
        """Give a setting of the database, such as ``TimeZone`` or ``Currency``."""
        ...

    def set_setting(self, name: str, value: str, by: str) -> None:
        """Change a setting of the database."""
        ...

    def get_today(self) -> date:
        """Give the server's day in the company's time zone."""
        ...

    def get_clock_mistakes(self) -> ClockMistakes:
        """Count what is dated in the future; it holds nobody up."""
        ...

    def list_admin_log(self, limit: int = 50) -> tuple[AdminAct, ...]:
        """Give what administrators did last, newest first."""
        ...

    def backup(self, target: Path, by: str) -> int:
        """Copy the database while it is in use, check the copy, give the number of its entries.

        Only where the database is a file: a server is backed up by its own tools, to its own disks.

        Raises:
            BadFile: The target exists already or cannot be written.
            UsageError: ``backup_by_dba``: the database is on a server.
        """
        ...


class Store(DesktopStore, BatchStore, ReportStore, AdminStore, Protocol):
    """A database that one login may use for everything, as the embedded one."""

    @property
    def name(self) -> str:
        """What the title bar calls the database; no secret in it."""
        ...

    def close(self) -> None:
        """Give back this thread's connection."""
        ...
