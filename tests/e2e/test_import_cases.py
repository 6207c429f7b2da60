"""Files as people really have them, through the command: what is stored, what is refused and what is said.

The files of ``tests/cases`` are small, after public reports and exports; people and sums are made up.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from e2e.programs import start_of

CASES = Path(__file__).parents[1] / "cases"


class Importer:
    """Imports files into a database of its own, in Moscow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "company.sqlite"
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith("MINI_CRM_")}
        self.environ |= {
            "MINI_CRM_DATABASE": f"sqlite:///{self.database}",
            "MINI_CRM_LOG_DIR": str(folder / "logs"),
            "MINI_CRM_LANGUAGE": "en",
            "PYTHONUTF8": "1",
            "TZ": "Europe/Moscow",
        }

    def __call__(
        self, *arguments: object, program: str = "mini-crm-admin", command: str = "import-entries"
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end; a case is copied first, since rejected rows go beside the file."""
        arguments = tuple(
            self._copied(a) if isinstance(a, Path) and CASES in a.parents else a for a in arguments
        )
        return subprocess.run(
            [*start_of(program), *([command] if program == "mini-crm-admin" else []), *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            env=self.environ,
            cwd=self.folder,
        )

    def _copied(self, case: Path) -> Path:
        return Path(shutil.copy(case, self.folder / case.name))

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        """Give what is stored, in order of entry; amounts are in hundredths."""
        if not self.database.exists():
            return []
        query = (
            f"SELECT {columns} FROM Entry AS e JOIN Manager AS m USING (ManagerId) "
            "JOIN SalesGroup AS g ON g.GroupId = e.GroupId JOIN Lead AS l ON l.LeadId = e.LeadId "
            "ORDER BY EntryId"
        )
        with closing(sqlite3.connect(self.database)) as conn:
            return conn.execute(query).fetchall()


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    """Give a fresh company."""
    return Importer(tmp_path)


STATUS = "CASE e.Status WHEN 0 THEN 'expected' WHEN 1 THEN 'paid' WHEN 2 THEN 'refused' END"


def days(importer: Importer) -> list[str]:
    """Give the days of entry that are stored."""
    return [row[0] for row in importer.rows("date(e.EnteredOn * 86400, 'unixepoch')")]


def statuses(importer: Importer) -> list[str]:
    """Give the statuses that are stored."""
    return [row[0] for row in importer.rows(STATUS)]


def amounts(importer: Importer) -> list[int]:
    """Give the amounts that are stored, in hundredths."""
    return [row[0] for row in importer.rows("e.Amount")]


@pytest.mark.parametrize(
    ("case", "exit_code", "stored"),
    [
        ("d03", 7, []),
        ("d04", 0, ["2026-03-05", "2026-03-06"]),
        ("d05", 0, ["2026-03-05", "2026-03-06"]),
        ("d07", 0, ["2026-03-05", "2025-12-31"]),
        ("d08", 0, ["2026-03-05", "2026-03-05"]),
        ("d09", 0, ["2026-03-05", "2026-03-05"]),
        ("d10", 7, []),
        ("d12", 0, ["2026-03-05", "2025-12-31"]),
        ("d15", 7, ["2024-02-29"]),
    ],
)
def test_days(importer: Importer, case: str, exit_code: int, stored: list[str]) -> None:
    """Days of a foreign form are stored as they are meant; what has two readings is not stored."""
    done = importer(CASES / f"{case}.csv", "--create-roster")
    assert (done.returncode, days(importer)) == (exit_code, stored), done.stderr


def test_doubtful_days_name_the_option(importer: Importer) -> None:
    """Where no row proves the order of day and month, the option is named; with it they are stored."""
    done = importer(CASES / "d03.csv", "--create-roster")
    assert "--dates dmy or --dates mdy" in done.stderr
    assert importer(CASES / "d03.csv", "--create-roster", "--dates", "mdy").returncode == 0
    assert days(importer) == ["2026-03-04", "2026-05-06"]


@pytest.mark.parametrize(
    ("case", "options", "exit_code", "stored"),
    [
        ("a01", (), 0, [123456, 123456, 123456, 1250000, 123450]),
        ("a03", ("--unit", "USD"), 0, [2104200, 2535000, 104796, 15793]),
        ("a04", (), 7, []),
        ("a06", (), 7, []),
        ("a07", (), 7, []),
        ("a09", (), 7, []),
        ("a09", ("--unit", "USD"), 0, [2270000, 960000]),
    ],
)
def test_amounts(
    importer: Importer, case: str, options: tuple[str, ...], exit_code: int, stored: list[int]
) -> None:
    """Amounts are stored as they are meant, or not at all."""
    done = importer(CASES / f"{case}.csv", "--create-roster", *options)
    assert (done.returncode, amounts(importer)) == (exit_code, stored), done.stderr


def test_another_currency_names_the_option(importer: Importer) -> None:
    """That the group would count in another currency is said once for all rows, with the option."""
    done = importer(CASES / "a09.csv", "--create-roster")
    assert "2 rows, first in line 2" in done.stderr
    assert "--unit USD" in done.stderr


@pytest.mark.parametrize(
    ("case", "exit_code", "stored"),
    [
        ("s02", 0, ["paid", "refused", "expected"]),
        ("s04", 0, ["paid", "refused", "expected"]),
        ("s06", 0, ["paid", "paid", "refused", "paid"]),
        ("s07", 0, ["paid", "expected", "expected"]),
        ("s08", 7, ["paid"]),
        ("s09", 7, []),
    ],
)
def test_statuses(importer: Importer, case: str, exit_code: int, stored: list[str]) -> None:
    """Words of other systems are taken for what they mean."""
    done = importer(CASES / f"{case}.csv", "--create-roster")
    assert (done.returncode, statuses(importer)) == (exit_code, stored), done.stderr


def test_an_unknown_word_stops_everything(importer: Importer) -> None:
    """Nothing is stored while a word is unknown; the option that is offered can be copied and is enough."""
    path = importer.folder / "deals.csv"
    path.write_text(
        "id;manager;amount;entered_on;status;status_on\n1;Pat;5;2025-03-05;Won;2025-03-06\n"
        "2;Pat;5;2025-03-05;Думает, но хочет;\n3;Pat;5;2025-03-05;Звонили;\n4;Pat;5;2025-03-05;звонили;\n"
    )
    done = importer(path, "--create-roster")
    assert (done.returncode, importer.database.exists()) == (7, False)
    option = done.stderr[done.stderr.index("--status '") :].splitlines()[0]
    assert option == "--status 'expected=Звонили,\"Думает, но хочет\"'"
    assert importer(path, "--create-roster", "--status", option[len("--status '") : -1]).returncode == 0
    assert statuses(importer) == ["paid", "expected", "expected", "expected"]


def test_a_row_without_manager(importer: Importer) -> None:
    """The row without manager is rejected, the other stored."""
    done = importer(CASES / "o02.csv", "--create-roster")
    assert (done.returncode, importer.rows("m.Name, e.ClientPin")) == (7, [("Глеб Белов", "000124")])


def test_spoilt_pins(importer: Importer) -> None:
    """PINs of which Excel has lost the last digits are no clients."""
    done = importer(CASES / "o05.csv", "--create-roster")
    assert (done.returncode, importer.rows("e.ClientPin")) == (7, [])
    assert "2 rows, first in line 2: client_pin: “7,99912E+10”" in done.stderr


def test_the_same_id_twice(importer: Importer) -> None:
    """Of two rows with one id the first is stored."""
    assert importer(CASES / "o06.csv", "--create-roster").returncode == 7
    assert amounts(importer) == [10000]


def test_an_export_of_amocrm(importer: Importer) -> None:
    """The won deal is paid on its day, the open one expected, without any option."""
    done = importer(CASES / "o07.csv", "--create-roster")
    found = importer.rows(f"m.Name, {STATUS}, date(e.StatusOn * 86400, 'unixepoch'), e.Amount")
    assert found == [
        ("Пётр Орлов", "paid", "2026-03-20", 10000000), ("Глеб Белов", "expected", None, 5000000),
    ], done.stderr  # fmt: skip
    assert "backtest" in done.stdout


def test_nothing_was_resolved_lately(importer: Importer) -> None:
    """What was resolved two years ago makes no win rate: beside "0 of 0" the report says none."""
    assert importer(CASES / "z01.csv", "--create-roster").returncode == 0
    report = importer.folder / "report.xlsx"
    ran = importer("--report", report, program="execer")
    assert ran.returncode == 0, ran.stderr
    rates = 0
    for sheet in openpyxl.load_workbook(report):
        for row in sheet.iter_rows(values_only=True):
            for cell, behind in pairwise(row):
                if behind == "0 of 0":
                    rates += 1
                    assert cell is None, (sheet.title, row)
    assert rates >= 3


def test_lost_deals_without_a_price(importer: Importer) -> None:
    """They are stored as refusals of amount 0 with their reason, and the plan says how many there are."""
    path = importer.folder / "deals.csv"
    path.write_text(
        "id;manager;client_pin;amount;entered_on;status;status_on;Причина отказа\n"
        "1;Пётр;1;100;2025-03-05;оплачено;2025-03-06;\n"
        f"2;Пётр;{'К' * 100};;2025-03-05;отказ;2025-03-07;Дорого\n"
        "3;Пётр;3;0;2025-03-05;отказ;2025-03-07;\n",
        encoding="utf-8",
    )
    done = importer(path, "--create-roster")
    assert done.returncode == 0, done.stderr
    assert "2 refusals without an amount count as refusals only, first in line 3" in done.stdout
    assert importer.rows(f"{STATUS}, e.Amount, e.Reason, length(e.ClientPin)") == [
        ("paid", 10000, "", 1), ("refused", 0, "Дорого", 100), ("refused", 0, "", 1),
    ]  # fmt: skip


AS_PUBLISHED = [
    ("paid", "2025-03-06", "2025-03-25", None, 1200000),
    ("refused", "2025-03-06", "2025-04-08", None, 250050),
    ("expected", "2025-03-17", None, "2025-06-02", 700000),
]
OTHERS: dict[str, Callable[[list[Any]], list[Any]]] = {
    # Systems that keep the promised day beside the day of the outcome, or no promised day at all.
    "pipedrive": lambda rows: [(*rows[0][:3], "2025-03-20", rows[0][4]), *rows[1:]],
    "odoo": lambda rows: [(*rows[0][:3], "2025-03-20", rows[0][4]), *rows[1:]],
    "dynamics": lambda rows: [
        (*rows[0][:3], "2025-03-20", rows[0][4]),
        (*rows[1][:3], "2025-04-30", rows[1][4]),
        rows[2],
    ],
    "amocrm": lambda rows: [rows[0], (*rows[1][:4], 250000), (*rows[2][:3], None, rows[2][4])],
    "1c": lambda rows: [rows[0], rows[1], (*rows[2][:3], None, rows[2][4])],
}
SYSTEMS = sorted((CASES / "systems").glob("*.csv"))


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.stem)
def test_a_file_of_each_known_system(importer: Importer, path: Path) -> None:
    """A file in the published form goes in with its outcomes, with no option but --create-roster."""
    done = importer(path, "--create-roster", "--json")
    assert done.returncode == 0, done.stderr
    day = "date(e.{0} * 86400, 'unixepoch')".format
    found = importer.rows(f"{STATUS}, {day('EnteredOn')}, {day('StatusOn')}, {day('PayBy')}, e.Amount")
    assert found == OTHERS.get(path.stem, list)(AS_PUBLISHED)
    system = json.loads(done.stdout)["plan"]["system"]
    assert path.stem.partition("_")[0] in system.lower().replace(" ", "")
    clients = [pin for (pin,) in importer.rows("e.ClientPin")]
    assert all(clients), clients
    assert {("Pat Doe", "Pat Doe"), ("Орлов Пётр", "Орлов Пётр")} & set(importer.rows("l.Name, m.Name"))


@pytest.mark.parametrize("system", ["pipedrive", "odoo", "1c"])
def test_a_known_system_twice(importer: Importer, system: str) -> None:
    """The same file again adds nothing, though its groups, currencies and people were created meanwhile."""
    path = CASES / "systems" / f"{system}.csv"
    importer(path, "--create-roster")
    done = importer(path, "--create-roster", "--json")
    told = json.loads(done.stdout)
    assert (told["added"], told["unchanged"], told["differing"]) == (0, 3, [])


def test_currencies_never_mix(importer: Importer) -> None:
    """Each currency of a column has a group of its own; the company's one keeps the plain name."""
    path = importer.folder / "deals.csv"
    path.write_text(
        "id;manager;amount;currency;entered_on\n1;Pat;5;USD;2025-03-05\n2;Pat;6;₽;2025-03-05\n"
        "3;Pat;7;US Dollar;2025-03-05\n4;Pat;8;;2025-03-05\n"
    )
    assert importer(path, "--create-roster").returncode == 0
    found = importer.rows("g.Name, g.Unit, e.Amount")
    assert found == [
        ("Imported USD", "USD", 500), ("Imported", "RUB", 600), ("Imported USD", "USD", 700),
        ("Imported", "RUB", 800),
    ]  # fmt: skip


def test_rounding_is_said(importer: Importer) -> None:
    """An amount with more than two decimals is rounded, and that is said with its line."""
    path = importer.folder / "deals.csv"
    path.write_text("id;manager;amount;entered_on\n1;Pat;5.10;2025-03-05\n2;Pat;1096.125;2025-03-05\n")
    done = importer(path, "--create-roster")
    assert amounts(importer) == [510, 109613]
    assert "1 amount with more than two decimals was rounded, first in line 3" in done.stdout


def test_a_dry_run_ends_with_the_plan(importer: Importer) -> None:
    """The plan says the headings, orders, signs, words and first rows with reasons; nothing is stored."""
    done = importer(CASES / "systems" / "salesforce.csv", "--create-roster", "--dry-run")
    assert not importer.database.exists()
    for said in (
        "CSV, encoding UTF-8, separator “,”",
        "Headings: line 1, as Salesforce names them",
        "Days of “Created Date”: month, day, year; line 4 proves it: “3/17/2025”",
        "Amounts of “Amount”: decimal point; line 2 proves it: “12000.00”",
        "Currency of groups that are created: RUB",
        "Not used: Fiscal Period, Expected Revenue",
    ):
        assert said in done.stdout
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "1 Closed Won Paid" in lines
    assert "2 Pat Doe Imported Pat Doe Acme 12,000 2025-03-06 — Paid 2025-03-25" in lines


def test_every_fault_of_a_row_is_told(importer: Importer) -> None:
    """A row with three faults is told with all three, in the groups and in the rejects file."""
    path = importer.folder / "deals.csv"
    path.write_text("id;manager;client_pin;amount;entered_on\n1;;#N/A;-5;31.02.2025\n2;Pat;7;1;2025-03-05\n")
    done = importer(path, "--create-roster", "--rejects", "bad.csv", "--json")
    (reject,) = json.loads(done.stdout)["rejected"]
    assert [fault["code"] for fault in reject["faults"]] == [
        "name_missing", "name_missing", "cell_excel_error", "amount_not_positive", "date_impossible",
    ]  # fmt: skip
    bad = (importer.folder / "bad.csv").read_text("utf-8-sig")
    assert all(f"“{typed}”" in bad for typed in ("-5", "#N/A", "31.02.2025")), bad


def test_the_same_ids_under_a_new_name(importer: Importer) -> None:
    """A file that continues an earlier one under a new name is noticed, and the way on works."""
    first, second = importer.folder / "march.csv", importer.folder / "april.csv"
    head = "id;manager;amount;entered_on\n"
    first.write_text(head + "1;Pat;5;2025-03-05\n2;Pat;6;2025-03-06\n")
    second.write_text(head + "1;Pat;5;2025-03-05\n2;Pat;6;2025-03-06\n3;Pat;7;2025-04-01\n")
    assert importer(first, "--create-roster").returncode == 0
    done = importer(second)
    assert (done.returncode, len(amounts(importer))) == (7, 2)
    assert '--source "march.csv"' in done.stderr
    assert importer(second, "--source", "march.csv").returncode == 0
    assert amounts(importer) == [500, 600, 700]


def test_other_entries_with_the_same_ids_go_in(importer: Importer) -> None:
    """Small numbers are ids in many systems: where the entries are others they are stored."""
    first, second = importer.folder / "a.csv", importer.folder / "b.csv"
    head = "id;manager;amount;entered_on\n"
    first.write_text(head + "1;Pat;5;2025-03-05\n")
    second.write_text(head + "1;Pat;9;2025-03-05\n")
    assert importer(first, "--create-roster").returncode == importer(second).returncode == 0
    assert amounts(importer) == [500, 900]


def test_a_mended_rejects_file_says_what_the_original_said(importer: Importer) -> None:
    """What was made harmless for a spreadsheet is itself again: '+7999 is not another client."""
    path = importer.folder / "deals.csv"
    path.write_text(
        "id;Owner;Client;Amount;Created;Comment\n1;Pat;+7999;5,10;3/25/2025;=call\n"
        "2;Pat;+7999;bad;3/4/2025;-later\n"
    )
    done = importer(path, "--create-roster", "--rejects", "bad.csv")
    bad = importer.folder / "bad.csv"
    assert "'+7999" in bad.read_text("utf-8-sig")
    bad.write_text(bad.read_text("utf-8-sig").replace(",bad,", ',"6,20",'), "utf-8")
    hint = done.stderr[done.stderr.index('--source "deals.csv"') :].strip().rstrip(".").split()
    assert hint == ["--source", '"deals.csv"', "--dates", "mdy", "--decimal", "comma"]
    assert importer(bad, "--source", "deals.csv", *hint[2:]).returncode == 0
    found = importer.rows("e.ClientPin, e.Amount, date(e.EnteredOn * 86400, 'unixepoch'), e.Comment")
    assert found == [("+7999", 510, "2025-03-25", "=call"), ("+7999", 620, "2025-03-04", "-later")]


def test_backtest_of_an_import(importer: Importer) -> None:
    """A history that came in can be backtested at once, as the import says."""
    path = importer.folder / "deals.csv"
    rows = [
        f"{n};Pat;100;2024-{1 + n % 12:02}-05;{'Won' if n % 3 else 'Lost'};2024-{1 + n % 12:02}-2{n % 5}\n"
        for n in range(60)
    ]
    path.write_text("id;manager;amount;entered_on;status;status_on\n" + "".join(rows))
    assert "mini-crm-admin backtest" in importer(path, "--create-roster").stdout
    done = importer("--json", command="backtest")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cutoffs"] > 0


ROSTER = "lead,group,manager,unit\nAnna,North,Boris,RUB\nZoe,South,Egor,RUB\n"


def roster(importer: Importer, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Import a roster."""
    path = importer.folder / "roster.csv"
    path.write_text(text)
    return importer(path, *options, command="import-roster")


def leads(importer: Importer) -> dict[str, int]:
    """Give the leads and whether they are active."""
    with closing(sqlite3.connect(importer.database)) as conn:
        return dict(conn.execute("SELECT Name, IsActive FROM Lead ORDER BY LeadId"))


def test_a_lead_with_a_new_surname(importer: Importer) -> None:
    """A roster with a new lead in place of one stops and names the way on; renamed, the history stays."""
    importer(command="init")
    assert roster(importer, ROSTER).returncode == 0
    done = roster(importer, ROSTER.replace("Anna", "Anna Maria"))
    assert (done.returncode, leads(importer)) == (7, {"Anna": 1, "Zoe": 1})
    assert 'leads rename "Anna" "Anna Maria"' in done.stderr
    assert '--gone "Anna"' in done.stderr
    assert importer("rename", "Anna", "Anna Maria", command="leads").returncode == 0
    assert roster(importer, ROSTER.replace("Anna", "Anna Maria")).returncode == 0
    assert leads(importer) == {"Anna Maria": 1, "Zoe": 1}


def test_a_lead_who_has_really_left(importer: Importer) -> None:
    """With --gone the old lead is deactivated and the new one made; nobody new needs no option."""
    importer(command="init")
    roster(importer, ROSTER)
    assert roster(importer, ROSTER.replace("Anna", "Ira"), "--gone", "anna").returncode == 0
    assert leads(importer) == {"Anna": 0, "Zoe": 1, "Ira": 1}
    assert roster(importer, "".join(ROSTER.splitlines(True)[::2])).returncode == 0
    assert leads(importer) == {"Anna": 0, "Zoe": 1, "Ira": 0}


@pytest.mark.parametrize(("case", "codes"), [("t01.csv", {"2026-11"}), ("t02.xlsx", {"2026-11", "2026-12"})])
def test_periods_that_excel_has_changed(importer: Importer, case: str, codes: set[str]) -> None:
    """Months that Excel has turned into dates or names are set as the months they were."""
    importer(command="init")
    done = importer(CASES / case, "--json", command="import-targets")
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(importer.database)) as conn:
        days = conn.execute(
            "SELECT DISTINCT strftime('%Y-%m', p.StartsOn * 86400, 'unixepoch') FROM Target AS t "
            "JOIN Period AS p USING (PeriodId)"
        ).fetchall()
    assert {code for (code,) in days} == codes


def test_periods_in_other_words(importer: Importer) -> None:
    """What is no period is refused with the right form; nothing is set."""
    importer(command="init")
    done = importer(CASES / "t03.csv", command="import-targets")
    assert done.returncode == 7
    assert "2026-03, 2026-Q1, 2026" in done.stderr
