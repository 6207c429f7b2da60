"""The parts of a packed workbook that tell what its reader does not: styles and where the sheets lie."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from mini_crm.tables.number_formats import NumberFormat, telling_format

_BUILT_IN = {"9": "0%", "10": "0.00%"}
"""Formats that no workbook spells out. Source: ECMA-376, 18.8.30."""

MAX_SMALL_PART = 32 << 20
"""Bytes of a part that is read whole."""


class BadPart(Exception):
    """A part of the workbook is missing or damaged."""


def read_part(book: zipfile.ZipFile, name: str) -> bytes:
    """Read a small part whole.

    Raises:
        BadPart: It is not there, or too large for what it is.
    """
    with open_part(book, name) as part:
        content = part.read(MAX_SMALL_PART + 1)
    if len(content) > MAX_SMALL_PART:
        raise BadPart(name)
    return content


def open_part(book: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a part; writers differ in case and slashes.

    Raises:
        BadPart: It is not there.
    """
    wanted = name.lower()
    for member in book.infolist():
        if member.filename.replace("\\", "/").lstrip("/").lower() == wanted:
            return book.open(member)
    raise BadPart(name)


def tags(content: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the tags of an XML text in order, names without their prefixes.

    Raises:
        BadPart: It is not well-formed, or defines entities.
    """
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((_local(name), {_local(key): value for key, value in attributes.items()}))

    def refuse(*_: object) -> None:
        raise BadPart("DOCTYPE")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadPart(str(error)) from error
    yield from found


def sheet_parts(book: zipfile.ZipFile) -> tuple[str, dict[str, str]]:
    """Find where the workbook and each of its sheets lie.

    Returns:
        The workbook's part, and the part of each sheet by its name.

    Raises:
        BadPart: It cannot be told.
    """
    workbook = next(iter(_targets(book, "").values()), "xl/workbook.xml")
    targets = _targets(book, workbook)
    sheets = {
        attributes["name"]: targets[attributes["id"]]
        for tag, attributes in tags(read_part(book, workbook))
        if tag == "sheet" and attributes.get("id") in targets and "name" in attributes
    }
    return workbook, sheets


def telling_styles(book: zipfile.ZipFile, workbook: str) -> dict[int, NumberFormat]:
    """Find the styles whose number format says more than the number.

    Raises:
        BadPart: Styles are there and damaged.
    """
    try:
        content = read_part(book, posixpath.join(posixpath.dirname(workbook), "styles.xml"))
    except BadPart:
        return {}
    formats = {number: found for number, code in _BUILT_IN.items() if (found := telling_format(code))}
    styles: dict[int, NumberFormat] = {}
    number, in_cell_styles = 0, False
    for tag, attributes in tags(content):
        if tag == "numFmt" and (found := telling_format(attributes.get("formatCode", ""))):
            formats[attributes.get("numFmtId", "")] = found
        elif tag in ("cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            in_cell_styles = tag == "cellXfs"
        elif tag == "xf" and in_cell_styles:
            if found := formats.get(attributes.get("numFmtId", "")):
                styles[number] = found
            number += 1
    return styles


def _targets(book: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Give the parts that a part is related to, by the id of the relation; of the whole file the workbook."""
    folder, name = posixpath.split(part)
    content = read_part(book, posixpath.join(folder, "_rels", f"{name}.rels"))
    return {
        attributes.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))[1:]
        for tag, attributes in tags(content)
        if tag == "Relationship"
        and "Target" in attributes
        and (part or attributes.get("Type", "").endswith("/officeDocument"))
    }


def _local(name: str) -> str:
    return name.rpartition(":")[2]
