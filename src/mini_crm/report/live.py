"""A workbook without macros that asks the server itself, when it is opened and every 30 minutes.

The writer of workbooks knows no connections, so they are put into the finished file: one connection and
one query table for each sheet. Source of the parts: ECMA-376, part 1, 18.13 (connections), 18.15 (query
tables) and 18.5 (tables).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from mini_crm.i18n import Texts
from mini_crm.report.columns import Kind
from mini_crm.report.formats import Formats
from mini_crm.report.formulas import letter
from mini_crm.report.looks import DARK, GREY, HEAD_LOOK, RULES
from mini_crm.report.place import write_whole
from mini_crm.report.queries import Query, queries
from mini_crm.report.rows import Level
from mini_crm.report.workbook import XlsxBook, made_book

MINUTES = 30
DRIVER = "ODBC Driver 18 for SQL Server"
HEAD = 4
_DOWN_TO = 2_000  # conditional formats reach so far
_WIDTHS = {Kind.TEXT: 22, Kind.MOMENT: 18, Kind.DAY: 12, Kind.LIGHT: 10, Kind.SHARE: 11, Kind.COUNT: 12}

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Server:
    """Where the views are.

    Attributes:
        name: The server, with instance or port.
        catalog: The database.
        trust_certificate: Believe whatever certificate it shows.
    """

    name: str
    catalog: str
    trust_certificate: bool = False

    @property
    def connection(self) -> str:
        """The connection string: Windows sign-in, so there is no password in it."""
        options = {
            "DRIVER": "{" + DRIVER + "}",
            "SERVER": _braced(self.name),
            "DATABASE": _braced(self.catalog),
            "Trusted_Connection": "Yes",
            "Encrypt": "Yes",
            "TrustServerCertificate": "Yes" if self.trust_certificate else "No",
            "APP": "Microsoft Excel",
        }
        return "".join(f"{name}={value};" for name, value in options.items())


def write_live(path: Path, server: Server, texts: Texts, *, now: datetime | None = None) -> Path:
    """Write the workbook; it holds no data before it is first refreshed.

    Args:
        path: Where; the folder must exist.
        server: Which it asks.
        texts: The language.
        now: When it is written.

    Returns:
        Where it was written, as ``write_report``.

    Raises:
        BadFile: ``report_not_writable``.
    """
    asked = queries(texts)
    written = now or datetime.now().astimezone()

    def fill(book: XlsxBook) -> None:
        title = texts.gettext("Sales forecast: {database}").format(database=server.catalog)
        book.describe(title, written, frozenset())
        for number, query in enumerate(asked, 1):
            _sheet(book.formats, query, number, server, texts)

    plain, connected = made_book(fill, texts.language), BytesIO()
    _connect(plain, connected, asked, server)
    return write_whole(path, connected.getbuffer(), written)


def _sheet(formats: Formats, query: Query, number: int, server: Server, texts: Texts) -> None:
    """Write the heads of a query's table, ready for its rows."""
    _ = texts.gettext
    sheet = formats.book.add_worksheet(query.sheet)
    last = len(query.fields) - 1
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.freeze_panes(HEAD + 1, 1)
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, query.title, formats.look({"bold": True, "font_size": 16, "font_color": DARK}))
    grey = formats.look({"font_color": GREY})
    text = _(
        "Read from {server}, {catalog} on opening and every {minutes} minutes; at once: Data, Refresh All."
    )
    sheet.write_string(1, 0, text.format(server=server.name, catalog=server.catalog, minutes=MINUTES), grey)
    if number == 1:
        sheet.write_string(2, 0, _("Last run (UTC)"), grey)
        moment = formats.look({"num_format": formats.moment_format, "font_color": GREY, "align": "left"})
        finished = f"MAX(LiveRuns[{_escaped(_('Finished (UTC)'))}])"
        sheet.write_formula(2, 1, f'=IF({finished}=0,"",{finished})', moment, "")
    columns = [
        {"header": field.head, "format": formats.cell(field.kind, "", Level.MANAGER, False)}
        for field in query.fields
    ]
    sheet.set_row(HEAD, 32)
    area = (HEAD, 0, HEAD + 1, last)
    sheet.add_table(
        *area, {"name": query.table, "columns": columns, "style": "Table Style Medium 2", "banded_rows": True}
    )
    formats.book.define_name(
        f"'{query.sheet}'!ExternalData_{number}",
        f"='{query.sheet}'!$A${HEAD + 1}:${letter(last)}${HEAD + 2}",
    )
    head = formats.look(HEAD_LOOK)
    for column, field in enumerate(query.fields):
        sheet.write_string(HEAD, column, field.head, head)
        sheet.set_column(column, column, max(_WIDTHS.get(field.kind, 15), len(field.head) * 0.8 + 3))
        _rules(formats, sheet, field.kind, field.head == _("Overdue"), column)


