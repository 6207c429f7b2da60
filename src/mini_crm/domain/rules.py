"""Rules of the business that need nothing but their arguments.

The stores keep the same rules on the server; here they are for the form, which says what is
wrong before anything is sent, and for files.
"""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from functools import lru_cache

from mini_crm.domain.dates import SHOWN_LENGTH, add_months, trimmed
from mini_crm.domain.errors import BadValue, NotYours, RuleBroken
from mini_crm.domain.model import Status
from mini_crm.domain.money import check_amount
from mini_crm.domain.text import first_hidden, first_unstorable, without_marks, without_unseen

MAX_PIN = 100
MAX_REASON = 100
MAX_COMMENT = 500
"""In UTF-16 units, which is what ``nvarchar`` counts: a letter is one, an emoji two."""

MAX_KEPT_NAME = 200
"""Of a lead, group or manager in the tables, and of its ``name_key``, which may be longer than the name."""
MAX_PERIOD_NAME = 100

MAX_PAY_BY_YEARS = 5

MAX_NUMBER = 2**31 - 1
"""Of an entry, an import or a line: what an ``int`` of SQL Server holds."""

FIRST_WAIT_AT = 3
MAX_WAIT_S = 900
CLOCK_SLACK_S = 300
"""A clock that is set back by less than this changes nothing; what is dated further ahead is its mistake."""
NUMBER_LOCKS_AT = 20
"""Failures after which a number password is locked until the administrator unlocks it."""


def check_pin(text: str, field: str = "client_pin") -> str:
    """Check a client PIN; it is text, so leading zeros stay.

    Args:
        text: What was typed; blanks and invisible marks around it are dropped.
        field: The field to name in errors.

    Returns:
        The PIN in Unicode form NFC, 1 to ``MAX_PIN`` long.

    Raises:
        BadValue: ``pin_missing``, ``pin_too_long`` or ``pin_characters``.
    """
    is_plain = text.isascii()
    if not is_plain:
        composed = unicodedata.normalize("NFC", text)
        text = "".join(" " if unicodedata.category(char) == "Zs" else char for char in composed)
    pin = trimmed(text)
    # A sign that only changes a letter before it is not seen alone, and a server takes it for nothing.
    if not pin or (not is_plain and all(unicodedata.category(char).startswith("M") for char in pin)):
        raise BadValue("pin_missing", field=field)
    # Invisible marks too: with one inside, two PINs that look alike would be two clients.
    _refuse_character(first_hidden(pin), "pin_characters", field)
    if (length := utf16_length(pin)) > MAX_PIN:
        raise BadValue("pin_too_long", field=field, length=length, limit=MAX_PIN)
    return pin


def check_comment(text: str, field: str = "comment") -> str:
    """Check a comment; it may be empty and may have several lines.

    Args:
        text: What was typed; blanks around it and invisible marks are dropped, line ends become newlines.
        field: The field to name in errors.

    Returns:
        The comment in Unicode form NFC, up to ``MAX_COMMENT`` long.

    Raises:
        BadValue: ``comment_too_long`` or ``comment_characters``.
    """
    comment = unicodedata.normalize("NFC", text)
    for line_end in ("\r\n", "\r", "\u0085", "\u2028", "\u2029"):
        comment = comment.replace(line_end, "\n")
    comment = trimmed(without_marks(comment))
    _refuse_character(first_unstorable(comment), "comment_characters", field)
    if (length := utf16_length(comment)) > MAX_COMMENT:
        raise BadValue("comment_too_long", field=field, length=length, limit=MAX_COMMENT)
    return comment


