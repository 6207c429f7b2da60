"""Importing entries, rosters and targets: each bad row is named, each good one is understood."""

import csv
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mini_crm.domain.errors import BadData, BadFile, UsageError
from mini_crm.domain.model import Group, ImportRow, Lead, Manager, RosterRow, Status, Target
from mini_crm.domain.period import month_of, year_of
from mini_crm.i18n import Texts
from mini_crm.messages import sentence
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases import rosters
from mini_crm.usecases.cells import parse_file_amount
from mini_crm.usecases.foreign.headings import parse_mapping
from mini_crm.usecases.imports import EntryFile, read_entries
from mini_crm.usecases.plan import Wishes
from mini_crm.usecases.rejects import Reject, harmless, write_rejects
from mini_crm.usecases.rosters import Roster, check_size, read_roster, read_targets

TODAY = date(2026, 3, 5)
HEAD = "id,lead,group,manager,client_pin,amount,paid_amount,entered_on,pay_by,status,status_on,comment"
GOOD = {
    "id": "1",
    "lead": "Anna",
    "group": "North",
    "manager": "Boris",
    "client_pin": "007",
    "amount": "1234.5",
    "paid_amount": "",
    "entered_on": "2026-02-01",
    "pay_by": "2026-02-20",
    "status": "paid",
    "status_on": "2026-02-10",
    "comment": "call back",
}


def rows_file(folder: Path, *rows: dict[str, str], columns: str = HEAD) -> Path:
    """Write a CSV file of entries; cells that are not given are those of GOOD."""
    path = folder / "entries.csv"
    names = columns.split(",")
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(names)
        out.writerows([(GOOD | row)[name] for name in names] for row in rows)
    return path


def read(path: Path, *, source: str = "test", roster: Roster | None = None, mapping: str = "") -> EntryFile:
    """Read a file of entries on 5 March 2026."""
    return read_entries(path, Wishes(parse_mapping([mapping])), source=source, today=TODAY, roster=roster)


def only_reject(file: EntryFile) -> Reject:
    """Give the one bad row of a file that has no good one."""
    assert file.rows == ()
    (reject,) = file.rejects
    return reject


def test_good_row(tmp_path: Path) -> None:
    """Every column of a row is understood; the PIN keeps its zeros."""
    file = read(rows_file(tmp_path, {"paid_amount": "1000"}))
    (row,) = file.rows
    assert file.rejects == file.assumed == ()
    assert row == ImportRow(
        line=2,
        client_ref=row.client_ref,
        lead="Anna",
        group="North",
        manager="Boris",
        client_pin="007",
        amount=Decimal("1234.50"),
        paid_amount=Decimal("1000.00"),
        entered_on=date(2026, 2, 1),
        pay_by=date(2026, 2, 20),
        status=Status.PAID,
        status_on=date(2026, 2, 10),
        comment="call back",
    )


LOST = {"status": "Closed Lost", "amount": "", "status_on": "2026-02-10"}
WITH_REASON = "id,lead,manager,amount,entered_on,status,status_on,comment,Loss Reason"


@pytest.mark.parametrize("amount", ["", "0", "0.00", "0,00", "0 ₽"])
def test_a_refusal_may_have_no_amount(tmp_path: Path, amount: str) -> None:
    """A refused row without an amount, or with 0, is a refusal of amount 0; the plan says so."""
    file = read(rows_file(tmp_path, {"id": "1"}, LOST | {"id": "2", "amount": amount}))
    assert [(row.amount, row.status) for row in file.rows] == [
        (Decimal("1234.50"), Status.PAID),
        (0, Status.REFUSED),
    ]
    assert file.plan.without_amount == (3,)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"amount": "-5"}, "amount_not_positive"),
        ({"amount": "0.001"}, "amount_not_positive"),
        ({"amount": "нет"}, "amount_unreadable"),
        ({"amount": "0", "status": "paid"}, "amount_not_positive"),
        ({"amount": "", "status": "paid"}, "amount_missing"),
        ({"amount": "0", "status": "", "status_on": ""}, "amount_not_positive"),
    ],
)
def test_only_a_refusal_may_have_no_amount(tmp_path: Path, cells: dict[str, str], code: str) -> None:
    """Nothing but an empty amount or 0 is no amount, and an expected or a paid row needs one."""
    assert only_reject(read(rows_file(tmp_path, LOST | cells))).error.code == code


