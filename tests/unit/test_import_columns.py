"""Reading by columns gives what reading by rows and by the letter of the rule gives."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.errors import BadValue
from mini_crm.domain.money import round_amount
from mini_crm.domain.rules import name_key, utf16_length
from mini_crm.usecases.entry_keys import NAMESPACE, EntryKeys
from mini_crm.usecases.foreign.signs import survey_signs
from mini_crm.usecases.imports import EntryFile, read_entries
from mini_crm.usecases.rejects import Reject

TODAY = date(2026, 3, 5)
HEAD = ["id", "lead", "group", "manager", "client_pin", "amount", "paid_amount", "entered_on", "pay_by",
        "status", "status_on", "comment"]  # fmt: skip

days = st.dates(date(2025, 1, 1), TODAY + timedelta(days=3)).map(lambda day: f"{day:%d.%m.%Y}")
rows_of_cells = st.tuples(
    st.sampled_from(["Анна", " анна ", "Борис", "", "итого", "'=Анна"]),
    st.sampled_from(["", "Север", "север "]),
    st.sampled_from(["Пётр", "Зоя", "#N/A", "NULL"]),
    st.sampled_from(["", "0042", "7,9E+10", "а\u0301", "\u0301", "К" * 101, "'+7999", "\\N"]),
    st.sampled_from(["100", "100.50", "7.125", "0", "", "-5", "1 000.00", "99999999999", "12 USD"]),
    st.sampled_from(["", "0", "50.25", "1000.5"]),
    st.one_of(days, st.sampled_from(["", "31.02.2026", "NULL"])),
    st.one_of(days, st.sampled_from(["", "0000-00-00", "вчера"])),
    st.sampled_from(["expected", "paid", "refused", "Paid"]),
    st.one_of(days, st.just("")),
    st.sampled_from(["", "Дорого", "две\nстроки", "x" * 501]),
)  # fmt: skip


def read(folder: Path, rows: list[list[str]]) -> EntryFile:
    """Read rows as a file of their own."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEAD)
    writer.writerows(rows)
    path = folder / "entries.csv"
    path.write_text(out.getvalue(), "utf-8", newline="")
    return read_entries(path, source="s", today=TODAY, unit="RUB")


def faults_of(reject: Reject) -> list[tuple[str, str]]:
    """Give what is wrong with a row, and in which columns."""
    return [(fault.column, fault.error.code) for fault in reject.faults]


@given(st.lists(rows_of_cells, min_size=1, max_size=12))
def test_row_among_others(tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, ...]]) -> None:
    """A row means the same among others, and has the same faults, as in a file of its own."""
    folder = tmp_path_factory.mktemp("files")
    rows = [[str(number), *row] for number, row in enumerate(cells, 1)]
    # Never wrong: it proves for its column that a point begins the fraction.
    proof = ["0", "Анна", "", "Пётр", "", "1.5", "", "2025-01-01", "2025-02-01", "expected", "", ""]
    whole = read(folder, [proof, *rows])
    told = {row.client_ref: row for row in whole.rows}
    rejected = {
        reject.cells[0]: [(f.column, f.error.code) for f in reject.faults] for reject in whole.rejects
    }
    for row in rows:
        alone = read(folder, [proof, row])
        mine = [one for one in alone.rows if one.line > 2]
        for one in mine:
            among = told[one.client_ref]
            assert [getattr(one, name) for name in HEAD[1:]] == [getattr(among, name) for name in HEAD[1:]]
        faults = [fault for reject in alone.rejects for fault in faults_of(reject)]
        assert rejected.get(row[0], []) == faults
        assert bool(faults) != bool(mine)


def test_two_faults_of_days(tmp_path: Path) -> None:
    """A promise and an outcome before the day of entry are told both, the promise first."""
    row = ["1", "A", "", "M", "", "5", "", "2026-03-01", "2026-02-01", "paid", "2026-02-02", ""]
    (reject,) = read(tmp_path, [row]).rejects
    assert faults_of(reject) == [("pay_by", "pay_by_before_entry"), ("status_on", "status_before_entry")]


@given(st.text(max_size=30), st.text(max_size=30))
def test_keys(source: str, row_id: str) -> None:
    """The key of a row with an id is the UUID of version 5 of source and id."""
    try:
        f"{source}\n{row_id}".encode()
    except UnicodeEncodeError:
        return
    assert EntryKeys(source).of_id(row_id) == uuid5(NAMESPACE, f"{source}\n{row_id}")


@given(st.one_of(st.text(max_size=40), st.text(st.characters(max_codepoint=127), max_size=40)))
def test_name_keys(text: str) -> None:
    """Names are compared by canonical caseless matching, plain ones too."""
    folded = unicodedata.normalize("NFD", " ".join(text.split())).casefold()
    assert name_key(text) == unicodedata.normalize("NFC", folded)
    assert utf16_length(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.from_regex(r"[0-9]{1,12}([.,][0-9]{0,4})?", fullmatch=True), st.sampled_from([".", ",", None]))
def test_plain_amounts(text: str, decimal: str | None) -> None:
    """A plain number is what it is with a currency behind it, which no short way takes."""
    assert _rounded(text, decimal) == _rounded(f"{text} RUB", decimal)


@given(st.integers(1, 10**12 - 1))
def test_amounts_of_machines(minor: int) -> None:
    """Hundredths with a point are read as they are written."""
    exact = (Decimal(minor) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert round_amount(str(exact), decimal=".") == (exact, False)


@given(st.from_regex(r"[0-9]{1,7}[.,][0-9]{1,2}", fullmatch=True))
def test_sign_of_cents(text: str) -> None:
    """One or two digits behind a sign prove that it begins the fraction, as they do in a longer text."""
    sign = "." if "." in text else ","
    assert survey_signs([(2, text)], None).value == survey_signs([(2, f"RUB {text}")], None).value == sign


def _rounded(text: str, decimal: str | None) -> object:
    try:
        return round_amount(text, decimal=decimal)
    except BadValue as error:
        return error.code
