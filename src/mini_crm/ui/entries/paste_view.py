"""The preview of pasted rows on the screen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial

import ttkbootstrap as ttk

from mini_crm.domain.text import without_unseen
from mini_crm.i18n import Texts
from mini_crm.ui.entries.draft import FIELDS
from mini_crm.ui.entries.paste_presenter import STATUS, THERE, PastedRow, PastePresenter
from mini_crm.ui.theme import ERROR_LABEL, HINT_LABEL, TABLE, Theme
from mini_crm.ui.widgets import Table, scroll_across, tip_cut_cells, wrap_to_width
from mini_crm.ui.widgets.dialogs import Dialog
from mini_crm.ui.widgets.menus import pop_up

WIDTHS = {"group": 13, "manager": 16, "client_pin": 12, "amount": 12, "pay_by": 15, "comment": 18, STATUS: 12}
"""In digits of the table's font."""
WRAP = 700
"""Width of a sentence, in pixels at 100 %."""
SHOWN = (*FIELDS, STATUS)
"""The columns behind the number; the last only if something stands there."""
BAD = "bad"
KNOWN = "known"
SIGN = "✖ "
"""Before a bad cell, beside the colour of its row."""


class PasteDialog(Dialog):
    """A table of pasted rows whose cells can be mended; a ``PastePort``.

    A bad cell carries a sign, its row a colour; the sentence stands below for the chosen row. Double
    click, F2 or Enter changes a cell, Tab goes to the next bad one. A click on a heading offers columns.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent, theme, texts.gettext("Rows from Excel"))
        self._texts = texts
        self._presenter: PastePresenter | None = None
        self._rows: dict[str, PastedRow] = {}
        self._editor: tk.Entry | None = None
        self._take_edit: Callable[[], None] = _nothing
        _ = texts.gettext
        self.resizable(True, True)
        hint = _(
            "Bad cells are marked with {sign}. Double-click a cell to change it; click a heading to choose "
            "its column. Good rows can be saved now."
        )
        explained = ttk.Label(
            self.body, text=hint.format(sign=SIGN.strip()), style=HINT_LABEL, wraplength=theme.px(WRAP)
        )
        explained.pack(anchor="w", fill="x")
        wrap_to_width(explained)
        self.count = ttk.Label(self.body)
        self.count.pack(anchor="w", side="bottom")
        self.errors = ttk.Label(self.body, style=ERROR_LABEL, wraplength=theme.px(WRAP), justify="left")
        self.errors.pack(anchor="w", fill="x", side="bottom")
        wrap_to_width(self.errors)
        # Last, so that on a small screen it is the table that gives way.
        frame = ttk.Frame(self.body)
        frame.pack(fill="both", expand=True)
        self.table = Table(
            frame,
            theme,
            columns=["number", *FIELDS, STATUS],
            displaycolumns=["number", *FIELDS],
            show="headings",
            height=12,
            style=TABLE,
            selectmode="extended",
        )
        bar = ttk.Scrollbar(frame, command=self.table.yview)
        self.table.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.table.pack(side="left", fill="both", expand=True)
        self.table.heading("number", text="№")
        self.table.column("number", width=theme.px(52), anchor="e", stretch=False)
        self.table.heading(STATUS, text=_("Status") + " ▾", anchor="w")
        for name in (*FIELDS, STATUS):
            self.table.column(name, width=theme.text_width("0") * WIDTHS[name])
        colours = theme.colours
        self.table.tag_configure(KNOWN, foreground=colours.amber, background=colours.amber_back)
        self.table.tag_configure(BAD, foreground=theme.colours.error, background=theme.colours.error_back)
        self.table.bind("<<TreeviewSelect>>", lambda event: self._show_errors())
        self.table.bind("<Double-1>", self._double)
        self.table.bind("<ButtonRelease-1>", self._offer_columns)
        self.table.bind("<F2>", lambda event: self._edit_first_bad())
        self.table.bind("<Return>", lambda event: self._edit_first_bad())
        self.table.bind("<Delete>", lambda event: self._drop())
        tip_cut_cells(self.table, theme)
        scroll_across(self.table, theme)
        self.save_button = self.add_button(_("Save the good rows"), self._save, style="primary")
        self.drop_button = self.add_button(_("Leave the chosen rows out"), self._drop)
        self.add_button(_("Cancel"), self.cancel)
        self.show(self.table)

    def attach(self, presenter: PastePresenter) -> None:
        """See ``PastePort``."""
        self._presenter = presenter

    def show_rows(self, captions: Sequence[str], rows: Sequence[PastedRow]) -> None:
        """See ``PastePort``."""
        if not self.winfo_exists():
            return
        self._end_edit()
        for name, caption in zip(FIELDS, captions, strict=True):
            self.table.heading(name, text=f"{caption} ▾", anchor="w")
        self.table.delete(*self.table.get_children())
        self._rows = {}
        has_status = any(row.status for row in rows)
        self.table.configure(displaycolumns=["number", *FIELDS, *([STATUS] if has_status else [])])
        for row in rows:
            self.table.insert("", "end", str(row.number))
            self.show_row(row)
        first = next((row for row in rows if row.errors), rows[0] if rows else None)
        if first is not None:
            self._choose(str(first.number))

    def show_row(self, row: PastedRow) -> None:
        """See ``PastePort``."""
        self._rows[str(row.number)] = row
        cells = [
            (SIGN if name in row.errors else "") + cell
            for name, cell in zip(SHOWN, (*row.cells, row.status), strict=True)
        ]
        is_there = row.entry_id is not None
        number = f"{THERE} {row.number}" if is_there else str(row.number)
        tags = (BAD,) if row.errors else (KNOWN,) if is_there else ()
        self.table.item(str(row.number), values=(number, *cells), tags=tags)
        self._show_errors()

    def show_count(self, text: str, *, can_save: bool) -> None:
        """See ``PastePort``."""
        if self.winfo_exists():
            self.count.configure(text=text)
            self.save_button.state(["!disabled" if can_save else "disabled"])

    def edit(self, number: int, name: str) -> tk.Entry | None:
        """Open a cell for typing; one that is open already is taken as it stands."""
        self._take_edit()
        row = str(number)
        self.table.see(row)
        self.table.update_idletasks()
        box = self.table.bbox(row, name)
        if not box or row not in self._rows:
            return None
        editor = self._editor = ttk.Entry(self.table)
        before = _cell(self._rows[row], name)
        editor.insert(0, before)
        editor.selection_range(0, "end")
        editor.place(x=box[0], y=box[1], width=box[2], height=box[3])
        editor.focus_set()

        def take_text() -> None:
            text = without_unseen(editor.get(), lines=True)
            self._end_edit()
            if self._presenter is not None and text != before:
                self._presenter.set_cell(number, name, text)

        def take(event: tk.Event[tk.Misc]) -> str:
            take_text()
            if event.keysym == "Tab":
                self._edit_first_bad()
            elif event.type is not tk.EventType.FocusOut:
                self.table.focus_set()
            return "break"

        self._take_edit = take_text
        for key in ("<Return>", "<KP_Enter>", "<Tab>", "<FocusOut>"):
            editor.bind(key, take)
        editor.bind("<Escape>", lambda event: self._cancel_edit())
        return editor

    def _cancel_edit(self) -> str:
        self._end_edit()
        self.table.focus_set()
        return "break"

    def _end_edit(self) -> None:
        self._take_edit = _nothing
        if self._editor is not None:
            closing, self._editor = self._editor, None
            closing.bind("<FocusOut>", lambda event: None)
            closing.destroy()

    def _double(self, event: tk.Event[tk.Misc]) -> None:
        row, column = self.table.identify_row(event.y), self.table.identify_column(event.x)
        at = int(column[1:]) - 2 if column else -1
        if row and 0 <= at < len(SHOWN):
            self.edit(int(row), SHOWN[at])

    def _offer_columns(self, event: tk.Event[tk.Misc]) -> None:
        """Let the person choose at a heading which pasted column it is."""
        column = self.table.identify_column(event.x)
        if self.table.identify_region(event.x, event.y) != "heading" or not column:
            return
        shown = self.table.column(column, "id")
        if shown in SHOWN:
            pop_up(self.column_menu(str(shown)), event.x_root, event.y_root)

    def column_menu(self, name: str) -> tk.Menu:
        """Give the menu of pasted columns for a field; the one that is taken is marked."""
        menu = tk.Menu(self, tearoff=False)
        presenter = self._presenter
        if presenter is not None:
            taken = presenter.choice(name)
            for place, label in [*presenter.choices(), (None, self._texts.gettext("(no column)"))]:
                sign = "✓ " if place == taken else "   "
                menu.add_command(label=sign + label, command=partial(self._choose_column, name, place))
        return menu

    def _choose_column(self, name: str, place: int | None) -> None:
        self._end_edit()
        if self._presenter is not None:
            self._presenter.choose(name, place)

    def _edit_first_bad(self) -> str:
        """Open the first bad cell, of the chosen row if it has one."""
        order = [*self.table.selection(), *self._rows]
        for number in order:
            row = self._rows.get(number)
            name = next((name for name in SHOWN if row is not None and name in row.errors), None)
            if row is not None and name is not None:
                self._choose(number)
                self.edit(row.number, name)
                break
        return "break"

    def _choose(self, number: str) -> None:
        self.table.selection_set(number)
        self.table.focus(number)
        self.table.see(number)

    def _show_errors(self) -> None:
        chosen = self.table.selection()
        row = self._rows.get(chosen[0]) if chosen else None
        said = [] if row is None else list(row.errors.values())
        if row is not None and row.entry_id is not None:
            _ = self._texts.gettext
            there = _(
                "Such an entry is there already: number {n}. Leave the row out unless it is another sale."
            )
            said.append(there.format(n=row.entry_id))
        self.errors.configure(text="\n".join(said))

    def _drop(self) -> None:
        self._take_edit()
        if self._presenter is not None:
            self._presenter.drop([int(number) for number in self.table.selection()])

    def _save(self) -> None:
        self._take_edit()
        if self._presenter is not None:
            self._presenter.save()


def _cell(row: PastedRow, name: str) -> str:
    return row.status if name == STATUS else row.cells[FIELDS.index(name)]


def _nothing() -> None:
    """Take nothing: no cell is open."""