@pytest.mark.parametrize(
    ("told", "reason", "comment"),
    [
        ("Too\nexpensive ", "Too expensive", "call back"),
        ("", "", "call back"),
        ("x" * 100, "x" * 100, "call back"),
        ("x" * 101, "x" * 99 + "\u2026", "x" * 101 + "\ncall back"),
        ("\U0001f600" * 51, "\U0001f600" * 49 + "\u2026", "\U0001f600" * 51 + "\ncall back"),
    ],
)
def test_the_reason_of_a_refusal(tmp_path: Path, told: str, reason: str, comment: str) -> None:
    """The reason is kept beside the comment; one that is too long also stands in the comment, whole."""
    path = tmp_path / "entries.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(WITH_REASON.split(","))
        for row_id, status, amount in (("1", "Closed Lost", "0"), ("2", "Closed Won", "5")):
            out.writerow([row_id, "A", "B", amount, "2026-02-01", status, "2026-02-10", "call back", told])
    lost, won = read(path).rows
    assert (lost.reason, lost.comment) == (reason, comment)
    assert (won.reason, won.comment) == ("", "call back")


def test_only_four_columns_are_needed(tmp_path: Path) -> None:
    """With lead, manager, amount and entered_on alone an entry is expected, of the group Imported."""
    (row,) = read(rows_file(tmp_path, {}, columns="lead,manager,amount,entered_on")).rows
    assert (row.group, row.status, row.status_on, row.pay_by) == ("Imported", Status.EXPECTED, None, None)
    assert (row.client_pin, row.comment, row.paid_amount) == ("", "", None)


@pytest.mark.parametrize("missing", ["amount", "entered_on"])
def test_needed_columns(tmp_path: Path, missing: str) -> None:
    """A file without amount or day of entry is refused, and the column is named."""
    columns = ",".join(name for name in HEAD.split(",") if name != missing)
    with pytest.raises(BadFile) as caught:
        read(rows_file(tmp_path, {}, columns=columns))
    assert (caught.value.code, caught.value.data["columns"]) == ("file_no_column", missing)


@pytest.mark.parametrize(("there", "other"), [("lead", "manager"), ("manager", "lead")])
def test_a_sole_person_is_lead_and_manager(tmp_path: Path, there: str, other: str) -> None:
    """Where a file names one person only, that person is lead and manager."""
    file = read(rows_file(tmp_path, {there: "Pat"}, columns=f"id,{there},amount,entered_on"))
    assert (file.rows[0].lead, file.rows[0].manager) == ("Pat", "Pat")
    assert file.plan.understanding.headings.owner == other


def test_nobody_named(tmp_path: Path) -> None:
    """A file that names nobody is refused."""
    with pytest.raises(BadFile, match="file_no_column"):
        read(rows_file(tmp_path, {}, columns="id,amount,entered_on"))


def test_mapped_column_must_be_there(tmp_path: Path) -> None:
    """A column that the mapping names is wanted, also one that could be left out."""
    with pytest.raises(BadFile) as caught:
        read(rows_file(tmp_path, {}), mapping="comment=remark")
    assert caught.value.data["columns"] == "remark"


def test_mapping(tmp_path: Path) -> None:
    """Columns may be called something else."""
    path = tmp_path / "deals.csv"
    path.write_text("Deal,Boss,Seller,Sum,Made\n5,Anna,Boris,10,2026-01-02\n")
    mapping = "id=deal, lead=Boss,manager=seller,amount=Sum,entered_on=made"
    (row,) = read(path, mapping=mapping).rows
    assert (row.lead, row.manager, row.amount, row.entered_on) == ("Anna", "Boris", 10, date(2026, 1, 2))


@pytest.mark.parametrize(
    ("text", "code"),
    [("id", "map_unreadable"), ("id=", "map_unreadable"), ("=x", "map_unreadable"),
     ("sum=x", "map_unknown_name"), ("id=x,id=y", "map_twice")],
)  # fmt: skip
def test_bad_mapping(text: str, code: str) -> None:
    """A mapping that says nothing, something unknown or something twice is a wrong usage."""
    with pytest.raises(UsageError, match=code):
        parse_mapping([text])


