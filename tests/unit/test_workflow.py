"""The workflow for other computers says nothing that the project has not."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
DEV = runpy.run_path(str(ROOT / "scripts" / "dev.py"))
COMMANDS = re.findall(r"python scripts/dev\.py (.+)", TEXT)


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_every_command_is_one(command: str) -> None:
    """What is started is a command of dev.py, and the tests that it names are there."""
    name, *arguments = command.split()
    assert DEV.get("format_code" if name == "format" else name) is not None
    for argument in arguments:
        assert (ROOT / argument.removeprefix("--ignore=")).exists()


def test_every_package_is_installed() -> None:
    """Where dev.py may not install, since it is not root, the workflow does it."""
    lines = re.findall(r"apt-get install --yes --no-install-recommends\s+(.+)", TEXT)
    assert len(lines) == len(re.findall(r"runs-on: ubuntu", TEXT))
    of_python = ("python3", "libpython3")  # comes with setup-python
    packages = {package for package, _elsewhere in DEV["SYSTEM"].values()}
    wanted = {package for package in packages if not package.startswith(of_python)}
    for line in lines:
        assert wanted - {"binutils"} <= set(line.split())
    assert "binutils" in lines[-1].split()
