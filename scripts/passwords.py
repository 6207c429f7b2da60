#!/usr/bin/env python3
"""Issue passwords and write the slips: the same as `mini-crm-admin passwords`, with the same arguments.

Usage: python3 scripts/passwords.py [--style code|number] [--all | --missing | NAMES ...] --slips FILE
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def main(arguments: list[str]) -> int:
    """Run the command with the Python that has the project installed.

    Args:
        arguments: The command line without the script's name.

    Returns:
        The command's exit code.
    """
    python = PYTHON if PYTHON.exists() else Path(sys.executable)
    if not PYTHON.exists() and importlib.util.find_spec("mini_crm") is None:
        print(
            "passwords.py: the project is not set up yet; run: python3 scripts/dev.py demo", file=sys.stderr
        )
        return 1
    return subprocess.call([python, "-m", "mini_crm.admin", "passwords", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