def test_mapping_is_read() -> None:
    """Pairs are separated by commas; blanks and an empty pair do not matter."""
    assert parse_mapping([" id = deal no , lead=boss,"]) == {"id": "deal no", "lead": "boss"}


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"lead": " "}, "lead", "name_missing"),
        ({"manager": ""}, "manager", "name_missing"),
        ({"manager": "x" * 101}, "manager", "name_too_long"),
        ({"manager": "\U0001f600" * 51}, "manager", "name_too_long"),
        ({"group": "\ufb03" * 70}, "group", "name_too_long"),  # compared as "ffi", three for each
        ({"lead": "A\x07"}, "lead", "name_characters"),
        ({"amount": ""}, "amount", "amount_missing"),
        ({"amount": "0"}, "amount", "amount_not_positive"),
        ({"amount": "0.00"}, "amount", "amount_not_positive"),
        ({"amount": "-5"}, "amount", "amount_not_positive"),
        ({"amount": "1.234"}, "amount", "amount_ambiguous"),
        ({"amount": "1,234"}, "amount", "amount_ambiguous"),
        ({"amount": "5.125"}, "amount", "amount_ambiguous"),
        ({"amount": "10000000000.01"}, "amount", "amount_too_large"),
        ({"amount": "ten"}, "amount", "amount_unreadable"),
        ({"amount": "1E+05"}, "amount", "amount_unreadable"),
        ({"amount": "nan"}, "amount", "amount_unreadable"),
        ({"entered_on": ""}, "entered_on", "date_missing"),
        ({"entered_on": "31.02.2026"}, "entered_on", "date_impossible"),
        ({"entered_on": "2026-02-31"}, "entered_on", "date_impossible"),
        ({"entered_on": "yesterday"}, "entered_on", "date_unreadable"),
        ({"entered_on": "1926-02-01"}, "entered_on", "date_out_of_range"),
        ({"entered_on": "2026-03-06"}, "entered_on", "entered_in_future"),
        ({"pay_by": "2026-01-31"}, "pay_by", "pay_by_before_entry"),
        ({"pay_by": "2031-02-02"}, "pay_by", "pay_by_too_far"),
        ({"status_on": "2026-01-31"}, "status_on", "status_before_entry"),
        ({"status_on": "2026-03-06"}, "status_on", "status_in_future"),
        ({"status": "expected"}, "status_on", "status_on_without_status"),
        ({"status_on": "", "pay_by": ""}, "status_on", "status_on_missing"),
        ({"status_on": "", "pay_by": "2026-03-06"}, "pay_by", "status_in_future"),
        ({"paid_amount": "0"}, "paid_amount", "amount_not_positive"),
        ({"paid_amount": "5", "status": "refused"}, "paid_amount", "paid_amount_without_paid"),
        ({"client_pin": "x" * 101}, "client_pin", "pin_too_long"),
        ({"client_pin": "1\x012"}, "client_pin", "pin_characters"),
        ({"client_pin": "7,99912E+10"}, "client_pin", "cell_spoilt_number"),
        ({"client_pin": "7.99912e+10"}, "client_pin", "cell_spoilt_number"),
        ({"client_pin": "#N/A"}, "client_pin", "cell_excel_error"),
        ({"client_pin": "#Н/Д"}, "client_pin", "cell_excel_error"),
        ({"manager": "#ССЫЛКА!"}, "manager", "cell_excel_error"),
        ({"id": "1,23E+15"}, "id", "cell_spoilt_number"),
        ({"manager": "NULL"}, "manager", "name_missing"),
        ({"entered_on": "0000-00-00"}, "entered_on", "date_missing"),
        ({"comment": "x" * 10_000}, "comment", "comment_too_long"),
        ({"comment": "\x1b[2J"}, "comment", "comment_characters"),
        ({"id": " "}, "id", "id_missing"),
    ],
)
def test_bad_rows(tmp_path: Path, cells: dict[str, str], column: str, code: str) -> None:
    """Whatever is wrong with a row is named with its line and column, and the row is kept aside."""
    reject = only_reject(read(rows_file(tmp_path, cells)))
    assert (reject.line, reject.column, reject.error.code) == (2, column, code)
    assert len(reject.cells) == 12


def test_column_is_named_as_the_file_names_it(tmp_path: Path) -> None:
    """What is wrong is said with the file's own name of the column."""
    path = tmp_path / "deals.csv"
    path.write_text("lead,manager,Sum,entered_on\nAnna,Boris,-1,2026-01-02\n")
    assert only_reject(read(path, mapping="amount=sum")).column == "Sum"


