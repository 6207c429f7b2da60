"""The form: what is typed, checked while typing stops, and stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import uuid4

from mini_crm.domain.errors import BadValue
from mini_crm.domain.model import Entry, EntryDraft, Group
from mini_crm.domain.money import edit_amount
from mini_crm.domain.rules import check_pin, name_key
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FIELDS, DraftReader, FormValues
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Outcome, Save
from mini_crm.usecases.writes import Add, Update, Write

Mended = Callable[[EntryDraft, Callable[[], None], Callable[[BaseException], None]], None]
"""Takes a mended draft; calls back when it is kept, or with the reason why it could not be."""


class FormPort(Protocol):
    """The form as its presenter sees it."""

    def read(self) -> FormValues:
        """Give what stands in the fields."""
        ...

    def show(self, values: FormValues) -> None:
        """Fill the fields."""
        ...

    def show_groups(self, names: Sequence[str]) -> None:
        """Offer these groups."""
        ...

    def show_managers(self, names: Sequence[str]) -> None:
        """Offer these managers."""
        ...

    def show_unit(self, unit: str | None) -> None:
        """Write the unit beside the amount; None while no group is chosen."""
        ...

    def show_title(self, title: str, entered_on: str, *, is_new: bool) -> None:
        """Say which entry this is, and its day of entry."""
        ...

    def show_error(self, field: str, text: str) -> None:
        """Write a sentence under a field; an empty one takes it away."""
        ...

    def show_pin_hint(self, text: str) -> None:
        """Point out an open entry of this PIN, with a way to jump there; empty takes it away."""
        ...

    def show_busy(self, busy: bool) -> None:
        """Say that the form is being stored; it can't be stored twice meanwhile."""
        ...

    def focus(self, field: str) -> None:
        """Put the cursor into a field."""
        ...


