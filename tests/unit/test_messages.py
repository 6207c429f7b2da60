"""Errors as sentences."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mini_crm.domain.errors import (
    BadValue,
    DatabaseError,
    MiniCrmError,
    MustWait,
    NotFound,
    SettingsError,
)
from mini_crm.domain.money import parse_amount
from mini_crm.domain.period import month_of
from mini_crm.i18n import Texts, placeholders
from mini_crm.messages import TABLES, sentence

EN, RU = Texts("en"), Texts("ru")


def test_text_in_both_languages() -> None:
    """What was typed is repeated in quotation marks of the language."""
    error = BadValue("date_impossible", field="pay_by", text="31.02.2026")
    assert sentence(error, EN) == "Write another day: there is no “31.02.2026” in the calendar."
    assert sentence(error, RU) == "Исправьте день: «31.02.2026» в календаре нет."


def test_days_as_the_language_writes_them() -> None:
    """A day in the data is written as everywhere in the program."""
    error = BadValue(
        "status_in_future", field="status_on", status_on=date(2026, 3, 9), today=date(2026, 3, 5)
    )
    assert "2026-03-09" in sentence(error, EN)
    assert "09.03.2026" in sentence(error, RU)
    assert "05.03.2026" in sentence(error, RU)


def test_amounts_as_the_language_writes_them() -> None:
    """An amount in the data is grouped by thousands."""
    error = BadValue("amount_too_large", field="amount", text="9e99", limit=Decimal(10) ** 10)
    assert "10,000,000,000" in sentence(error, EN)
    assert "10\u00a0000\u00a0000\u00a0000" in sentence(error, RU)


def test_instants_in_local_time() -> None:
    """An instant, kept in UTC, is told in this computer's time, the day included."""
    # Its own process three hours east of UTC: on Windows none can change its zone while it runs.
    script = (
        "from datetime import UTC, datetime; from mini_crm.domain.errors import StaleVersion;"
        "from mini_crm.i18n import Texts; from mini_crm.messages import sentence;"
        "when = datetime(2026, 3, 5, 22, 30, tzinfo=UTC);"
        "error = StaleVersion('stale_version', entry_id=1, version=2, changed_by='Анна', changed_at=when);"
        "print(sentence(error, Texts('ru')))"
    )
    command = [sys.executable, "-X", "utf8", "-c", script]
    environ = os.environ | {"TZ": "MSK-3"}
    said = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=True).stdout
    assert "06.03.2026 01:30" in said
    assert "Анна" in said


@pytest.mark.parametrize(
    ("seconds", "english", "russian"),
    [
        (1, "in 1 second.", "через 1 секунду."),
        (2, "in 2 seconds.", "через 2 секунды."),
        (59, "in 59 seconds.", "через 59 секунд."),
        (60, "in 1 minute.", "через 1 минуту."),
        (61, "in 2 minutes.", "через 2 минуты."),
        (900, "in 15 minutes.", "через 15 минут."),
    ],
)
def test_waits_read_well(seconds: int, english: str, russian: str) -> None:
    """A wait is told in seconds, from a minute on in minutes, never shorter than it is."""
    error = MustWait("must_wait", seconds=seconds)
    assert sentence(error, EN).endswith(english)
    assert sentence(error, RU).endswith(russian)


@pytest.mark.parametrize(("limit", "word"), [(1, "символа"), (21, "символа"), (128, "символов")])
def test_plurals(limit: int, word: str) -> None:
    """A limit brings its noun into the right form."""
    assert sentence(BadValue("password_too_long", field="password", limit=limit), RU).endswith(
        f"{limit} {word}."
    )


def test_pieces_have_a_name() -> None:
    """The unit ``pcs`` is told as a word, a currency as its code."""
    with pytest.raises(BadValue) as caught:
        parse_amount("5 USD", unit="pcs")
    assert "единица этой группы — штуки" in sentence(caught.value, RU)
    with pytest.raises(BadValue) as caught:
        parse_amount("5 USD", unit="RUB")
    assert "RUB" in sentence(caught.value, RU)


def test_lists_periods_and_paths() -> None:
    """Numbers are listed with commas, a period is told by its code, a path as it is typed."""
    assert " 3, 17." in sentence(NotFound("entry_not_found", entry_ids=(3, 17)), EN)
    assert "2026-03" in sentence(NotFound("period_not_open", period=month_of(date(2026, 3, 1))), EN)
    path = Path("/папка с пробелом/a.sqlite")
    assert str(path) in sentence(DatabaseError("database_missing", path=path), RU)


def test_all_wrong_settings_line_by_line() -> None:
    """An error that holds others tells each in a line of its own."""
    problems = (
        SettingsError("setting_missing", key="MINI_CRM_SERVER"),
        SettingsError("setting_not_a_language", key="MINI_CRM_LANGUAGE", value="de"),
    )
    text = sentence(SettingsError("settings_wrong", keys=("x",), problems=problems, path=Path(".env")), EN)
    assert text.splitlines()[1:] == [
        "- MINI_CRM_SERVER is missing.",
        "- MINI_CRM_LANGUAGE must be ru or en, not “de”.",
    ]


def test_braces_in_what_was_typed_are_only_text() -> None:
    """Typed text that looks like a placeholder is repeated, not filled in."""
    error = BadValue("amount_unreadable", field="amount", text="{limit} {0.__class__} %s")
    assert "“{limit} {0.__class__} %s”" in sentence(error, EN)


def test_missing_data_hides_no_error() -> None:
    """An error that lacks a value is told all the same."""
    assert (
        sentence(BadValue("date_impossible", field="pay_by"), EN)
        == "Write another day: there is no “?” in the calendar."
    )


def test_unknown_code_is_honest() -> None:
    """A code that has no sentence yet is named, so that it can be asked about."""
    assert "flux_lost" in sentence(MiniCrmError("flux_lost"), RU)


@pytest.mark.parametrize(
    ("error", "english"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), "/a/b may not be opened"),
        (OSError(errno.EROFS, "Read-only file system", "/a/b"), "/a/b may not be opened"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/a/b"), "There is no file or folder /a/b."),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "/a/b"), "/a/b is a folder"),
        (OSError(errno.EIO, "Input/output error", "/a/b"), "Input/output error"),
        (OSError("odd"), "OSError"),
        (MemoryError(), "memory"),
        (ZeroDivisionError("secret 4711"), "ZeroDivisionError"),
    ],
)
def test_errors_that_are_not_ours(error: BaseException, english: str) -> None:
    """The system's errors are told as what they mean; of any other only the name: its text may be secret."""
    assert english in sentence(error, EN)
    assert "4711" not in sentence(error, EN)
    assert re.search("[а-я]", sentence(error, RU))


def test_no_code_has_two_sentences() -> None:
    """Each code stands in one table only."""
    codes = [code for table in TABLES for code in table]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", sorted(code for table in TABLES for code in table))
def test_every_sentence_can_be_made(code: str) -> None:
    """Every code gives a sentence in both languages, and the Russian one is Russian."""
    template = next(table[code] for table in TABLES if code in table)
    data = dict.fromkeys(placeholders(template(EN, {})) - {"wait"}, "7") | {"seconds": 5}
    english, russian = (sentence(MiniCrmError(code, **data), texts) for texts in (EN, RU))
    for text in (english, russian):
        assert text[0] != " "
        assert not set("{}?") & set(text)
    assert not re.search("[А-Яа-я]", english)
    assert re.search("[А-Яа-я]", russian)
