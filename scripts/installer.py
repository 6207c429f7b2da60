#!/usr/bin/env python3
"""Make the installer for Windows from the folder of the frozen programs, on Windows or on Linux.

Usage: python3 scripts/installer.py FOLDER --pictures DIR --version VERSION [--out DIR] [--amd64]

  FOLDER     where mini-crm.exe lies, with all it needs
  --pictures where mini-crm.ico and side.bmp lie: PyInstaller's work folder
  --version  the programs'
  --amd64    an installer of 64 bits, for a Wine without 32; makensis for Windows cannot make one

`python3 scripts/dev.py build` does this on Windows after it has frozen the programs. What the installer does
says build/installer.nsi.
"""

from __future__ import annotations

import argparse
import os
import re
import runpy
import sys
from pathlib import Path

import dev

SCRIPT = dev.ROOT / "build" / "installer.nsi"
PRODUCT = dev.ROOT / "build" / "product.py"


def main(arguments: list[str]) -> int:
    """Make the installer.

    Args:
        arguments: The command line without the script's name.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="installer.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", type=Path, default=dev.ROOT / "dist")
    parser.add_argument("--amd64", action="store_true")
    given = parser.parse_args(arguments)
    try:
        dev.need_system("NSIS")
        file = given.out / file_name(given.version)
        file.parent.mkdir(parents=True, exist_ok=True)
        make_installer(given.folder, given.pictures, file, version=given.version, amd64=given.amd64)
    except dev.Failure as failure:
        print(f"installer.py: {failure}", file=sys.stderr)
        return 1
    dev.step(f"{file}: {file.stat().st_size / 1e6:.0f} MB")
    return 0


def file_name(version: str) -> str:
    """Give the installer's name."""
    return f"mini-crm-{version}-setup.exe"


def make_installer(
    folder: Path, pictures: Path, file: Path, *, version: str, amd64: bool = False, date: int = 0
) -> None:
    """Compile the installer.

    Args:
        folder: The frozen programs for Windows, complete with the pages.
        pictures: Where ``mini-crm.ico`` and ``side.bmp`` lie.
        file: Written over.
        version: Of the programs; three numbers with dots between.
        amd64: Of 64 bits; else of 32, which every Windows runs and every makensis makes.
        date: Written into it; seconds since 1970.

    Raises:
        Failure: Something in the folder would be left out; makensis refuses, or is not here.
    """
    packed = SCRIPT.read_text("utf-8")
    left_out = [
        path.name
        for path in folder.iterdir()
        if not re.search(rf'^ +File .*"{re.escape(path.name)}["\\]', packed, re.M)
    ]
    if left_out:
        raise dev.Failure(f"{SCRIPT.name} does not install {', '.join(sorted(left_out))}")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    product = runpy.run_path(str(PRODUCT))
    values = {
        "NAME": product["NAME"],
        "FOLDER": folder.absolute(),
        "PICTURES": pictures.absolute(),
        "OUT": file.absolute(),
        "VERSION": version,
        "PUBLISHER": product["PUBLISHER"],
        "KILOBYTES": size // 1024,
    }
    compiler = dev.makensis()
    if compiler is None:
        raise dev.Failure("there is no makensis")
    command: list[str | Path] = [compiler, "-V2", "-WX", "-INPUTCHARSET", "UTF8"]
    command += [f"-XTarget {'amd64' if amd64 else 'x86'}-unicode"]
    command += [f"-D{name}={value}" for name, value in values.items()]
    code, said = dev.captured([*command, SCRIPT], env={**os.environ, "SOURCE_DATE_EPOCH": str(date)})
    if code:
        raise dev.Failure("makensis could not make the installer. It said:\n" + said[-3000:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
