"""Files and folders: whole or not at all, and for nobody but who should see them."""

from __future__ import annotations

import errno
import os
import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mini_crm.domain.errors import UsageError
from mini_crm.files import (
    OWNER_ONLY,
    make_companion,
    make_private_file,
    make_private_folder,
    refuse_unless_plain,
    replacing,
)

posix = pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")


@pytest.fixture(params=[0o000, 0o022, 0o077], ids=lambda umask: f"umask {umask:03o}")
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """Set the umask for a test."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    """Give the rights of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    """While it is written the old content stands; afterwards only the new one is there."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")
    with replacing(path) as stream:
        stream.write(b"half")
        stream.flush()
        assert path.read_bytes() == b"old"
        stream.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("older", [None, b"old"])
def test_failure_leaves_nothing(tmp_path: Path, older: bytes | None) -> None:
    """An error in the middle, even Ctrl+C, leaves the old file, and beside it nothing."""
    path = tmp_path / "report.xlsx"
    if older is not None:
        path.write_bytes(older)
    with pytest.raises(KeyboardInterrupt), replacing(path) as stream:
        stream.write(b"half")
        Path(f"{stream.name}-wal").write_bytes(b"what a database engine puts beside it")
        raise KeyboardInterrupt
    assert [p.read_bytes() for p in tmp_path.iterdir()] == ([] if older is None else [older])


@posix
def test_file_that_is_too_large_for_the_disk_leaves_the_old_one(tmp_path: Path) -> None:
    """Where the system refuses to write on, the old file stands and nothing is beside it."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")
    code = (
        "import resource, signal, sys; from pathlib import Path; from mini_crm.files import replacing\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    with replacing(Path(sys.argv[1])) as stream: stream.write(b'x' * 5000)\n"
        "except OSError as error: print(error.strerror)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("File too large\n", "")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_first_name_cannot_be_foreseen(tmp_path: Path) -> None:
    """No name is used twice, and each has 128 bits from the system's generator."""
    names = set()
    for _ in range(20):
        with replacing(tmp_path / "report.xlsx") as stream:
            names.add(Path(stream.name).name)
    assert len(names) == 20
    assert all(re.fullmatch(r"~mini-crm-[0-9a-f]{32}\.tmp", name) for name in names)


@posix
def test_planted_name_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where somebody guessed the first name, a link there is neither followed nor written through."""
    monkeypatch.setattr("secrets.token_hex", lambda size: "guessed")
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "~mini-crm-guessed.tmp").symlink_to(victim)
    with pytest.raises(FileExistsError), replacing(tmp_path / "report.xlsx") as stream:
        stream.write(b"x")
    assert victim.read_bytes() == b"precious"


@posix
def test_new_file_has_the_rights_of_the_umask(tmp_path: Path, umask: int) -> None:
    """A file that replaces none is for whoever the umask lets in."""
    with replacing(tmp_path / "report.xlsx") as stream:
        stream.write(b"x")
    assert mode(tmp_path / "report.xlsx") == 0o666 & ~umask


@posix
@pytest.mark.parametrize("rights", [0o600, 0o640, 0o664])
def test_file_keeps_the_rights_of_the_one_that_it_replaces(tmp_path: Path, umask: int, rights: int) -> None:
    """Whoever could read the old file can read the new one, and while it is written nobody else can."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")
    path.chmod(rights)
    with replacing(path) as stream:
        assert mode(Path(stream.name)) == 0o600
    assert mode(path) == rights


@posix
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_root_leaves_a_file_to_its_owner(tmp_path: Path) -> None:
    """A person's file that root replaces stays that person's."""
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    path.chmod(0o600)
    with replacing(path) as stream:
        stream.write(b"x")
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (1234, 2345, 0o600)


@posix
def test_secret_file_is_secret_even_where_the_old_one_was_not(tmp_path: Path, umask: int) -> None:
    """A file with rights of its own has them from the first moment, whatever was there before."""
    path = tmp_path / "rejects.csv"
    path.write_bytes(b"old")
    path.chmod(0o644)
    with replacing(path, mode=OWNER_ONLY) as stream:
        assert mode(Path(stream.name)) == 0o600
    assert mode(path) == 0o600


def test_new_file_never_takes_anothers_place(tmp_path: Path) -> None:
    """What appeared meanwhile is kept, and nothing is left beside it."""
    path = tmp_path / "backup.sqlite"
    with pytest.raises(FileExistsError), replacing(path, new=True) as stream:
        stream.write(b"x")
        path.write_bytes(b"somebody was quicker")
    assert path.read_bytes() == b"somebody was quicker"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileExistsError), replacing(path, new=True):
        pytest.fail("the block must not run")