def test_shifted_row(tmp_path: Path) -> None:
    """A row with more cells than the head is no row of this table."""
    path = tmp_path / "entries.csv"
    path.write_text("lead,manager,amount,entered_on\nAnna,Boris,1,234,2026-01-02\n")
    reject = only_reject(read(path))
    assert (reject.column, reject.error.code) == ("", "row_too_long")


def test_a_shifted_row_decides_nothing(tmp_path: Path) -> None:
    """A row with shifted cells has no say in what the words of the status and the days of others mean."""
    path = rows_file(tmp_path, {"entered_on": "03/04/2026", "pay_by": "", "status": "", "status_on": ""})
    with path.open("a", encoding="utf-8") as stream:
        stream.write("2,Anna,Group,Boris,42,1,1.5,25/02/2026,25/02/2026,,,Some,thing,else\n")
    file = read(path)
    assert file.plan.understanding.unknown_words == ()
    assert [[fault.error.code for fault in reject.faults] for reject in file.rejects] == [
        ["date_ambiguous"],
        ["row_too_long"],
    ]


def test_every_fault_of_a_row_is_told(tmp_path: Path) -> None:
    """One look at the rejects shows all that has to be mended, also where the roster decides the unit."""
    cells = {"id": "", "client_pin": "#N/A", "amount": "5 USD", "entered_on": "31.02.2026", "comment": "\x7f"}
    reject = only_reject(read(rows_file(tmp_path, cells), roster=roster(unit="EUR")))
    assert [fault.error.code for fault in reject.faults] == [
        "id_missing",
        "cell_excel_error",
        "amount_other_unit",
        "date_impossible",
        "comment_characters",
    ]


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        (["G,USD", "G USD,", "G USD,RUB"], [("G USD", "USD"), ("G USD", "USD"), ("G USD RUB", "RUB")]),
        (["G USD,RUB", "G,USD", "G,EUR"], [("G USD", "RUB"), ("G USD USD", "USD"), ("G EUR", "EUR")]),
    ],
)
def test_groups_of_units_never_mix(tmp_path: Path, rows: list[str], groups: list[tuple[str, str]]) -> None:
    """Also a group that happens to be called like one with the unit behind it counts one unit only."""
    path = tmp_path / "entries.csv"
    lines = "".join(f"A,{row},B,100,2026-03-05\n" for row in rows)
    path.write_text(f"lead,group,currency,manager,amount,entered_on\n{lines}")
    file = read(path, roster=Roster((), "RUB"))
    units = {row.group: row.unit for row in file.roster}
    assert [(row.group, units[row.group]) for row in file.rows] == groups


@pytest.mark.parametrize("total", ["Итого", "ИТОГО:", "Всего", "Grand total"])
def test_a_row_of_totals_is_no_sale(tmp_path: Path, total: str) -> None:
    """Totals below a table are not stored as the greatest sale of all, even if all their cells are filled."""
    file = read(rows_file(tmp_path, {}, {"id": "2", "lead": total, "manager": total, "amount": "9999"}))
    assert len(file.rows) == 1
    assert {fault.error.code for fault in file.rejects[0].faults} == {"name_of_total"}


def test_a_head_that_stands_there_again(tmp_path: Path) -> None:
    """Where pages or files were put together, their heads are no rows."""
    path = rows_file(tmp_path, {"id": "1"})
    path.write_text(path.read_text() + path.read_text().replace("\n1,", "\n2,"))
    file = read(path)
    assert ([row.line for row in file.rows], file.rejects) == ([2, 4], ())


def test_good_rows_beside_bad_ones(tmp_path: Path) -> None:
    """A bad row keeps no other from being taken."""
    file = read(rows_file(tmp_path, {"id": "1"}, {"id": "2", "amount": "-1"}, {"id": "3"}))
    assert [row.line for row in file.rows] == [2, 4]
    assert [reject.line for reject in file.rejects] == [3]


def test_id_twice(tmp_path: Path) -> None:
    """Of two rows with one id the later is refused, with the line of the first, also if that one was bad."""
    file = read(rows_file(tmp_path, {"id": "A"}, {"id": "A"}, {"id": "B", "amount": "x"}, {"id": "B"}))
    told = [(reject.line, reject.error.code, reject.error.data.get("first_line")) for reject in file.rejects]
    assert told == [(3, "id_twice", 2), (4, "amount_unreadable", None), (5, "id_twice", 4)]


