"""Where a database may be: what is no file is refused before anything opens it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mini_crm.domain.errors import DatabaseError
from mini_crm.settings import Settings
from mini_crm.store.factory import open_store
from mini_crm.store.place import is_there
from mini_crm.store.sqlite import SqliteStore

pytestmark = pytest.mark.timeout(30)  # what waits for a pipe waits for ever
posix = pytest.mark.skipif(sys.platform == "win32", reason="makes pipes, sockets and links")


def make_socket(path: Path) -> None:
    """Let a socket stand there."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


STANDING: dict[str, tuple[Callable[[Path], object], str]] = {
    "folder": (Path.mkdir, "database_is_directory"),
    "pipe": (lambda path: os.mkfifo(path), "not_a_plain_file"),
    "socket": (make_socket, "not_a_plain_file"),
    "device": (lambda path: path.symlink_to("/dev/zero"), "not_a_plain_file"),
    "dangling": (lambda path: path.symlink_to("nowhere"), "not_a_plain_file"),
    "circle": (lambda path: path.symlink_to(path.name), "database_path_unusable"),
}


@posix
@pytest.mark.parametrize("kind", STANDING)
def test_what_is_no_file_is_no_database(tmp_path: Path, kind: str) -> None:
    """Neither opened nor made: a sentence says what stands there, and it stays as it is."""
    make, code = STANDING[kind]
    path = tmp_path / "company.sqlite"
    make(path)
    before = path.lstat()
    for use in (
        lambda: open_store(Settings(database=f"sqlite:///{path}"), "test"),
        lambda: SqliteStore.create(path),
    ):
        with pytest.raises(DatabaseError) as caught:
            use()
        assert caught.value.code == code
    assert (path.lstat().st_mode, path.lstat().st_ino) == (before.st_mode, before.st_ino)
    assert [file.name for file in tmp_path.iterdir()] == ["company.sqlite"]


@pytest.mark.parametrize("name", ["CON", "nul", "COM1.txt", "Aux.sqlite", "lpt9", "a" * 300])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    """A device of Windows, or a name too long for the disk, is refused before anything is made."""
    for use in (SqliteStore.open, SqliteStore.create):
        with pytest.raises(DatabaseError):
            use(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@posix
@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal", "-run"])
def test_a_pipe_beside_it(tmp_path: Path, end: str) -> None:
    """What stands in the place of the files beside a database is looked at too."""
    path = tmp_path / "company.sqlite"
    SqliteStore.create(path).close()
    os.mkfifo(f"{path}{end}")
    with pytest.raises(DatabaseError) as caught:
        SqliteStore.open(path)
    assert caught.value.data["path"] == f"{path}{end}"


def test_an_empty_file_is_none_of_ours(tmp_path: Path) -> None:
    """An empty file is not taken for a database, nor filled."""
    path = tmp_path / "company.sqlite"
    path.touch()
    with pytest.raises(DatabaseError) as caught:
        SqliteStore.open(path)
    assert caught.value.code == "database_not_ours"
    assert path.read_bytes() == b""


@posix
def test_nothing_and_a_file(tmp_path: Path) -> None:
    """A free place is free, and a file or a link to one is a database that may be opened."""
    path = tmp_path / "company.sqlite"
    assert not is_there(path)
    assert not is_there(tmp_path / "no" / "folder.sqlite")
    SqliteStore.create(path).close()
    link = tmp_path / "link.sqlite"
    link.symlink_to(path)
    assert is_there(path)
    assert is_there(link)
