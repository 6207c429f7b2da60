"""Starts the program as it is started, and prints what that took as one JSON line.

``start_child.py TIME show`` shows the sign-in window until it has its names; ``start_child.py TIME problem``
prints the sentence that a person would be shown instead. TIME is when the process was started.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))

from mini_crm.program import run_program
from mini_crm.ui import app

started, what = float(sys.argv[1]), sys.argv[2]
found: dict[str, object] = {}


def show(program: app.App) -> None:
    """Stand for a person who looks at the window and closes it."""
    found["loaded"] = sorted(sys.modules)
    program.start()
    program.root.update()
    found["usable_s"] = time.time() - started
    view = program.login
    assert view is not None
    found["focus"] = str(program.root.focus_lastfor() or "").startswith(str(view))
    last = time.time() + 30
    while not view.name.input.names and time.time() < last:
        program.root.update()
        time.sleep(0.002)
    found["names_s"] = time.time() - started
    found["names"] = view.name.input.names
    program.close()


def read(root: object, texts: object, problem: str) -> None:
    """Stand for a person who reads the sentence."""
    found["problem"] = problem


if __name__ == "__main__":
    from mini_crm.__main__ import NAME, build

    app.App.run = show
    app.show_at_start = read
    code = run_program(NAME, build, sys.argv[3:])
    print(json.dumps(found))
    sys.exit(code)