def test_new_file_on_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that knows no hard links, such as a stick, takes it, and still refuses another's place."""

    def refuse(*args: object, **more: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "backup.sqlite"
    with replacing(path, new=True) as stream:
        stream.write(b"x")
    assert path.read_bytes() == b"x"
    other = tmp_path / "other.sqlite"
    with pytest.raises(FileExistsError), replacing(other, new=True):
        other.write_bytes(b"somebody was quicker")
    assert other.read_bytes() == b"somebody was quicker"
    assert sorted(tmp_path.iterdir()) == [path, other]


@posix
def test_others_may_write_the_file(tmp_path: Path) -> None:
    """A stream that the block closes is written by its name, and comes to its place all the same."""
    path = tmp_path / "backup.sqlite"
    with replacing(path, mode=OWNER_ONLY) as stream:
        stream.close()
        Path(stream.name).write_bytes(b"by a database engine")
    assert path.read_bytes() == b"by a database engine"
    assert mode(path) == 0o600


def test_file_and_folder_are_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The content is flushed before the file gets its name; after that the folder, but on Windows."""
    path, seen = tmp_path / "report.xlsx", []
    real = os.fsync

    def watched(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        seen.append((kind, path.exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", watched)
    with replacing(path) as stream:
        stream.write(b"x")
    assert seen == [("file", False), ("folder", True)][: 1 if os.name == "nt" else 2]


def test_what_a_kill_left_goes_away(tmp_path: Path) -> None:
    """A half written file of a day ago is deleted by the next one; a younger one may be at work."""
    old, young = tmp_path / f"~mini-crm-{'0' * 32}.tmp", tmp_path / f"~mini-crm-{'1' * 32}.tmp"
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 100_000,) * 2)
    with replacing(tmp_path / "report.xlsx"):
        pass
    assert {p.name for p in tmp_path.iterdir()} == {young.name, "report.xlsx"}


@posix
@pytest.mark.parametrize("kind", ["folder", "link", "pipe", "socket", "device"])
def test_what_is_no_plain_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A folder, link, pipe, socket or device in place of a file is a mistake of the command line."""
    path = tmp_path / "report.xlsx"
    match kind:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(tmp_path / "elsewhere")
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))
        case _:
            path = Path(os.devnull)
    with pytest.raises(UsageError) as caught:
        refuse_unless_plain(path)
    assert (caught.value.exit_code, caught.value.data["kind"]) == (2, kind)


@pytest.mark.parametrize(
    "name",
    ["CON", "nul", "NUL.txt", "com1.tar.gz", "LPT9", "COM¹", "Aux ", "prn.", "con:", "NUL .txt", "CONOUT$"],
)
def test_names_of_devices_are_refused(tmp_path: Path, name: str) -> None:
    """A name that Windows takes for a device is refused, with any ending and on every system."""
    with pytest.raises(UsageError):
        refuse_unless_plain(tmp_path / name)


@pytest.mark.parametrize("name", ["console.xlsx", "null.csv", "com.csv", "com10.csv", "my nul.txt", "report"])
def test_other_names_are_fine(tmp_path: Path, name: str) -> None:
    """Names that only look like those are free, whether there is a file or not."""
    refuse_unless_plain(tmp_path / name)
    (tmp_path / name).touch()
    refuse_unless_plain(tmp_path / name)
    refuse_unless_plain(None)


@posix
def test_links_may_be_followed(tmp_path: Path) -> None:
    """Where links are wanted, what counts is what they lead to."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")
    (tmp_path / "file").touch()
    refuse_unless_plain(link, follow=True)
    (tmp_path / "device").symlink_to(os.devnull)
    with pytest.raises(UsageError):
        refuse_unless_plain(tmp_path / "device", follow=True)


@posix
def test_private_file_is_the_owners(tmp_path: Path, umask: int) -> None:
    """It is the owner's alone, and no planted link or file is used."""
    make_private_file(tmp_path / "database")
    assert mode(tmp_path / "database") == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("database", "link"):
        with pytest.raises(FileExistsError):
            make_private_file(tmp_path / name)
    assert not (tmp_path / "elsewhere").exists()


@posix
@pytest.mark.parametrize("rights", [0o600, 0o660, 0o666])
def test_companion_follows_the_database(tmp_path: Path, umask: int, rights: int) -> None:
    """Whoever may use the database may use the file beside it, also when the rights were given later."""
    database, companion = tmp_path / "d.sqlite", tmp_path / "d.sqlite-run"
    make_private_file(database)
    database.chmod(rights)
    make_companion(companion, database)
    assert mode(companion) == rights
    database.chmod(0o640)
    make_companion(companion, database)
    assert mode(companion) == 0o640


@posix
def test_folders_are_the_owners(tmp_path: Path, umask: int) -> None:
    """Each folder that is made is the owner's alone; one that was there keeps its rights."""
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path / "one" / "two")
    assert (mode(tmp_path / "one"), mode(tmp_path / "one" / "two")) == (0o700, 0o700)
    (tmp_path / "one").chmod(0o770)
    make_private_folder(tmp_path / "one" / "two" / "three")
    assert (mode(tmp_path), mode(tmp_path / "one")) == (0o755, 0o770)


@pytest.mark.parametrize("below", ["", "one", "one/two"])
def test_a_file_in_the_place_of_a_folder_is_named(tmp_path: Path, below: str) -> None:
    """Wherever on the way it is, and on Windows too, where the system says only that nothing is there."""
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError) as caught:
        make_private_folder(tmp_path / "file" / below)
    assert caught.value.errno == errno.ENOTDIR
    assert caught.value.filename == str(tmp_path / "file")
