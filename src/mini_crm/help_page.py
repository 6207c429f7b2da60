"""The page for team leads: a file beside the program, shown by the computer's browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mini_crm.domain.errors import BadFile, MiniCrmError

OpenAddress = Callable[[str], bool]
"""Shows an address in a browser; gives whether there is one."""


def page_of(language: str) -> Path:
    """Give the page in a language, ``ru`` or ``en``."""
    return Path(__file__).with_name("help") / language / "index.html"


def show_page(language: str, open_address: OpenAddress | None = None) -> None:
    """Show the page; may take a while, so not on the window's thread.

    Args:
        language: ``ru`` or ``en``.
        open_address: Shows it; by default the browser that this computer uses.

    Raises:
        BadFile: ``help_missing``: the page is not there.
        MiniCrmError: ``help_not_shown``: there is no browser.
    """
    page = page_of(language)
    if not page.is_file():
        raise BadFile("help_missing", path=str(page))
    if open_address is None:
        import webbrowser

        open_address = webbrowser.open
    if not open_address(page.as_uri()):
        raise MiniCrmError("help_not_shown", path=str(page))
