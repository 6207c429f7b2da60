"""The sheet and the macro that take over a report written elsewhere, again and again."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO

from mini_crm.i18n import Texts
from mini_crm.report.formats import Formats
from mini_crm.report.looks import DARK, GREY, Properties

_FIRST = 3
_HIDDEN_COLUMN = 4


def add_macro(formats: Formats, texts: Texts, follows: str) -> None:
    """Add the last sheet, which says where the report is and when it was read, and the macro.

    Args:
        formats: Of the workbook; all its other sheets are there already.
        texts: The language.
        follows: The report's path, or its name if it lies in the same folder.
    """
    _ = texts.gettext
    name = _("Refresh")
    sheet = formats.book.add_worksheet(name)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.set_column(_HIDDEN_COLUMN, _HIDDEN_COLUMN, 9, None, {"hidden": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 24)
    sheet.write_string(
        0,
        0,
        _("How this workbook stays new"),
        formats.look({"bold": True, "font_size": 16, "font_color": DARK}),
    )
    moment: Properties = {"num_format": formats.moment_format, "align": "left", "valign": "top"}
    wrapped: Properties = {"num_format": "@", "text_wrap": True, "valign": "top"}
    lines = (
        ("RefreshSource", _("The report"), follows, wrapped),
        ("RefreshLast", _("Last success"), None, moment),
        ("RefreshState", _("State"), _("Not read yet: the macro has not run."), wrapped),
        ("RefreshNext", _("Next time"), None, moment),
    )
    for row, (defined, caption, text, look) in enumerate(lines, _FIRST):
        sheet.write_string(row, 0, caption, formats.look({"bold": True, "valign": "top"}))
        if text is None:
            sheet.write_blank(row, 1, None, formats.look(look))
        else:
            sheet.write_string(row, 1, text, formats.look(look))
        formats.book.define_name(defined, f"='{name}'!$B${row + 1}")
    said = (
        ("RefreshDone", _("The report was read.")),
        (
            "RefreshFailed",
            _("The report could not be read; what you see is of the last success. Excel says:"),
        ),
        ("RefreshOther", _("the file has none of this workbook's sheets; is it in another language?")),
    )
    for row, (defined, text) in enumerate(said, _FIRST):
        sheet.write_string(row, _HIDDEN_COLUMN, text)
        formats.book.define_name(defined, f"='{name}'!${chr(ord('A') + _HIDDEN_COLUMN)}${row + 1}")
    hints = (
        _(
            "When it is opened, and every 30 minutes while it is open, the macro reads the report named above"
            " and writes its sheets over those here. It cancels itself when the workbook is closed."
        ),
        _(
            "The report may be in another folder: write its whole path above. Sheets that you add are kept,"
            " and formulas in them may point at the report's sheets; what you write into those is lost."
        ),
        _(
            "Excel runs the macro only from a folder that it trusts, or after you have allowed it. To read"
            " the report at once: Alt+F8, RefreshReport, Run."
        ),
    )
    for row, hint in enumerate(hints, _FIRST + len(lines) + 1):
        look = formats.look({"text_wrap": True, "valign": "top", "font_color": GREY})
        sheet.set_row(row, 32)
        sheet.merge_range(row, 0, row, 1, "", look)
        sheet.write_string(row, 0, hint, look)
    project = files(__package__).joinpath("vba", "vbaProject.bin").read_bytes()
    formats.book.add_vba_project(BytesIO(project), is_stream=True)
