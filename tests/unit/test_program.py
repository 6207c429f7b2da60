"""What the three programs share: exit codes, sentences, common options."""

from __future__ import annotations

import errno
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from mini_crm.domain import errors
from mini_crm.domain.errors import MiniCrmError
from mini_crm.logs import close_log
from mini_crm.program import Program, run_program


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give a log folder and a language, and put the hooks back."""
    monkeypatch.setenv("MINI_CRM_LOG_DIR", str(tmp_path / "logs"))
    monkeypatch.setenv("MINI_CRM_LANGUAGE", "en")
    monkeypatch.setenv("MINI_CRM_DATABASE", f"sqlite:///{tmp_path / 'a.sqlite'}")
    hooks = sys.excepthook, threading.excepthook
    yield
    close_log(logging.getLogger("mini_crm"))
    sys.excepthook, threading.excepthook = hooks


def log(tmp_path: Path) -> str:
    """Give the log's text, empty if there is none."""
    file = tmp_path / "logs" / "prog.log"
    return file.read_text("utf-8") if file.exists() else ""


def run(work: Callable[[], object], *arguments: str) -> int:
    """Run a program whose one sub-command, ``go``, does some work."""

    def build(program: Program) -> click.Command:
        @click.group(help="Does things.")
        def group() -> None:
            pass

        @group.command()
        @click.option("--count", type=int)
        @click.option("--kind", type=click.Choice(["a", "b"]))
        @click.option("--name", required=False)
        @click.argument("file", required=False)
        def go(count: int | None, kind: str | None, name: str | None, file: str | None) -> object:
            return work()

        @group.command()
        @click.option("--must", required=True)
        def needs(must: str) -> None:
            pass

        return group

    return run_program("prog", build, arguments or ("go",))


def failing(error: BaseException) -> Callable[[], object]:
    """Give work that fails."""

    def work() -> None:
        raise error

    return work


def test_done() -> None:
    """Work that ends well ends with 0, or with the number that it gives."""
    assert run(lambda: None) == 0
    assert run(lambda: 7) == 7


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("UsageError", 2),
        ("SettingsError", 3),
        ("DatabaseError", 4),
        ("DatabaseUnreachable", 4),
        ("RunUnderWay", 5),
        ("NotAllowed", 6),
        ("WrongPassword", 6),
        ("RuleBroken", 6),
        ("BadData", 7),
        ("BadFile", 7),
        ("NotFound", 7),
        ("StaleVersion", 7),
    ],
)
def test_our_errors(kind: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind of expected error has its exit code, one line on standard error and one in the log."""
    error: MiniCrmError = getattr(errors, kind)("run_under_way")
    assert run(failing(error)) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("prog: Another run is under way.")
    assert err.count("\n") == 1
    assert log(tmp_path).count("\n") == 1
    assert "run_under_way" in log(tmp_path)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError("x"), "ZeroDivisionError"),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), "/a/b may not be opened"),
        (MemoryError(), "memory"),
    ],
)
def test_other_errors(
    error: Exception, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any other error ends with 1: a sentence is on the screen, the traceback in the log."""
    assert run(failing(error)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert str(tmp_path / "logs" / "prog.log") in err
    assert "Traceback" not in err
    assert "Traceback" in log(tmp_path)


def test_ctrl_c(tmp_path: Path) -> None:
    """Ctrl+C ends with 130, as shells have it, and is no error to be logged."""
    assert run(failing(KeyboardInterrupt())) == 130
    assert log(tmp_path) == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["go", "--nonsense"], "There is no option --nonsense."),
        (["nonsense"], "There is no command nonsense."),
        (["go", "--count", "x"], "--count must be a whole number."),
        (["go", "--kind", "x"], "--kind must be one of: a, b."),
        (["needs"], "--must is missing."),
        (["go", "a", "b"], "b"),
        (["--language", "de", "go"], "--language must be one of: ru, en."),
    ],
)
def test_command_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong command line ends with 2 and says what is wrong and where help is."""
    assert run(lambda: None, *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert "--help" in err


def test_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command the help is shown, as an error."""
    assert run_program("prog", lambda program: click.Group("prog", help="Does things."), []) == 2
    assert "Does things." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--database", "sqlite:////x/b.sqlite", "go"],
        ["go", "--database", "sqlite:////x/b.sqlite"],
        ["go", "--database=sqlite:////x/b.sqlite"],
    ],
)
def test_database_option_at_either_end(arguments: list[str]) -> None:
    """--database is taken before and behind the sub-command and wins over the environment."""
    seen: list[Path | None] = []

    def build(program: Program) -> click.Command:
        group = click.Group("prog")
        group.add_command(click.Command("go", callback=lambda: seen.append(program.settings.sqlite_path)))
        return group

    assert run_program("prog", build, arguments) == 0
    assert seen == [Path("/x/b.sqlite").absolute()]  # on Windows with the drive


