#!/usr/bin/env python3
"""Freeze the three programs into one folder and pack it; `python3 scripts/dev.py build` is the same.

Usage: python3 scripts/build_exe.py [--out DIR]

  DIR/mini-crm/                     the programs with all they need, Python included (DIR: dist)
  DIR/mini-crm-0.1.0-SYSTEM.zip     the same packed
  DIR/mini-crm-0.1.0-setup.exe      on Windows: the same as an installer (scripts/installer.py)

Beside each of the last two lies a file with its SHA-256.

The programs run on the system that they were made on: for Windows run this on Windows. Only the packages
listed with their hashes in scripts/requirements/run.txt and build.txt are used, in an environment of its own
below .build-work/. The same sources, Python and system give the same programs, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import time
import venv
import zipfile
from pathlib import Path

import dev
import installer

ROOT = dev.ROOT
SPEC = ROOT / "build" / "mini_crm.spec"
WORK = ROOT / ".build-work"
PICTURES = WORK / "pyinstaller" / SPEC.stem
"""Where the spec file draws the icon and the installer's picture, on Windows."""
ENVIRONMENT = WORK / "env"
PYTHON = ENVIRONMENT / dev.BIN.name / dev.PYTHON.name
LISTS = [dev.REQUIREMENTS / f"{name}.txt" for name in ("run", "build")]

NAME = "mini-crm"
PROGRAMS = ("mini-crm", "execer", "mini-crm-admin")
EXE = ".exe" if sys.platform == "win32" else ""

PAGES = ("README.md", "README.ru.md", ".env.example")
HELP = ROOT / "src" / "mini_crm" / "help"
"""Pages for those who use the programs: inside for F1, and beside the programs to be found."""
SHIPPED = {"src/mini_crm/": "_internal/mini_crm/", "sql/": "_internal/mini_crm/_sql/"}
"""Where the files lie that the pages link to: in the project, and beside the programs."""
FIRST_ZIP_DATE = 315_532_800
"""1980-01-01, before which a zip knows no date. Source: APPNOTE.TXT 4.4.6."""


