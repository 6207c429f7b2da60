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
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mini_crm.domain.errors import BadFile, UsageError

ENCODINGS = (
    "cp1251", "koi8_r", "koi8_u", "cp866", "mac_cyrillic", "iso8859_5",
    "cp1252", "cp1250", "cp1254", "cp1257", "iso8859_2", "mac_roman", "cp850",
)  # fmt: skip
"""Those that are found; of two that read alike the first. A person may name any that Python knows."""

_CHUNK = 1 << 20
_SAMPLE = 1 << 16
"""Bytes of lines that are not plain ASCII."""
_SHOWN_READINGS, _SHOWN_CELLS = 3, 3
_NEVER_IN_TEXT = bytes(set(range(0x20)) - set(b"\t\n\v\f\r\x1a")) + b"\x7f"

_MOSTLY = 0.8
"""Share of words that must be natural."""
_MORE_COHERENT = 0.08
"""How much better a language must fit, by charset-normalizer's measure from 0 to 1."""
_MORE_LIKELY = 6.0
"""By how much the logarithm of one reading's likelihood must exceed another's: 400 to 1."""
_USUAL = 2.0
"""What cp1251 has ahead: it is what Russian Windows and Excel write."""
_RUSSIAN_MEAN = -3.0
"""Mean logarithm of a letter's share in Russian text; letters taken at random have -4.1."""

# Shares in per cent of the letters from U+0430 to U+044F in Russian.
# Source: Lyashevskaya, Sharov, "Frequency dictionary of modern Russian", 2009.
_SHARES = (
    8.01, 1.59, 4.54, 1.70, 2.98, 8.45, 0.94, 1.65, 7.35, 1.21, 3.49, 4.40, 3.21, 6.70, 10.97, 2.81,
    4.73, 5.47, 6.26, 2.62, 0.26, 0.97, 0.48, 1.44, 0.73, 0.36, 0.04, 1.90, 1.74, 0.32, 0.64, 2.01,
)  # fmt: skip
_NEIGHBOURS, _ALMOST_NEVER = 0.3, 0.04
"""The same of letters of neighbours' alphabets, and of other signs within words."""
_FIRST = 0x430
_CYRILLIC_OF_OURS = frozenset(
    [
        *map(chr, range(0x410, 0x450)),
        *"\u0401\u0404\u0406\u0407\u040e\u0451\u0454\u0456\u0457\u045e\u0490\u0491",
    ]
)
"""Russian, Ukrainian and Belarusian letters."""
_BEFORE_WORDS = "\u00a0\u00a7\u00ab\u2018\u201c\u201e\u2116"
_AFTER_WORDS = "\u00a0\u00ae\u00b0\u00bb\u2019\u201c\u201d\u2026\u20ac\u2122"
_ALONE = "\u2013\u2014\u2022"
"""Quotation marks, dashes, the signs of numbers, money and rights."""
_SIGNS = frozenset(_BEFORE_WORDS + _AFTER_WORDS + _ALONE)
_WITHIN_WORDS = re.compile("[\u2013\u2014\u2019]")
_WITHIN = re.compile("[^\\W\\da-zA-Z]+(?:[\u2013\u2014\u2019][^\\W\\da-zA-Z]+)+")
"""Words that a dash or an apostrophe joins; of Latin words it may be a letter in another encoding."""
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
    lines = sample.getvalue()[: 2 * _SAMPLE]
    is_utf8 = decoder is not None and _decoder_after(decoder, b"", final=True) is not None
    # A few letters of another encoding may by chance be signs of UTF-8 that do not exist.
    signs = {sign for sign in lines.decode("utf-8", "ignore") if not sign.isascii()}
    if is_utf8 and (not signs or any(unicodedata.category(sign) != "Cn" for sign in signs)):
        return "utf-8-sig"
    return _of_one_byte(path, lines)


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
        text = start.decode(name, "ignore")
        if not {"Cn", "Co", "Cc"} & set(map(unicodedata.category, set(text) - set("\t\r\n"))):
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
    if not readings or (len(readings) == 1 and not _is_russian(readings[0].text)):
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
    """Say whether the words of a text are made as words are: of one script, capitals where they belong."""
    words = _foreign_words(text)
    return sum(map(_is_natural, words)) >= _MOSTLY * len(words)


def _foreign_words(text: str) -> set[str]:
    """Give the words that are not plain ASCII, each once, without the signs around them."""
    words = {word.lstrip(_BEFORE_WORDS).rstrip(_AFTER_WORDS) for word in _tokens(text)}
    parts = {
        part
        for word in words
        for part in (_WITHIN_WORDS.split(word) if _WITHIN.fullmatch(word) else [word])
        if word.strip(_ALONE)
    }
    return {part for part in parts if not part.isascii()}


def _tokens(text: str) -> set[str]:
    return {word for word in _WORD.findall(text) if not word.isascii()}


def _is_natural(word: str) -> bool:
    if not (word.islower() or word.isupper() or word.istitle() or _is_joined(word)):
        return False
    if _CYRILLIC_OF_OURS.issuperset(word):
        return True
    accented = [character for character in word if not character.isascii()]
    return all(map(_is_latin, accented)) and (len(word) == 1 or len(accented) * 2 <= len(word))


def _is_joined(word: str) -> bool:
    """Say whether a word is made of several, as names of companies are, each with its capital."""
    capitals = [at for at, letter in enumerate(word) if letter.isupper()]
    ends = [*capitals[1:], len(word)]
    return capitals[:1] == [0] and all(end - at > 2 for at, end in zip(capitals, ends, strict=True))


@cache
def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _likelihood(text: str) -> tuple[float, int]:
    """Give the logarithm of how likely the letters of a text are in Russian, and how many these are."""
    letters = [letter for word in _tokens(text) for letter in word.lower() if not letter.isascii()]
    return sum(math.log(_share(letter) / 100) for letter in letters), len(letters)


def _share(letter: str) -> float:
    at = ord(letter) - _FIRST
    if 0 <= at < len(_SHARES):
        return _SHARES[at]
    return _NEIGHBOURS if letter in _CYRILLIC_OF_OURS or letter in _SIGNS else _ALMOST_NEVER


def _is_cyrillic(text: str) -> bool:
    return not _CYRILLIC_OF_OURS.isdisjoint(text)


def _is_russian(text: str) -> bool:
    """Say whether letters that are ours stand as often as in Russian; Latin text is not looked at."""
    likelihood, letters = _likelihood(text)
    least = min(_RUSSIAN_MEAN - 0.5, _RUSSIAN_MEAN - 2.2 / math.sqrt(max(letters, 1)))
    return not _is_cyrillic(text) or likelihood >= least * letters


def _is_clearer(one: _Reading, other: _Reading) -> bool:
    """Say whether one reading is so much likelier than another that this need not be considered."""
    if one is other:
        return False
    if _is_cyrillic(one.text) and _is_cyrillic(other.text):
        usual = (one.encoding == ENCODINGS[0]) - (other.encoding == ENCODINGS[0])
        more = _likelihood(one.text)[0] - _likelihood(other.text)[0]
        return more + _USUAL * usual > _MORE_LIKELY
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