def _rules(formats: Formats, sheet: object, kind: Kind, overdue: bool, column: int) -> None:
    """Let shares of the target, outlooks and overdue counts show what they mean."""
    area = (HEAD + 1, column, _DOWN_TO, column)
    add = sheet.conditional_format  # type: ignore[attr-defined]
    if kind is Kind.LIGHT:
        icons = [{"criteria": ">=", "type": "number", "value": value} for value in (3, 2)]
        add(*area, {"type": "icon_set", "icon_style": "3_signs", "icons_only": True, "icons": icons})
    if overdue:
        add(*area, {"type": "cell", "criteria": ">", "value": 0, "format": formats.look(RULES["bad"])})


def _connect(source: BytesIO, target: BinaryIO, asked: Sequence[Query], server: Server) -> None:
    """Copy the workbook with connections and query tables put into it."""
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            text = given.read(name)
            match name:
                case "[Content_Types].xml":
                    text = _content_types(text.decode(), len(asked)).encode()
                case "xl/_rels/workbook.xml.rels":
                    text = _workbook_rels(text.decode()).encode()
                case "xl/workbook.xml":
                    text = _hidden_names(text.decode()).encode()
                case _ if found := re.fullmatch(r"xl/tables/table(\d+)\.xml", name):
                    text = _table(text.decode()).encode()
                    number = found[1]
                    made.writestr(f"xl/tables/_rels/table{number}.xml.rels", _table_rels(int(number)))
            made.writestr(name, text)
        made.writestr("xl/connections.xml", _connections(asked, server))
        for number, query in enumerate(asked, 1):
            made.writestr(f"xl/queryTables/queryTable{number}.xml", _query_table(query, number))


def _connections(asked: Sequence[Query], server: Server) -> str:
    parts = [
        f'<connection id="{number}" name={quoteattr(query.sheet)} type="1" refreshedVersion="6"'
        f' interval="{MINUTES}" background="1" refreshOnLoad="1" saveData="1">'
        f"<dbPr connection={quoteattr(server.connection)} command={quoteattr(query.statement)}/></connection>"
        for number, query in enumerate(asked, 1)
    ]
    return f'{_XML}<connections xmlns="{_MAIN}">{"".join(parts)}</connections>'


def _query_table(query: Query, number: int) -> str:
    fields = "".join(
        f'<queryTableField id="{at}" name={quoteattr(field.head)} tableColumnId="{at}"/>'
        for at, field in enumerate(query.fields, 1)
    )
    return (
        f'{_XML}<queryTable xmlns="{_MAIN}" name="ExternalData_{number}" adjustColumnWidth="0"'
        f' connectionId="{number}" autoFormatId="16" applyNumberFormats="0" applyBorderFormats="0"'
        ' applyFontFormats="0" applyPatternFormats="0" applyAlignmentFormats="0"'
        f' applyWidthHeightFormats="0"><queryTableRefresh nextId="{len(query.fields) + 1}">'
        f'<queryTableFields count="{len(query.fields)}">{fields}</queryTableFields>'
        "</queryTableRefresh></queryTable>"
    )


def _table(xml: str) -> str:
    """Bind a table and its columns to its query."""
    xml = re.sub(r"<table ", '<table tableType="queryTable" ', xml, count=1)
    return re.sub(
        r'<tableColumn id="(\d+)"', r'<tableColumn id="\1" uniqueName="\1" queryTableFieldId="\1"', xml
    )


def _table_rels(number: int) -> str:
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_OFFICE}/queryTable"'
        f' Target="../queryTables/queryTable{number}.xml"/></Relationships>'
    )


def _workbook_rels(xml: str) -> str:
    added = f'<Relationship Id="rIdConnections" Type="{_OFFICE}/connections" Target="connections.xml"/>'
    return xml.replace("</Relationships>", f"{added}</Relationships>")


def _hidden_names(xml: str) -> str:
    """Hide the names of the query tables' areas, as Excel does."""
    return re.sub(r'(<definedName name="ExternalData_\d+" localSheetId="\d+")', r'\1 hidden="1"', xml)


def _content_types(xml: str, tables: int) -> str:
    added = [("connections.xml", "connections")]
    added += [(f"queryTables/queryTable{number}.xml", "queryTable") for number in range(1, tables + 1)]
    parts = "".join(
        f'<Override PartName="/xl/{part}" ContentType="{_TYPES}.{kind}+xml"/>' for part, kind in added
    )
    return xml.replace("</Types>", f"{parts}</Types>")


def _braced(value: str) -> str:
    """Write a value so that it ends where it should, whatever is in it."""
    return "{" + value.replace("}", "}}") + "}" if set(value) & set("[]{}(),;?*=!@ ") else value


def _escaped(head: str) -> str:
    """Write a column's head inside a reference to a table."""
    return re.sub(r"(['#\[\]@])", r"'\1", head)