def check_reason(text: str, status: Status, field: str = "reason") -> str:
    """Check why an entry was refused; it may be empty and is one line.

    Args:
        text: What was typed; blanks and line ends become single blanks, invisible marks are dropped.
        status: As it shall be.
        field: The field to name in errors.

    Returns:
        The reason in Unicode form NFC, up to ``MAX_REASON`` long.

    Raises:
        BadValue: ``reason_too_long``, ``reason_characters``, or ``reason_without_refused``.
    """
    blanks = (" " if char.isspace() else char for char in without_marks(unicodedata.normalize("NFC", text)))
    reason = " ".join("".join(blanks).split())
    if reason and status is not Status.REFUSED:
        raise BadValue("reason_without_refused", field=field)
    _refuse_character(first_unstorable(reason), "reason_characters", field)
    if (length := utf16_length(reason)) > MAX_REASON:
        raise BadValue("reason_too_long", field=field, length=length, limit=MAX_REASON)
    return reason


def check_rest(status: Status, amount: Decimal, paid_amount: Decimal | None) -> Decimal:
    """Give what is still to come after a partial payment.

    Raises:
        RuleBroken: ``no_rest``: it was not paid, or no less than the amount came.
    """
    if status is not Status.PAID or paid_amount is None or paid_amount >= amount:
        raise RuleBroken("no_rest")
    return amount - paid_amount


def check_kept_amount(
    amount: Decimal, old: Decimal | None, status: Status, *, whole: bool = False
) -> Decimal:
    """Check the amount of an entry; one that was imported without may go on so while it is refused.

    Args:
        amount: As it shall be.
        old: As it is stored; None for a new entry.
        status: As it shall be.
        whole: Pieces: a fraction other than zeros is refused.

    Returns:
        The amount with two places.

    Raises:
        BadValue: ``amount_needed``, or as ``check_amount``.
    """
    if old is not None and old.is_zero() and amount.is_zero():
        if status is not Status.REFUSED:
            raise BadValue("amount_needed", field="amount")
        return old
    return check_amount(amount, field="amount", whole=whole)


def check_note(text: str, field: str = "note") -> str:
    """Check the note of a commitment; it may be empty.

    Args:
        text: What was typed; blanks around it are dropped.
        field: The field to name in errors.

    Raises:
        BadValue: ``commitment_note_too_long``.
    """
    note = text.strip()
    if utf16_length(note) > MAX_COMMENT:
        raise BadValue("commitment_note_too_long", field=field, limit=MAX_COMMENT)
    return note


def check_pay_by(pay_by: date, entered_on: date, field: str = "pay_by") -> None:
    """Check the promised day against the day of entry.

    Raises:
        BadValue: ``pay_by_before_entry``; ``pay_by_too_far`` if more than ``MAX_PAY_BY_YEARS`` years on.
    """
    if pay_by < entered_on:
        raise BadValue("pay_by_before_entry", field=field, pay_by=pay_by, entered_on=entered_on)
    limit = _last_pay_by(entered_on)
    if pay_by > limit:
        raise BadValue("pay_by_too_far", field=field, pay_by=pay_by, limit=limit)


def check_status(
    status: Status, status_on: date | None, *, entered_on: date, today: date, field: str = "status_on"
) -> date | None:
    """Find the day on which a status counts.

    Args:
        status: Expected, paid or refused.
        status_on: The day that the lead gives; None means today.
        entered_on: The day of entry.
        today: The server's day.
        field: The field to name in errors.

    Returns:
        None for an expected entry, else a day from the day of entry to today.

    Raises:
        BadValue: ``status_on_without_status``, ``status_before_entry`` or ``status_in_future``.
    """
    if status is Status.EXPECTED:
        if status_on is not None:
            raise BadValue("status_on_without_status", field=field, status_on=status_on)
        return None
    day = today if status_on is None else status_on
    if day > today:
        raise BadValue("status_in_future", field=field, status_on=day, today=today)
    if day < entered_on:
        raise BadValue("status_before_entry", field=field, status_on=day, entered_on=entered_on)
    return day


