"""The scripts in ``sql/mssql``: their order, their kinds, their text in batches."""

from __future__ import annotations

import hashlib
import re
import textwrap
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

ORDER = "build_order.txt"
PARTS = "parts"
"""Folder, beside the scripts that name them, of texts that several scripts have in common."""

_GO = re.compile(r"^[ \t]*GO[ \t]*$", re.MULTILINE | re.IGNORECASE)
_CREATE_OR_ALTER = re.compile(r"\bCREATE\s+OR\s+ALTER\b", re.IGNORECASE)
_PART = re.compile(r"^( *)-- part: (\w+)$", re.MULTILINE)


class Kind(Enum):
    """When a script runs."""

    ALWAYS = "always"
    """With every deployment; running it again changes nothing."""
    ONCE = "once"
    """Once in a database, in order; its text may not change afterwards."""
    ON_CHANGE = "on change"
    """When its text is not the one that the database has."""


KINDS = {
    "10_schemas": Kind.ALWAYS,
    "20_migrations": Kind.ONCE,
    "40_functions": Kind.ON_CHANGE,
    "50_views": Kind.ON_CHANGE,
    "60_procedures": Kind.ON_CHANGE,
    "70_permissions": Kind.ALWAYS,
    "80_reference": Kind.ALWAYS,
}
OBJECTS = {"40_functions": "FUNCTION", "50_views": "VIEW", "60_procedures": "PROCEDURE"}
"""What a script in a folder makes; the object has the script's name."""


@dataclass(frozen=True)
class Script:
    """One script.

    Attributes:
        name: Folder and file, such as ``60_procedures/api.AddEntry.sql``.
        text: With line ends as LF, and with its parts put in.
    """

    name: str
    text: str

    @property
    def kind(self) -> Kind:
        """When it runs."""
        return kind_of(self.name)

    @cached_property
    def hash(self) -> str:
        """SHA2-256 of the text."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()

    @property
    def batches(self) -> tuple[str, ...]:
        """The parts between the lines with GO."""
        return tuple(part.strip("\n") for part in _GO.split(self.text) if part.strip())

    @property
    def object(self) -> str:
        """Name of what it makes, such as ``api.AddEntry``."""
        return self.name.split("/")[-1].removesuffix(".sql")

    @property
    def is_bound(self) -> bool:
        """Whether what it makes holds on to what it uses, which then cannot be replaced."""
        return "WITH SCHEMABINDING" in self.text

    def uses(self, other: Script) -> bool:
        """Say whether it names what another script makes."""
        return self is not other and re.search(rf"\b{re.escape(other.object)}\b", self.text) is not None

    def with_plain_create(self) -> Script:
        """Give the script for a server that has no ``CREATE OR ALTER``; the object must be dropped first."""
        return Script(self.name, _CREATE_OR_ALTER.sub("CREATE", self.text))


def kind_of(name: str) -> Kind:
    """Say when a script runs, by its folder; one that only a newer program has is none to touch."""
    return KINDS.get(name.split("/")[0], Kind.ONCE)


def drop_statement(name: str) -> str:
    """Give the statement that drops the object of a script, if it is there."""
    folder, file = name.split("/")
    return f"DROP {OBJECTS[folder]} IF EXISTS {file.removesuffix('.sql')}"


def load_scripts(folder: Traversable | None = None) -> tuple[Script, ...]:
    """Read all scripts in the order in which they run.

    Args:
        folder: By default the checkout's ``sql/mssql``, else what the installed package brings.
    """
    place = folder or _folder()
    lines = place.joinpath(ORDER).read_text(encoding="utf-8").splitlines()
    names = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return tuple(
        Script(name, _whole(place.joinpath(name.split("/")[0]), name.split("/")[1])) for name in names
    )


def _whole(folder: Traversable, file: str) -> str:
    """Read a script; each line ``-- part: NAME`` becomes the text of that part."""

    def part(line: re.Match[str]) -> str:
        return textwrap.indent(_read(folder.joinpath(PARTS, f"{line[2]}.sql")).rstrip("\n"), line[1])

    return _PART.sub(part, _read(folder.joinpath(file)))


def _read(file: Traversable) -> str:
    return file.read_text(encoding="utf-8").removeprefix("\ufeff").replace("\r\n", "\n")


def _folder() -> Traversable:
    checkout = Path(__file__).resolve().parents[4] / "sql" / "mssql"
    return checkout if (checkout / ORDER).is_file() else files("mini_crm").joinpath("_sql", "mssql")
