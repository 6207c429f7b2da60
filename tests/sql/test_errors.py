"""The numbers of errors: thrown by procedures, registered in errors.csv, known to the adapter."""

from __future__ import annotations

import csv
import inspect

from mini_crm.domain import errors
from mini_crm.domain.errors import BadValue, MiniCrmError
from mini_crm.messages import TABLES
from mini_crm.store.mssql.errors import ERRORS
from sql.server_files import FOLDER, files

REGISTER = list(csv.DictReader((FOLDER / "errors.csv").read_text("utf-8").splitlines()))
BY_NUMBER = {int(row["Number"]): row for row in REGISTER}


def test_the_register_is_in_order() -> None:
    """Each number stands once, smallest first, with a meaning; a class, code and field have one number."""
    numbers = [int(row["Number"]) for row in REGISTER]
    assert numbers == sorted(set(numbers))
    assert all(row["Meaning"] for row in REGISTER)
    meant = [(row["Class"], row["Code"], row["Field"]) for row in REGISTER]
    assert len(set(meant)) == len(meant)


def test_what_is_thrown_is_registered() -> None:
    """The procedures throw the registered numbers, each of them somewhere, and no others."""
    thrown = {number for file in files() for number in file.thrown}
    assert thrown - set(BY_NUMBER) == set()
    assert set(BY_NUMBER) - thrown == set()


def test_the_adapter_knows_the_register() -> None:
    """The adapter's table says the same as the register."""
    known = {number: (kind.__name__, code, field) for number, (kind, code, field) in ERRORS.items()}
    assert known == {number: (row["Class"], row["Code"], row["Field"]) for number, row in BY_NUMBER.items()}


def test_only_values_have_fields() -> None:
    """A field is named for every bad value and for nothing else."""
    for kind, code, field in ERRORS.values():
        assert issubclass(kind, BadValue) == bool(field), code


def test_classes_have_their_own_numbers() -> None:
    """The number that a class says it has is registered for that class; every registered class has one."""
    kinds = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass)}
    numbers = {name: vars(kind)["number"] for name, kind in kinds.items() if vars(kind).get("number")}
    assert {BY_NUMBER[number]["Class"] for number in numbers.values()} == set(numbers)
    assert {row["Class"] for row in REGISTER} - set(numbers) <= {"NotAllowed"}
    assert all(issubclass(kinds[name], MiniCrmError) for name in numbers)


def test_every_code_is_explained() -> None:
    """A person who meets the error reads a sentence."""
    explained = {code for table in TABLES for code in table}
    assert {row["Code"] for row in REGISTER} - explained == set()
