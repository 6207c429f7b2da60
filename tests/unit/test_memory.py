"""What a window remembers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mini_crm.ui.memory import Memory


def test_values_last_until_the_next_start(tmp_path: Path) -> None:
    """What was put is there in the next program, in a folder made when needed."""
    path = tmp_path / "new folder" / "window.json"
    Memory(path).put("last_name", "Ёлкина Вера")
    memory = Memory(path)
    assert memory.text("last_name") == "Ёлкина Вера"
    assert memory.get("size") is None
    assert [file.name for file in path.parent.iterdir()] == ["window.json"]


@pytest.mark.parametrize("content", ["", "{", "[1]", '"text"', "\x00\xff", '{"last_name": 5}'])
def test_a_broken_file_is_forgotten(tmp_path: Path, content: str) -> None:
    """A file that makes no sense is as good as none, and is replaced."""
    path = tmp_path / "window.json"
    path.write_text(content, "latin-1")
    memory = Memory(path)
    assert memory.text("last_name") == ""
    memory.put("last_name", "X")
    assert Memory(path).text("last_name") == "X"


def test_two_windows_do_not_forget_for_each_other(tmp_path: Path) -> None:
    """What one window remembers is not lost when another one, opened earlier, remembers something else."""
    path = tmp_path / "window.json"
    first, second = Memory(path), Memory(path)
    first.put("last_name", "X")
    second.put("language", "en")
    assert (Memory(path).text("last_name"), Memory(path).text("language")) == ("X", "en")


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """Where nothing can be written the program still remembers until it ends."""
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file" / "window.json")
    memory.put("last_name", "X")
    assert memory.text("last_name") == "X"


def test_leads_on_one_computer_remember_for_themselves(tmp_path: Path) -> None:
    """What one lead remembers is neither another's nor everybody's; case of the name does not matter."""
    memory = Memory(tmp_path / "window.json")
    memory.of("Ёлкина Вера").put("filters", [1])
    memory.of("Сомов Илья").put("filters", [2])
    again = Memory(tmp_path / "window.json")
    assert again.get("filters") is None
    assert again.of("ёлкина вера").get("filters") == [1]
    assert again.of("Сомов Илья").get("filters") == [2]


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[]))
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)


@given(st.dictionaries(st.sampled_from(["size", "widths", "last_name"]), JSON))
def test_whatever_the_file_holds_can_be_shown(values: dict[str, Any]) -> None:
    """Numbers that no screen has and texts that cannot be shown are forgotten one by one; the rest stays."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "window.json"
        path.write_text(json.dumps({**values, "language": "en"}), "utf-8")
        memory = Memory(path)
        assert memory.text("language") == "en"
        memory.put("theme", "x")
        text = path.read_text("utf-8")
    json.loads(text, parse_constant=pytest.fail)  # neither Infinity nor NaN as a number
    for name in values:
        memory.text(name).encode("utf-8")
        if isinstance(size := memory.get(name), int | float):
            assert abs(size) <= 100_000


@pytest.mark.timeout(30)
@pytest.mark.parametrize("content", ["[" * 100_000, '{"size": ' + "9" * 5000 + "}", '{"size": 1e999}'])
def test_a_hostile_file_is_forgotten(tmp_path: Path, content: str) -> None:
    """Brackets without end and numbers without end are as good as no file."""
    path = tmp_path / "window.json"
    path.write_text(content, "utf-8")
    assert Memory(path).get("size") is None


@pytest.mark.timeout(30)
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe in the file's place is as good as no file."""
    os.mkfifo(tmp_path / "window.json")
    assert Memory(tmp_path / "window.json").get("size") is None