@pytest.mark.parametrize(
    ("word", "status"),
    [("", Status.EXPECTED), ("Expected", Status.EXPECTED), ("Ожидаем", Status.EXPECTED),
     ("PAID", Status.PAID), ("оплачено", Status.PAID), (" refused ", Status.REFUSED),
     ("ОТКАЗ", Status.REFUSED)],
)  # fmt: skip
def test_status_words(tmp_path: Path, word: str, status: Status) -> None:
    """Statuses are known in English and Russian, whatever the case; empty is expected."""
    day = "" if status is Status.EXPECTED else GOOD["status_on"]
    (row,) = read(rows_file(tmp_path, {"status": word, "status_on": day})).rows
    assert row.status is status


def test_assumed_day(tmp_path: Path) -> None:
    """A paid or refused row without its day takes the promised day, and is listed as assumed."""
    file = read(rows_file(tmp_path, {}, {"id": "2", "status": "refused", "status_on": ""}))
    assert file.assumed == (3,)
    assert file.rows[1].status_on == date(2026, 2, 20)


def test_nothing_paid_is_no_paid_amount(tmp_path: Path) -> None:
    """A paid amount of zero in a row that is not paid says nothing."""
    (row,) = read(rows_file(tmp_path, {"status": "refused", "paid_amount": "0.0"})).rows
    assert row.paid_amount is None


@pytest.mark.parametrize(
    ("text", "amount"),
    [("20000.0", "20000.00"), ("1234.5", "1234.50"), ("1 234,50", "1234.50"), ("1096.000", "1096.00"),
     ("5.2500", "5.25"), ("1\u00a0234", "1234.00"), ("10000000000", "10000000000.00"), ("0.01", "0.01")],
)  # fmt: skip
def test_amounts_of_machines(text: str, amount: str) -> None:
    """Amounts as machines and spreadsheets write them are read where they have one reading."""
    assert str(parse_file_amount(text)) == amount


def keys(file: EntryFile) -> list[UUID]:
    """Give the keys of all good rows."""
    return [row.client_ref for row in file.rows]


def test_key_comes_from_source_and_id(tmp_path: Path) -> None:
    """The same source and id give the same key whatever else changed; another source or id another one."""
    first = keys(read(rows_file(tmp_path, {"id": "1"}, {"id": "2"})))
    again = keys(read(rows_file(tmp_path, {"id": "2", "amount": "9"}, {"id": "1", "comment": "new"})))
    other = keys(read(rows_file(tmp_path, {"id": "1"}, {"id": "2"}), source="other"))
    assert again == [first[1], first[0]]
    assert len({*first, *other}) == 4


def test_key_is_the_same_for_ever(tmp_path: Path) -> None:
    """Keys made by this version must be those of every later one, or imports would add everything again."""
    # SHA-1 of the 16 bytes of NAMESPACE and "test\n1", by sha1sum, with version and variant of RFC 9562, 5.5.
    assert keys(read(rows_file(tmp_path, {"id": "1"}))) == [UUID("2d2e7812-0f7d-5390-8994-be4b58e4fff3")]


NO_ID = HEAD.removeprefix("id,")


def test_key_without_id(tmp_path: Path) -> None:
    """Without ids, rows alike in what lasts are told apart by order; a new status makes no new entry."""
    first = keys(read(rows_file(tmp_path, {}, {}, {"amount": "7"}, columns=NO_ID)))
    later = {"status": "refused", "comment": "changed", "pay_by": "2026-02-28"}
    again = keys(read(rows_file(tmp_path, {"amount": "7"}, later, {}, columns=NO_ID)))
    assert len(set(first)) == 3
    assert again == [first[2], first[0], first[1]]


