"""The page for team leads: a file beside the program, shown by the computer's browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from mini_crm.domain.errors import BadFile, MiniCrmError

LONGEST_S = 20.0

OpenAddress = Callable[[str], bool]
"""Shows an address in a browser; gives whether there is one."""


def page_of(language: str) -> Path:
    """Give the page in a language, ``ru`` or ``en``."""
    return Path(__file__).with_name("help") / language / "index.html"


def show_page(language: str, open_address: OpenAddress | None = None, seconds: float = LONGEST_S) -> None:
    """Show the page; may take a while, so not on the window's thread.

    Args:
        language: ``ru`` or ``en``.
        open_address: Shows it; by default the browser that this computer uses.
        seconds: How long to wait for it; some browsers answer only when they are closed.

    Raises:
        BadFile: ``help_missing``: the page is not there.
        MiniCrmError: ``help_not_shown``: there is no browser. ``help_not_answered``: it says nothing.
    """
    page = page_of(language)
    if not page.is_file():
        raise BadFile("help_missing", path=str(page))
    if open_address is None:
        import webbrowser

        open_address = webbrowser.open
    asked, address = open_address, page.as_uri()
    answers: SimpleQueue[bool | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(asked(address))
        except Exception as error:
            answers.put(error)

    Thread(target=ask, name="mini-crm-browser", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise MiniCrmError("help_not_answered", path=str(page), limit=round(seconds)) from None
    if isinstance(answer, Exception):
        raise answer
    if not answer:
        raise MiniCrmError("help_not_shown", path=str(page))
