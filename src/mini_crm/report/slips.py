"""Password slips: an xlsx file to print, one page for each person.

It is the one file that the program writes secrets into. So it is the owner's alone from its first
moment, and an older one is never written over.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from mini_crm.domain.errors import BadFile
from mini_crm.domain.text import only_storable
from mini_crm.external import run_external, system_program
from mini_crm.files import OWNER_ONLY, replacing
from mini_crm.i18n import Texts

_LONGEST_S = 30.0
"""For Windows to change the rights of a file."""

if TYPE_CHECKING:
    from openpyxl import Workbook


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
    # In memory first, since a zip file that fails on a full disk tries once more when it is thrown away.
    whole = BytesIO()
    _book(slips, texts, must_change).save(whole)
    try:
        with replacing(path, mode=OWNER_ONLY, new=True) as stream:
            _restrict(Path(stream.name))
            stream.write(whole.getbuffer())
    except FileExistsError as error:
        raise BadFile("file_exists", path=str(path)) from error
    except OSError as error:
        raise BadFile("file_not_writable", path=str(path), reason=error.strerror or "") from error


def _book(slips: Iterable[tuple[str, str]], texts: Texts, must_change: bool) -> Workbook:
    """Lay out the pages."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.pagebreak import Break

    _ = texts.gettext
    what_to_do = _(
        "Choose your name in the sign-in window and type this password. "
        "Capital or small letters, spaces and dashes do not matter."
    )
    if must_change:
        what_to_do += " " + _("At the first sign-in the program asks you for a new password.")
    warning = _("Show this page to nobody, and destroy it when you no longer need it.")

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("Passwords")
    sheet.column_dimensions["A"].width = 80
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    name_font, password_font = Font(size=20, bold=True), Font(name="Courier New", size=32, bold=True)
    top = Alignment(wrap_text=True, vertical="top")
    row = 1
    for name, password in slips:
        if row > 1:
            sheet.row_breaks.append(Break(id=row - 1))
        for text, font, height in (
            (name, name_font, 40),
            (password, password_font, 60),
            (what_to_do, Font(size=12), 50),
            (warning, Font(size=12, italic=True), 35),
        ):
            cell = sheet.cell(row, 1, only_storable(text))
            cell.data_type = "s"  # a name that begins with = is no formula
            cell.font, cell.alignment = font, top
            sheet.row_dimensions[row].height = height
            row += 1
    return book


def _restrict(path: Path) -> None:
    """Take away what a Windows folder lets others do with its files; elsewhere the file was made so."""
    if sys.platform == "win32":
        # S-1-3-4 is whoever owns the file, in every language of Windows.
        command = [system_program("icacls.exe"), str(path), "/inheritance:r", "/grant:r", "*S-1-3-4:F"]
        code, _ = run_external(command, seconds=_LONGEST_S)
        if code:
            raise OSError(code, "icacls")
