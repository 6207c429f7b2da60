"""What a window remembers."""

from __future__ import annotations

from pathlib import Path

import pytest

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
