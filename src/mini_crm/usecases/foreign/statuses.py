"""What the words of a status column mean. A word that nobody knows is never taken for anything."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mini_crm.domain.errors import UsageError
from mini_crm.domain.model import Status
from mini_crm.usecases.columns import Text
from mini_crm.usecases.foreign.systems import System, known_systems, word_key

_PIPELINE = re.compile(r"\s*\([^()]*\)\s*\Z")
"""HubSpot writes the name of the pipeline behind the stage: ``Closed Won (Sales Pipeline)``."""


@dataclass(frozen=True, slots=True)
class StatusWord:
    """One word of a status column.

    Attributes:
        word: As the file writes it first; empty where nothing stands.
        count: In how many rows it stands.
        line: The first of them.
        meaning: What it is taken for; None if nobody knows.
    """

    word: str
    count: int
    line: int
    meaning: Status | None


class StatusWords:
    """Knows what words mean.

    Args:
        system: Whose file it is; its words go before those of others.
        wishes: What the command line says, by ``word_key``; goes before all.
    """

    def __init__(self, system: System | None, wishes: Mapping[str, Status]) -> None:
        self._words: dict[str, Status] = {"": Status.EXPECTED}
        for known in known_systems():
            self._words |= known.statuses
        if system is not None:
            self._words |= system.statuses
        self._words |= wishes

    def meaning(self, word: str) -> Status | None:
        """Give what a word means; None if nobody knows."""
        meaning = self._words.get(word_key(word))
        return self._words.get(word_key(_PIPELINE.sub("", word))) if meaning is None else meaning

    def survey(self, words: Iterable[Text]) -> tuple[StatusWord, ...]:
        """Put the words of a column together that differ in case or blanks only.

        Returns:
            Each word once, in order of meaning (unknown ones last), the most frequent first.
        """
        found: dict[str, list[Text]] = {}
        for word in words:
            found.setdefault(word_key(word.text), []).append(word)
        counted = [
            StatusWord(
                same[0].text.strip(),
                sum(word.rows for word in same),
                same[0].line,
                self.meaning(same[0].text),
            )
            for same in found.values()
        ]
        order = [*Status, None]
        return tuple(sorted(counted, key=lambda word: (order.index(word.meaning), -word.count)))


def parse_status_words(texts: Iterable[str]) -> dict[str, Status]:
    """Read what words mean, such as ``paid=Closed Won,Won``; a word with a comma stands in quotation marks.

    Returns:
        The meaning of each word, by its ``word_key``.

    Raises:
        UsageError: ``status_option_unreadable``, ``status_option_meaning`` or ``status_option_twice``.
    """
    words: dict[str, Status] = {}
    for text in texts:
        meaning, equals, listed = (part.strip() for part in text.partition("="))
        if not equals or not listed:
            raise UsageError("status_option_unreadable", text=text.strip())
        try:
            status = Status(meaning)
        except ValueError:
            known = ", ".join(status.value for status in Status)
            raise UsageError("status_option_meaning", name=meaning, known=known) from None
        for word in next(csv.reader([listed], skipinitialspace=True)):
            if words.setdefault(word_key(word), status) is not status:
                raise UsageError("status_option_twice", word=word)
    return words


def status_option(words: Iterable[str], meaning: Status) -> str:
    """Write what ``parse_status_words`` reads."""
    quoted = ['"' + word.replace('"', '""') + '"' if set(',"') & set(word) else word for word in words]
    return f"{meaning.value}={','.join(quoted)}"