def roster(new_unit: str | None = None, unit: str = "RUB") -> Roster:
    """Give a roster of one manager: Anna / North / Boris."""
    group = Group(1, "North", unit, True, (Manager(1, "Boris", True),))
    return Roster([Lead(1, "Anna", True, True, False, False, 0, (group,))], new_unit)


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [({"lead": "Zoe"}, "lead", "roster_no_lead"), ({"group": "South"}, "group", "roster_no_group"),
     ({"manager": "Egor"}, "manager", "roster_no_manager")],
)  # fmt: skip
def test_names_not_in_the_roster(tmp_path: Path, cells: dict[str, str], column: str, code: str) -> None:
    """A name that the roster lacks is refused, and it is said which one."""
    reject = only_reject(read(rows_file(tmp_path, cells), roster=roster()))
    assert (reject.column, reject.error.code) == (column, code)


def test_names_of_the_roster(tmp_path: Path) -> None:
    """Names are found whatever their case and blanks."""
    file = read(
        rows_file(tmp_path, {"lead": " ANNA", "group": "north", "manager": "boris "}), roster=roster()
    )
    assert len(file.rows) == 1
    assert file.roster == ()


def test_creating_the_roster(tmp_path: Path) -> None:
    """If wanted, what is missing is listed once for creation; bad rows create nobody."""
    path = rows_file(
        tmp_path,
        {"id": "1"},
        {"id": "2", "manager": "Egor"},
        {"id": "3", "lead": "Zoe", "group": ""},
        {"id": "4", "lead": "zoe", "group": "imported"},
        {"id": "5", "lead": "Bad", "amount": "-1"},
    )
    file = read(path, roster=roster("USD"))
    assert file.roster == (
        RosterRow("Anna", "North", "Egor", "RUB"),
        RosterRow("Zoe", "Imported", "Boris", "USD"),
    )


@pytest.mark.parametrize(("amount", "code"), [("2.50", "amount_not_whole"), ("5 USD", "amount_other_unit")])
def test_unit_of_the_group(tmp_path: Path, amount: str, code: str) -> None:
    """A group of pieces takes whole numbers of nothing else."""
    reject = only_reject(read(rows_file(tmp_path, {"amount": amount}), roster=roster(unit="pcs")))
    assert reject.error.code == code


# A sign that does not exist is no proof of UTF-8, see test_tables.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cn"], exclude_characters="\0"), max_size=12
)
plausible = st.fixed_dictionaries(
    {
        "id": texts,
        "lead": st.sampled_from(["Anna", "", "Ёлкина"]) | texts,
        "amount": st.sampled_from(["1", "1,5", "-1", "1.234", "1e3"]) | texts,
        "entered_on": st.sampled_from(["2026-02-01", "31.02.2026", "05.03.2026"]) | texts,
        "pay_by": st.sampled_from(["2026-02-01", ""]) | texts,
        "status": st.sampled_from(["paid", "refused", "expected", ""]),
        "status_on": st.sampled_from(["2026-02-01", ""]) | texts,
        "comment": texts,
    }
)


