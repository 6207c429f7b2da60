"""Files of tables for tests: workbooks made part by part, and what reading them costs."""

from __future__ import annotations

import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CASES = Path(__file__).parents[1] / "cases"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"

HEAD_ROW = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>lead</t></is></c>'
    b'<c r="B1" t="inlineStr"><is><t>amount</t></is></c></row>'
)


def write_xlsx(
    path: Path,
    rows: Iterable[bytes],
    *,
    strings: Iterable[bytes] = (),
    styles: bytes = b"",
    prefix: bytes = b"",
) -> Path:
    """Write a workbook of one sheet, whose XML is put together as it comes.

    Args:
        path: The file.
        rows: Pieces of the content of ``sheetData``.
        strings: Pieces of the content of the table of strings.
        styles: The content of the style sheet.
        prefix: Of the names of the sheet's tags, with the colon.
    """
    kinds = {"officeDocument": "", "worksheet": "r1", "sharedStrings": "r2", "styles": "r3"}
    relation = {
        kind: f'<Relationship Id="{number or "r1"}" Type="{_RELATIONS}/{kind}" Target="{{}}"/>'
        for kind, number in kinds.items()
    }
    related = f'<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        book.writestr("_rels/.rels", related.format(relation["officeDocument"].format("xl/workbook.xml")))
        book.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        parts = {
            "worksheet": "worksheets/sheet1.xml",
            "sharedStrings": "sharedStrings.xml",
            "styles": "styles.xml",
        }
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            related.format("".join(relation[kind].format(part) for kind, part in parts.items())),
        )
        book.writestr("xl/styles.xml", f'<styleSheet xmlns="{_MAIN}">'.encode() + styles + b"</styleSheet>")
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'<sst xmlns="{_MAIN}">'.encode())
            part.writelines(strings)
            part.write(b"</sst>")
        named = b" xmlns:" + prefix.rstrip(b":") if prefix else b" xmlns"
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b'<%bworksheet%b="%b"><%bsheetData>' % (prefix, named, _MAIN.encode(), prefix))
            part.writelines(rows)
            part.write(b"</%bsheetData></%bworksheet>" % (prefix, prefix))
    return path


def write_ods(path: Path, rows: Iterable[bytes], *, head: bytes = b"") -> Path:
    """Write an OpenDocument sheet, whose XML is put together as it comes.

    Args:
        path: The file.
        rows: Pieces of the content of the table.
        head: What stands before the table, such as styles.
    """
    names = " ".join(
        f'xmlns:{name}="{_OFFICE}:{name}:1.0"' for name in ("office", "table", "text", "style", "number")
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{_OFFICE}:manifest:1.0"/>')
        with book.open("content.xml", "w", force_zip64=True) as part:
            part.write(f"<office:document-content {names}>".encode() + head)
            part.write(b'<office:body><office:spreadsheet><table:table table:name="S">')
            part.writelines(rows)
            part.write(b"</table:table></office:spreadsheet></office:body></office:document-content>")
    return path


def lie_about_sizes(path: Path) -> Path:
    """Let a zip file call all its parts small."""
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        content[at + 24 : at + 28] = struct.pack("<I", 1000)
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)
    return path


@dataclass(frozen=True)
class Cost:
    """What it took to read a file.

    Attributes:
        said: The code of the refusal, or the number of rows.
        seconds: Of processor time, the child's included: how long one waits depends on what else runs.
        megabytes: The most that the program and its child had in memory.
    """

    said: str
    seconds: float
    megabytes: int


_READ = """
import resource, sys
from pathlib import Path
from mini_crm.domain.errors import MiniCrmError
from mini_crm.tables.opening import open_table
try:
    with open_table(Path(sys.argv[1])) as table:
        said = sum(1 for row in table.rows)
except MiniCrmError as error:
    said = error.code
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
seconds = sum(one.ru_utime + one.ru_stime for one in used)
# Not ru_maxrss of itself: that has what the test's own process had when it started this one.
status = Path("/proc/self/status").read_text().splitlines()
own = int(next(line.split()[1] for line in status if line.startswith("VmHWM")))
print(said, seconds, (own + used[1].ru_maxrss) // 2**10)
"""


def cost_of_reading(path: Path) -> Cost:
    """Read a file in a process of its own, and give what it took."""
    command = [sys.executable, "-c", _READ, str(path)]
    printed = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    said, seconds, megabytes = printed.split()
    return Cost(said, float(seconds), int(megabytes))
