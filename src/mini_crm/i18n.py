"""Texts in the person's language.

English is the language of the source: a text is looked up by its English sentence. The Russian
ones stand in ``locale/ru/*.po``, a file for each part of the program, and are read straight from
there, so nothing needs compiling. There is no global language: whoever shows something is given
a ``Texts`` and takes ``_ = texts.gettext`` from it.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import lru_cache
from gettext import NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

LANGUAGES = ("ru", "en")


class Texts:
    """Translates sentences into one language.

    Args:
        language: ``ru`` or ``en``; anything else gives English.

    Attributes:
        language: The language it translates into.
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self._catalogue = NullTranslations() if self.language == "en" else _catalogue(self.language)

    def gettext(self, message: str) -> str:
        """Give the translation of an English sentence, or the sentence itself."""
        return self._catalogue.gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Give the translation that fits the number ``n``; placeholders are left for ``format``."""
        return self._catalogue.ngettext(singular, plural, n)

    def pgettext(self, context: str, message: str) -> str:
        """Give the translation of a sentence that is ambiguous without its context."""
        return self._catalogue.pgettext(context, message)


def catalogue_files(language: str) -> list[Traversable]:
    """Give the .po files of a language, in order of name."""
    folder = files("mini_crm").joinpath("locale", language)
    return sorted((f for f in folder.iterdir() if f.name.endswith(".po")), key=lambda f: f.name)


def placeholders(text: str) -> set[str]:
    """Give the names of the ``{named}`` placeholders of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def faults(language: str) -> list[str]:
    """Give what is wrong with the translations of a language; such sentences are shown in English."""
    return [
        f"{file}: {message.id!r}: {fault}"
        for file, message in _messages(language)
        if (fault := _fault(message)) is not None
    ]


@lru_cache(maxsize=4)
def _catalogue(language: str) -> NullTranslations:
    # Babel takes a moment to load: only who needs a translation pays for it.
    from babel.messages.catalog import Catalog

    whole = Catalog(locale=language)
    for _file, message in _messages(language):
        if _fault(message) is None:
            whole.add(message.id, message.string, context=message.context)
    return _compiled(whole)


def _messages(language: str) -> Iterator[tuple[str, Message]]:
    """Give the translated sentences of all parts, each with the name of its file."""
    from babel.messages.pofile import read_po

    for file in catalogue_files(language):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if message.id and message.string:
                    yield file.name, message


def _fault(message: Message) -> str | None:
    """Say why a translation cannot stand for its source."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    targets = [message.string] if isinstance(message.string, str) else list(message.string or ())
    wanted = set[str]().union(*(placeholders(source) for source in sources))
    try:
        if any(placeholders(target) != wanted for target in targets):
            return f"must have the placeholders {sorted(wanted)}"
    except ValueError as error:
        return str(error)
    return None if all(targets) else "one of the forms is empty"


def _compiled(catalogue: Catalog) -> NullTranslations:
    from gettext import GNUTranslations
    from io import BytesIO

    from babel.messages.mofile import write_mo

    buffer = BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return GNUTranslations(buffer)
