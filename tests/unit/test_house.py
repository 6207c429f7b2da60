"""The rules of the house: what lies where, who imports whom, what is pinned."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "mini_crm"
LISTS = sorted((ROOT / "scripts" / "requirements").glob("*.txt"))

AT_THE_TOP = {
    "pyproject.toml", "README.md", "README.ru.md", "src", "sql", "scripts", "tests", "build",
    "demo", "dist",  # made by our own commands, ignored by git
}  # fmt: skip

# Module names that differ from the name of their package.
MODULES = {
    "argon2-cffi": "argon2",
    "charset-normalizer": "charset_normalizer",
    "python-calamine": "python_calamine",
    "python-dotenv": "dotenv",
}
NEVER_IMPORTED = {"tzdata"}  # data only, read by zoneinfo


def imports(file: Path) -> Iterator[str]:
    """Give the full name of every module and name that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports by full name, not relative"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def files_in(folder: Path) -> set[Path]:
    """Give the files below a folder, without compiled code."""
    return {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def packages(files: Iterator[Path]) -> set[str]:
    """Give the packages that these files import, without the standard library."""
    found = {name.split(".")[0] for file in files for name in imports(file)}
    return found - set(sys.stdlib_module_names)


def dependencies() -> set[str]:
    """Give the modules of the packages that pyproject.toml declares, as they are imported."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[><=;\s]", line)[0] for line in project["dependencies"]}
    return {MODULES.get(name, name.lower()) for name in names}


def test_top_level_is_tidy() -> None:
    """The project has only the known files and folders at its top, and hidden ones.

    What somebody keeps there beside it, such as an own roster or report, is theirs.
    """
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-z"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
        names = {name.split("/")[0] for name in listed.split("\0") if name}
    else:  # unpacked from an archive, or without git on the path
        names = {path.name for path in ROOT.iterdir()}
    found = {name for name in names if not name.startswith(".")}
    assert {"README.md", "src", "tests"} <= found <= AT_THE_TOP


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.name)
def test_packages_are_pinned_with_hashes(file: Path) -> None:
    """Every line is an exact version with at least one hash; no index, address or path is named."""
    lines = file.read_text("utf-8").replace("\\\n", " ").splitlines()
    entries = [line for line in lines if not line.lstrip().startswith("#")]
    assert entries
    pin = re.compile(r"[\w.-]+==[\w.]+( ; [\w. '!=<>()]+)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not pin.fullmatch(entry.rstrip())] == []
    assert not re.search(r"://|index|find-links|(?<![\w.])/", "\n".join(lines))


def test_lists_are_made_from_pyproject() -> None:
    """The list of packages to run with was made after the last change of the dependencies."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {re.split(r"[><=;\s]", line)[0].lower() for line in project["dependencies"]}
    text = (ROOT / "scripts" / "requirements" / "run.txt").read_text("utf-8")
    listed = re.findall(
        r"^([\w.-]+)==(?:.*\n)(?: .*\n)*? +#.*\bmini-crm \(pyproject\.toml\)$", text, re.MULTILINE
    )
    assert set(listed) == declared, "run `python3 scripts/dev.py lock`"


def test_imported_packages_are_declared() -> None:
    """The source imports no package that is there only because another package needs it."""
    assert packages(SOURCE.rglob("*.py")) - {"mini_crm"} - dependencies() == set()


def test_declared_packages_are_imported() -> None:
    """pyproject.toml declares no package that the source does without."""
    assert dependencies() - NEVER_IMPORTED - packages(SOURCE.rglob("*.py")) == set()


def test_domain_is_pure() -> None:
    """The domain imports the standard library and itself; Argon2 only where keys are made."""
    for file in (SOURCE / "domain").rglob("*.py"):
        outside = {name for name in imports(file) if name.split(".")[0] not in sys.stdlib_module_names}
        allowed = ("mini_crm.domain", "argon2") if file.name == "credentials.py" else ("mini_crm.domain",)
        assert all(name.startswith(allowed) for name in outside), file


def test_presenters_know_no_view() -> None:
    """A presenter knows its view only as an argument, so it can be tested without a window."""
    presenters = list((SOURCE / "ui").rglob("*_presenter.py"))
    assert presenters
    for file in presenters:
        assert not [name for name in imports(file) if "_view" in name], file


@pytest.mark.parametrize(
    ("words", "only_in"),
    [
        (r"\.(Combobox|OptionMenu|Spinbox)\b|ttk::combobox", None),
        (r"\bListbox\(", "drop_down.py"),
        (r"\.(focus_get|focus_lastfor|focus_displayof|grab_current|winfo_containing)\b", None),
        (r"\.after_idle\(", "idle.py"),
        (r"\.tk_popup\(", "menus.py"),
        (r"button\.bind\(", None),
    ],
)
def test_what_tk_does_badly_is_done_in_one_place(words: str, only_in: str | None) -> None:
    """No list of Tk's own; one place asks for the focus, puts off, pops up menus, lets keys press buttons."""
    found = [
        f"{file.name}: {line.strip()}"
        for file in (SOURCE / "ui").rglob("*.py")
        if file.name != only_in
        for line in file.read_text("utf-8").splitlines()
        if re.search(words, line)
    ]
    assert found == []


def test_import_contracts_hold() -> None:
    """Each part imports only the parts that it may."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
        "--no-logo",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_russian_only_in_translations() -> None:
    """No Cyrillic letter in source, SQL or scripts; Russian lives in locale/ and in the demo's names."""
    for folder in (SOURCE, ROOT / "sql", ROOT / "scripts", ROOT / "build"):
        for file in sorted(files_in(folder)):
            if file.suffix not in {".py", ".sql", ".bas", ".csv", ".txt", ".spec", ".pot"}:
                continue
            if file == SOURCE / "usecases" / "demo_names.py":
                continue
            for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
                assert not re.search("[\u0400-\u04ff]", line), f"{file}:{number}"


def test_wheel_carries_all_files(tmp_path: Path) -> None:
    """A wheel has every file of the package, and the SQL for the server as mini_crm/_sql."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    source = {f"mini_crm/{path.relative_to(SOURCE).as_posix()}" for path in files_in(SOURCE)}
    server = {f"mini_crm/_sql/{path.relative_to(ROOT / 'sql').as_posix()}" for path in files_in(ROOT / "sql")}
    assert source | server <= carried


def test_dev_script_needs_only_python() -> None:
    """The set-up script runs before anything is installed."""
    assert not packages(iter([ROOT / "scripts" / "dev.py"]))


def test_promises_of_the_readme_are_tests() -> None:
    """Every test that the README names stands in the tests, as it says or with an ending."""
    named = re.findall(r"`(test_\w+)`", (ROOT / "README.md").read_text("utf-8"))
    there = {
        name
        for file in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^ *def (test_\w+)", file.read_text("utf-8"), re.MULTILINE)
    }
    assert len(named) > 30
    assert not [name for name in named if not any(test.startswith(name) for test in there)]
