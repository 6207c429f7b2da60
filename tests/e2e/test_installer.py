"""The installer for Windows: that it can be made anywhere, and on Windows what it does and leaves.

There the one is tried that ``scripts/dev.py build`` made; MINI_CRM_EXE_DIR names its folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
SETUPS = sorted(Path(os.environ.get("MINI_CRM_EXE_DIR", "nowhere")).absolute().glob("mini-crm-*-setup.exe"))
NAME = "Mini CRM"
REGISTRY = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{NAME}"
WAIT_S = 300
pytestmark = pytest.mark.timeout(900)

needs_makensis = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("makensis") is None, reason="made by the build on Windows"
)
needs_setup = pytest.mark.skipif(sys.platform != "win32" or not SETUPS, reason="an installer, on Windows")

DONE, FAILED, SETTINGS, OPEN = 0, 2, 3, 5
"""Exit codes. Source: the head of build/installer.nsi."""


# ---- making it


@pytest.fixture
def stand_in(tmp_path: Path) -> Path:
    """Give a folder that looks like that of the frozen programs for Windows, with pictures around it."""
    folder = tmp_path / "Папка (2)" / "mini-crm"
    for name in (
        *("mini-crm.exe", "execer.exe", "mini-crm-admin.exe", "README.md", "README.ru.md", ".env.example"),
        *(
            "_internal/python311.dll",
            "_internal/mini_crm/locale/ru/ui.po",
            "help/ru/index.md",
            "pictures/a.png",
        ),
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    for name in ("mini-crm.ico", "side.bmp"):
        Image.new("RGB", (32, 32), "green").save(tmp_path / name)
    return folder


def make(folder: Path, out: Path) -> tuple[int, str]:
    """Make an installer as the build does; give exit code and output."""
    command = [sys.executable, str(ROOT / "scripts" / "installer.py"), str(folder)]
    command += ["--pictures", str(folder.parents[1]), "--version", "12.3.4", "--out", str(out)]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout


@needs_makensis
def test_made_from_a_folder(stand_in: Path, tmp_path: Path) -> None:
    """It is a program of Windows that names product, version and publisher; a second one is the same."""
    made = []
    for out in (tmp_path / "one", tmp_path / "two"):
        assert make(stand_in, out)[0] == 0
        made.append((out / "mini-crm-12.3.4-setup.exe").read_bytes())
    assert made[0][:2] == b"MZ"
    for key, value in (("ProductName", NAME), ("ProductVersion", "12.3.4"), ("CompanyName", NAME)):
        shown = made[0].partition(key.encode("utf-16-le"))[2][:60].decode("utf-16-le", "replace")
        assert shown.strip("\0").startswith(value)
    assert made[0] == made[1]


@needs_makensis
@pytest.mark.parametrize("missing", ["mini-crm.exe", "execer.exe", ".env.example", "README.ru.md"])
def test_not_made_without_a_file(stand_in: Path, tmp_path: Path, missing: str) -> None:
    """A folder without one of its files makes no installer, and the file is named."""
    (stand_in / missing).unlink()
    code, said = make(stand_in, tmp_path / "out")
    assert code == 1
    assert missing in said
    assert not list(tmp_path.rglob("*-setup.exe"))


@needs_makensis
@pytest.mark.parametrize("added", ["LICENSE", "fourth.exe", "templates/slip.xlsx"])
def test_not_made_if_it_leaves_something_out(stand_in: Path, tmp_path: Path, added: str) -> None:
    """What is new in the folder, so in the zip too, is not silently missing from the installer."""
    (stand_in / added).parent.mkdir(exist_ok=True)
    (stand_in / added).write_text("new")
    code, said = make(stand_in, tmp_path / "out")
    assert code == 1
    assert f"does not install {added.partition('/')[0]}" in said


# ---- what it does


class Installed:
    """A place for the programs, and the installer."""

    def __init__(self, folder: Path) -> None:
        self.around = folder
        self.folder = folder / NAME

    def setup(self, *options: str) -> int:
        """Run the installer without a window; give its exit code."""
        # /D= takes the rest of the line as it is: a list would put quotation marks around it.
        line = " ".join([f'"{SETUPS[0]}"', "/S", *options, f"/D={self.around}"])
        return subprocess.run(line, timeout=WAIT_S, check=False).returncode

    def uninstall(self) -> int:
        """Uninstall without a window and wait for its end; give its exit code."""
        # In its own folder it would start a copy of itself elsewhere, and end before it.
        copy = self.around / "uninstall.exe"
        shutil.copy(self.folder / "uninstall.exe", copy)
        line = f'"{copy}" /S _?={self.folder}'
        return subprocess.run(line, timeout=WAIT_S, check=False).returncode

    def start(self, name: str, *arguments: str) -> int:
        """Run a program to its end; give its exit code."""
        command = [str(self.folder / f"{name}.exe"), *arguments]
        return subprocess.run(command, timeout=WAIT_S, check=False, capture_output=True).returncode

    def files(self) -> dict[str, str]:
        """Give the hash of each file."""
        return {
            str(file.relative_to(self.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }


def app() -> dict[str, object]:
    """Give what Windows has noted of the program for its list of apps; empty if it does not list it."""
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, REGISTRY) as key:
                return dict(winreg.EnumValue(key, n)[:2] for n in range(winreg.QueryInfoKey(key)[1]))
        except FileNotFoundError:
            pass
    return {}


def links() -> list[Path]:
    """Give the links to the program that are there, of start menu and desktop."""
    places = (
        Path(os.environ["APPDATA"], "Microsoft", "Windows", "Start Menu", "Programs"),
        Path(os.environ["USERPROFILE"], "Desktop"),
    )
    return [place / f"{NAME}.lnk" for place in places if (place / f"{NAME}.lnk").exists()]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installed]:
    """Give a free place; what is installed there is uninstalled afterwards."""
    if app():
        pytest.skip(f"{NAME} is installed for this person, and is left alone")
    made = Installed(tmp_path / "Папка (2)")
    made.around.mkdir()
    yield made
    if (made.folder / "uninstall.exe").exists():
        assert made.uninstall() == DONE


@pytest.fixture
def installed(place: Installed) -> Installed:
    """Give the window alone, installed."""
    assert place.setup() == DONE
    return place


@needs_setup
def test_window_alone(installed: Installed) -> None:
    """Without options there is the window, which starts, no other program, and Windows lists it."""
    assert installed.start("mini-crm", "--version") == 0
    assert sorted(file.name for file in installed.folder.glob("*.exe")) == ["mini-crm.exe", "uninstall.exe"]
    version = SETUPS[0].name.split("-")[2]
    shown = app()
    assert (shown["DisplayName"], shown["DisplayVersion"]) == (NAME, version)
    assert (shown["Publisher"], shown["InstallLocation"]) == (NAME, str(installed.folder))
    assert len(links()) == 2


@needs_setup
def test_administrators_programs_stay(installed: Installed) -> None:
    """/ADMIN adds the two others; a later update without it brings them up to date too."""
    assert installed.setup("/ADMIN") == DONE
    (installed.folder / "execer.exe").write_bytes(b"an older one")
    assert installed.setup() == DONE
    for name in ("mini-crm", "execer", "mini-crm-admin"):
        assert installed.start(name, "--version") == 0


@needs_setup
def test_settings_are_copied(place: Installed) -> None:
    """/SETTINGS puts a file beside the programs, also over an older one that is read-only."""
    given = place.around / "наши настройки.env"
    for text in ("MINI_CRM_LANGUAGE=en\n", "MINI_CRM_LANGUAGE=ru\n"):
        given.write_text(text, "utf-8")
        given.chmod(0o444)
        assert place.setup(f'/SETTINGS="{given}"') == DONE
        assert (place.folder / ".env").read_text("utf-8") == text
        given.chmod(0o666)
    assert place.uninstall() == DONE
    assert not place.folder.exists()


@needs_setup
@pytest.mark.parametrize("option", ["/SETTINGS=", "/SETTINGS=C:\\no\\such\\.env", "/SETTINGS=C:\\Windows"])
def test_settings_that_are_not_there(place: Installed, option: str) -> None:
    """A settings file that cannot be read is known before anything is installed."""
    assert place.setup(option) == SETTINGS
    assert not place.folder.exists()
    assert app() == {}


@needs_setup
def test_update_replaces_ours_and_leaves_theirs(installed: Installed) -> None:
    """Of the old programs nothing stays; database, settings and a deleted desktop link stay as they are."""
    fresh = installed.files()
    theirs = {"mini-crm.sqlite": "data", "mini-crm.sqlite-wal": "log", ".env": "MINI_CRM_LANGUAGE=en\n"}
    for name, text in theirs.items():
        (installed.folder / name).write_text(text)
    (installed.folder / "_internal" / "old_module.pyd").write_text("older")
    (installed.folder / "mini-crm.exe").write_text("older")
    links()[-1].unlink()
    assert installed.setup() == DONE
    assert len(links()) == 1
    for name, text in theirs.items():
        assert (installed.folder / name).read_text() == text
        (installed.folder / name).unlink()
    assert installed.files() == fresh


@needs_setup
@pytest.mark.parametrize("act", ["update", "uninstall"])
def test_open_program(installed: Installed, act: str) -> None:
    """While the window is open, update and uninstall touch nothing and it goes on; later they work."""
    before, seen = installed.files(), app()
    window = subprocess.Popen([str(installed.folder / "mini-crm.exe")])
    try:
        assert (installed.setup() if act == "update" else installed.uninstall()) == OPEN
        assert window.poll() is None
        assert (installed.files(), app()) == (before, seen)
    finally:
        window.kill()
        window.wait(WAIT_S)
    assert (installed.setup() if act == "update" else installed.uninstall()) == DONE


@needs_setup
def test_update_that_fails_changes_nothing(installed: Installed) -> None:
    """If a file cannot be written half-way, the programs are those from before and start."""
    before = installed.files()
    (installed.folder / "README.ru.md").unlink()
    (installed.folder / "README.ru.md").mkdir()
    assert installed.setup("/ADMIN") == FAILED
    (installed.folder / "README.ru.md").rmdir()
    after = installed.files()
    assert {name for name in before.keys() ^ after.keys()} == {"README.ru.md"}
    assert not [name for name in after if before[name] != after[name]]
    assert installed.start("mini-crm", "--version") == 0


@needs_setup
def test_first_install_that_fails_leaves_nothing(place: Installed) -> None:
    """If a file cannot be written at the first install, what was copied is gone again."""
    (place.folder / "README.ru.md").mkdir(parents=True)
    assert place.setup() == FAILED
    assert [path.name for path in place.folder.iterdir()] == ["README.ru.md"]
    assert app() == {}


@needs_setup
def test_uninstall_leaves_what_people_made(installed: Installed) -> None:
    """Database, own settings, outbox and log stay; programs, links and the entry of Windows go."""
    data = Path(os.environ["LOCALAPPDATA"], "mini-crm", "outbox")
    data.mkdir(parents=True, exist_ok=True)
    kept = [installed.folder / ".env", installed.folder / "mini-crm.sqlite", data / "test-installer.write"]
    for file in kept:
        file.write_text("mine")
    try:
        assert installed.uninstall() == DONE
        assert [file.read_text() for file in kept] == ["mine"] * 3
        assert sorted(path.name for path in installed.folder.iterdir()) == [".env", "mini-crm.sqlite"]
        assert links() == []
        assert app() == {}
    finally:
        kept[-1].unlink()


@needs_setup
def test_another_folder(installed: Installed, tmp_path: Path) -> None:
    """A second copy elsewhere, which nothing would ever update, is refused."""
    other = Installed(tmp_path / "elsewhere")
    assert other.setup() == FAILED
    assert not other.folder.exists()
