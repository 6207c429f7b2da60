"""Texts in two languages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mini_crm import i18n
from mini_crm.i18n import Texts, placeholders

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder of translations that takes the place of the real one."""
    monkeypatch.setattr(i18n, "catalogue_files", lambda language: sorted((tmp_path).glob("*.po")))
    i18n._catalogue.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def real_translations_afterwards(request: pytest.FixtureRequest) -> None:
    """Forget translations that a test made up."""
    request.addfinalizer(i18n._catalogue.cache_clear)


def write(folder: Path, text: str, name: str = "a.po") -> None:
    """Write a file of translations."""
    (folder / name).write_text(HEAD + text, "utf-8")


def test_english_is_the_source(locale: Path) -> None:
    """In English every sentence is itself, and numbers choose between one and many."""
    texts = Texts("en")
    assert texts.gettext("Save") == "Save"
    assert [texts.ngettext("{n} row", "{n} rows", n) for n in (1, 2)] == ["{n} row", "{n} rows"]
    assert texts.pgettext("button", "Save") == "Save"


def test_all_parts_are_one_catalogue(locale: Path) -> None:
    """The files of all parts are merged; a sentence without a translation stays English."""
    write(locale, 'msgid "Save"\nmsgstr "Сохранить"\n', "a.po")
    write(locale, 'msgid "Close"\nmsgstr "Закрыть"\n', "b.po")
    texts = Texts("ru")
    assert [texts.gettext(text) for text in ("Save", "Close", "Open")] == ["Сохранить", "Закрыть", "Open"]


def test_a_context_tells_two_meanings_apart(locale: Path) -> None:
    """One English word may have two translations, by context."""
    write(
        locale,
        'msgctxt "button"\nmsgid "Open"\nmsgstr "Открыть"\n\n'
        'msgctxt "count"\nmsgid "Open"\nmsgstr "Открытых"\n',
    )
    texts = Texts("ru")
    assert texts.pgettext("button", "Open") == "Открыть"
    assert texts.pgettext("count", "Open") == "Открытых"
    assert texts.gettext("Open") == "Open"


@pytest.mark.parametrize(
    ("n", "form"),
    [(0, "many"), (1, "one"), (2, "few"), (4, "few"), (5, "many"), (11, "many"), (12, "many"), (21, "one"),
     (22, "few"), (25, "many"), (101, "one"), (111, "many"), (1001, "one")],
)  # fmt: skip
def test_russian_plurals(locale: Path, n: int, form: str) -> None:
    """Russian has three forms: 1 and 21, 2 to 4, and the others.

    Source: Unicode CLDR, plural rules for Russian, cardinals without a fraction.
    """
    write(
        locale,
        'msgid "{n} row"\nmsgid_plural "{n} rows"\n'
        'msgstr[0] "{n} one"\nmsgstr[1] "{n} few"\nmsgstr[2] "{n} many"\n',
    )
    assert Texts("ru").ngettext("{n} row", "{n} rows", n).format(n=n) == f"{n} {form}"


@pytest.mark.parametrize(
    "translation",
    [
        'msgid "{name} row"\nmsgstr "строка"\n',
        'msgid "{name} row"\nmsgstr "строка {nаme}"\n',
        'msgid "{name} row"\nmsgstr "строка {name} {more}"\n',
        'msgid "{name} row"\nmsgstr "строка {name"\n',
        'msgid "{name} row"\nmsgid_plural "{name} rows"\n'
        'msgstr[0] "{name}"\nmsgstr[1] "{name}"\nmsgstr[2] ""\n',
    ],
)
def test_bad_translations_are_refused(locale: Path, translation: str) -> None:
    """A translation with other placeholders, or without one of its forms, is reported and not used."""
    write(locale, translation)
    assert len(i18n.faults("ru")) == 1
    texts = Texts("ru")
    assert texts.ngettext("{name} row", "{name} rows", 5).startswith("{name} row")
    assert texts.gettext("{name} row") == "{name} row"


def test_other_languages_are_english() -> None:
    """A language that the program does not have falls back to English."""
    assert Texts("de").language == "en"


def test_placeholders() -> None:
    """Placeholders are found by name, formats and doubled braces aside."""
    assert placeholders("{a} of {b:>3} {{c}} {a}") == {"a", "b"}


def test_english_loads_no_babel() -> None:
    """Whoever needs no translation does not wait for the library that reads them."""
    code = (
        "import sys; from mini_crm.i18n import Texts; Texts('en').gettext('x'); "
        "sys.exit(any(name.split('.')[0] == 'babel' for name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], check=False)
    assert result.returncode == 0


def test_real_catalogue_speaks_russian() -> None:
    """The catalogue that is shipped turns a sentence into Russian."""
    assert re.search("[а-я]", Texts("ru").gettext("Enter the amount."))
