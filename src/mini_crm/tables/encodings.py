"""Encodings of text files: found for certain, or asked for.

UTF-8 and UTF-16 show by themselves. Of the others charset-normalizer tells which are possible; here it is
checked whether the text reads as words in them. Where two do, and differ, a person has to choose.
"""

from __future__ import annotations

import codecs
import io
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mini_crm.domain.errors import BadFile, UsageError

ENCODINGS = (
    "cp1251", "koi8_r", "cp866", "mac_cyrillic", "iso8859_5",
    "cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "mac_roman", "cp850",
)  # fmt: skip
"""Those that are found; of two that read alike the first. A person may name any that Python knows."""

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
"""Bytes of lines that are not plain ASCII."""
_SHOWN_READINGS, _SHOWN_CELLS = 3, 3
_NEVER_IN_TEXT = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1a")) + b"\x7f"

_MOSTLY = 0.9
"""Share of words that must be natural."""
_MORE_COHERENT = 0.08
"""How much better a language must fit, by charset-normalizer's measure from 0 to 1."""
_MORE_LIKELY = 6.0
"""By how much the logarithm of one reading's likelihood must exceed another's: 400 to 1."""
_RUSSIAN_MEAN, _RUSSIAN_LETTERS = -3.6, 20
"""Mean logarithm of a letter's share in Russian, below which so many letters are no Russian: Russian has
-3.0, letters taken at random have -4.1."""

# Shares in per cent of the letters from U+0430 to U+044F in Russian.
# Source: Lyashevskaya, Sharov, "Frequency dictionary of modern Russian", 2009.
_SHARES = (
    8.01, 1.59, 4.54, 1.70, 2.98, 8.45, 0.94, 1.65, 7.35, 1.21, 3.49, 4.40, 3.21, 6.70, 10.97, 2.81,
    4.73, 5.47, 6.26, 2.62, 0.26, 0.97, 0.48, 1.44, 0.73, 0.36, 0.04, 1.90, 1.74, 0.32, 0.64, 2.01,
)  # fmt: skip
_RARE = 0.04
_FIRST = 0x430
_CYRILLIC_OF_OURS = frozenset(
    [
        *map(chr, range(0x410, 0x450)),
        *"\u0401\u0404\u0406\u0407\u040e\u0451\u0454\u0456\u0457\u045e\u0490\u0491",
    ]
)
"""Russian, Ukrainian and Belarusian letters."""
_AROUND_WORDS = (
    "\u00a0\u00a7\u00a9\u00ab\u00ae\u00b0\u00bb"
    "\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2022\u2026\u20ac\u2116\u2122"
)
"""Quotation marks, dashes, and the signs of numbers, money and rights."""
_WITHIN_WORDS = re.compile("[\u2013\u2014\u2019]")
_WORD = re.compile(r"[A-Za-z\u0080-\U0010ffff]+")
_CELL = re.compile(r"[^;,\t|\r\n\"]+")


class _Reading(NamedTuple):
    """A text in one of the encodings that may be meant."""

    encoding: str
    text: str
    coherence: float


def check_encoding(name: str) -> str:
    """Give the name of an encoding that a person has named as Python has it.

    Raises:
        UsageError: ``encoding_unknown``.
    """
    from charset_normalizer.constant import IANA_SUPPORTED

    try:
        known = codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError):
        known = ""
    if known in ("utf_8", "utf_8_sig"):
        return "utf-8-sig"
    if known not in {codecs.lookup(supported).name.replace("-", "_") for supported in IANA_SUPPORTED}:
        raise UsageError("encoding_unknown", encoding=name, known=", ".join(("utf-8", "utf-16", *ENCODINGS)))
    return codecs.lookup(name).name


def find_encoding(path: Path, raw: io.BufferedReader) -> str:
    """Find the encoding of a text file after a look at every byte.

    Args:
        path: Its name, for errors.
        raw: Its bytes, from the start.

    Returns:
        As Python calls it.

    Raises:
        BadFile: ``file_encoding``, or ``file_encoding_unsure`` with the ``readings`` as lines.
    """
    if raw.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    sample = io.BytesIO()
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    while chunk := raw.read(_CHUNK):
        if b"\0" in chunk:
            return _utf16_without_mark(path, raw)
        decoder = _decoder_after(decoder, chunk)
        if decoder is None and len(chunk.translate(None, _NEVER_IN_TEXT)) < len(chunk):
            raise BadFile("file_encoding", path=str(path))
        if sample.tell() < _SAMPLE and not chunk.isascii():
            sample.writelines(line for line in chunk.splitlines(keepends=True) if not line.isascii())
    if decoder is not None and _decoder_after(decoder, b"", final=True) is not None:
        return "utf-8-sig"
    return _of_one_byte(path, sample.getvalue()[: 2 * _SAMPLE])


