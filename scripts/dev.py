#!/usr/bin/env python3
"""Set up the project and run its parts; needs a bare Python 3.11 or newer and nothing else.

Usage: python3 scripts/dev.py COMMAND [ARGUMENTS]

  demo [--dir DIR] [--no-window] ...   make a demo company, forecast, write the report, open the window
  test [PYTEST ARGUMENTS]              lint, then every test; with arguments only what they choose, no lint
  storm [--seed N] [--events N]        thousands of real clicks and keys over the whole program
  bench [PYTEST ARGUMENTS]             the benchmarks
  lint                                 ruff, mypy for Linux and for Windows, import contracts
  format                               put the code into ruff's format, mend what ruff can mend
  build [ARGUMENTS]                    the frozen programs (scripts/build_exe.py)
  lock [--upgrade]                     make scripts/requirements/*.txt anew from pyproject.toml

The first start makes .venv and installs the pinned packages into it; later starts only look whether
the lists of packages have changed.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
REQUIREMENTS = ROOT / "scripts" / "requirements"

# Which dependency groups of pyproject.toml each list of packages is made from. "run" has the project's own
# dependencies as well; each list keeps to the versions of those before it.
LISTS = {"run": ["backend"], "dev": ["test", "lint", "bench"], "build": ["build"]}
LOCK_TOOL = "uv==0.13.9"

# What pip cannot install: name -> (Debian package, how to get it elsewhere).
SYSTEM = {
    "pip for new environments": (
        f"python3.{sys.version_info[1]}-venv",
        "install Python's own venv and ensurepip modules, or Python from python.org",
    ),
    "Tk": (
        "python3-tk",
        "install Tk for this Python (Fedora: python3-tkinter; macOS: python-tk; Windows: the python.org "
        "installer with tcl/tk; a Python built from source: the Tk headers first, then build it again)",
    ),
    "Xvfb": ("xvfb", "install Xvfb, the virtual display (Fedora: xorg-x11-server-Xvfb)"),
    "openbox": ("openbox", "install openbox, the window manager of the tests (Fedora: openbox)"),
    "XTEST": ("libxtst6", "install libXtst, through which tests press keys (Fedora: libXtst)"),
    "ODBC": ("unixodbc", "install unixODBC, which pyodbc needs (Fedora: unixODBC; macOS: unixodbc)"),
    "LibreOffice": (
        "libreoffice-calc",
        "install LibreOffice Calc, which opens, calculates and prints the report in its tests; without it "
        "those tests are skipped",
    ),
    "DejaVu fonts": ("fonts-dejavu-core", "install the DejaVu fonts (Fedora: dejavu-sans-fonts)"),
    "shared Python library": (
        f"libpython3.{sys.version_info[1]}",
        "the frozen programs need libpython as a shared library: build this Python with --enable-shared "
        "(pyenv: PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install ...), or start dev.py with another one",
    ),
    "binutils": ("binutils", "install binutils: objdump and objcopy put the frozen programs together"),
    "NSIS": (
        "nsis",
        "install NSIS, whose makensis makes the installer for Windows (Windows: winget install NSIS.NSIS); "
        "without it there is the zip alone, and the tests of the installer are skipped",
    ),
}
NSIS_FOLDERS = (Path(r"C:\Program Files (x86)\NSIS"), Path(r"C:\Program Files\NSIS"))
"""Where it lies on Windows; it does not put itself on the path."""


OFFICE_PARTS = Path("/usr/lib/libreoffice/share/config/soffice.cfg/modules/scalc/ui/posbox.ui")


class Failure(Exception):
    """Something that the person at the keyboard has to put right; the text says what and how."""


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: The command line without the program's name.

    Returns:
        The exit code: that of the program started, 1 if the set-up failed, 2 for wrong usage.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is the one that an older Python may start
        print(f"dev.py: needs Python 3.11 or newer, this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    commands = {
        "demo": demo,
        "test": test,
        "storm": storm,
        "bench": bench,
        "lint": lint,
        "format": format_code,
        "build": build,
        "lock": lock,
    }
    command = arguments[0] if arguments else ""
    if command in ("-h", "--help"):
        print(__doc__)
        return 0
    if command not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    # When only this process is told to end, the programs it started must end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return commands[command](arguments[1:])
    except Failure as failure:
        print(f"dev.py: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


# ------------------------------------------------------------------------------------------- commands


def demo(arguments: list[str]) -> int:
    """Run the demo in DIR, by default demo/ in the project."""
    if "--no-window" not in arguments:
        need_system(wanted=("Tk",))
    set_up("run")
    if not any(argument.split("=")[0] == "--dir" for argument in arguments):
        arguments = ["--dir", str(ROOT / "demo"), *arguments]
    return run([PYTHON, "-m", "mini_crm.admin", "demo", *arguments])


def test(arguments: list[str]) -> int:
    """Run the linters and every test, or only the tests that the arguments choose."""
    set_up("run", "dev")
    need_system(wanted=("LibreOffice", "NSIS"))
    failed = [] if arguments else failed_linters()
    with screen():
        step("Tests")
        code = run([PYTHON, "-m", "pytest", *arguments], cwd=ROOT)
    if failed:
        print(f"dev.py: failed before the tests: {', '.join(failed)}", file=sys.stderr)
    return code or int(bool(failed))


def storm(arguments: list[str]) -> int:
    """Send real clicks and keys to the running program, and see whether it comes through."""
    set_up("run", "dev")
    with screen():
        return run([PYTHON, "tests/ui/storm.py", *arguments], cwd=ROOT)


def bench(arguments: list[str]) -> int:
    """Run the benchmarks, which may take longer than a test may."""
    set_up("run", "dev")
    with screen():
        return run([PYTHON, "-m", "pytest", "tests/benchmarks", "--timeout=0", *arguments], cwd=ROOT)


def lint(arguments: list[str]) -> int:
    """Run all linters, also when an early one finds something."""
    set_up("run", "dev")
    failed = failed_linters()
    if failed:
        print(f"dev.py: failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


def format_code(arguments: list[str]) -> int:
    """Mend what ruff can mend and put the code into its format."""
    set_up("run", "dev")
    run([BIN / "ruff", "check", "--fix", "--quiet", *arguments], cwd=ROOT)
    return run([BIN / "ruff", "format", *arguments], cwd=ROOT)


def build(arguments: list[str]) -> int:
    """Freeze the programs, in an environment that has nothing else."""
    return run([sys.executable, ROOT / "scripts" / "build_exe.py", *arguments])


def lock(arguments: list[str]) -> int:
    """Choose versions for every system and Python at once and write them with their hashes.

    Versions that are pinned already stay, unless ``--upgrade`` is given.
    """
    need_system("pip for new environments")
    with tempfile.TemporaryDirectory() as folder:
        step("Getting the tool that chooses versions")
        venv.create(folder, with_pip=True)
        tools = Path(folder) / BIN.name
        pip_install(tools / PYTHON.name, LOCK_TOOL)
        for name, groups in LISTS.items():
            step(f"Choosing versions for {name}.txt")
            target = REQUIREMENTS / f"{name}.txt"
            command: list[str | Path] = [
                tools / "uv",
                "--no-config",
                "pip",
                "compile",
                "--quiet",
                "--no-header",
            ]
            command += ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
            command += ["--generate-hashes", "--output-file", target.relative_to(ROOT), *arguments]
            command += ["pyproject.toml"] if name == "run" else []
            for earlier in list(LISTS)[: list(LISTS).index(name)]:
                command += ["--constraint", f"scripts/requirements/{earlier}.txt"]
            for group in groups:
                command += ["--group", group]
            code = run(command, cwd=ROOT, stdout=subprocess.DEVNULL)
            if code:
                return code
            made = "# Made by `python3 scripts/dev.py lock` from pyproject.toml; do not edit.\n"
            target.write_text(made + target.read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    return 0


def failed_linters() -> list[str]:
    """Run each linter and return the names of those that found something."""
    linters: dict[str, list[str | Path]] = {
        "ruff check": [BIN / "ruff", "check", "--output-format=concise"],
        "ruff format": [BIN / "ruff", "format", "--check"],
        "mypy": [PYTHON, "-m", "mypy", "--platform=linux", "--cache-dir=.mypy_cache/linux"],
        "mypy for Windows": [PYTHON, "-m", "mypy", "--platform=win32", "--cache-dir=.mypy_cache/win32"],
        "import contracts": [BIN / "lint-imports", "--no-logo"],
    }
    failed = []
    for name, command in linters.items():
        code, said = captured(command, cwd=ROOT)
        step(f"{name}: {'failed' if code else 'ok'}")
        if code:
            print(said, flush=True)
            failed.append(name)
    return failed


# ------------------------------------------------------------------------------------------- set-up


def set_up(*names: str) -> None:
    """Bring .venv up to date with these lists of packages and with the project itself.

    Args:
        names: Keys of ``LISTS``, "run" first.

    Raises:
        Failure: Something is missing or pip failed.
    """
    need_system("pip for new environments")
    with one_at_a_time():
        # Anything below "run" belongs to this Python in this folder; another one starts afresh.
        if not up_to_date("run", base_state()) or not PYTHON.exists():
            step("Setting up .venv (once, about half a minute) ...")
            try:
                venv.create(VENV, clear=True, with_pip=True)
            except (OSError, subprocess.CalledProcessError) as error:
                raise Failure(f"cannot make {VENV}: {error}. Is a program from it still running?") from error
            pip_install(PYTHON, "--require-hashes", "--requirement", REQUIREMENTS / "run.txt")
            remember("run", base_state())
        if not up_to_date("project", project_state()):
            step("Installing the project into .venv ...")
            pip_install(PYTHON, "--no-index", "--no-deps", "--no-build-isolation", "--editable", ROOT)
            remember("project", project_state())
        for name in names:
            state = digest(REQUIREMENTS / f"{name}.txt")
            if name != "run" and not up_to_date(name, state):
                step(f"Installing the packages of {name}.txt (once) ...")
                pip_install(PYTHON, "--require-hashes", "--requirement", REQUIREMENTS / f"{name}.txt")
                remember(name, state)


def pip_install(python: Path, *arguments: str | Path) -> None:
    """Install with pip, quietly.

    Wheels only: building one from source would run unpinned tools.
    """
    command: list[str | Path] = [
        python,
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
    ]
    command += ["--only-binary=:all:", *arguments]
    code, said = captured(command, env={**os.environ, "PIP_USER": "0"})
    if code:
        lines = said.splitlines()
        errors = [line for line in lines if "error" in line.lower() and not line.startswith("WARNING")]
        raise Failure(
            "pip could not install what is needed. Packages come from the index that pip is set up with: is "
            "there a network? Behind a proxy set HTTPS_PROXY, for an index of your own PIP_INDEX_URL, then "
            "start again. pip said:\n  " + "\n  ".join((errors or lines)[-6:])
        )


def base_state() -> str:
    """Tell what the whole of .venv depends on: this Python, this folder, the packages to run with."""
    return digest(REQUIREMENTS / "run.txt", sys.version, os.path.realpath(sys.base_prefix), str(ROOT))


def project_state() -> str:
    """Tell what the installed project depends on; its code is used where it lies."""
    return digest(ROOT / "pyproject.toml", (ROOT / "src" / "mini_crm" / "__init__.py").read_text("utf-8"))


def digest(file: Path, *texts: str) -> str:
    """Return a hash over the content of a file and some texts."""
    return hashlib.sha256(b"\0".join([file.read_bytes(), *(text.encode() for text in texts)])).hexdigest()


def up_to_date(name: str, state: str) -> bool:
    """Say whether this state was remembered after the last good installation."""
    stamp = VENV / f"stamp-{name}"
    return stamp.exists() and stamp.read_text("utf-8") == state


def remember(name: str, state: str) -> None:
    """Note that this part of .venv is complete."""
    (VENV / f"stamp-{name}").write_text(state, encoding="utf-8")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second dev.py in this folder wait until the first has set up; not on Windows."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # not there on Windows

    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# ------------------------------------------------------------------------------------------- system packages


def need_system(*names: str, wanted: tuple[str, ...] = ()) -> None:
    """Install what is missing of these where we may (Debian, as root), else say how to get it.

    Args:
        names: Keys of ``SYSTEM`` without which nothing goes on.
        wanted: Keys of ``SYSTEM`` without which it goes on all the same.

    Raises:
        Failure: One of ``names`` stays missing.
    """
    missing = [name for name in (*names, *wanted) if not is_there(name)]
    packages = [SYSTEM[name][0] for name in missing if debian_has_it(name)]
    if packages and sys.platform != "win32" and os.geteuid() == 0:
        step(f"Installing {' '.join(packages)} with apt-get ...")
        apt_get("update")
        apt_get("install", "--yes", "--no-install-recommends", *packages)
        missing = [name for name in missing if not is_there(name)]
    if not missing:
        return
    lines = ["something is missing that pip cannot install:"]
    for name in missing:
        package, elsewhere = SYSTEM[name]
        lines.append(
            f"  {name}: " + (f"sudo apt-get install {package}" if debian_has_it(name) else elsewhere)
        )
    if set(missing) & set(names):
        raise Failure("\n".join(lines))
    print("dev.py: " + "\n".join(lines), file=sys.stderr)


def debian_has_it(name: str) -> bool:
    """Say whether apt-get is here and its package is any use: Python's are for Debian's own Python only."""
    of_python = SYSTEM[name][0].startswith(("python3", "libpython3"))
    for_this_python = not of_python or sys.base_prefix == "/usr"
    return for_this_python and shutil.which("apt-get") is not None


def apt_get(*arguments: str) -> None:
    """Run apt-get without questions; what it says is shown only if it fails."""
    code, said = captured(["apt-get", *arguments], env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if code:
        print("\n".join(said.splitlines()[-6:]), file=sys.stderr)


def is_there(name: str) -> bool:
    """Say whether one of ``SYSTEM`` is installed."""
    importlib.invalidate_caches()
    try:
        if name == "Tk":
            importlib.import_module("_tkinter")
        if name == "ODBC":
            ctypes.CDLL("libodbc.so.2")
        if name == "XTEST" and sys.platform == "linux":
            ctypes.CDLL("libXtst.so.6")
        if name == "shared Python library" and sys.platform == "linux":
            library = sysconfig.get_config_var("INSTSONAME")
            own = Path(sysconfig.get_config_var("LIBDIR"), library)
            ctypes.CDLL(str(own) if own.exists() else library)
    except (ImportError, OSError):
        return False
    if name in ("Xvfb", "openbox"):
        return shutil.which(name) is not None
    if name == "LibreOffice":
        # The package without windows (libreoffice-calc-nogui) cannot open a file from a macro.
        return shutil.which("soffice") is not None and (OFFICE_PARTS.exists() or not debian_has_it(name))
    if name == "binutils":
        return sys.platform != "linux" or all(map(shutil.which, ("objdump", "objcopy")))
    if name == "NSIS":
        return makensis() is not None
    if name == "DejaVu fonts":
        return any(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    if name == "pip for new environments":
        return importlib.util.find_spec("ensurepip") is not None
    return True


def makensis() -> Path | None:
    """Give the compiler of installers, if it is here."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, NSIS_FOLDERS)])
    found = shutil.which("makensis", path=path)
    return None if found is None else Path(found)


