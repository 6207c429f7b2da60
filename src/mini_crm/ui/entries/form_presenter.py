"""The form: what is typed, checked while typing stops, and stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from uuid import UUID, uuid4

from mini_crm.domain.errors import BadValue, MiniCrmError
from mini_crm.domain.model import Entry, EntryDraft, Group
from mini_crm.domain.money import edit_amount
from mini_crm.domain.rules import name_key
from mini_crm.domain.typed_days import parse_typed_date
from mini_crm.messages import sentence
from mini_crm.ui.desk import Desk
from mini_crm.ui.entries.draft import FIELDS, DraftReader, FormValues, leaves_rest
from mini_crm.ui.entries.form_port import FormPort, FormState
from mini_crm.ui.entries.same_pin import SamePin
from mini_crm.ui.entries.texts import EntryTexts
from mini_crm.ui.entries.writer import Intent, Save
from mini_crm.usecases.writes import Add, Update, Write


class FormPresenter:
    """Fills, checks and stores the form.

    Args:
        desk: Of the lead.
        view: The form.
        texts: Writes the entries.
        today: Gives the server's day.
        save: Shows what is being saved, sends it, and shows what became of it.
        jump: Shows an entry in the table.
        give_up: Is told what was refused, stood in the form, and was thrown away by the person.
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
        give_up: Callable[[Intent], None],
    ) -> None:
        self._desk = desk
        self._view = view
        self._texts = texts
        self._today = today
        self._save = save
        self._give_up = give_up
        self._same_pin = SamePin(desk, view, texts, jump)
        self._groups: tuple[Group, ...] = ()
        self._entry: Entry | None = None
        self._blank = FormValues()
        self._mended: Intent | None = None
        self._is_kept = False
        self._has_saved = False

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
        """Take the lead's groups; one that is the only one is chosen, what is typed stays."""
        was_untouched = self.is_untouched()
        self._groups = groups
        self._view.show_groups([group.name for group in groups if group.is_active])
        values = self._view.read()
        if not values.group:
            self._view.show(replace(values, group=self._only_group()))
        if was_untouched:
            self._blank = self._view.read()
        self.group_typed()
        self._advise()

    def state(self) -> FormState:
        """Give all that the form holds."""
        return FormState(
            self._view.read(), self._blank, self._entry, self._mended, self._is_kept, self._has_saved
        )

    def take_over(self, state: FormState) -> None:
        """Hold what the form held in another language."""
        self._entry, self._mended = state.entry, state.mended
        self._is_kept, self._has_saved = state.is_kept, state.has_saved
        self._view.show(self._with_full_day(state.values))
        self._blank = self._with_full_day(state.blank)
        self.show_day()
        self.group_typed()
        self._same_pin.look(state.values.client_pin, state.entry)

    def follow(self, entry: Entry) -> None:
        """Go on from an entry that is in the form and was just changed outside of it.

        Its version and status are taken over, and all else that was not typed otherwise.
        """
        before = self._entry
        if before is None or before.entry_id != entry.entry_id or before.version >= entry.version:
            return
        typed = self._view.read()
        was = self._values(before.draft(), before.group_name, before.manager_name)
        if entry.deleted_at is not None and typed == self._blank:
            self._show_new(typed)
            return
        now = self._values(entry.draft(), entry.group_name, entry.manager_name)
        names = [field.name for field in fields(FormValues) if field.name != "status"]
        changed = [name for name in names if getattr(typed, name) != getattr(was, name)]
        self._entry = entry
        self._view.show(replace(now, **{name: getattr(typed, name) for name in changed}))
        self.show_day()
        self.group_typed()
        unchanged = {} if self._mended is not None else {name: getattr(now, name) for name in changed}
        self._blank = replace(self._view.read(), **unchanged)

    def has_unsaved(self) -> bool:
        """Say whether something would be lost if the form was emptied."""
        now = self._view.read()
        if self._mended is not None and not self._is_kept:
            return True
        if self._entry is None and self._mended is None:
            return any((now.client_pin.strip(), now.amount.strip(), now.comment.strip()))
        return now != self._blank

    def is_untouched(self) -> bool:
        """Say whether the form is empty as it was made so: nothing was typed or chosen since."""
        return self._entry is None and self._mended is None and self._view.read() == self._blank

    def group_chosen(self) -> None:
        """Offer the managers of the chosen group; one of another group is taken out."""
        values, reader = self._view.read(), self._reader()
        group = reader.group(values.group)
        if group is not None and values.manager and reader.manager(group, values.manager) is None:
            self._view.show(replace(values, manager=""))
        self.group_typed()

    def group_typed(self) -> None:
        """Offer the managers of the group, and show its unit; what is typed stays."""
        group = self._reader().group(self._view.read().group)
        offered = [g for g in self._groups if g.is_active] if group is None else [group]
        managers = {m.name for g in offered for m in g.managers if m.is_active}
        self._view.show_managers(sorted(managers, key=name_key))
        self._view.show_unit(None if group is None else group.unit)

    def manager_chosen(self) -> None:
        """Choose the group too if the manager is in one group only."""
        values, reader = self._view.read(), self._reader()
        if reader.group(values.group) is None and values.manager:
            at = reader.groups_of(values.manager)
            if len(at) == 1:
                self._view.show(replace(values, group=at[0].name))
                self.group_typed()

    def check(self, field: str) -> None:
        """Say what is wrong with a field now that typing stopped, unless it is still empty."""
        values = self._view.read()
        empty = not str(getattr(values, field)).strip()
        error = None if empty else self._reader().error(field, values)
        self._view.show_error(field, "" if error is None else sentence(error, self._desk.texts))
        if field == "client_pin":
            self._same_pin.look(values.client_pin, self._entry)

    def clear(self) -> None:
        """Throw away what the form holds, group, manager and day too; an only group is there as at first."""
        self._throw_away()
        group = self._only_group()
        self._show_new(FormValues(group=group))
        self._view.focus("manager" if group else "group")

    def edit(self, entry: Entry) -> None:
        """Fill the form from an entry, to change it; what it held is thrown away."""
        self._throw_away()
        self._take(entry)
        self._show(self._values(entry.draft(), entry.group_name, entry.manager_name))
        self._view.focus("client_pin")

    def mend(self, intent: Intent, error: MiniCrmError | None, *, is_kept: bool = False) -> None:
        """Fill the form from a write that was refused; what it held is thrown away.

        Args:
            intent: An ``Add`` or an ``Update``.
            error: Why it was refused; said under the field that it is about.
            is_kept: It stays in the list of kept writes if the person does not save it.
        """
        self._throw_away()
        self._hold(intent, error, is_kept=is_kept)
        self._view.focus("client_pin")

    def take_back(self, intent: Intent, error: MiniCrmError) -> bool:
        """Put what was refused back as it was typed, if nothing was typed since; the cursor stays.

        Returns:
            Whether the form has it.
        """
        if intent.typed is None or not self.is_untouched():
            return False
        self._hold(intent, error)
        return True

    def holds(self, op_id: UUID) -> bool:
        """Say whether the form has a write that was refused."""
        return self._mended is not None and op_id in (self._mended.write.op_id, self._mended.instead_of)

    @property
    def holds_refused(self) -> bool:
        """Whether the form has something that was put back."""
        return self._mended is not None

    def show_day(self) -> None:
        """Say which entry this is, and its day of entry: that of a new one is today."""
        entry, _ = self._entry, self._desk.texts.gettext
        title = _("New entry") if entry is None else _("Entry {entry_id}").format(entry_id=entry.entry_id)
        entered_on = self._today() if entry is None else entry.entered_on
        self._view.show_title(title, self._texts.day(entered_on), is_new=entry is None)

    def jump_to_same_pin(self) -> None:
        """Show the open entry that was pointed out."""
        self._same_pin.jump()

    def save(self) -> None:
        """Have the form stored and be free for the next entry at once, or say what is wrong.

        Saving twice in a row, before anything is typed, saves once.
        """
        if self._has_saved and self.is_untouched():
            self._view.focus("client_pin")
            return
        self.manager_chosen()
        values = self._with_full_day(self._view.read())
        reader = self._reader()
        errors = {field: reader.error(field, values) for field in FIELDS}
        for field, error in errors.items():
            self._view.show_error(field, "" if error is None else sentence(error, self._desk.texts))
        bad = next((field for field, error in errors.items() if error is not None), None)
        if bad is not None:
            self._view.focus(bad)
            return
        mended = self._mended
        write = self._write(reader.draft(values), None if mended is None else mended.write)
        intent = Intent(write, self._entry, values, None if mended is None else mended.instead_of)
        self._show_new(values)
        self._view.focus("client_pin")
        self._has_saved = True
        self._save([intent])

    def _write(self, draft: EntryDraft, before: Write | None) -> Write:
        """Give the write that stores a draft.

        Args:
            draft: What is to be stored.
            before: What was refused; unchanged it is sent as the same operation, since it may have been
                stored and only its answer lost, and a new entry is the same one in any case.
        """
        if isinstance(before, Add | Update) and draft.status is before.draft.status:
            kept = before.draft
            draft = replace(draft, status_on=kept.status_on, paid_amount=kept.paid_amount, reason=kept.reason)
        entry = self._entry
        if entry is not None:
            rest_ref = before.rest_ref if isinstance(before, Update) and leaves_rest(draft) else None
            write: Add | Update = Update(entry.entry_id, entry.version, draft, rest_ref=rest_ref)
        elif isinstance(before, Add):
            write = replace(before, draft=draft, op_id=uuid4())
        else:
            write = Add(draft)
        same = before is not None and replace(write, op_id=before.op_id) == before
        return before if same and before is not None else write

    def _throw_away(self) -> None:
        if self._mended is not None and not self._is_kept:
            self._give_up(self._mended)

    def _take(self, entry: Entry | None) -> None:
        self._entry = entry
        self._mended = None
        self._is_kept = self._has_saved = False

    def _hold(self, intent: Intent, error: MiniCrmError | None, *, is_kept: bool = False) -> None:
        self._take(intent.entry)
        self._mended, self._is_kept = intent, is_kept
        values = intent.typed
        if values is None and isinstance(intent.write, Add | Update):
            draft = intent.write.draft
            values = self._values(draft, *self._reader().place(draft.manager_id))
        self._show(values or self._blank)
        if error is not None:
            field = error.data.get("field")
            field = "manager" if error.code == "manager_not_yours" or field == "manager_id" else field
            if field in FIELDS:
                self._view.show_error(str(field), sentence(error, self._desk.texts))

    def _values(self, draft: EntryDraft, group: str, manager: str) -> FormValues:
        return FormValues(
            group=group,
            manager=manager,
            client_pin=draft.client_pin,
            amount=edit_amount(draft.amount, language=self._desk.texts.language),
            pay_by=self._texts.day(draft.pay_by),
            status=draft.status,
            comment=draft.comment,
        )

    def _show_new(self, before: FormValues) -> None:
        """Show a new entry, of the same group, manager and day."""
        self._take(None)
        readable = self._reader().error("pay_by", before) is None
        pay_by = self._with_full_day(before).pay_by if readable else ""
        self._show(FormValues(group=before.group, manager=before.manager, pay_by=pay_by))

    def _with_full_day(self, values: FormValues) -> FormValues:
        """Write a day that is typed short, or as another language does, as the field shows it."""
        try:
            day = parse_typed_date(values.pay_by, today=self._today(), field="pay_by")
        except BadValue:
            return values
        return replace(values, pay_by=self._texts.day(day))

    def _only_group(self) -> str:
        """Give the group where there is only one to choose."""
        active = [group.name for group in self._groups if group.is_active]
        return active[0] if len(active) == 1 else ""

    def _advise(self) -> None:
        """Say what to do where there is nobody to enter anything for."""
        has_somebody = any(
            group.is_active and any(manager.is_active for manager in group.managers) for group in self._groups
        )
        _ = self._desk.texts.gettext
        advice = _("You have no groups yet: ask the administrator to add your managers, then sign in again.")
        self._view.show_advice("" if has_somebody else advice)

    def _show(self, values: FormValues) -> None:
        self._view.show(values)
        self.show_day()
        for field in FIELDS:
            self._view.show_error(field, "")
        self._same_pin.forget()
        self.group_typed()
        self._blank = self._view.read()

    def _reader(self) -> DraftReader:
        return DraftReader(self._groups, self._today(), self._entry, is_typed=True)
