"""Whether a program and a database fit together: one rule for both stores.

A database has the number of its newest migration. Not every migration is in the way of programs that do not
know it, so the database also says which one a program must know at least: only one that does not is too old.
"""

from __future__ import annotations

from dataclasses import dataclass

from mini_crm.domain.errors import WrongVersion

LEAST_VERSION = "LeastVersion"
PROGRAM_PLACE = "ProgramPlace"
"""Settings of a database: see ``Version``."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a database says of itself before anybody signs in.

    Attributes:
        number: Of its newest migration.
        least: Of the migration that a program must know at least.
        program: Where the new program is: a file, a folder or an address; empty if nobody has said.
    """

    number: int
    least: int
    program: str = ""


def refuse_unfit(found: Version, known: int, name: str) -> None:
    """Refuse a database that this program cannot work with.

    Args:
        found: What it says.
        known: Number of the newest migration that this program knows.
        name: Of the database, for the person.

    Raises:
        WrongVersion: ``database_too_new`` or ``database_too_old``.
    """
    numbers = {"path": name, "version": found.number, "supported": known}
    if found.least > known:
        raise WrongVersion("database_too_new", **numbers, program=found.program)
    if found.number < known:
        raise WrongVersion("database_too_old", **numbers)