def _decoder_after(
    decoder: codecs.IncrementalDecoder | None, chunk: bytes, *, final: bool = False
) -> codecs.IncrementalDecoder | None:
    """Let a decoder read on; None as soon as it cannot."""
    if decoder is not None:
        try:
            decoder.decode(chunk, final)
        except UnicodeDecodeError:
            return None
    return decoder


def _utf16_without_mark(path: Path, raw: io.BufferedReader) -> str:
    """Tell the order of bytes by where the zeros of ASCII characters stand: there are always separators."""
    raw.seek(0)
    start = raw.read(_SAMPLE)
    start = start[: len(start) // 2 * 2]
    zeros = {"utf-16-le": start[1::2].count(0), "utf-16-be": start[::2].count(0)}
    name = max(zeros, key=lambda order: zeros[order])
    if min(zeros.values()) == 0 and zeros[name] * 20 > len(start):
        characters = set(start.decode(name, "ignore")) - set("\t\r\n")
        if not {"Cn", "Co", "Cc"} & set(map(unicodedata.category, characters)):
            return name
    raise BadFile("file_encoding", path=str(path))


def _of_one_byte(path: Path, sample: bytes) -> str:
    from charset_normalizer import from_bytes  # a tenth of a second, for few files only

    matches = from_bytes(
        sample, cp_isolation=list(ENCODINGS), threshold=0.5, preemptive_behaviour=False, enable_fallback=False
    )
    readings = [
        _Reading(encoding, str(match), match.coherence)
        for match in matches
        if (encoding := next((name for name in ENCODINGS if name in match.could_be_from_charset), None))
        and _reads_as_words(str(match))
    ]
    readings = [one for one in readings if not any(_is_clearer(other, one) for other in readings)]
    if not readings:
        raise BadFile("file_encoding", path=str(path))
    if len(readings) > 1:
        readings.sort(key=lambda reading: ENCODINGS.index(reading.encoding))
        raise BadFile(
            "file_encoding_unsure",
            path=str(path),
            readings="\n".join(_shown(reading, readings) for reading in readings[:_SHOWN_READINGS]),
        )
    return readings[0].encoding


def _reads_as_words(text: str) -> bool:
    """Say whether words of a text are made as words are: of one script, and capitals only at their start."""
    words = [word.strip(_AROUND_WORDS) for word in _WORD.findall(text) if not word.isascii()]
    words = [part for word in words for part in _WITHIN_WORDS.split(word) if part and not part.isascii()]
    if not words:
        return True  # quotation marks, dashes and the like: all the same in most encodings
    if sum(map(_is_natural, words)) < _MOSTLY * len(words):
        return False
    letters = _cyrillic(words)
    return len(letters) < _RUSSIAN_LETTERS or _likelihood(letters) > _RUSSIAN_MEAN * len(letters)


def _is_natural(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    if _CYRILLIC_OF_OURS.issuperset(word):
        return True
    accented = [character for character in word if not character.isascii()]
    return all(map(_is_latin, accented)) and (len(word) == 1 or len(accented) * 2 <= len(word))


@cache
def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _cyrillic(words: Iterable[str]) -> str:
    return "".join(
        character for word in words for character in word.lower() if character in _CYRILLIC_OF_OURS
    )


def _likelihood(letters: str) -> float:
    """Give the logarithm of how likely these letters are in Russian, whatever their order."""
    places = (ord(letter) - _FIRST for letter in letters)
    return sum(math.log((_SHARES[at] if 0 <= at < len(_SHARES) else _RARE) / 100) for at in places)


def _is_clearer(one: _Reading, other: _Reading) -> bool:
    """Say whether one reading is so much likelier than another that this need not be considered."""
    if one is other:
        return False
    letters, others = (_cyrillic(_WORD.findall(reading.text)) for reading in (one, other))
    if letters and others:
        return _likelihood(letters) - _likelihood(others) > _MORE_LIKELY
    return one.coherence > other.coherence + _MORE_COHERENT


def _shown(reading: _Reading, readings: list[_Reading]) -> str:
    """Write a reading as the option to give, and cells that another reading has differently."""
    cells = [_CELL.findall(each.text) for each in readings]
    mine = cells[readings.index(reading)]
    differing = [
        cell.strip()
        for at, cell in enumerate(mine)
        if any(at >= len(other) or other[at] != cell for other in cells)
    ]
    shown = list(dict.fromkeys(differing))[:_SHOWN_CELLS]
    return f"--encoding {reading.encoding}: {' | '.join(shown)}"