def parse_entry_number(text: str) -> int:
    """Read the number of an entry, as a person types it.

    Raises:
        BadValue: ``entry_number_unreadable``.
        NotYours: ``entry_not_yours``: no entry has such a number.
    """
    number = trimmed(without_unseen(text))
    if not (number.isascii() and number.isdigit()):
        raise BadValue("entry_number_unreadable", field="entry_id")
    digits = number.lstrip("0") or "0"
    if len(digits) > len(str(MAX_NUMBER)) or int(digits) > MAX_NUMBER:
        raise NotYours("entry_not_yours", entry_id=digits[:SHOWN_LENGTH])
    return int(digits)


def may_delete(entered_on: date, today: date, deleted: bool) -> None:
    """Let an entry be deleted on its day of entry only, or before, if a wrong clock dated it.

    Raises:
        RuleBroken: ``entry_already_deleted`` or ``delete_only_on_entry_day``.
    """
    if deleted:
        raise RuleBroken("entry_already_deleted")
    if today > entered_on:
        raise RuleBroken("delete_only_on_entry_day", entered_on=entered_on, today=today)


def may_restore(deleted_on: date | None, today: date) -> None:
    """Let a deleted entry be brought back on the day of its deletion only.

    Args:
        deleted_on: The day of deletion, or None; later than today if a wrong clock dated it.
        today: The server's day.

    Raises:
        RuleBroken: ``entry_not_deleted`` or ``restore_only_on_deletion_day``.
    """
    if deleted_on is None:
        raise RuleBroken("entry_not_deleted")
    if today > deleted_on:
        raise RuleBroken("restore_only_on_deletion_day", deleted_on=deleted_on, today=today)


def wait_after(failures: int) -> int:
    """Give the seconds to wait after so many failed sign-ins: 1, 2, 4 … from the third, at most 900."""
    if failures < FIRST_WAIT_AT:
        return 0
    doublings = min(failures - FIRST_WAIT_AT, MAX_WAIT_S.bit_length())
    return min(1 << doublings, MAX_WAIT_S)


def name_key(text: str) -> str:
    """Give the form in which names are compared: case, outer and repeated blanks do not matter.

    Source:
        The Unicode Standard, definition D145, canonical caseless matching; composed at the end.
    """
    in_line = " ".join(text.split())
    if in_line.isascii():  # as most texts are: there is nothing to compose, and folding is lowering
        return in_line.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", in_line).casefold())


def check_name_fits(name: str, field: str, limit: int = MAX_KEPT_NAME) -> None:
    """Check that a name, and the form in which it is compared, can be stored whole.

    Raises:
        BadValue: ``name_too_long``.
    """
    for text, most in ((name, limit), (name_key(name), MAX_KEPT_NAME)):
        if (length := utf16_length(text)) > most:
            raise BadValue("name_too_long", field=field, length=length, limit=most)


def check_lead_name(text: str, field: str = "name") -> str:
    """Check the name of an account that is made by hand; blanks around it are dropped.

    Raises:
        BadValue: ``name_missing`` or ``name_too_long``.
    """
    name = text.strip()
    if not name_key(name):
        raise BadValue("name_missing", field=field)
    check_name_fits(name, field)
    return name


def utf16_length(text: str) -> int:
    """Count a text in UTF-16 units, as ``nvarchar`` does: a letter is one, an emoji two."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def shortened(text: str, limit: int) -> str:
    """Cut a text to so many UTF-16 units, with an ellipsis where it was cut."""
    if utf16_length(text) <= limit:
        return text
    while utf16_length(text) >= limit:
        text = text[:-1]
    return f"{text}\u2026"


def name_order(text: str) -> str:
    """Give the form by which names are sorted: as ``name_key``, and the Russian yo stands with ye."""
    return name_key(text).replace("\u0451", "\u0435")


@lru_cache(maxsize=4096)
def _last_pay_by(entered_on: date) -> date:
    return add_months(entered_on, 12 * MAX_PAY_BY_YEARS)


def _refuse_character(found: tuple[int, str] | None, code: str, field: str) -> None:
    if found is not None:
        position, character = found
        raise BadValue(code, field=field, character=character, position=position)
