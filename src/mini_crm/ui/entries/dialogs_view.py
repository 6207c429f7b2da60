"""The dialogs of the entry page: day and amount, history, conflict, kept writes."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from tkinter import ttk as plain_ttk
from uuid import UUID

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.entries.actions_presenter import REST, Answer, StatusAnswer, StatusQuestion
from mini_crm.ui.entries.conflict import ConflictLine, ConflictTexts
from mini_crm.ui.entries.kept_presenter import KeptLine, KeptPresenter
from mini_crm.ui.theme import BOLD_LABEL, HINT_LABEL, TABLE, Theme
from mini_crm.ui.widgets import (
    DateField,
    Field,
    SuggestField,
    Table,
    enter_goes_on,
    offer_copy,
    scroll_across,
    tip_cut_cells,
    wrap_to_width,
)
from mini_crm.ui.widgets.dialogs import Dialog

MAX_LINES = 5
"""Of the chosen entries so many are named."""
WRAP = 560
"""Width of a sentence, in pixels at 100 %."""

HistoryLine = tuple[str, str, str, str, str]


class StatusDialog(Dialog):
    """Asks on which day entries were paid or refused, for one payment what really came, for a refusal why.

    The cursor is in the last field, since the day is right most times: one Enter says yes.

    Attributes:
        day: The day.
        amount: What came; None where it is not asked for.
        reason: Of the refusal, typed or one of the earlier ones; None where it is not asked for.
    """

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        question: StatusQuestion,
        answer: Answer,
        *,
        today: date,
    ) -> None:
        super().__init__(parent, theme, question.title)
        self._texts = texts
        self._answer = answer
        _ = texts.gettext
        lines = list(question.lines[:MAX_LINES])
        left = len(question.lines) - len(lines)
        if left:
            lines.append(texts.ngettext("… and {n} more", "… and {n} more", left).format(n=left))
        ttk.Label(self.body, text="\n".join(lines), wraplength=theme.px(WRAP), justify="left").pack(
            anchor="w"
        )
        self.day = DateField(
            self.body,
            theme,
            texts,
            question.day_caption,
            today=today,
            name="status_on",
            past=True,
            steady=True,
        )
        self.day.set(question.day)
        fields: dict[str, Field] = {"day": self.day}
        self.amount: Field | None = None
        if question.amount is not None:
            caption = _("Paid amount, {unit}").format(unit=question.unit)
            self.amount = fields["amount"] = Field(self.body, theme, caption, width=16, steady=True)
            self.amount.set(question.amount)
        self.reason: SuggestField | None = None
        if question.asks_reason:
            caption = _("Reason, may stay empty")
            self.reason = SuggestField(self.body, theme, caption, width=40, steady=True)
            self.reason.set_names(question.reasons)
            self.reason.set(question.reason)
            fields["reason"] = self.reason
        self._fields = fields
        for field in fields.values():
            field.pack(anchor="w", fill="x", pady=(theme.pad if field is self.day else 0, 0))
            field.keep_narrow()
        self.yes = self.add_button(_("Save"), self.accept, style="primary")
        self.add_button(_("Cancel"), self.cancel)
        enter_goes_on(list(fields.values()), self.accept)
        self.bind("<Control-Return>", lambda event: self.accept())
        last = list(fields.values())[-1]
        self.show(last.input)
        last.focus_input()

    def accept(self) -> None:
        """Hand the answer over; stay open while something is wrong."""
        answer = StatusAnswer(
            day=self.day.get(),
            amount="" if self.amount is None else self.amount.get(),
            reason="" if self.reason is None else self.reason.get(),
        )
        self._hand_over(answer)

    def _hand_over(self, answer: StatusAnswer) -> None:
        errors = self._answer(answer)
        if REST in errors:
            RestDialog(
                self,
                self._texts,
                self.theme,
                errors[REST],
                lambda keeps_rest: self._hand_over(replace(answer, keeps_rest=keeps_rest)),
            )
            return
        for name, field in self._fields.items():
            field.show_error(errors.get(name, ""))
        if not errors:
            super().accept()


class RestDialog(Dialog):
    """Asks whether the rest of a partial payment stays expected; closing it goes back to the payment."""

    def __init__(
        self, parent: tk.Misc, texts: Texts, theme: Theme, question: str, answer: Callable[[bool], None]
    ) -> None:
        super().__init__(parent, theme, texts.gettext("Part of it came"))
        _ = texts.gettext
        self._answer = answer
        ttk.Label(self.body, text=question, wraplength=theme.px(WRAP), justify="left").pack(anchor="w")
        self.keep_button = self.add_button(_("Expect the rest"), lambda: self._take(True), style="primary")
        self.no_button = self.add_button(_("Expect no more"), lambda: self._take(False))
        self.add_button(_("Cancel"), self.cancel)
        self.show(self.keep_button)

    def _take(self, keeps_rest: bool) -> None:
        self.accept()
        self._answer(keeps_rest)


class HistoryDialog(Dialog):
    """Who changed an entry, when, and what."""

    def __init__(
        self, parent: tk.Misc, texts: Texts, theme: Theme, title: str, lines: Sequence[HistoryLine]
    ) -> None:
        super().__init__(parent, theme, title)
        self.table = history_table(self.body, texts, theme, lines, height=12)
        close = self.add_button(texts.gettext("Close"), self.cancel)
        self.show(close)


class ConflictDialog(Dialog):
    """Somebody else changed the entry first: see what, then do the own change again or leave it.

    Closing it decides nothing: the own change stays in its row of the table.
    """

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        conflict: ConflictTexts,
        again: Callable[[], None],
        leave: Callable[[], None],
    ) -> None:
        super().__init__(parent, theme, conflict.title)
        self._again = again
        self._leave = leave
        _ = texts.gettext
        wrap = theme.px(WRAP)
        ttk.Label(self.body, text=conflict.text, wraplength=wrap, justify="left").pack(anchor="w")
        now = ttk.Label(self.body, text=conflict.now, wraplength=wrap, justify="left")
        now.pack(anchor="w", side="bottom")
        ttk.Label(self.body, text=_("The entry as it is now:"), style=BOLD_LABEL).pack(
            anchor="w", pady=(theme.pad, 0), side="bottom"
        )
        if any(line.is_overwritten for line in conflict.lines):
            said = _("⚠ Your change would replace theirs.")
            ttk.Label(self.body, text=said, wraplength=wrap, justify="left").pack(anchor="w", side="bottom")
        self.table = _conflict_table(self.body, texts, theme, conflict.lines)
        self.again_button = self.add_button(_("Save mine all the same"), self.accept, style="primary")
        if not conflict.can_redo:
            self.again_button.state(["disabled"])
        self.leave_button = self.add_button(_("Leave it as it is now"), self.leave)
        self.show(self.leave_button)

    def accept(self) -> None:
        """Do the own change on top."""
        super().accept()
        self._again()

    def leave(self) -> None:
        """Leave what the other one did, and give the own change up."""
        super().accept()
        self._leave()


class KeptDialog(Dialog):
    """Writes that wait on this computer; a ``KeptPort``."""

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent, theme, texts.gettext("Not stored in the database yet"))
        self._presenter: KeptPresenter | None = None
        self._lines: dict[str, KeptLine] = {}
        _ = texts.gettext
        columns = {"made": (_("Saved"), 18), "what": (_("What"), 56), "state": (_("State"), 26)}
        self.table = Table(
            self.body,
            theme,
            columns=list(columns),
            show="headings",
            height=8,
            style=TABLE,
            selectmode="browse",
        )
        for name, (caption, width) in columns.items():
            self.table.heading(name, text=caption, anchor="w")
            self.table.column(name, width=theme.text_width("0") * width)
        self.reason = ttk.Label(self.body, style=HINT_LABEL, wraplength=theme.px(700), justify="left")
        self.reason.pack(anchor="w", fill="x", side="bottom")
        wrap_to_width(self.reason)
        self.table.pack(fill="both", expand=True)
        tip_cut_cells(self.table, theme)
        scroll_across(self.table, theme)
        self.table.bind("<<TreeviewSelect>>", lambda event: self._chosen())
        self.mend_button = self.add_button(_("Correct in the form"), self._mend, style="primary")
        self.drop_button = self.add_button(_("Do not send"), self._drop, style="danger")
        self.add_button(_("Close"), self.cancel)
        self._chosen()
        self.show(self.table)

    def attach(self, presenter: KeptPresenter) -> None:
        """See ``KeptPort``."""
        self._presenter = presenter

    def is_open(self) -> bool:
        """See ``KeptPort``."""
        return bool(self.winfo_exists())

    def show_lines(self, lines: Sequence[KeptLine]) -> None:
        """See ``KeptPort``."""
        if not self.winfo_exists():
            return
        chosen = self.table.selection()
        self.table.delete(*self.table.get_children())
        self._lines = {line.op_id.hex: line for line in lines}
        for name, line in self._lines.items():
            self.table.insert("", "end", name, values=(line.made, line.what, line.state))
        self.table.selection_set([name for name in chosen if name in self._lines])
        self._chosen()

    def _chosen(self) -> None:
        line = self._line()
        self.reason.configure(text="" if line is None else f"{line.what}\n{line.state}")
        self.mend_button.state(["!disabled" if line is not None and line.can_mend else "disabled"])
        self.drop_button.state(["!disabled" if line is not None and line.can_drop else "disabled"])

    def _line(self) -> KeptLine | None:
        chosen = self.table.selection()
        return self._lines.get(chosen[0]) if chosen else None

    def _mend(self) -> None:
        self._with_line(lambda presenter, op_id: presenter.mend(op_id))

    def _drop(self) -> None:
        self._with_line(lambda presenter, op_id: presenter.drop(op_id))

    def _with_line(self, action: Callable[[KeptPresenter, UUID], None]) -> None:
        line = self._line()
        if line is not None and self._presenter is not None:
            action(self._presenter, line.op_id)


def history_table(
    parent: tk.Misc, texts: Texts, theme: Theme, lines: Sequence[HistoryLine], *, height: int
) -> plain_ttk.Treeview:
    """Make a table of changes and pack it; on a small screen it gives way to what was packed before.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For sizes.
        lines: Moment, person, field, old and new value.
        height: Rows in sight.
    """
    _ = texts.gettext
    columns = (
        ("at", _("When"), 18), ("who", _("Who"), 24), ("what", _("What"), 22),
        ("old", _("Before"), 16), ("new", _("After"), 16),
    )  # fmt: skip
    return _table(parent, theme, columns, lines, height=height)


def _conflict_table(
    parent: tk.Misc, texts: Texts, theme: Theme, lines: Sequence[ConflictLine]
) -> plain_ttk.Treeview:
    """Make a table of the old value, theirs and mine, and pack it."""
    _ = texts.gettext
    columns = (
        ("what", _("What"), 22), ("old", _("Before"), 18), ("theirs", _("Theirs"), 18),
        ("mine", _("Mine"), 18), ("who", _("Who changed it"), 30),
    )  # fmt: skip
    rows = [
        (
            (f"⚠ {line.field}" if line.is_overwritten else line.field),
            line.old,
            line.theirs,
            line.mine,
            line.who,
        )
        for line in lines
    ]
    table = _table(parent, theme, columns, rows, height=min(max(len(rows), 2), MAX_LINES + 2))
    table.tag_configure("overwritten", background=theme.colours.amber_back)
    for item, line in zip(table.get_children(), lines, strict=True):
        table.item(item, tags=("overwritten",) if line.is_overwritten else ())
    return table


def _table(
    parent: tk.Misc,
    theme: Theme,
    columns: Sequence[tuple[str, str, int]],
    rows: Iterable[Sequence[str]],
    *,
    height: int,
) -> plain_ttk.Treeview:
    """Make a table to read and copy from, and pack it; columns: name, heading, width in digits."""
    table = Table(
        parent,
        theme,
        columns=[name for name, _caption, _width in columns],
        show="headings",
        height=height,
        style=TABLE,
    )
    for name, caption, width in columns:
        table.heading(name, text=caption, anchor="w")
        table.column(name, width=theme.text_width("0") * width)
    for row in rows:
        table.insert("", "end", values=tuple(row))
    offer_copy(table)
    tip_cut_cells(table, theme)
    table.pack(fill="both", expand=True)
    scroll_across(table, theme)
    return table
