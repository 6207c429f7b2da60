"""Files that nobody can read, made so or become so by accident: refused soon and in little memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest

from unit.table_files import HEAD_ROW, cost_of_reading, lie_about_sizes, write_ods, write_xlsx

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures as Linux does")

SECONDS, MEGABYTES = 5, 300
MEGABYTE = b"a" * 2**20


def many(piece: bytes, times: int) -> Iterator[bytes]:
    """Give a piece so many times, in larger pieces."""
    together = piece * 10_000
    for _ in range(times // 10_000):
        yield together
    yield piece * (times % 10_000)


def long_cell(*, megabytes: int) -> Iterator[bytes]:
    """Give a row with a cell of so many megabytes."""
    yield HEAD_ROW + b'<row r="2"><c r="A2" t="inlineStr"><is><t>'
    for _ in range(megabytes):
        yield MEGABYTE
    yield b"</t></is></c></row>"


def last_cell(address: bytes) -> list[bytes]:
    """Give the head and one cell far away."""
    row = address.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return [HEAD_ROW, b'<row r="%b"><c r="%b"><v>1</v></c></row>' % (row, address)]


TEXT_CELL = b'<c t="inlineStr"><is><t>a</t></is></c>'
ODS_ROW = b"<table:table-row%b><table:table-cell%b><text:p>x</text:p></table:table-cell></table:table-row>"
STRING = b' office:value-type="string"'

WORKBOOKS: dict[str, Callable[[Path], Path]] = {
    "row 2,000,000,000": lambda path: write_xlsx(path, last_cell(b"A2000000000")),
    "row 2,000,000,000 at the right": lambda path: write_xlsx(path, last_cell(b"XFD2000000000")),
    "two far corners": lambda path: write_xlsx(path, last_cell(b"XFD1048576")),
    "20 million empty rows": lambda path: write_xlsx(path, many(b"<row/>", 20_000_000)),
    "20 million strings": lambda path: write_xlsx(path, [HEAD_ROW], strings=many(b"<si/>", 20_000_000)),
    "a cell of 1.5 GB": lambda path: write_xlsx(path, long_cell(megabytes=1500)),
    "a cell of 120 MB": lambda path: write_xlsx(path, long_cell(megabytes=120)),
    "a million columns": lambda path: write_xlsx(
        path, [b'<row r="1">', *many(TEXT_CELL, 1_000_000), b"</row>"]
    ),
    "two million rows": lambda path: write_xlsx(
        path, many(b"<row><c><v>1</v></c><c><v>2</v></c></row>", 2_000_000)
    ),
    "one string a million times": lambda path: write_xlsx(
        path,
        many(b"<row>" + b'<c t="s"><v>0</v></c>' * 100 + b"</row>", 10_000),
        strings=[b"<si><t>", b"a" * 32_000, b"</t></si>"],
    ),
    "a zip bomb": lambda path: write_xlsx(path, [HEAD_ROW, *[b" " * 2**20] * 400]),
    "a zip bomb that lies": lambda path: lie_about_sizes(write_xlsx(path, [b" " * 2**20] * 400)),
    "tags without an end": lambda path: write_xlsx(path, [HEAD_ROW, *many(b"<row ", 10_000_000)]),
    "ods, a row 2,000,000,000 times": lambda path: write_ods(
        path, [ODS_ROW % (b' table:number-rows-repeated="2000000000"', STRING)]
    ),
    "ods, 20 million rows": lambda path: write_ods(path, many(b"<table:table-row/>", 20_000_000)),
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_hostile_workbooks(tmp_path: Path, kind: str) -> None:
    """A workbook that asks for too much is refused within 5 s of processor time and 300 MB."""
    path = WORKBOOKS[kind](tmp_path / "book.xlsx")
    cost = cost_of_reading(path)
    assert cost.said in ("file_too_large", "file_broken_excel"), cost
    assert cost.seconds < SECONDS, cost
    assert cost.megabytes < MEGABYTES, cost


CSV: dict[str, Callable[[], Iterator[bytes]]] = {
    "20 million empty rows": lambda: chain([b"lead,amount\n"], many(b",\n", 20_000_000)),
    "a cell of many lines": lambda: chain([b'lead,amount\n"'], many(b"a\n", 3_000_000)),
    "a million columns": lambda: (b"c%d," % number for number in range(1_000_000)),
    "a row of a million cells": lambda: chain([b"lead,amount\n"], many(b",", 1_000_000)),
}


@pytest.mark.parametrize("kind", ["a cell of 1.5 GB", *CSV])
def test_hostile_csv(tmp_path: Path, kind: str) -> None:
    """A CSV file that no program could have filled is refused within 5 s and 300 MB."""
    path = tmp_path / "table.csv"
    with path.open("wb") as file:
        if kind in CSV:
            file.writelines(CSV[kind]())
        else:  # the rest of it takes no room on the disk
            file.writelines([b'lead,amount\n"', *[MEGABYTE] * 20])
            file.truncate(1_500_000_000)
    cost = cost_of_reading(path)
    assert cost.said == "file_too_large", cost
    assert cost.seconds < SECONDS, cost
    assert cost.megabytes < MEGABYTES, cost