def main(arguments: list[str]) -> int:
    """Build everything.

    Args:
        arguments: The command line without the script's name.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="build_exe.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the results go")
    out: Path = parser.parse_args(arguments).out.absolute()
    try:
        build(out)
    except dev.Failure as failure:
        print(f"build_exe.py: {failure}", file=sys.stderr)
        return 1
    return 0


def build(out: Path) -> None:
    """Freeze, complete, try and pack the programs.

    Args:
        out: Gets the folder, the zip and on Windows the installer.

    Raises:
        Failure: Something is missing or went wrong; what was in ``out`` is as it was.
    """
    # Tk of this Python goes into the folder; the libpython is what the programs start.
    dev.need_system("pip for new environments", "Tk", "shared Python library", "binutils")
    in_use = [path for pattern in (".env", "*.sqlite*") for path in (out / NAME).glob(pattern)]
    if in_use:
        raise dev.Failure(f"{out / NAME} is in use: it has {in_use[0].name}. Move it elsewhere, then build.")
    make_environment()
    date = source_date()
    frozen = freeze(date)
    add_pages(frozen)
    try_programs(frozen)
    dev.step("Packing ...")
    archive = WORK / f"{NAME}-{version()}-{sysconfig.get_platform()}.zip"
    pack(frozen, archive, date)
    put_in_place(frozen, [archive, *installers(frozen, date)], out)


def make_environment() -> None:
    """Bring the environment up to date; anything that changed makes it anew."""
    state = dev.digest(LISTS[0], LISTS[1].read_text("utf-8"), sys.version, os.path.realpath(sys.base_prefix))
    stamp = ENVIRONMENT / "stamp"
    if stamp.exists() and stamp.read_text("utf-8") == state:
        return
    dev.step("Making the environment to build in (once, about half a minute) ...")
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    for file in LISTS:
        dev.pip_install(PYTHON, "--require-hashes", "--requirement", file)
    stamp.write_text(state, encoding="utf-8")


def freeze(date: int) -> Path:
    """Run PyInstaller.

    Args:
        date: Written into the programs on Windows; seconds since 1970.

    Returns:
        The folder with the programs.
    """
    dev.step("Freezing the programs (a minute or two) ...")
    command: list[str | Path] = [PYTHON, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=ERROR"]
    command += ["--workpath", WORK / "pyinstaller", "--distpath", WORK / "frozen", SPEC]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = kept | {
        "PYTHONHASHSEED": "0",  # sets are written in one order, so the same sources give the same bytes
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "SOURCE_DATE_EPOCH": str(date),
        "PYINSTALLER_CONFIG_DIR": str(WORK / "cache"),
    }
    code, said = dev.captured(command, cwd=ROOT, env=environment)
    if code:
        raise dev.Failure("PyInstaller could not freeze the programs. It said:\n" + said[-3000:])
    return WORK / "frozen" / NAME


def add_pages(folder: Path) -> None:
    """Put the pages for people beside the programs, with the pictures that they show."""
    for page in PAGES:
        text = (ROOT / page).read_text("utf-8")
        if page.endswith(".md"):
            text = re.sub(r"\]\(([^)#:]+)\)", lambda link: f"]({shipped(link[1], folder)})", text)
        (folder / page).write_text(text, encoding="utf-8", newline="\n")
    if HELP.is_dir():
        shutil.copytree(HELP, folder / HELP.name)


def shipped(link: str, folder: Path) -> str:
    """Give a link for use beside the programs; a picture is brought along.

    Args:
        link: As it stands in a page of the project, relative to the project's folder.
        folder: The programs'.
    """
    file = ROOT / link
    if file.suffix == ".png":
        copy = folder / "pictures" / file.name
        copy.parent.mkdir(exist_ok=True)
        if copy.exists() and copy.read_bytes() != file.read_bytes():
            raise dev.Failure(f"two pictures of the pages have the name {file.name}")
        shutil.copyfile(file, copy)
        return f"pictures/{file.name}"
    if file.is_dir() and any(file.glob("*.png")):
        return "pictures"
    for ours, theirs in SHIPPED.items():
        if link.startswith(ours):
            return theirs + link.removeprefix(ours)
    return link


def try_programs(folder: Path) -> None:
    """Start each program as far as telling its version.

    Raises:
        Failure: One does not start.
    """
    for name in PROGRAMS:
        code, said = dev.captured([folder / f"{name}{EXE}", "--version"], cwd=folder)
        # A window program of Windows may have nowhere to say it.
        silent = not said and bool(EXE) and name == NAME
        if code or not (said == f"{name} {version()}" or silent):
            raise dev.Failure(f"the frozen {name} does not start (exit code {code}): {said}")


def pack(folder: Path, archive: Path, date: int) -> None:
    """Write the zip, the same one for the same content.

    Args:
        folder: Becomes the one folder in it.
        archive: Written over.
        date: Of every file; seconds since 1970.
    """
    when = time.gmtime(max(date, FIRST_ZIP_DATE))[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(folder.rglob("*")):
            mode = file.lstat().st_mode
            if stat.S_ISDIR(mode):
                continue
            entry = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix(), when)
            entry.create_system = 3  # Unix: only then does it hold modes and links
            entry.compress_type = zipfile.ZIP_DEFLATED
            if stat.S_ISLNK(mode):
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
                packed.writestr(entry, os.fsencode(file.readlink()))
            else:
                rights = 0o755 if mode & stat.S_IXUSR else 0o644
                entry.external_attr = (stat.S_IFREG | rights) << 16
                packed.writestr(entry, file.read_bytes())


def installers(frozen: Path, date: int) -> list[Path]:
    """Make the installer if these are programs of Windows and NSIS is here; say so if it is not."""
    if not (frozen / f"{NAME}.exe").exists():
        return []
    dev.need_system(wanted=("NSIS",))
    if not dev.is_there("NSIS"):
        return []
    dev.step("Making the installer ...")
    file = WORK / installer.file_name(version())
    installer.make_installer(frozen, PICTURES, file, version=version(), date=date)
    return [file]


def put_in_place(frozen: Path, packed: list[Path], out: Path) -> None:
    """Move the results to where they belong and say what there is."""
    out.mkdir(parents=True, exist_ok=True)
    try:
        if (out / NAME).exists():
            shutil.rmtree(out / NAME)
        shutil.move(frozen, out / NAME)
        for pattern in (f"{NAME}-*.zip*", f"{NAME}-*-setup.exe*"):
            for old in out.glob(pattern):
                old.unlink()
        placed = [Path(shutil.move(file, out / file.name)) for file in packed]
    except OSError as error:
        raise dev.Failure(f"cannot replace what is in {out}: {error}. Does a program from it run?") from error
    files = [file for file in (out / NAME).rglob("*") if file.is_file() and not file.is_symlink()]
    dev.step(f"{out / NAME}: {len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.0f} MB")
    for name in PROGRAMS:
        dev.step(f"  {name}{EXE}: {(out / NAME / f'{name}{EXE}').stat().st_size / 1e6:.1f} MB")
    for file in placed:
        checksum = hashlib.sha256(file.read_bytes()).hexdigest()
        # The format of sha256sum: `sha256sum --check FILE` reads it.
        line = f"{checksum}  {file.name}\n"
        file.with_name(file.name + ".sha256").write_text(line, "utf-8", newline="\n")
        dev.step(f"{file}: {file.stat().st_size / 1e6:.0f} MB, SHA-256 {checksum}")


def version() -> str:
    """Give the version from the sources."""
    text = (ROOT / "src" / "mini_crm" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([\d.]+)"$', text, flags=re.MULTILINE)
    if found is None:
        raise dev.Failure("src/mini_crm/__init__.py names no version")
    return found[1]


def source_date() -> int:
    """Give the date of the sources: what ``SOURCE_DATE_EPOCH`` says, else that of the last commit.

    Source: reproducible-builds.org/specs/source-date-epoch.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not given and shutil.which("git"):
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        given = done.stdout.strip()
    return int(given) if given.isdigit() else FIRST_ZIP_DATE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