# ------------------------------------------------------------------------------------------- processes


@contextlib.contextmanager
def screen() -> Iterator[None]:
    """Give the tests a display of their own on Linux, so that windows neither bother nor see the person."""
    if sys.platform != "linux":
        need_system("Tk")
        yield
        return
    if os.environ.get("DISPLAY"):
        need_system("Tk", "ODBC", "openbox", "XTEST", wanted=("Xvfb", "DejaVu fonts"))
    else:
        need_system("Tk", "ODBC", "openbox", "XTEST", "Xvfb", wanted=("DejaVu fonts",))
    if not is_there("Xvfb"):
        yield
        return
    answer, number = os.pipe()
    command = ["Xvfb", "-displayfd", str(number), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    command += ["-noreset"]  # stay as it is when the last window closes
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, pass_fds=[number], stdin=quiet, stdout=quiet, stderr=quiet)
    os.close(number)
    try:
        ready = select.select([answer], [], [], 30)[0]
        display = os.read(answer, 16).decode().strip() if ready else ""
        if not display:
            raise Failure("Xvfb did not start; try `Xvfb :99` by hand to see why")
        os.environ["DISPLAY"] = f":{display}"
        yield
    finally:
        os.close(answer)
        server.terminate()
        server.wait()


def run(command: Sequence[str | Path], **options: Any) -> int:
    """Run a program to its end and return its exit code; on Ctrl+C let it end in its own way."""
    sys.stdout.flush()
    process = subprocess.Popen(command, **options)
    try:
        code: int = process.wait()
    except KeyboardInterrupt:  # the program got it too
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    return code if code >= 0 else 128 - code  # ended by a signal


def captured(command: Sequence[str | Path], **options: Any) -> tuple[int, str]:
    """Run a program without a terminal and return its exit code and all that it said."""
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        **options,
    )
    return result.returncode, result.stdout.strip()


def step(text: str) -> None:
    """Say in one line what is done now."""
    print(f"-- {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
