"""Every error that the program expects, as one small tree.

An error carries a *code* (what happened, in one word) and *data* (which value, which line,
how long to wait). It never carries a sentence: ``mini_crm.messages`` turns the code into one
in the person's language. ``exit_code`` is what a console program ends with; ``number`` is the
number with which SQL Server raises the same error.
"""

from __future__ import annotations

from typing import ClassVar


class MiniCrmError(Exception):
    """Base of all expected errors.

    Args:
        code: What happened, a key of ``mini_crm.messages``, such as ``amount_negative``.
        data: Values for the placeholders of the sentence.
    """

    exit_code: ClassVar[int] = 1
    number: ClassVar[int | None] = None

    def __init__(self, code: str, **data: object) -> None:
        """Keep the code and the data; the text of the exception is for logs only."""
        super().__init__(code, data)
        self.code = code
        self.data = data

    def __str__(self) -> str:
        """Give ``code key=value …``, for logs and tests."""
        return " ".join([self.code, *(f"{name}={value!r}" for name, value in self.data.items())])


class UsageError(MiniCrmError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = 2


class SettingsError(MiniCrmError):
    """A setting is missing or wrong; ``data`` names every bad key."""

    exit_code = 3


class DatabaseError(MiniCrmError):
    """The database cannot be used: not reachable, not ours, too new, no right to write."""

    exit_code = 4


class DatabaseUnreachable(DatabaseError):
    """The database does not answer now; the same call may succeed later."""


class WrongVersion(DatabaseUnreachable):
    """Program and database do not fit together; when one of them is updated the same call may succeed.

    ``data["program"]`` says where the new program is, if the program is what is too old and somebody has
    told the database.
    """


class RunUnderWay(MiniCrmError):
    """Another aggregation run holds the lock."""

    exit_code = 5
    number = 51301


class NotAllowed(MiniCrmError):
    """The caller may not do this."""

    exit_code = 6


class SessionEnded(NotAllowed):
    """The session is unknown, expired or was ended; sign in again."""

    number = 51001


class MustChangePassword(NotAllowed):
    """The session may do nothing until the password is changed."""

    number = 51002


class WrongPassword(NotAllowed):
    """Name and password do not fit together, or the lead is not active."""

    number = 51003


class MustWait(NotAllowed):
    """Too many failures; ``data["seconds"]`` says how long to wait. The try was not compared."""

    number = 51004


class Locked(NotAllowed):
    """The account is locked until the administrator unlocks it."""

    number = 51005


class NotYours(NotAllowed):
    """The row belongs to another lead, or does not exist: the two look alike on purpose."""

    number = 51006


class RuleBroken(NotAllowed):
    """A rule of the business forbids it, such as deleting after the day of entry."""

    number = 51007


class BadData(MiniCrmError):
    """Input that cannot be taken; nothing of it was stored."""

    exit_code = 7


class BadValue(BadData):
    """One field is wrong; ``data["field"]`` names it."""

    number = 51101

    def __init__(self, code: str, *, field: str, **data: object) -> None:
        """Keep the field beside the code."""
        super().__init__(code, field=field, **data)
        self.field = field


class BadFile(BadData):
    """A file cannot be read as what it should be; ``data["path"]`` names it."""


class Conflict(BadData):
    """Somebody else was first; nothing was overwritten."""


class StaleVersion(Conflict):
    """The row was changed since it was read; ``data`` says by whom and when."""

    number = 51201


class OperationReused(Conflict):
    """The same operation id came with other content."""

    number = 51202


class AlreadyThere(Conflict):
    """Something with this name or key exists already."""

    number = 51203


class NotFound(BadData):
    """There is no such lead, group, manager, period, batch or run."""

    number = 51204


class TooSoon(NotAllowed):
    """A run was asked for too soon after the last one; ``data["seconds"]`` says how long to wait."""

    number = 51302
