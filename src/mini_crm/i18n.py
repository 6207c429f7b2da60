"""Texts in the person's language.

English is the language of the source: a text is looked up by its English sentence. The Russian
ones stand in ``locale/ru/*.po``, a file for each part of the program, and are read straight from
there, so nothing needs compiling. There is no global language: whoever shows something is given
a ``Texts`` and takes ``_ = texts.gettext`` from it.

A program that is started every half hour reads them too, so it is done here, in a tenth of the time that the
general library takes to load and to read.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

LANGUAGES = ("ru", "en")


_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\]) )?"(.*)"')
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}

_Catalogue = dict[tuple[str | None, str], Sequence[str]]
"""By context and English sentence: the translation, or its forms by number."""


class _Message(NamedTuple):
    """A sentence of a .po file: in the singular and, where it has a number, in the plural."""

    context: str | None
    sources: Sequence[str]
    targets: Sequence[str]


class Texts:
    """Translates sentences into one language.

    Args:
        language: ``ru`` or ``en``; anything else gives English.

    Attributes:
        language: The language it translates into.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._forms: _Catalogue = {} if self.language == "en" else _catalogue(self.language)

    def gettext(self, message: str) -> str:
        """Give the translation of an English sentence, or the sentence itself."""
        return self._forms.get((None, message), (message,))[0]

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Give the translation that fits the number ``n``; placeholders are left for ``format``."""
        forms = self._forms.get((None, singular), ())
        if len(forms) < 2:  # in English, or translated as a sentence without a number only
            return singular if n == 1 else plural
        return forms[_russian_form(n)]

    def pgettext(self, context: str, message: str) -> str:
        """Give the translation of a sentence that is ambiguous without its context."""
        return self._forms.get((context, message), (message,))[0]


def catalogue_files(language: str) -> list[Traversable]:
    """Give the .po files of a language, in order of name."""
    folder = files("mini_crm").joinpath("locale", language)
    return sorted((f for f in folder.iterdir() if f.name.endswith(".po")), key=lambda f: f.name)


def placeholders(text: str) -> set[str]:
    """Give the names of the ``{named}`` placeholders of a text."""
    if "{" not in text and "}" not in text:
        return set()
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults(language: str) -> list[str]:
    """Give what is wrong with the translations of a language; such sentences are shown in English."""
    return [
        f"{file}: {message.sources[0]!r}: {fault}"
        for file, message in _messages(language)
        if (fault := _fault(message)) is not None
    ]


@lru_cache(maxsize=4)
def _catalogue(language: str) -> _Catalogue:
    return {
        (message.context, message.sources[0]): message.targets
        for _file, message in _messages(language)
        if _fault(message) is None
    }


def _messages(language: str) -> Iterator[tuple[str, _Message]]:
    """Give the translated sentences of all parts, each with the name of its file."""
    for file in catalogue_files(language):
        for message in _read_po(file.read_text("utf-8")):
            if message.sources[0] and any(message.targets):  # the head of a file has no source
                yield file.name, message


def _read_po(text: str) -> Iterator[_Message]:
    """Give the sentences of a .po file in order.

    Raises:
        ValueError: A line is none of a .po file.
    """
    fields: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError(line)
        name = found[1] or name  # a line without a name goes on with the text above
        if found[1] in ("msgctxt", "msgid") and "msgid" in fields:
            yield _message(fields)
            fields = {}
        fields[name] = fields.get(name, "") + found[2]
    if fields:
        yield _message(fields)


def _message(fields: dict[str, str]) -> _Message:
    plain = {name: re.sub(r"\\(.)", _unescaped, text) for name, text in fields.items()}
    return _Message(
        plain.get("msgctxt"),
        [plain[name] for name in ("msgid", "msgid_plural") if name in plain],
        [text for name, text in plain.items() if name.startswith("msgstr")],
    )


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[1], found[1])


def _fault(message: _Message) -> str | None:
    """Say why a translation cannot stand for its source."""
    wanted = set[str]().union(*map(placeholders, message.sources))
    try:
        if any(placeholders(target) != wanted for target in message.targets):
            return f"must have the placeholders {sorted(wanted)}"
    except ValueError as error:
        return str(error)
    if len(message.targets) != (3 if len(message.sources) > 1 else 1):
        return "must have the forms of its language"
    return None if all(message.targets) else "one of the forms is empty"


def _russian_form(n: int) -> int:
    """Choose the form for a number: one (1, 21), few (2 to 4, 22) or many. Source: Unicode CLDR."""
    if n % 10 == 1 and n % 100 != 11:
        return 0
    return 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