@given(st.lists(plausible, max_size=6))
def test_whatever_a_file_holds(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> None:
    """Each row is either taken and keeps every rule, or refused by name; none is lost, no key comes twice."""
    file = read(rows_file(tmp_path_factory.mktemp("entries"), *rows))
    lines = [row.line for row in file.rows] + [reject.line for reject in file.rejects]
    assert len(lines) == len(set(lines)) == len(rows)
    assert len(set(keys(file))) == len(file.rows)
    for row in file.rows:
        assert row.lead.strip()
        assert (0 if row.status is Status.REFUSED else Decimal("0.01")) <= row.amount <= 10**10
        assert row.entered_on <= TODAY
        assert row.pay_by is None or row.pay_by >= row.entered_on
        if row.status is Status.EXPECTED:
            assert row.status_on is None
        else:
            assert row.status_on is not None
            assert row.entered_on <= row.status_on <= TODAY


# ---- rejects


@pytest.mark.parametrize("text", ["=1+1", "+7 999", "-5", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_formulas_are_made_harmless(text: str) -> None:
    """Text that a spreadsheet would run gets an apostrophe in front."""
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "5", "Anna", "a=b", "“5”"])
def test_other_text_stays(text: str) -> None:
    """Other text is written as it is."""
    assert harmless(text) == text


def test_rejects_file(tmp_path: Path) -> None:
    """Bad rows are written with line, reason and their cells, and a mended file can be imported again."""
    source = read(rows_file(tmp_path, {"id": "1", "amount": "-5", "comment": '=cmd|"x"'}, {"id": "2"}))
    path = tmp_path / "bad.csv"
    write_rejects(path, ("Line", "Reason", *source.columns), source.rejects, lambda r: f"={r.error.code}")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head, row = csv.reader(stream, delimiter=";")
    assert head == ["Line", "Reason", *HEAD.split(",")]
    assert row[:3] == ["2", "'=amount_not_positive", "1"]
    assert (row[7], row[13]) == ("'-5", '\'=cmd|"x"')
    path.write_text(path.read_text("utf-8-sig").replace("'-5", "5"), encoding="utf-8")
    (mended,) = read(path).rows
    assert (mended.amount, mended.client_ref) == (5, keys(read(rows_file(tmp_path, {"id": "1"})))[0])


def test_rejects_file_cannot_be_written(tmp_path: Path) -> None:
    """A folder that is not there is said by name."""
    with pytest.raises(BadFile, match="file_not_writable"):
        write_rejects(tmp_path / "none" / "bad.csv", ["Line"], [], str)


# ---- roster and targets


@pytest.mark.parametrize(
    "text",
    ["2026-11", "ноя.26", "Nov-26", "ноя 26", "Ноябрь 2026", "ноябрь 2026 г.", "November 2026", "2026-11-01",
     "2026-11-01T00:00:00", "01.11.2026", "01.11.2026 0:00"],
)  # fmt: skip
def test_months_as_a_spreadsheet_writes_them(tmp_path: Path, text: str) -> None:
    """A period that a spreadsheet has turned into a day or a name of a month is that month."""
    targets, rejects = read_targets(csv_file(tmp_path, f"period,amount\n{text},5\n"), default_unit="RUB")
    assert ([target.period.code for target in targets], rejects) == (["2026-11"], [])


@pytest.mark.parametrize("text", ["2026-11-02", "11.2026", "26 ноя", "Now-26", "4 кв. 2026"])
def test_what_is_no_month(tmp_path: Path, text: str) -> None:
    """Another day than the first, and other words, are no period."""
    targets, rejects = read_targets(csv_file(tmp_path, f"period,amount\n{text},5\n"), default_unit="RUB")
    assert (targets, [reject.error.code for reject in rejects]) == ([], ["period_unreadable"])


def csv_file(folder: Path, text: str) -> Path:
    """Write a file."""
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_roster(tmp_path: Path) -> None:
    """A row for each manager; without a unit the company's currency counts."""
    path = csv_file(
        tmp_path, "Lead;Group;Manager;Unit\nАнна ;Север;Борис  Б.;\nАнна;Юг;Егор;PCS\nZoe;X;Y;usd\n"
    )
    assert read_roster(path, default_unit="RUB") == (
        [
            RosterRow("Анна", "Север", "Борис Б.", "RUB"),
            RosterRow("Анна", "Юг", "Егор", "pcs"),
            RosterRow("Zoe", "X", "Y", "USD"),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("Anna,North,,", "manager", "name_missing"),
        ("anna,NORTH,boris,", "manager", "row_twice"),
        ("Anna,North,Egor,USD", "unit", "group_two_units"),
        ("Anna,South,Egor,roubles", "unit", "unit_unknown"),
        ("Anna,South,Egor,,extra", "", "row_too_long"),
    ],
)
def test_bad_roster(tmp_path: Path, row: str, column: str, code: str) -> None:
    """A bad row of a roster is named with line and column."""
    path = csv_file(tmp_path, f"lead,group,manager,unit\nAnna,North,Boris,\n{row}\n")
    (bad,) = read_roster(path, default_unit="RUB")[1]
    assert (bad.line, bad.column, bad.error.code) == (3, column, code)


def test_roster_without_rows(tmp_path: Path) -> None:
    """A roster of nobody is refused: it would deactivate everybody."""
    with pytest.raises(BadFile, match="file_no_rows"):
        read_roster(csv_file(tmp_path, "lead,group,manager\n"), default_unit="RUB")


def test_targets(tmp_path: Path) -> None:
    """A row without a lead is the company's; unit and lead may be left out."""
    path = csv_file(tmp_path, "period,lead,unit,amount\n2026-03,,,1 000 000\n2026,Anna,pcs,12\n")
    assert read_targets(path, default_unit="RUB") == (
        [
            Target(month_of(TODAY), None, "RUB", Decimal("1000000.00")),
            Target(year_of(TODAY), "Anna", "pcs", Decimal("12.00")),
        ],
        [],
    )


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("March,,,5", "period", "period_unreadable"),
        ("2026-03,,,0", "amount", "amount_not_positive"),
        ("2026-03,,,", "amount", "amount_missing"),
        ("2026-03,,pcs,1.5", "amount", "amount_not_whole"),
        ("2026-3,,,5", "period", "period_unreadable"),
        ("2026-02,,RUB,7", "period", "row_twice"),
    ],
)
def test_bad_targets(tmp_path: Path, row: str, column: str, code: str) -> None:
    """A bad row of targets is named with line and column."""
    path = csv_file(tmp_path, f"period,lead,unit,amount\n2026-02,,,5\n{row}\n")
    (bad,) = read_targets(path, default_unit="RUB")[1]
    assert (bad.line, bad.column, bad.error.code) == (3, column, code)


