"""Password slips: an xlsx file to print, one page for each person.

It is the one file that the program writes secrets into. So it is the owner's alone from its first
moment, and an older one is never written over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mini_crm.domain.errors import BadFile
from mini_crm.domain.text import only_storable
from mini_crm.external import run_external, system_program
from mini_crm.files import OWNER_ONLY, replacing
from mini_crm.i18n import Texts

_LONGEST_S = 30.0
"""For Windows to change the rights of a file."""

_SHEET_PAGES = 1000
"""A sheet holds 1,026 page breaks. Source: Microsoft, "Excel specifications and limits"."""

if TYPE_CHECKING:
    from mini_crm.report.formats import Formats


def write_slips(
    path: Path, slips: Iterable[tuple[str, str]], texts: Texts, *, must_change: bool = False
) -> None:
    """Write a page for each person: name, password, what to do.

    Args:
        path: A file that does not exist yet.
        slips: Name and password of each.
        texts: In whose language.
        must_change: The password has to be changed at the first sign-in.

    Raises:
        BadFile: ``file_exists`` or ``file_not_writable``; no file is left behind.
    """
    from mini_crm.report.workbook import made_book  # loads slowly

    try:
        whole = made_book(lambda book: _fill(book.formats, list(slips), texts, must_change), texts.language)
        with replacing(path, mode=OWNER_ONLY, new=True) as stream:
            _restrict(Path(stream.name))
            stream.write(whole.getbuffer())
    except FileExistsError as error:
        raise BadFile("file_exists", path=str(path)) from error
    except OSError as error:
        raise BadFile("file_not_writable", path=str(path), reason=error.strerror or "") from error


def _fill(formats: Formats, slips: Sequence[tuple[str, str]], texts: Texts, must_change: bool) -> None:
    """Lay out the pages."""
    _ = texts.gettext
    what_to_do = _(
        "Choose your name in the sign-in window and type this password. "
        "Capital or small letters, spaces and dashes do not matter."
    )
    if must_change:
        what_to_do += " " + _("At the first sign-in the program asks you for a new password.")
    warning = _("Show this page to nobody, and destroy it when you no longer need it.")
    looks = [
        (formats.look({"text_wrap": True, "valign": "top", **look}), height)
        for look, height in (
            ({"font_size": 20, "bold": True}, 40),
            ({"font_name": "Courier New", "font_size": 32, "bold": True}, 60),
            ({"font_size": 12}, 50),
            ({"font_size": 12, "italic": True}, 35),
        )
    ]
    for first in range(0, max(len(slips), 1), _SHEET_PAGES):
        number = first // _SHEET_PAGES + 1
        sheet = formats.book.add_worksheet(_("Passwords") + (f" {number}" if number > 1 else ""))
        sheet.set_column(0, 0, 80)
        sheet.set_paper(9)
        part = slips[first : first + _SHEET_PAGES]
        for at, (name, password) in enumerate(part):
            for line, (text, (look, height)) in enumerate(
                zip((name, password, what_to_do, warning), looks, strict=True)
            ):
                row = at * len(looks) + line
                sheet.set_row(row, height)
                sheet.write_string(
                    row, 0, only_storable(text), look
                )  # a name that begins with = is no formula
        sheet.set_h_pagebreaks([at * len(looks) for at in range(1, len(part))])


def _restrict(path: Path) -> None:
    """Take away what a Windows folder lets others do with its files; elsewhere the file was made so."""
    if sys.platform == "win32":
        # S-1-3-4 is whoever owns the file, in every language of Windows.
        command = [system_program("icacls.exe"), str(path), "/inheritance:r", "/grant:r", "*S-1-3-4:F"]
        code, _ = run_external(command, seconds=_LONGEST_S)
        if code:
            raise OSError(code, "icacls")