class FormPresenter:
    """Fills, checks and stores the form.

    Args:
        desk: Of the lead.
        view: The form.
        texts: Writes the entries.
        today: Gives the server's day.
        save: Sends writes and shows their outcome; then calls back.
        jump: Shows an entry in the table.
    """

    def __init__(
        self,
        desk: Desk,
        view: FormPort,
        texts: EntryTexts,
        *,
        today: Callable[[], date],
        save: Save,
        jump: Callable[[Entry], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._today = today
        self._save = save
        self._jump = jump
        self._groups: tuple[Group, ...] = ()
        self._entry: Entry | None = None
        self._blank = FormValues()
        self._client_ref = uuid4()
        self._last: Write | None = None
        self._busy = False
        self._same_pin: Entry | None = None
        self._mending: Mended | None = None

    @property
    def groups(self) -> tuple[Group, ...]:
        """The lead's groups, inactive ones included."""
        return self._groups

    @property
    def entry(self) -> Entry | None:
        """The entry that is being changed; None for a new one."""
        return self._entry

    def start(self) -> None:
        """Show an empty form."""
        self._show_new(replace(self._blank, pay_by=""))

    def set_groups(self, groups: tuple[Group, ...]) -> None:
        """Take the lead's groups; one that is the only one is chosen."""
        self._groups = groups
        active = [group.name for group in groups if group.is_active]
        self._view.show_groups(active)
        values = self._view.read()
        if len(active) == 1 and not values.group:
            self._view.show(replace(values, group=active[0]))
        self.group_chosen()

    def has_unsaved(self) -> bool:
        """Say whether something would be lost."""
        now = self._view.read()
        if self._entry is None and self._mending is None:
            return any((now.client_pin.strip(), now.amount.strip(), now.comment.strip()))
        return now != self._blank

    def group_chosen(self) -> None:
        """Offer the managers of the group, and show its unit."""
        values, reader = self._view.read(), self._reader()
        group = reader.group(values.group)
        offered = [g for g in self._groups if g.is_active] if group is None else [group]
        managers = {m.name for g in offered for m in g.managers if m.is_active}
        self._view.show_managers(sorted(managers, key=name_key))
        self._view.show_unit(None if group is None else group.unit)
        if group is not None and values.manager and reader.manager(group, values.manager) is None:
            self._view.show(replace(values, manager=""))

    def manager_chosen(self) -> None:
        """Choose the group too if the manager is in one group only."""
        values, reader = self._view.read(), self._reader()
        if reader.group(values.group) is None and values.manager:
            at = reader.groups_of(values.manager)
            if len(at) == 1:
                self._view.show(replace(values, group=at[0].name))
                self.group_chosen()

    def check(self, field: str) -> None:
        """Say what is wrong with a field now that typing stopped, unless it is still empty."""
        values = self._view.read()
        empty = not str(getattr(values, field)).strip()
        error = None if empty else self._reader().error(field, values)
        self._view.show_error(field, "" if error is None else sentence(error, self._desk.texts))
        if field == "client_pin":
            self._look_for_pin(values.client_pin)

    def clear(self) -> None:
        """Empty the form for a new entry; group, manager and day stay."""
        self._show_new(self._view.read())
        self._view.focus("client_pin")

    def edit(self, entry: Entry) -> None:
        """Fill the form from an entry, to change it."""
        self._take(entry)
        self._show(
            FormValues(
                group=entry.group_name,
                manager=entry.manager_name,
                client_pin=entry.client_pin,
                amount=edit_amount(entry.amount, language=self._desk.texts.language),
                pay_by=self._texts.day(entry.pay_by),
                status=entry.status,
                comment=entry.comment,
            )
        )
        self._view.focus("client_pin")

    def follow(self, entry: Entry) -> None:
        """Know the newest state of the entry in the form, so that what is typed can be stored over it."""
        if self._entry is not None and self._entry.entry_id == entry.entry_id:
            self._entry = entry

    def mend(self, entry: Entry | None, draft: EntryDraft, mended: Mended) -> None:
        """Fill the form from a write that was refused; saving hands the draft over instead of sending it."""
        self._take(entry)
        self._mending = mended
        group, manager = self._reader().place(draft.manager_id)
        self._show(
            FormValues(
                group=group,
                manager=manager,
                client_pin=draft.client_pin,
                amount=edit_amount(draft.amount, language=self._desk.texts.language),
                pay_by=self._texts.day(draft.pay_by),
                status=draft.status,
                comment=draft.comment,
            )
        )
        self._view.focus("client_pin")

    def show_day(self) -> None:
        """Say which entry this is, and its day of entry: that of a new one is today."""
        entry, _ = self._entry, self._desk.texts.gettext
        title = _("New entry") if entry is None else _("Entry {entry_id}").format(entry_id=entry.entry_id)
        entered_on = self._today() if entry is None else entry.entered_on
        self._view.show_title(title, self._texts.day(entered_on), is_new=entry is None)

    def jump_to_same_pin(self) -> None:
        """Show the open entry that was pointed out."""
        if self._same_pin is not None:
            self._jump(self._same_pin)

    def save(self) -> None:
        """Store the form, or say what is wrong and put the cursor there."""
        if self._busy:
            return
        self.manager_chosen()
        values = self._view.read()
        reader = self._reader()
        errors = {field: reader.error(field, values) for field in FIELDS}
        for field, error in errors.items():
            self._view.show_error(field, "" if error is None else sentence(error, self._desk.texts))
        bad = next((field for field, error in errors.items() if error is not None), None)
        if bad is not None:
            self._view.focus(bad)
            return
        draft = reader.draft(values)
        self._busy = True
        self._view.show_busy(True)
        if self._mending is not None:
            self._mending(draft, self._mended, self._not_saved)
            return
        self._last = self._write(draft)
        self._save([self._last], self._saved, self._not_saved)

    def _saved(self, outcome: Outcome) -> None:
        self._busy = False
        self._view.show_busy(False)
        if outcome.stored or outcome.kept:
            self.clear()
        for _write, error in outcome.refused:
            field = error.data.get("field")
            field = "manager" if error.code == "manager_not_yours" or field == "manager_id" else field
            if field in FIELDS:
                self._view.show_error(str(field), sentence(error, self._desk.texts))
                self._view.focus(str(field))

    def _mended(self) -> None:
        self._busy = False
        self._view.show_busy(False)
        self.clear()

    def _not_saved(self, _error: BaseException) -> None:
        self._busy = False
        self._view.show_busy(False)

    def _write(self, draft: EntryDraft) -> Write:
        """Give the write; the same as last time if nothing was changed since, so that it is stored once."""
        last = self._last
        if self._entry is None:
            if isinstance(last, Add) and last.client_ref == self._client_ref and last.draft == draft:
                return last
            return Add(draft, client_ref=self._client_ref)
        entry = self._entry
        same = isinstance(last, Update) and (last.entry_id, last.version) == (entry.entry_id, entry.version)
        if isinstance(last, Update) and same and last.draft == draft:
            return last
        return Update(entry.entry_id, entry.version, draft)

    def _look_for_pin(self, text: str) -> None:
        try:
            pin = check_pin(text)
        except BadValue:
            self._show_same_pin(())
            return

        def done(entries: Sequence[Entry]) -> None:
            if self._view.read().client_pin == text:
                self._show_same_pin(entries)

        self._desk.call(
            lambda token: self._desk.store.list_open_entries_of_pin(token, pin),
            done,
            lambda _error: self._show_same_pin(()),  # only a hint: the window says elsewhere what is wrong
        )

    def _show_same_pin(self, entries: Sequence[Entry]) -> None:
        own = None if self._entry is None else self._entry.entry_id
        others = [entry for entry in entries if entry.entry_id != own]
        self._same_pin = others[0] if others else None
        if self._same_pin is None:
            self._view.show_pin_hint("")
            return
        template = self._desk.texts.gettext(
            "This PIN already has an open entry {entry_id}: {manager}, {amount}"
        )
        self._view.show_pin_hint(
            template.format(
                entry_id=self._same_pin.entry_id,
                manager=self._same_pin.manager_name,
                amount=self._texts.amount(self._same_pin.amount, self._same_pin.unit),
            )
        )

    def _take(self, entry: Entry | None) -> None:
        self._entry = entry
        self._mending = None
        self._last = None
        self._client_ref = uuid4()

    def _show_new(self, before: FormValues) -> None:
        self._take(None)
        readable = self._reader().error("pay_by", before) is None
        pay_by = before.pay_by if readable else ""
        self._show(FormValues(group=before.group, manager=before.manager, pay_by=pay_by))

    def _show(self, values: FormValues) -> None:
        self._view.show(values)
        self.show_day()
        for field in FIELDS:
            self._view.show_error(field, "")
        self._show_same_pin(())
        self.group_chosen()
        self._blank = self._view.read()

    def _reader(self) -> DraftReader:
        return DraftReader(self._groups, self._today(), self._entry)
