"""The gate for text: what comes through can be stored, shown and written into a workbook."""

from __future__ import annotations

from xml.parsers.expat import ParserCreate as Parser
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.domain.text import (
    first_hidden,
    first_unseen,
    first_unstorable,
    only_storable,
    without_marks,
    without_unseen,
)

anything = st.text(alphabet=st.characters(exclude_categories=[]), max_size=40)
TECHNOLOGIST = "\U0001f469\U0001f3fd\u200d\U0001f4bb"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ёлкина Вера", "Ёлкина Вера"),
        ("\U0001f600\x7f", "\U0001f600"),
        ("a\ud83d", "a"),
        ("caf\udce9", "caf"),
        ("1\x0023", "123"),
        ("12\ufffe3\uffff\ufdd0\U0001ffff", "123"),
        ("\u202a0042\u202c", "0042"),
        ("a\u200bb\ufeffc\u00add", "abcd"),
        ("a\r\nb\tc\u2028d\u0085e\x0bf", "a b c d e f"),
        (TECHNOLOGIST, TECHNOLOGIST),
        (ENGLAND, ENGLAND),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\ufffd", "\ufffd"),
    ],
)
def test_what_a_field_keeps(typed: str, kept: str) -> None:
    """What nobody typed on purpose is dropped; letters of every script, emoji and their joiners stay."""
    assert without_unseen(typed) == kept


def test_lines_are_kept_where_they_are_wanted() -> None:
    """A comment keeps its lines and tabs, the line ends as newlines."""
    assert without_unseen("a\r\nb\rc\td\x0be\u2029f\x00", lines=True) == "a\nb\nc\td\ne\nf"


@given(anything)
def test_whatever_comes_through_fits_everywhere(text: str) -> None:
    """An XML parser takes it, as does UTF-8, and no code point is one that Unicode keeps free."""
    for kept in (without_unseen(text), without_unseen(text, lines=True), only_storable(text)):
        Parser("utf-8").Parse(f"<t>{escape(kept)}</t>".encode(), True)
        kept.encode("utf-8")
        kept.encode("utf-16-le")
        assert not any(ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF for char in kept)
        assert not any(ord(char) < 32 and char not in "\t\n\r" for char in kept)


@given(anything)
def test_finding_and_dropping_agree(text: str) -> None:
    """A text in which nothing is found comes through as it is, and what comes through has nothing left."""
    assert (first_unstorable(text) is None) == (only_storable(text) == text)
    assert (first_unseen(text) is None) == (without_unseen(text) == text)
    assert first_unseen(without_unseen(text)) is None
    assert first_unseen(without_unseen(text, lines=True), lines=True) is None
    assert first_unseen(only_storable(without_marks(text)), lines=True) is None


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Анна", None),
        (f"Анна {TECHNOLOGIST}", None),
        ("\u2764\ufe0f\u200d\U0001f525", None),
        ("Ан\u200dна", (3, "U+200D")),
        ("Анна\u200d", (5, "U+200D")),
        ("\u200d\U0001f4bb", (1, "U+200D")),
        ("Ан\u200bна", (3, "U+200B")),
        ("Ан\u202eна", (3, "U+202E")),
        ("Анна\ufffe", (5, "U+FFFE")),
        ("\U0001f600\x7f", (2, "U+007F")),
        ("Ан\tна", (3, "U+0009")),
    ],
)
def test_nothing_hides_in_a_name(name: str, found: tuple[int, str] | None) -> None:
    """A name with something that nobody sees is refused with its place; a joiner inside an emoji is fine."""
    assert first_hidden(name) == found
