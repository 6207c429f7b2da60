"""The table of entries on the screen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk as plain_ttk
from typing import TYPE_CHECKING, Literal

import ttkbootstrap as ttk

from mini_crm.domain.model import EntrySort, Status
from mini_crm.i18n import Texts
from mini_crm.ui.entries.column_fit import HEAD_ROOM, LEAST, ColumnFit
from mini_crm.ui.entries.columns import ColumnMemory, displayed, drag_columns
from mini_crm.ui.entries.marks_view import colour_marks
from mini_crm.ui.entries.stretch_view import Stretch
from mini_crm.ui.entries.texts import COLUMNS, EntryTexts, Row
from mini_crm.ui.memory import Memory
from mini_crm.ui.theme import TABLE, Theme
from mini_crm.ui.widgets import Table, offer_copy, put_text, tip_cut_cells
from mini_crm.ui.widgets.menus import pop_up

if TYPE_CHECKING:
    from mini_crm.ui.entries.page_presenter import EntriesPresenter

SCROLL = 80
"""Pixels, at 100 %, by which an arrow key scrolls sideways."""

RIGHT = {
    EntrySort.ENTRY_ID,
    EntrySort.AMOUNT,
    EntrySort.PAID_AMOUNT,
    EntrySort.PROBABILITY,
    EntrySort.CONTRIBUTION,
}


class EntryTableView(plain_ttk.Frame):
    """A Treeview that is brought in line with the rows it is given; a ``TablePort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For colours and sizes.
        tell_summary: Shows counts and sums of the filtered rows.

    Attributes:
        tree: The table itself.
        down: Its scroll bar, which stands for the whole list and not only for the rows that are loaded.
    """

    def __init__(
        self, parent: tk.Misc, texts: Texts, theme: Theme, tell_summary: Callable[[str], None]
    ) -> None:
        super().__init__(parent)
        self._presenter: EntriesPresenter | None = None
        self._texts = texts
        self._entry_texts = EntryTexts(texts)
        self._tell_summary = tell_summary
        self._theme = theme
        self._anchor = self._end = ""
        self._memory = ColumnMemory(Memory())
        names = [column.value for column in COLUMNS]
        self.tree = Table(self, theme, columns=names, show="headings", selectmode="extended", style=TABLE)
        self.down = ttk.Scrollbar(self)
        self._rows = Stretch(self.tree, self.down, theme, self._all_shown)
        self._across = ttk.Scrollbar(self, command=self.tree.xview, orient="horizontal")
        self.tree.configure(xscrollcommand=self._scrolled_across)
        self.tree.grid(row=0, column=0, sticky="nsew")
        self.down.grid(row=0, column=1, sticky="ns")
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        widest = self._entry_texts.widest()
        for column in COLUMNS:
            caption = self._entry_texts.captions[column]
            cell = theme.text_width(widest.get(column, "0" * LEAST.get(column, 0))) + theme.px(12)
            head = theme.text_width(caption, bold=True) + theme.px(HEAD_ROOM)
            anchor: Literal["e", "w"] = "e" if column in RIGHT else "w"
            self.tree.heading(column.value, text=caption, anchor=anchor)
            # Where the window is too narrow for the least widths there is a scroll bar below.
            least = max(cell, head) if column in LEAST else theme.px(30)
            if column is EntrySort.COMMENT:  # it has what is left; rows are rarely ordered by it
                least = max(cell, theme.text_width(caption, bold=True) + theme.px(10))
            self.tree.column(
                column.value,
                width=max(cell, head),
                minwidth=least,
                anchor=anchor,
                stretch=column is EntrySort.COMMENT,
            )
        colour_marks(self.tree, theme.colours)
        offer_copy(self.tree, self._copied)
        self._columns = ColumnFit(self.tree, theme, self._entry_texts.captions, self._memory)
        tip_cut_cells(self.tree, theme, self._columns.heads)
        self.tree.bind("<Configure>", lambda event: self._columns.fit())

    def attach(self, presenter: EntriesPresenter) -> None:
        """Tell this presenter what the person does."""
        self._presenter = presenter
        self._rows.reader = presenter.table
        self._memory = ColumnMemory(presenter.memory)
        self._columns.memory = self._memory
        self._memory.restore(self.tree, presenter.filters.chosen.statuses)
        for column in COLUMNS:
            self.tree.heading(column.value, command=partial(presenter.table.sort_by, column))
        tree, memory = self.tree, self._memory
        drag_columns(tree, partial(memory.keep_order, tree), partial(memory.keep_widths, tree))
        tree.bind("<Double-1>", self._double)
        tree.bind("<Return>", lambda event: presenter.edit_selected())
        tree.bind("<KP_Enter>", lambda event: presenter.edit_selected())
        tree.bind("<Delete>", lambda event: presenter.delete_selected())
        tree.bind("<<Paste>>", lambda event: self.paste())
        tree.bind("<Button-3>", self._menu_at_pointer)
        tree.bind("<<TreeviewSelect>>", lambda event: presenter.table.chosen_changed())
        tree.bind("<Menu>", lambda event: self._menu_at_focus())
        tree.bind("<Shift-Down>", lambda event: self._choose_to(tree.next(tree.focus())))
        tree.bind("<Shift-Up>", lambda event: self._choose_to(tree.prev(tree.focus())))
        tree.bind("<Shift-Home>", lambda event: self._choose_to(next(iter(self._rows.names), "")))
        tree.bind("<Shift-End>", lambda event: self._choose_to(next(reversed(self._rows.names), "")))
        for key, action in (("Home", presenter.table.to_first), ("End", presenter.table.to_last)):
            for sequence in (f"<{key}>", f"<Control-{key}>"):
                tree.bind(sequence, partial(_call_only, action))
        for key, pages in (("Next", 1), ("Prior", -1)):
            tree.bind(f"<{key}>", partial(self._page, pages))
            tree.bind(f"<Shift-{key}>", partial(self._choose_page, pages))
        tree.bind("<Left>", lambda event: self._scroll_across(-1))
        tree.bind("<Right>", lambda event: self._scroll_across(1))
        tree.bind("<Shift-F10>", lambda event: self._menu_at_focus())
        for key, action in self._quick_keys(presenter):
            tree.bind(key, partial(_call, action))

    def height_of(self, rows: int) -> int:
        """Give the pixels in which so many rows can be seen as a whole."""
        around = self.tree.winfo_reqheight() - int(self.tree.cget("height")) * self._theme.row_height
        return around + rows * self._theme.row_height

    def show_rows(self, rows: Sequence[Row], offset: int, total: int) -> None:
        """See ``TablePort``."""
        self._rows.show(rows, offset, total)

    def append_rows(self, rows: Sequence[Row], total: int) -> None:
        """See ``TablePort``."""
        self._rows.append(rows, total)

    def scroll_to(self, place: int) -> None:
        """See ``TablePort``."""
        self._rows.scroll_to(place)

    def to_top(self) -> None:
        """See ``TablePort``."""
        self.tree.yview_moveto(0)

    def selected_ids(self) -> list[int]:
        """See ``TablePort``."""
        chosen = set(self.tree.selection())
        return [int(name) for name in self._rows.names if name in chosen] if chosen else []

    def select(self, entry_id: int) -> None:
        """See ``TablePort``."""
        name = str(entry_id)
        if self._rows.has(name):
            self.tree.selection_set(name)
            self.tree.focus(name)
            self.tree.see(name)

    def select_nothing(self) -> None:
        """See ``TablePort``."""
        self.tree.selection_set(())

    def show_order(self, column: EntrySort, descending: bool) -> None:
        """See ``TablePort``."""
        for each in COLUMNS:
            arrow = (" ▼" if descending else " ▲") if each is column else ""
            self.tree.heading(each.value, text=self._entry_texts.captions[each] + arrow)

    def show_useful(self, statuses: frozenset[Status]) -> None:
        """See ``TablePort``."""
        self._memory.show_useful(self.tree, statuses)
        self._columns.fit()

    def show_chance(self, caption: str) -> None:
        """See ``TablePort``."""
        self._columns.name_chance(caption)

    def show_summary(self, text: str) -> None:
        """See ``TablePort``."""
        self._tell_summary(text)

    def copy(self) -> None:
        """Put the chosen rows into the clipboard, as a spreadsheet takes them."""
        put_text(self, self._copied())

    def paste(self) -> str:
        """Give the clipboard's text to the presenter."""
        if self._presenter is not None:
            try:
                text = str(self.clipboard_get())
            except tk.TclError:  # nothing in it, or no text
                text = ""
            self._presenter.paste(text)
        return "break"

    def _quick_keys(self, presenter: EntriesPresenter) -> list[tuple[str, Callable[[], None]]]:
        actions = presenter.actions
        return [
            ("<F6>", partial(actions.mark, Status.PAID)),
            ("<F7>", partial(actions.mark, Status.REFUSED)),
            ("<F8>", partial(actions.mark, Status.EXPECTED)),
            ("<F3>", actions.show_history),
            ("<F5>", presenter.refresh),
            ("<F9>", presenter.why.show),
            ("<F4>", presenter.many.pay_by),
        ]

    def menu(self, presenter: EntriesPresenter) -> tk.Menu:
        """Make the context menu."""
        _ = self._texts.gettext
        actions = presenter.actions
        menu = tk.Menu(self, tearoff=False)
        refused = presenter.mending.refused(self.selected_ids())
        if refused:
            self._offer_mending(menu, presenter, refused)
            return menu
        lines: tuple[tuple[str, str, Callable[[], object]] | None, ...] = (
            (_("Change"), "Enter", presenter.edit_selected),
            None,
            (_("Paid…"), "F6", partial(actions.mark, Status.PAID)),
            (_("Refused…"), "F7", partial(actions.mark, Status.REFUSED)),
            (_("Expected again"), "F8", partial(actions.mark, Status.EXPECTED)),
            (_("Pay by…"), "F4", presenter.many.pay_by),
            None,
            (_("History"), "F3", actions.show_history),
            (_("Why this chance?"), "F9", presenter.why.show),
            (_("Copy rows"), "Ctrl+C", self.copy),
            (_("Paste rows from Excel"), "Ctrl+V", self.paste),
            (_("Save the rows found in Excel…"), "Ctrl+E", presenter.export.start),
            None,
            (_("Delete…"), "Del", presenter.delete_selected),
            (_("Undo"), "Ctrl+Z", presenter.undo.undo),
        )
        for line in lines:
            if line is None:
                menu.add_separator()
            else:
                caption, key, action = line
                menu.add_command(label=caption, accelerator=key, command=action)
        menu.add_separator()
        menu.add_cascade(label=_("Columns"), menu=self.column_menu(menu))
        return menu

    def _offer_mending(self, menu: tk.Menu, presenter: EntriesPresenter, refused: Sequence[int]) -> None:
        """Fill the menu of rows that were not stored."""
        _, mending = self._texts.gettext, presenter.mending
        menu.add_command(
            label=_("Put right…"), accelerator="Enter", command=partial(mending.mend, refused[0])
        )
        menu.add_command(label=_("Send again"), command=partial(mending.again, refused))
        menu.add_separator()
        menu.add_command(label=_("Copy rows"), accelerator="Ctrl+C", command=self.copy)
        menu.add_separator()
        menu.add_command(label=_("Do not send…"), accelerator="Del", command=partial(mending.drop, refused))

    def column_menu(self, parent: tk.Misc) -> tk.Menu:
        """Make the menu that hides and shows columns."""
        menu = tk.Menu(parent, tearoff=False)
        shown = displayed(self.tree)
        for column in COLUMNS:
            mark = "✓" if column.value in shown else "    "
            menu.add_command(
                label=f"{mark} {self._entry_texts.captions[column]}", command=partial(self._toggle, column)
            )
        return menu

    def _toggle(self, column: EntrySort) -> None:
        self._memory.toggle(self.tree, column.value)
        self._columns.fit()

    def _menu_at_pointer(self, event: tk.Event[tk.Misc]) -> None:
        if self.tree.identify_region(event.x, event.y) == "heading":
            pop_up(self.column_menu(self), event.x_root, event.y_root)
            return
        name = self.tree.identify_row(event.y)
        if name and name not in self.tree.selection():
            self.tree.selection_set(name)
            self.tree.focus(name)
        self._pop_up(event.x_root, event.y_root)

    def _choose_to(self, row: str) -> str:
        """Choose all rows from where Shift was pressed first to this one, as Excel does."""
        tree, rows = self.tree, self._rows.names
        if row:
            if tree.focus() != self._end or self._anchor not in tree.selection():
                self._anchor = tree.focus() if tree.exists(tree.focus()) else row
            first, last = sorted((rows.index(self._anchor), rows.index(row)))
            tree.selection_set(rows[first : last + 1])
            tree.focus(row)
            tree.see(row)
            self._end = row
        return "break"

    def _copied(self) -> str:
        shown = [EntrySort(name) for name in displayed(self.tree)]
        return "" if self._presenter is None else self._presenter.copied(shown)

    def _scroll_across(self, direction: int) -> str:
        self.tree.xview_scroll(direction * self._theme.px(SCROLL), "units")
        return "break"

    def _all_shown(self, rows: Sequence[Row]) -> None:
        self._columns.measure(rows)
        if self._presenter is not None:
            self._presenter.table.chosen_changed()

    def _choose_page(self, pages: int, _event: tk.Event[tk.Misc]) -> str:
        return self._choose_to(self._rows.a_page_on(pages))

    def _page(self, pages: int, _event: tk.Event[tk.Misc]) -> str:
        """Choose the row that is a page on."""
        name = self._rows.a_page_on(pages)
        if name:
            self.select(int(name))
        return "break"

    def _menu_at_focus(self) -> None:
        box = self.tree.bbox(self.tree.focus()) if self.tree.focus() else ""
        x, y = (box[0], box[1] + box[3]) if box else (0, 0)
        self._pop_up(self.tree.winfo_rootx() + x, self.tree.winfo_rooty() + y)

    def _pop_up(self, x: int, y: int) -> None:
        if self._presenter is not None:
            self.tree.focus_set()
            pop_up(self.menu(self._presenter), x, y)

    def _double(self, event: tk.Event[tk.Misc]) -> None:
        if self._presenter is not None and self.tree.identify_region(event.x, event.y) == "cell":
            self._presenter.edit_selected()

    def _scrolled_across(self, first: str, last: str) -> None:
        self._across.set(first, last)
        if float(first) <= 0 and float(last) >= 1:
            self._across.grid_remove()
        else:
            self._across.grid(row=1, column=0, sticky="ew")


def _call(action: Callable[[], None], _event: tk.Event[tk.Misc]) -> None:
    action()


def _call_only(action: Callable[[], None], _event: tk.Event[tk.Misc]) -> str:
    action()
    return "break"
