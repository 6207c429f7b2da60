"""The server as somebody sees it who has a login and a driver, and no program of ours."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pyodbc

from contract.mssql_backdoor import VARIABLE, connect, settings_of
from mini_crm.settings import Settings

_NUMBER = re.compile(r"\((-?\d+)\) \(SQL\w+\)")

_NAMED_TWICE = re.compile(r'relation "(\w+)_\1_\w+\.\w+" does not exist')
"""Babelfish 4.3 now and then does this to a statement that checks a foreign key, which then did nothing.

Source: babelfish_extensions, issue 3058.
"""

POSTGRES = 33557097
"""Babelfish: the number of every error of PostgreSQL that has none of its own in SQL Server."""


def settings_for(catalog: str, **changed: Any) -> Settings:
    """Say where a test's database is, as its owner unless ``changed`` says otherwise."""
    return replace(settings_of(os.environ[VARIABLE]), catalog=catalog, **changed)


def host_and_port(settings: Settings) -> tuple[str, int]:
    """Take the name of a server apart."""
    host, _comma, port = settings.server.removeprefix("tcp:").partition(",")
    return host, int(port or 1433)


@dataclass
class Outcome:
    """What the server answered.

    Attributes:
        number: Of the error; 0 if there was none.
        said: The error's text.
        sets: All result sets that came before it: names of the columns, rows.
    """

    number: int = 0
    said: str = ""
    sets: list[tuple[list[str], list[tuple[Any, ...]]]] = field(default_factory=list)

    @property
    def is_ours(self) -> bool:
        """Whether a procedure said no in its own words."""
        return 51000 <= self.number < 52000

    @property
    def columns(self) -> set[str]:
        """The names of all columns of all sets, in small letters."""
        return {name.lower() for names, _rows in self.sets for name in names}

    @property
    def values(self) -> list[Any]:
        """All values of all sets."""
        return [value for _names, rows in self.sets for row in rows for value in row]


class Raw:
    """A connection on which anything can be tried."""

    def __init__(self, settings: Settings) -> None:
        self._connection = connect(settings)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def run(self, statement: str, *values: Any) -> Outcome:
        """Run a statement; an error is an outcome too."""
        outcome = Outcome()
        cursor = self._connection.cursor()
        try:
            cursor.execute(statement, values)
            while True:
                if cursor.description is not None:
                    rows: list[tuple[Any, ...]] = []
                    outcome.sets.append(([column[0] for column in cursor.description], rows))
                    rows += [tuple(row) for row in cursor]
                if not cursor.nextset():
                    return outcome
        except pyodbc.Error as error:
            outcome.said = str(error.args[-1])
            numbers = [int(number) for number in _NUMBER.findall(outcome.said)]
            ours = [number for number in numbers if 51000 <= number < 52000]
            outcome.number = next(iter([*ours, *filter(None, numbers)]), -1)
            return outcome
        finally:
            cursor.close()

    def must(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement that succeeds, and give the rows of its last result set."""
        outcome = self.run(statement, *values)
        assert outcome.number == 0, outcome.said
        return outcome.sets[-1][1] if outcome.sets else []

    def one(self, statement: str, *values: Any) -> Any:
        """Give the one value that a statement gives."""
        ((value,),) = self.must(statement, *values)
        return value

    def call(self, procedure: str, /, **parameters: Any) -> Outcome:
        """Call a procedure with parameters by their own names; None is sent as NULL."""
        outcome = self.run(*statement_of(procedure, parameters))
        return (
            self.run(*statement_of(procedure, parameters)) if _NAMED_TWICE.search(outcome.said) else outcome
        )


def statement_of(procedure: str, parameters: dict[str, Any]) -> tuple[Any, ...]:
    """Give a call's text and its values."""
    named = ", ".join(f"@{name} = {'NULL' if value is None else '?'}" for name, value in parameters.items())
    return (f"EXEC {procedure} {named}", *(value for value in parameters.values() if value is not None))


@contextmanager
def raw(settings: Settings) -> Iterator[Raw]:
    """Give a connection of the test's own."""
    with closing(Raw(settings)) as opened:
        yield opened


@cache
def chains_ownership() -> bool:
    """Say whether a right to call a procedure is enough: Babelfish asks for rights on its tables too."""
    with raw(settings_of(os.environ[VARIABLE])) as connection:
        return "Babelfish" not in connection.one("SELECT CAST(@@VERSION AS nvarchar(300))")
