"""A storm of real clicks and keys over the real program: ``python3 scripts/dev.py storm --seed N``.

The program runs as people start it, on a demo database, under a window manager; keys and clicks come from
the X server. At the end it must be alive and close as asked, its log must hold no error, its database must
be sound, and every input, button and dialog must have been used: how often is printed.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sqlite3
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

from mini_crm.program import run_program  # noqa: E402
from mini_crm.store.sqlite import SqliteStore  # noqa: E402
from mini_crm.ui import app as app_module  # noqa: E402
from mini_crm.ui.entries.page_view import EntriesView  # noqa: E402
from mini_crm.ui.widgets.dialogs import Dialog, Question  # noqa: E402
from mini_crm.usecases.demo import make_demo  # noqa: E402
from ui.storm_outside import Outside  # noqa: E402
from ui.storm_person import Person  # noqa: E402
from ui.storm_scenes import Scenes  # noqa: E402
from virtual_screen import virtual_screen, window_manager  # noqa: E402
from x11 import Screen  # noqa: E402

ENTRIES = 400
CLOSE_S = 20.0
PAGES = ("loginview", "entriesview", "forecastview")
BAD_LINE = re.compile(r"^\S+ (ERROR|CRITICAL) ", re.MULTILINE)


class Storm:
    """One storm: starts the program, sends the events, closes the program by its own ways.

    Args:
        folder: For database, log and settings.
        seed: Decides what is done.
        events: So many are sent.
    """

    def __init__(self, folder: Path, seed: int, events: int) -> None:
        self.folder = folder
        self.random = Random(seed)
        self.events = events
        self.database = folder / "demo.sqlite"
        self.person: Person | None = None
        self.was_alive = False
        self._errors = _Errors()
        store = SqliteStore.create(self.database)
        self._lead = make_demo(store, today=store.get_today(), seed=1, entries=ENTRIES).slips[0].lead_name
        store.close()

    def run(self) -> int:
        """Run the program until it was closed; give its exit code."""
        from mini_crm.__main__ import NAME, build

        with _environment(self.folder), Screen() as screen:
            storm, outside = self, Outside(self.database, self._lead)

            def run_app(program: app_module.App) -> None:
                scenes = Scenes(program, outside)
                person = Person(program, screen, storm.random, storm.events, scenes.all())
                scenes.person = storm.person = person
                logging.getLogger("mini_crm").addHandler(storm._errors)
                program.start()
                # A double click can come to the cross of the window behind a dialog: the storm would be over.
                program.root.protocol("WM_DELETE_WINDOW", lambda: None)
                person.begin()
                program.root.after(100, lambda: storm._end(program, person, outside))
                program.root.mainloop()

            usual, app_module.App.run = app_module.App.run, run_app
            # The system's own dialog is no part of the program, and would hold the storm up.
            asking, EntriesView.ask_file = EntriesView.ask_file, lambda view, there, name: self.folder / name
            try:
                return run_program(NAME, build, ["--database", f"sqlite:///{self.database}"])
            finally:
                app_module.App.run = usual
                EntriesView.ask_file = asking
                outside.close()

    def faults(self, code: int, least: int) -> list[str]:
        """Say what the program has not come through.

        Args:
            code: Its exit code.
            least: So often every input, button and dialog must have been used.
        """
        found = [] if self.was_alive else ["the program was not alive at the end"]
        if code:
            found.append(f"exit code {code}")
        found += self._errors.found
        for log in sorted((self.folder / "logs").glob("*.log*")):
            lines = BAD_LINE.findall(log.read_text(encoding="utf-8"))
            found += [f"{log.name} has {len(lines)} lines of errors"] if lines else []
        with sqlite3.connect(self.database) as database:
            answer = [str(line[0]) for line in database.execute("PRAGMA integrity_check")]
        found += [] if answer == ["ok"] else [f"integrity_check: {line}" for line in answer]
        if least:
            names = " ".join(name for _, name, _ in self.counts())
            found += [f"{page} was never on the screen" for page in PAGES if page not in names]
        return found + [
            f"used {count} times: {kind} {name}" for kind, name, count in self.counts() if count < least
        ]

    def counts(self) -> list[tuple[str, str, int]]:
        """Give kind, name and number of uses of every input, button and dialog."""
        person = self.person
        if person is None:
            return []
        found = [("dialog", kind.__name__, person.dialogs[kind.__name__]) for kind in _kinds_of(Dialog)]
        for (kind, name), count in sorted(person.used.items()):
            if kind in ("input", "button"):
                found.append((kind, f"{_short(name)} «{person.captions[kind, name]}»", count))
        return found

    def _end(self, program: app_module.App, person: Person, outside: Outside) -> None:
        """When all is sent, see whether the program still works, and close it."""
        if not person.is_done:
            program.root.after(100, lambda: self._end(program, person, outside))
            return
        outside.let_go()
        for dialog in [child for child in program.root.children.values() if isinstance(child, Dialog)]:
            dialog.close()
        program.root.after(200, lambda: self._close(program))

    def _close(self, program: app_module.App) -> None:
        answers: list[int] = []
        program._aside.run(lambda: 42, answers.append, lambda error: None)
        end = time.monotonic() + CLOSE_S
        while not answers and time.monotonic() < end:
            program.root.update()
            time.sleep(0.01)
        self.was_alive = answers == [42]

        def leave() -> None:
            for child in program.root.children.copy().values():
                if isinstance(child, Question) and child.winfo_viewable():
                    child.yes.invoke()
                    return
            program.root.after(300, leave)

        program.root.after(300, leave)
        program.close()


class _Errors(logging.Handler):
    """Keeps the errors that the program logs, with what a log for others leaves out."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        detail = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.found.append(f"{record.levelname} {record.getMessage()}\n{detail}")


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """Keep the settings of this computer out, and what the program writes in a folder."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("MINI_CRM_")]:
        del os.environ[name]
    os.environ |= {
        "MINI_CRM_LOG_DIR": str(folder / "logs"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "data"),
        "BROWSER": "true",  # the program, which does nothing
    }
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _kinds_of(kind: type[Dialog]) -> Iterator[type[Dialog]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds_of(each)


def _short(name: str) -> str:
    """Leave out of a widget's name what only holds the rest together."""
    parts = [part.lstrip("!") for part in name.split(".") if part]
    return ".".join(part for part in parts if not re.fullmatch(r"(frame|scrolledroom|notebook)\d*", part))


def main() -> int:
    """Run a storm and print what came of it.

    Returns:
        0 if the program came through, else 1.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--events", type=int, default=5000)
    parser.add_argument("--least", type=int, default=5, help="so often everything must have been used")
    options = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, virtual_screen("1600x1000"), window_manager():
        storm = Storm(Path(folder), options.seed, options.events)
        code = storm.run()
        faults = storm.faults(code, options.least)
        for kind, name, count in storm.counts():
            print(f"{count:5}  {kind:7}  {name}")
    sent = storm.person.sent if storm.person is not None else 0
    print(f"{sent} clicks and keys in {time.monotonic() - begun:.0f} s, seed {options.seed}")
    for fault in faults:
        print(f"FAULT: {fault}")
    print("The program came through." if not faults else f"{len(faults)} faults.")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