def roster_of(leads: int) -> list[RosterRow]:
    """Make a roster of so many leads, each with a group of one manager."""
    return [RosterRow(f"L{n}", "G", "M", "RUB") for n in range(leads)]


def lead(name: str) -> Lead:
    """Make a lead without groups, as the database has it."""
    return Lead(1, name, True, True, False, False, 0, ())


@pytest.mark.parametrize(
    ("stored", "rows"),
    [
        ((), roster_of(65_536)),
        ((lead("Another"),), roster_of(65_535)),
        ((), [RosterRow("Anna", f"G{n}", "M", "RUB") for n in range(65_536)]),
    ],
    ids=["leads", "leads with stored ones", "groups"],
)
def test_a_roster_past_the_limits(stored: tuple[Lead, ...], rows: list[RosterRow]) -> None:
    """One more than 65,535 leads or groups is refused with the limits, those of the managers too."""
    with pytest.raises(BadData) as caught:
        check_size(stored, rows)
    assert caught.value.code == "roster_too_large"
    limits = [caught.value.data[f"max_{name}"] for name in ("leads", "groups", "managers")]
    assert limits == [65_535, 65_535, 1_048_575]


def test_a_roster_at_the_limit() -> None:
    """65,535 leads fit, also when they are stored already."""
    check_size((), roster_of(65_535))
    check_size((lead("l7"),), roster_of(65_535))


def test_managers_past_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Managers are counted each in their group, stored or not."""
    monkeypatch.setattr(rosters, "MAX_MANAGERS", 3)
    rows = [RosterRow("L", group, manager, "RUB") for group in "AB" for manager in "XY"]
    check_size((), rows[:3])
    with pytest.raises(BadData):
        check_size((), rows)


ODD_CELLS = [
    "9" * 5000, "1" + "0" * 400, str(2**63), "-1", "0", "nan", "inf", "1e9", "1e-9", "\u0661\u0662", "1,234",
    "0001-01-01", "9999-12-31", "2000-01-01", "2100-12-31", "2026-02-30", "2026-Q9", "2000-01-01..2100-12-31",
    "paid", "RUB", "pcs", "=1+1", " ", "\x00", "\ufffe", "\u202e", "a\u200db", "\u3164", "x" * 100_000,
]  # fmt: skip
CELLS = st.one_of(
    st.sampled_from(ODD_CELLS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)  # fmt: skip


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.dictionaries(st.sampled_from(HEAD.split(",")), CELLS, max_size=3), min_size=1, max_size=5))
def test_any_cell_is_stored_or_rejected(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    """Whatever the cells of a file hold, each row is stored as it was read or rejected with a reason."""
    path = rows_file(tmp_path, *rows)
    store = SqliteStore.create(tmp_path / f"{uuid4()}.sqlite")
    try:
        with suppress(BadFile):
            file = read(path, roster=Roster((), "RUB"))
            assert len(file.rows) + len(file.rejects) <= len(rows)
            assert all(sentence(reject.error, Texts("en")) for reject in file.rejects)
            done = store.import_entries("test", file.rows, "test", roster=file.roster)
            assert done.added == len(file.rows)
        with suppress(BadData):
            managers, _ = read_roster(path, default_unit="RUB")
            store.apply_roster(managers, "test", complete=False)
        with suppress(BadData):
            path.write_text(path.read_text("utf-8").replace("entered_on", "period", 1), "utf-8")
            targets, _ = read_targets(path, default_unit="RUB")
            store.set_targets(targets, "test")
    finally:
        store.close()