@pytest.mark.parametrize("arguments", [["--language", "ru", "go"], ["go", "--language=ru"]])
def test_language_option_at_either_end(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """--language is heeded wherever it stands, for every sentence."""
    assert run(failing(errors.RunUnderWay("run_under_way")), *arguments) == 5
    assert "Уже идёт другой пересчёт" in capsys.readouterr().err


def test_help_in_russian(capsys: pytest.CaptureFixture[str]) -> None:
    """Help is in the person's language, its headings too."""
    assert run(lambda: None, "go", "--help", "--language", "ru") == 0
    out = capsys.readouterr().out
    assert out.startswith("Вызов: prog go ")
    assert "\nПараметры:\n" in out
    assert "Options:" not in out


def test_version_everywhere(capsys: pytest.CaptureFixture[str]) -> None:
    """--version works for the program and its commands."""
    assert run(lambda: None, "--version") == 0
    assert run(lambda: None, "go", "--version") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert first.startswith("prog ")


def test_database_is_opened_once_and_closed(tmp_path: Path) -> None:
    """The database is opened when it is first asked for, and closed at the end, also after an error."""
    from mini_crm.store.sqlite import SqliteStore

    SqliteStore.create(tmp_path / "a.sqlite").close()
    programs: list[Program] = []

    def build(program: Program) -> click.Command:
        def work() -> None:
            programs.append(program)
            assert program.open_store() is program.open_store()
            raise errors.BadData("run_under_way")

        return click.Command("prog", callback=work)

    assert run_program("prog", build, []) == 7
    assert programs[0]._store is None
    assert not (tmp_path / "a.sqlite-wal").exists()


def test_without_standard_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a windowed exe there is no screen to write to; errors are in the log all the same."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(lambda: None, "--version") == 0
    assert run(lambda: None, "--nonsense") == 2
    assert run(failing(ZeroDivisionError("x"))) == 1
    assert "ZeroDivisionError" in log(tmp_path)


def test_wrong_settings_still_speak_the_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When settings are wrong, the sentence is in the language and the log in the folder that they name."""
    monkeypatch.setenv("MINI_CRM_DATABASE", "nonsense")
    monkeypatch.setenv("MINI_CRM_LANGUAGE", "ru")

    def build(program: Program) -> click.Command:
        return click.Command("prog", callback=lambda: program.open_store() and None)

    assert run_program("prog", build, []) == 3
    assert "MINI_CRM_DATABASE: должно быть" in capsys.readouterr().err
    assert "settings_wrong" in log(tmp_path)


@pytest.mark.parametrize("name", ["mini-crm", "execer", "mini-crm-admin"])
def test_log_is_open_from_the_start(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that a part logs by itself is in the log of each program, though a window has no stderr."""
    monkeypatch.setattr(sys, "stderr", None)

    def build(program: Program) -> click.Command:
        def work() -> None:
            logging.getLogger("mini_crm.ui").error("unexpected", exc_info=ZeroDivisionError("x"))

        return click.Command("prog", callback=work)

    assert run_program(name, build, []) == 0
    assert "ZeroDivisionError" in (tmp_path / "logs" / f"{name}.log").read_text("utf-8")


def test_log_follows_the_folder_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that works in another folder logs where the settings there say."""
    monkeypatch.delenv("MINI_CRM_LOG_DIR")
    monkeypatch.setattr("mini_crm.logs.default_folder", lambda: tmp_path / "usual")
    (tmp_path / ".env").write_text(f"MINI_CRM_LOG_DIR={tmp_path / 'named'}\n")

    def build(program: Program) -> click.Command:
        def work() -> None:
            program.folder = tmp_path
            program.log.info("here")

        return click.Command("prog", callback=work)

    assert run_program("prog", build, []) == 0
    assert "here" in (tmp_path / "named" / "prog.log").read_text("utf-8")
