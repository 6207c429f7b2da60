"""The company page on the screen: all leads with the bridge below, or one of them with the entries below."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk as plain_ttk
from typing import Literal

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.company.bridge_view import BridgeView
from mini_crm.ui.company.page import CompanyEvents, LeadPage, LeadRowsPort, Page
from mini_crm.ui.company.rows_view import RowsView
from mini_crm.ui.company.search_view import SearchField
from mini_crm.ui.company.table_view import LeadTable
from mini_crm.ui.tasks import Tasks
from mini_crm.ui.theme import AMBER_LABEL, BOLD_LABEL, HINT_LABEL, Theme
from mini_crm.ui.widgets import Banner, latin_letter, wrap_to_width
from mini_crm.ui.widgets.dialogs import show_error
from mini_crm.ui.widgets.idle import when_idle
from mini_crm.ui.widgets.labels import show_over, show_text
from mini_crm.ui.widgets.page_head import PeriodBar

KEYS = "CompanyPage"


class CompanyView(plain_ttk.Frame):
    """What a head of sales sees; a ``CompanyViewPort``.

    Args:
        parent: Where it stands.
        texts: In the person's language.
        theme: For fonts and colours.

    Attributes:
        top: Period, unit, and of when the numbers are.
        leads: The table of leads.
        bridge: From an earlier forecast to the present one.
        managers: The table of an opened lead's managers.
        entries: An opened lead's entries.
    """

    def __init__(self, parent: tk.Misc, texts: Texts, theme: Theme) -> None:
        super().__init__(parent, padding=theme.pad)
        self._texts = texts
        self._theme = theme
        self._events: CompanyEvents | None = None
        self._tasks = Tasks(self)
        self._has_focused = False
        self._has_bridge = True
        self.columnconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        self.top = PeriodBar(self, texts, theme, self._choose_period, self._choose_unit)
        self.top.grid(row=0, column=0, sticky="ew")
        self.period, self.unit = self.top.period, self.top.unit
        self.notice = Banner(self, theme)
        self.notice.grid(row=1, column=0, sticky="ew")
        self.mark = ttk.Label(self, style=AMBER_LABEL, justify="left")
        self.mark.grid(row=2, column=0, sticky="ew")
        wrap_to_width(self.mark)
        self._company = self._make_company()
        self._company.grid(row=3, column=0, sticky="nsew", pady=(theme.px(4), 0))
        self._lead = self._make_lead()
        self._lead.grid(row=3, column=0, sticky="nsew", pady=(theme.px(4), 0))
        self._lead.grid_remove()
        # A tag of all its widgets: unlike a binding of the window it goes away with them.
        self.bind_class(KEYS, "<Escape>", lambda event: self._back())
        self.bind_class(KEYS, "<F5>", lambda event: self._refresh())
        self.bind_class(KEYS, "<Control-KeyPress>", self._control_key)
        for sequence in ("<KeyPress>", "<ButtonPress>", "<MouseWheel>"):
            self.bind_class(KEYS, sequence, lambda event: self._touched(), add="+")
        self._hear(self)
        self.leads.tree.bind("<Map>", lambda event: when_idle(self, self._focus_first), add="+")
        self.bind("<Destroy>", self._gone)

    @property
    def rows(self) -> LeadRowsPort:
        """See ``CompanyViewPort``."""
        return self.entries

    def listen(self, events: CompanyEvents) -> None:
        """See ``CompanyViewPort``."""
        self._events = events
        self.entries.listen(events)

    def show_page(self, page: Page) -> None:
        """See ``CompanyViewPort``."""
        self.top.show(page.periods, page.period, page.units, page.unit)
        show_text(self.mark, f"\u26a0 {page.mark}" if page.mark else "")
        self.leads.show_table(page.leads)
        self.found.configure(text=page.found)
        show_over(self.nothing, page.nothing, height=0.6)
        self.bridge.show(page.bridge)
        if bool(page.bridge.steps) != self._has_bridge:
            self._has_bridge = not self._has_bridge
            when_idle(self, self._share_height)
        self._hear(self.bridge)
        self._focus_first()

    def show_lead(self, page: LeadPage | None) -> None:
        """See ``CompanyViewPort``."""
        was_open = bool(self._lead.grid_info())
        if page is None:
            self._lead.grid_remove()
            self._company.grid()
            if was_open:
                self.leads.focus_rows()
            return
        self.name.configure(text=page.name)
        self.managers.show_table(page.managers)
        show_over(self.not_counted, page.nothing, height=0.6)
        if not was_open:
            self._company.grid_remove()
            self._lead.grid()
            self.managers.tree.selection_set(())
            self.managers.focus_rows()

    def show_as_of(self, text: str, *, is_stale: bool) -> None:
        """See ``CompanyViewPort``."""
        self.top.age.show(text, stale=is_stale)

    def show_notice(self, level: Literal["error", "ok", ""], text: str) -> None:
        """See ``CompanyViewPort``."""
        self.notice.show_notice(level, text)

    def tell(self, text: str) -> None:
        """See ``CompanyViewPort``."""
        show_error(self, self._texts, self._theme, text)

    def is_on_screen(self) -> bool:
        """See ``CompanyViewPort``."""
        return bool(self.winfo_viewable())

    # building

    def _make_whole(self) -> tuple[ttk.Frame, ttk.Frame, ttk.Panedwindow]:
        """Make what the company and a lead have alike: a line above two halves that share the height."""
        whole = ttk.Frame(self)
        whole.columnconfigure(0, weight=1)
        whole.rowconfigure(1, weight=1)
        bar = ttk.Frame(whole)
        bar.grid(row=0, column=0, sticky="ew", pady=(0, self._theme.px(4)))
        halves = ttk.Panedwindow(whole, orient="vertical")
        halves.grid(row=1, column=0, sticky="nsew")
        return whole, bar, halves

    def _make_company(self) -> ttk.Frame:
        _, theme = self._texts.gettext, self._theme
        whole, bar, halves = self._make_whole()
        self.search = SearchField(
            bar, theme, _("Find a lead"), width=24, pause_ms=0, changed=self._find_typed
        )
        self.search.pack(side="left")
        for key in ("<Return>", "<Down>"):
            self.search.input.bind(key, lambda event: self._focus_leads(), add="+")
        self.found = ttk.Label(bar, style=HINT_LABEL)
        self.found.pack(side="left", padx=theme.pad)
        keys = _("Enter opens \u00b7 Ctrl+\u2190\u2192 sorts \u00b7 Ctrl+F finds")
        ttk.Label(bar, text=keys, style=HINT_LABEL).pack(side="right")
        self.leads = LeadTable(
            halves,
            self._texts,
            theme,
            height=6,
            open_row=self._open_row,
            open_number=self._open_number,
            sort_by=self._sort_by,
            keep_totals=True,
        )
        self.nothing = ttk.Label(self.leads, anchor="center", justify="center")
        self.bridge = BridgeView(halves, self._texts, theme, self._tasks, self._since_chosen)
        halves.add(self.leads, weight=1)
        halves.add(self.bridge, weight=0)
        self._halves = halves
        halves.bind("<Configure>", lambda event: self._resized(), add="+")
        return whole

    def _share_height(self) -> None:
        """Give the leads what the bridge does not need: without an earlier forecast that is a line."""
        room = self._halves.winfo_height() - self.bridge.winfo_reqheight()
        if room > 0:  # else nothing has its place yet
            self._halves.sashpos(0, room)

    def _resized(self) -> None:
        if not self._has_bridge:
            when_idle(self, self._share_height)

    def _make_lead(self) -> ttk.Frame:
        _, theme = self._texts.gettext, self._theme
        whole, bar, halves = self._make_whole()
        self.back_button = ttk.Button(
            bar,
            text="\u2190 " + self._texts.pgettext("page", "Company"),
            bootstyle="primary-outline",
            padding=(theme.px(6), theme.px(2)),
            command=self._back,
        )
        self.back_button.pack(side="left")
        ttk.Label(bar, text="\u203a", style=BOLD_LABEL).pack(side="left", padx=theme.px(6))
        self.name = ttk.Label(bar, style=BOLD_LABEL)
        self.name.pack(side="left")
        keys = _("Esc goes back \u00b7 these rows are to be read only")
        ttk.Label(bar, text=keys, style=HINT_LABEL).pack(side="right")
        self.managers = LeadTable(
            halves,
            self._texts,
            theme,
            height=6,
            open_row=self._open_row,
            open_number=self._open_number,
        )
        self.not_counted = ttk.Label(self.managers, anchor="center", justify="center")
        self.entries = RowsView(halves, self._texts, theme)
        halves.add(self.managers, weight=0)
        halves.add(self.entries, weight=1)
        return whole

    def _hear(self, widget: tk.Misc) -> None:
        if KEYS not in widget.bindtags():
            widget.bindtags((*widget.bindtags(), KEYS))
        for child in widget.winfo_children():
            self._hear(child)

    # events

    def _choose_period(self, number: int) -> None:
        if self._events is not None:
            self._events.choose_period(number)

    def _choose_unit(self, number: int) -> None:
        if self._events is not None:
            self._events.choose_unit(number)

    def _find_typed(self, text: str) -> None:
        if self._events is not None:
            self._events.find(text)

    def _sort_by(self, column: int) -> None:
        if self._events is not None:
            self._events.sort_by(column)

    def _since_chosen(self, number: int) -> None:
        if self._events is not None:
            self._events.choose_since(number)

    def _open_row(self, name: str) -> None:
        if self._events is not None:
            self._events.open_row(name)

    def _open_number(self, name: str, column: int) -> None:
        if self._events is not None:
            self._events.open_number(name, column)

    def _back(self) -> None:
        """Go back from a lead, or to all leads if some were looked for."""
        if self._lead.grid_info():
            if self._events is not None:
                self._events.back()
        else:
            self.search.set("")
            self._find_typed("")

    def _refresh(self) -> None:
        if self._events is not None:
            self._events.refresh()

    def _focus_first(self) -> None:
        """Give the keys a row to start from, as soon as there are rows and they are in sight."""
        if not self._has_focused and self.leads.cells() and self.is_on_screen():
            self._has_focused = True
            self.leads.focus_rows()
            self.leads.tree.yview_moveto(0)  # it may not have its height yet

    def _focus_leads(self) -> None:
        self.leads.focus_rows()

    def _touched(self) -> None:
        if self._events is not None:
            self._events.touched()

    def _control_key(self, event: tk.Event[tk.Misc]) -> None:
        self._touched()
        if latin_letter(event) == "f":
            search = self.entries.text if self._lead.grid_info() else self.search
            search.input.focus_set()
            search.input.selection_range(0, "end")

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._tasks.close()
