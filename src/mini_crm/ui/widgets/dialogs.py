"""Dialogs: a base that is modal and keyboard-friendly, questions, and sentences."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import ttkbootstrap as ttk

from mini_crm.i18n import Texts
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.focus import focused, grabbing
from mini_crm.ui.widgets.menus import take_menus_away
from mini_crm.ui.widgets.screen import frame_of, work_area
from mini_crm.ui.widgets.scrolled_body import ScrolledBody

WRAP = 420
"""Width of a sentence, at 100 %."""


class Dialog(tk.Toplevel):
    """A window over its parent: Escape or closing it cancels, and the parent waits.

    Sub-classes put their widgets into ``body`` and call ``add_button``; ``show`` then makes it visible.

    Args:
        parent: Any widget of the window below.
        theme: For fonts.
        title: Of the window.

    Attributes:
        body: Where the content goes.
        cancelled: Whether it was closed without a decision.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, title: str) -> None:
        top = parent.winfo_toplevel()
        super().__init__(
            top,
            background=theme.colours.background,
            highlightthickness=1,
            highlightbackground=theme.colours.line,
            highlightcolor=theme.colours.line,
        )
        self.withdraw()
        self.title(title)
        self.theme = theme
        self._below = top
        self._focus_before = focused(top)
        self._grab_before: Dialog | None = None
        self._highest = self.winfo_screenheight()
        self.cancelled = True
        self.resizable(False, False)
        if top.winfo_viewable():
            self.transient(top)
        self._content = ScrolledBody(self, 2 * theme.pad)
        self.body = self._content.body
        self._buttons = ttk.Frame(self, padding=(2 * theme.pad, 0, 2 * theme.pad, 2 * theme.pad))
        # First, so that on a small screen the buttons keep their room.
        self._buttons.pack(fill="x", side="bottom")
        self._content.pack(fill="both", expand=True)
        self.protocol("WM_DELETE_WINDOW", self.cancel)
        self.bind("<Escape>", lambda event: self.cancel())

    def add_button(
        self, caption: str, command: Callable[[], None], *, style: str = "secondary"
    ) -> ttk.Button:
        """Add a button to the right of the others.

        Args:
            caption: Its text.
            command: What it does.
            style: A bootstyle, such as ``primary`` or ``danger``.
        """
        button = ttk.Button(self._buttons, text=caption, command=command, bootstyle=style)
        button.pack(side="left", expand=True, fill="x", padx=self.theme.px(3))
        return button

    def show(self, focus: tk.Misc | None = None) -> None:
        """Put it over its parent and make the parent wait; the caller goes on at once."""
        self.update_idletasks()
        below, area = self._below, work_area(self)
        side, title = frame_of(below)
        self._highest = area.height - title - side
        self._scroll_if_needed()
        width = min(self.winfo_reqwidth(), area.width - 2 * side)
        height = self._highest if self._content.is_scrolled else min(self.winfo_reqheight(), self._highest)
        x = below.winfo_rootx() + (below.winfo_width() - width) // 2 - side
        y = below.winfo_rooty() + (below.winfo_height() - height) // 3 - title
        x = max(area.x, min(x, area.right - width - 2 * side))
        y = max(area.y, min(y, area.bottom - height - title - side))
        fits = (width, height) == (self.winfo_reqwidth(), self.winfo_reqheight())
        fits = fits and not self._content.is_scrolled
        self.geometry(f"+{x}+{y}" if fits else f"{width}x{height}+{x}+{y}")
        self.bind("<Configure>", self._grew, add="+")
        self.deiconify()
        self.lift()
        try:
            self.wait_visibility()
        except tk.TclError:
            if self.winfo_exists():
                raise
            return  # it was closed before anybody saw it
        take_menus_away(self)
        holding = grabbing(self)
        self._grab_before = holding if isinstance(holding, Dialog) else None
        self.grab_set()
        (focus or self).focus_set()

    def _scroll_if_needed(self) -> None:
        """Scroll the content where it would push the buttons out of the work area."""
        buttons = self._buttons.winfo_reqheight()
        if not self._content.is_scrolled and self._content.least_height() + buttons > self._highest:
            self._content.scroll()
            self.update_idletasks()

    def _grew(self, event: tk.Event[tk.Misc]) -> None:
        """Keep inside the work area also when a sentence comes that was not there at first."""
        if event.widget is not self or event.height <= self._highest or self._content.is_scrolled:
            return
        width, area = self.winfo_width(), work_area(self)
        self._scroll_if_needed()
        self.geometry(f"{width}x{self._highest}+{self.winfo_x()}+{area.y}")

    def wait(self, focus: tk.Misc | None = None) -> None:
        """Show it and come back when it is closed; the event loop goes on meanwhile."""
        self.show(focus)
        if self.winfo_exists():
            self.wait_window()

    def accept(self) -> None:
        """Close it with a decision."""
        self.cancelled = False
        self.close()

    def cancel(self) -> None:
        """Close it without a decision."""
        self.close()

    def close(self) -> None:
        """Take it away and give the focus back."""
        if not self.winfo_exists():
            return
        self.grab_release()
        self.destroy()
        grab = self._grab_before
        if grab is not None and grab.winfo_exists():
            grab.grab_set()
        before = self._focus_before
        if before is not None and before.winfo_exists():
            before.focus_set()


class Question(Dialog):
    """One sentence and two buttons."""

    def __init__(
        self,
        parent: tk.Misc,
        texts: Texts,
        theme: Theme,
        question: str,
        *,
        yes: str,
        no: str | None,
        danger: bool,
    ) -> None:
        super().__init__(parent, theme, texts.gettext("Expected sales"))
        ttk.Label(self.body, text=question, wraplength=theme.px(WRAP), justify="left").pack(anchor="w")
        self.yes = self.add_button(yes, self.accept, style="danger" if danger else "primary")
        self.no = self.add_button(no, self.cancel) if no is not None else None


def ask(
    parent: tk.Misc,
    texts: Texts,
    theme: Theme,
    question: str,
    *,
    yes: str,
    no: str | None = None,
    danger: bool = False,
) -> bool:
    """Ask a question and wait for the answer.

    Args:
        parent: Any widget of the window below.
        texts: In the person's language.
        theme: For fonts.
        question: A sentence or a few.
        yes: Caption of the button that does it: a verb.
        no: Caption of the other; by default "Cancel".
        danger: Something would be lost: the cursor stands on the other button.

    Returns:
        Whether the first button was pressed.
    """
    caption = no if no is not None else texts.gettext("Cancel")
    dialog = Question(parent, texts, theme, question, yes=yes, no=caption, danger=danger)
    dialog.wait(dialog.no if danger else dialog.yes)
    return not dialog.cancelled


def show_error(parent: tk.Misc, texts: Texts, theme: Theme, problem: str) -> None:
    """Show a sentence and wait until it was read."""
    dialog = Question(parent, texts, theme, problem, yes=texts.gettext("Close"), no=None, danger=False)
    dialog.wait(dialog.yes)
