"""The entry page on the screen: head line, form, filters, table, panel for one entry."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tkinter import ttk as plain_ttk
from tkinter.filedialog import asksaveasfilename

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.entries.actions_presenter import Answer, StatusQuestion
from mini_crm.ui.entries.conflict import ConflictTexts
from mini_crm.ui.entries.dialogs_view import (
    ConflictDialog,
    HistoryDialog,
    HistoryLine,
    KeptDialog,
    StatusDialog,
)
from mini_crm.ui.entries.filters_view import EntryFiltersView
from mini_crm.ui.entries.form_view import EntryFormView
from mini_crm.ui.entries.head_view import EntryHeadView
from mini_crm.ui.entries.id_panel_view import IdPanelView
from mini_crm.ui.entries.kept_presenter import KeptPort
from mini_crm.ui.entries.many import ManyQuestion
from mini_crm.ui.entries.many_view import DeleteManyDialog, PayByDialog
from mini_crm.ui.entries.page_presenter import EntriesPresenter
from mini_crm.ui.entries.paste_presenter import PastePort
from mini_crm.ui.entries.paste_view import PasteDialog
from mini_crm.ui.entries.search_view import SearchKeys
from mini_crm.ui.entries.table_view import EntryTableView
from mini_crm.ui.entries.why import Why
from mini_crm.ui.entries.why_view import WhyDialog
from mini_crm.ui.theme import HINT_LABEL, OK_LABEL, Theme
from mini_crm.ui.widgets import Banner, ShortLabel, latin_letter, tip_cut_text
from mini_crm.ui.widgets.dialogs import ask
from mini_crm.ui.widgets.note import shorten

KEYS = "EntriesPage"
TABLE_ROW = 3
"""It takes the height that is left."""
SPACE = 4
"""Below a part, in pixels at 100 %."""
LIST_ROWS = 14
"""So many rows the list keeps before the head may have a line for each unit."""
LEAST_ROWS = 6
"""So many it keeps even where the person wants to see those lines."""
LEAST_SAID = 160
"""Width that counts and sums leave to what was done last, in pixels at 100 %."""
SAID_MS = 8000
"""A sentence that tells of no error goes away after so long."""


class EntriesView(plain_ttk.Frame):
    """The page that a lead has open all day; an ``EntriesViewPort`` once ``build`` has come to its end.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts, colours and sizes.
        tools: Where period, age and "compute again" go; by default above the head.

    Attributes:
        head: The head line.
        form: The form.
        filters: The filters.
        table: The table.
        panel: For one entry by its ID.
        lost: The banner while the database does not answer.
        trouble: The banner with what went wrong.
        summary: Counts and sums of the filtered rows.
        said: What was done last, for a while.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme, tools: ttk.Frame | None = None) -> None:
        super().__init__(parent, padding=(theme.px(6), theme.px(3)))
        self._tools = tools
        self._texts = texts
        self._theme = theme
        self._presenter: EntriesPresenter | None = None
        self._forget: str | None = None
        self._trouble_at = 0.0
        self._summed = ""
        self._keys = texts.gettext(
            "Ctrl+Enter save · Ctrl+F search · F6 paid · F7 refused · F8 expected · F3 history · F9 why"
        )
        self.columnconfigure(0, weight=1)
        self.rowconfigure(TABLE_ROW, weight=1)
        self.bind("<Destroy>", self._gone)

    def build(self) -> Iterator[None]:
        """Make the parts, top to bottom; at each ``yield`` the window can draw those that are there."""
        texts, theme = self._texts, self._theme
        self.head = EntryHeadView(self, texts, theme, self._tools)
        self._place(self.head, 0)
        yield
        self.form = EntryFormView(self, texts, theme)
        self._place(self.form, 1)
        yield
        self.filters = EntryFiltersView(self, texts, theme)
        self._place(self.filters, 2)
        yield
        self.table = EntryTableView(self, texts, theme, self._show_summary)
        self._place(self.table, TABLE_ROW)
        yield
        # Below the table: a sentence that comes must not move a row from under the mouse.
        self.lost = Banner(self, theme)
        self._place(self.lost, 4, space=0)
        self.trouble = Banner(self, theme)
        self._place(self.trouble, 5, space=0)
        self.panel = IdPanelView(self, texts, theme)
        self._place(self.panel, 6)
        foot = ttk.Frame(self)
        self.summary = ttk.Label(foot)
        self.said = ShortLabel(foot, theme)
        self.connection = ttk.Label(foot, style=HINT_LABEL)
        self.kept = ttk.Button(foot, bootstyle="primary-link", padding=0)
        self.summary.pack(side="left")
        tip_cut_text(self.summary, theme, lambda: self._summed, theme.body)
        foot.bind("<Configure>", lambda event: self._show_summary(self._summed))
        self.connection.pack(side="right")
        self.said.configure(anchor="e")
        self.said.pack(side="right", fill="x", expand=True, padx=theme.px(12))
        self._forget_said()
        self._place(foot, 7, space=0)
        self._below = (self.form, self.filters, self.panel, foot)
        self.bind("<Configure>", self._share_height, add="+")

    def attach(self, presenter: EntriesPresenter) -> None:
        """See ``EntriesViewPort``."""
        self._presenter = presenter
        for part in (self.head, self.form, self.filters, self.table, self.panel):
            part.attach(presenter)
        SearchKeys(self.filters.text.input, self.table.tree, presenter)
        self.table.tree.bind("<<TreeviewSelect>>", lambda event: presenter.actions.row_chosen(), add="+")
        self.kept.configure(command=presenter.show_kept)
        # A tag of all its widgets: unlike a binding of the window it goes away with them.
        self.bind_class(KEYS, "<Control-KeyPress>", self._control_key)
        self.bind_class(KEYS, "<<Undo>>", self._undo)
        for sequence in ("<KeyPress>", "<ButtonPress>", "<Motion>", "<MouseWheel>"):
            self.bind_class(KEYS, sequence, lambda event: presenter.touched())
        self.hear(self)
        self.form.focus("group")

    def hear(self, widget: tk.Misc) -> None:
        """Know of the keys and clicks in a widget and in all that it holds."""
        if KEYS not in widget.bindtags():
            widget.bindtags((*widget.bindtags(), KEYS))
        for child in widget.winfo_children():
            self.hear(child)

    def find(self) -> None:
        """Put the cursor into the search, whatever page is shown."""
        self._to_front()
        self.filters.focus_text()

    def come_forward(self) -> None:
        """See ``EntriesViewPort``."""
        self._to_front()
        self.table.tree.focus_set()

    def _to_front(self) -> None:
        if isinstance(self.master, plain_ttk.Notebook):
            self.master.select(self)

    def say(self, text: str, *, is_error: bool) -> None:
        """See ``EntriesViewPort``."""
        if is_error:
            self._stop_forgetting()
            self._forget_said()
            self.trouble.show("error", text, (self._texts.gettext("Close"), self.trouble.hide))
            self._trouble_at = time.monotonic()
        else:
            self._tell(text, "TLabel")

    def done(self, text: str) -> None:
        """See ``EntriesViewPort``."""
        self.trouble.hide()
        self.note(text)

    def note(self, text: str) -> None:
        """See ``EntriesViewPort``."""
        self._tell(text, OK_LABEL)

    def trouble_is_over(self, *, at_once: bool) -> None:
        """See ``EntriesViewPort``."""
        if at_once or 1000 * (time.monotonic() - self._trouble_at) >= SAID_MS:
            self.trouble.hide()

    def whereabouts(self) -> object:
        """See ``EntriesViewPort``."""
        # Tk's own answer: a name for a widget that only Tk knows is no error.
        return str(self.tk.call("focus")), self.table.selected_ids()

    def show_connection(self, text: str, *, lost: bool) -> None:
        """See ``EntriesViewPort``."""
        if not lost:
            self.lost.hide()
            self.connection.configure(text=f"● {text}")
        elif self.lost.sentence != text:
            self.connection.configure(text="")
            again = (self._texts.gettext("Try now"), self._refresh)
            self.lost.show("warn", text, again)

    def show_kept(self, text: str) -> None:
        """See ``EntriesViewPort``."""
        if text:
            self.kept.configure(text=f"⚠ {text}")
            # Before what is told: the last one in the line is left out where there is no room.
            self.kept.pack(side="right", padx=(self._theme.px(8), 0), before=self.said)
        else:
            self.kept.pack_forget()
        self._show_summary(self._summed)

    def ask(self, question: str, yes: Callable[[], None]) -> None:
        """See ``EntriesViewPort``."""
        if ask(self, self._texts, self._theme, question, yes=self._texts.gettext("Delete it"), danger=True):
            yes()

    def ask_status(self, question: StatusQuestion, answer: Answer) -> None:
        """See ``QuestionPort``."""
        if self._presenter is not None:
            today = self._presenter.today()
            StatusDialog(self, self._texts, self._theme, question, answer, today=today)

    def ask_delete(self, question: ManyQuestion, yes: Callable[[], None]) -> None:
        """See ``ManyPort``."""
        DeleteManyDialog(self, self._texts, self._theme, question, yes)

    def ask_pay_by(self, question: ManyQuestion, answer: Callable[[str], str]) -> None:
        """See ``ManyPort``."""
        if self._presenter is not None:
            today = self._presenter.today()
            PayByDialog(self, self._texts, self._theme, question, answer, today=today)

    def ask_file(self, folder: str, name: str) -> Path | None:
        """See ``ExportPort``."""
        chosen = asksaveasfilename(
            parent=self,
            title=self._texts.gettext("Save the rows found in Excel"),
            initialdir=folder if Path(folder).is_dir() else str(Path.home()),
            initialfile=name,
            defaultextension=".xlsx",
            filetypes=[("Excel", "*.xlsx")],
        )
        return Path(chosen) if chosen else None

    def show_history(self, title: str, lines: Sequence[HistoryLine]) -> None:
        """See ``QuestionPort``."""
        HistoryDialog(self, self._texts, self._theme, title, lines)

    def show_why(self, why: Why) -> None:
        """See ``WhyPort``."""
        WhyDialog(self, self._texts, self._theme, why)

    def show_conflict(
        self, conflict: ConflictTexts, again: Callable[[], None], leave: Callable[[], None]
    ) -> None:
        """See ``EntriesViewPort``."""
        ConflictDialog(self, self._texts, self._theme, conflict, again, leave)

    def open_paste(self) -> PastePort:
        """See ``EntriesViewPort``."""
        return PasteDialog(self, self._texts, self._theme)

    def open_kept(self) -> KeptPort:
        """See ``EntriesViewPort``."""
        return KeptDialog(self, self._texts, self._theme)

    def _place(self, part: plain_ttk.Frame, row: int, *, space: int = SPACE) -> None:
        sticky = "nsew" if row == TABLE_ROW else "ew"
        part.grid(row=row, column=0, sticky=sticky, pady=(0, self._theme.px(space)))

    def _go_to_panel(self) -> None:
        self._to_front()
        self.panel.go_there()

    def _share_height(self, event: tk.Event[tk.Misc]) -> None:
        """Let the head have what the list can do without; banners come and go and do not count."""
        if event.widget is not self:
            return
        space = self._theme.px(SPACE)
        rest = event.height - 2 * self._theme.px(3) - 4 * space
        rest -= sum(part.winfo_reqheight() + space for part in self._below)
        self.head.give_way(*(rest - self.table.height_of(rows) for rows in (LIST_ROWS, LEAST_ROWS)))

    def _tell(self, text: str, style: str) -> None:
        self._stop_forgetting()
        self.said.show(text, style)
        self._forget = self.after(SAID_MS, self._forget_said)

    def _show_summary(self, text: str) -> None:
        """Show counts and sums; beside them there is room for what was done and how the database answers."""
        self._summed = text
        rest = self.connection.winfo_reqwidth() + self._theme.px(LEAST_SAID)
        if self.kept.winfo_manager():
            rest += self.kept.winfo_reqwidth() + self._theme.px(8)
        width = self.summary.master.winfo_width()
        is_laid_out = width > 1
        self.summary.configure(
            text=shorten(text, self._theme.body, max(0, width - rest)) if is_laid_out else text
        )

    def _refresh(self) -> None:
        if self._presenter is not None:
            self._presenter.refresh()

    def _control_key(self, event: tk.Event[tk.Misc]) -> None:
        if self._presenter is not None:
            self._presenter.touched()
        match latin_letter(event):
            case "f":
                self.find()
            case "g":
                self._go_to_panel()
            case "e" if self._presenter is not None and self.winfo_viewable():
                self._presenter.export.start()

    def _undo(self, event: tk.Event[tk.Misc]) -> None:
        """Take the last act back; text fields have dealt with what was typed in them."""
        if self._presenter is not None and self.winfo_viewable():
            self._presenter.touched()
            is_input = isinstance(event.widget, tk.Entry)
            (self._presenter.undo_from_input if is_input else self._presenter.undo.undo)()

    def _forget_said(self) -> None:
        """Name the quick keys where nothing else is to be said."""
        self._forget = None
        self.said.show(self._keys, HINT_LABEL)

    def _stop_forgetting(self) -> None:
        if self._forget is not None:
            self.after_cancel(self._forget)
            self._forget = None

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._stop_forgetting()
