"""Every text that the source can say: errors have sentences, sentences have Russian."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from mini_crm.domain import errors
from mini_crm.domain.errors import MiniCrmError
from mini_crm.i18n import Texts, catalogue_files, faults, placeholders
from mini_crm.messages import TABLES

SOURCE = Path(__file__).parents[2] / "src" / "mini_crm"
FILES = sorted(SOURCE.rglob("*.py"))
OUR_CLASSES = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, MiniCrmError)
}
MARKS = {"_", "gettext", "ngettext", "pgettext"}

# Computed by mini_crm.messages from the data of the same name.
DERIVED = {"wait": "seconds"}

Id = tuple[str | None, str | tuple[str, ...]]
"""A context, and a sentence with its plural."""


def name_of(call: ast.Call) -> str:
    """Give the last part of the name that is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def calls(file: Path) -> Iterator[ast.Call]:
    """Give every call in a file."""
    return (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))


def raised() -> Iterator[tuple[str, str, ast.Call]]:
    """Give every code that is passed to one of our error classes as it stands: place, code, call."""
    for file in FILES:
        for call in calls(file):
            if name_of(call) not in OUR_CLASSES or not call.args:
                continue
            first = call.args[0]
            choices = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            for choice in choices:
                if isinstance(choice, ast.Constant) and isinstance(choice.value, str):
                    yield f"{file.relative_to(SOURCE)}:{call.lineno}", choice.value, call


def said() -> dict[Id, str]:
    """Give every sentence in the source, with a place where it stands."""
    found: dict[Id, str] = {}
    for file in FILES:
        for line, message, _comments, context in extract_from_file("python", file):
            found.setdefault((context, message), f"{file.relative_to(SOURCE)}:{line}")
    return found


def translated() -> list[tuple[str, Id, Message]]:
    """Give every Russian translation with the name of its file."""
    found = []
    for file in catalogue_files("ru"):
        for message in read_po(BytesIO(file.read_bytes()), locale="ru"):
            if message.id:
                found.append((file.name, (message.context, as_id(message.id)), message))
    return found


def as_id(text: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    """Give one sentence, or singular and plural, in a form that can be compared."""
    return text if isinstance(text, str) else tuple(text)


def english(code: str) -> str | None:
    """Give the English sentence of a code, without its data."""
    return next((table[code](Texts("en"), {}) for table in TABLES if code in table), None)


def listed(lines: list[str]) -> str:
    """Give the lines in a form that pytest shows whole."""
    return "\n" + "\n".join(sorted(lines))


def test_every_code_has_a_sentence() -> None:
    """Each code that the source raises is explained to a person."""
    missing = [f"{place} {code}" for place, code, _call in raised() if english(code) is None]
    assert not missing, listed(missing)


def test_every_error_carries_what_its_sentence_shows() -> None:
    """Wherever an error is made, it is given a value for each placeholder of its sentence."""
    lacking = []
    for place, code, call in raised():
        given = {keyword.arg for keyword in call.keywords}
        template = english(code)
        if template is None or None in given:  # None: more data comes as **data
            continue
        table = next(table for table in TABLES if code in table)
        wanted = placeholders(table[code](Texts("en"), dict.fromkeys(filter(None, given), 0)))
        lacks = {DERIVED.get(name, name) for name in wanted} - given
        if lacks:
            lacking.append(f"{place} {code}: {sorted(lacks)}")
    assert not lacking, listed(lacking)


def test_what_stands_below_a_field_begins_with_the_remedy() -> None:
    """A sentence about a typed value first says what to do: whatever is read of it, that is read."""
    of_fields = ("domain/dates", "domain/money", "domain/rules", "domain/credentials", "ui/")
    not_shown_there = {"unit_unknown", "name_missing", "name_too_long"}
    wrong = []
    for place, code, call in raised():
        if name_of(call) == "BadValue" and place.startswith(of_fields) and code not in not_shown_there:
            said_first = next(table[code](Texts("ru"), {}) for table in TABLES if code in table).split()[0]
            if not said_first.endswith("те"):  # the ending of a request in Russian
                wrong.append(f"{place} {code}: {said_first}")
    assert not wrong, listed(wrong)


def test_every_sentence_of_a_code_is_needed() -> None:
    """No table explains a code that nothing in the source mentions."""
    mentioned = {
        node.value
        for file in FILES
        if file.name != "messages.py"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = [code for table in TABLES for code in table if code not in mentioned]
    assert not unused, listed(unused)


def test_only_whole_sentences_are_marked() -> None:
    """Texts are marked as literals, since others are never found for translation; none at module level."""
    wrong = []
    for file in FILES:
        if file.name == "i18n.py":
            continue
        tree = ast.parse(file.read_text("utf-8"))
        inside = {
            id(node)
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for node in ast.walk(function)
        }
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or name_of(call) not in MARKS:
                continue
            texts = call.args[:2] if name_of(call) in {"ngettext", "pgettext"} else call.args[:1]
            literal = all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts)
            if not literal or id(call) not in inside:
                wrong.append(f"{file.relative_to(SOURCE)}:{call.lineno}")
    assert not wrong, listed(wrong)


def test_every_sentence_has_russian() -> None:
    """Each text that the source can say is translated."""
    there = {key for _file, key, message in translated() if message.string and all(message.string)}
    missing = [f"{place} {key[1]!r}" for key, place in said().items() if key not in there]
    assert not missing, listed(missing)


def test_every_translation_is_needed() -> None:
    """No translation stands for a sentence that the source no longer has."""
    wanted = said()
    stale = [f"{file}: {key[1]!r}" for file, key, _message in translated() if key not in wanted]
    assert not stale, listed(stale)


def test_translations_have_the_same_placeholders() -> None:
    """Every translation has its sentence's placeholders, in all of its forms."""
    assert faults("ru") == []


def test_plurals_have_three_forms() -> None:
    """A Russian text with a number has one, few and many."""
    wrong = [
        f"{file}: {key[1]!r}"
        for file, key, message in translated()
        if isinstance(key[1], tuple) and (isinstance(message.string, str) or len(message.string) != 3)
    ]
    assert not wrong, listed(wrong)


def test_one_sentence_one_translation() -> None:
    """A sentence that stands in several files is translated alike in all; nothing waits for a check."""
    seen: dict[Id, tuple[str, Message]] = {}
    wrong = []
    for file, key, message in translated():
        first_file, first = seen.setdefault(key, (file, message))
        if message.string != first.string:
            wrong.append(f"{first_file}, {file}: {key[1]!r}")
        if message.fuzzy:
            wrong.append(f"{file}: fuzzy: {key[1]!r}")
    assert not wrong, listed(wrong)


@pytest.mark.parametrize("file", catalogue_files("ru"), ids=lambda file: file.name)
def test_typography(file: Path) -> None:
    """Russian texts use «» and the long dash, begin and end like their source, and have no double blanks."""
    wrong = []
    for message in read_po(BytesIO(file.read_bytes()), locale="ru"):
        sources = [message.id] if isinstance(message.id, str) else list(message.id)
        targets = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for target in targets if message.id else []:
            source = sources[0]
            ends = source[-1] if source[-1] in ".:?…" else ""
            if (
                re.search(r"[“”\"]| - |  ", target)
                or not target.endswith(ends)
                or target[:1].isspace() != source[:1].isspace()
            ):
                wrong.append(f"{source!r} -> {target!r}")
    assert not wrong, listed(wrong)
