"""Opens the program on a screen of a given size and scaling, and prints as JSON how it fits.

``sized_child.py SIZE SCALING UNITS LANGUAGE [FOLDER]``, such as ``1366x768 100 3 ru``. The screen has a
window manager and a task bar of 40 pixels. With a folder, pictures of the whole screen are written there.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import tkinter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / "src"), str(Path(__file__).parents[1])]

from mini_crm.store.sqlite import SqliteStore  # noqa: E402
from mini_crm.ui.app import App, make_root  # noqa: E402
from mini_crm.ui.entries.page_view import EntriesView  # noqa: E402
from mini_crm.ui.main_window import MainWindow, Surroundings  # noqa: E402
from mini_crm.ui.memory import Memory  # noqa: E402
from mini_crm.ui.sign_in.password_dialogs import ask_new_password  # noqa: E402
from mini_crm.ui.widgets.dialogs import Dialog, Question  # noqa: E402
from mini_crm.usecases.demo import make_demo  # noqa: E402
from mini_crm.usecases.signing import SignedIn  # noqa: E402
from ui.conftest import CODE, issue, picture_of_the_screen, quick_key, room  # noqa: E402
from ui.sized_company import add_units  # noqa: E402
from virtual_screen import virtual_screen, window_manager  # noqa: E402

ENTRIES = 900
PATIENCE_S = 30


class Visit:
    """One look at the program."""

    def __init__(self, app: App, name: str, folder: Path | None) -> None:
        self.app = app
        self._name = name
        self._folder = folder
        self.errors: list[BaseException] = []

    def wait(self, condition: Callable[[], object]) -> None:
        """Let the window live until something is true."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("it did not happen")
            self.live(0.02)
        self.live(0.3)

    def live(self, seconds: float) -> None:
        """Let the window live a little."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.root.update()
            if self.errors:
                raise self.errors[0]
            time.sleep(0.005)

    def shoot(self, page: str) -> None:
        """Take a picture of the whole screen, if it is wanted."""
        if self._folder is not None:
            picture = picture_of_the_screen()
            picture.quantize(128).save(self._folder / f"{self._name}.{page}.png", optimize=True)

    def frame(self) -> list[int]:
        """Give left, top, right and bottom of the window with its frame, as far as that is on the screen."""
        root = self.app.root
        if sys.platform == "win32" and root.state() == "zoomed":  # Windows hides the frame of a full window
            x, y = root.winfo_rootx(), root.winfo_rooty()
            return [x, y, x + root.winfo_width(), y + root.winfo_height()]
        _size, x, y = root.geometry().split("+")
        side, title = root.winfo_rootx() - int(x), root.winfo_rooty() - int(y)
        right = root.winfo_rootx() + root.winfo_width() + side
        return [int(x), int(y), right, int(y) + title + root.winfo_height() + side]

    def look(self, lead: str) -> dict[str, object]:
        """Sign in, look at every page, and tell what was seen."""
        app = self.app
        app.start()
        self.wait(lambda: app.login is not None and app.login.name.input.names)
        assert app.login is not None
        self.shoot("sign_in")
        app.login.on_sign_in(lead, CODE)
        self.wait(lambda: app.main is not None and app.main.entries is not None)
        assert app.main is not None
        main: MainWindow = app.main
        self.wait(lambda: not main.tasks.is_busy)
        view = main.nametowidget(main.pages.tabs()[0])
        assert isinstance(view, EntriesView)
        self.wait(lambda: view.table.tree.get_children())
        self.shoot("entries")
        found: dict[str, object] = {
            "frame": self.frame(),
            "room": list(room()),
            "rows": whole_rows(view),
            "foot": view.connection.winfo_rooty() + view.connection.winfo_height(),
            "across": [float(part) for part in view.table.tree.xview()],
            "cut": {"entries": sorted(cut(view))},
        }
        main.pages.select(1)
        self.wait(lambda: main.forecast is not None and not main.tasks.is_busy)
        self.live(1.5)
        self.shoot("forecast")
        found["cut"]["forecast"] = sorted(cut(main))  # type: ignore[index]
        main.pages.select(0)
        found["dialogs"] = self.dialogs(main)
        found["folding"] = self.fold(view)
        return found

    def fold(self, view: EntriesView) -> list[tuple[bool, int]]:
        """Press the button that folds the head twice; tell each time whether it is, and how many rows fit."""
        found = [(view.head.is_folded, whole_rows(view))]
        for _turn in range(2):
            view.head.fold_button.invoke()
            self.live(0.3)
            found.append((view.head.is_folded, whole_rows(view)))
        return found

    def dialogs(self, main: MainWindow) -> dict[str, object]:
        """Open the tallest dialogs one after the other, and tell where their buttons are."""
        signed_in = SignedIn(main.desk.session, main.desk.token, b"")
        ask = partial(ask_new_password, main, self.app.theme, main.login_parts(), signed_in, must=True)
        texts, theme = self.app.texts, self.app.theme
        long = "\n".join(f"{number}. Очень длинная строка вопроса" for number in range(60))
        found: dict[str, object] = {}
        for name, opened in (
            ("password", lambda: ask(lambda new: None, lambda: None)),
            ("question", lambda: shown(Question(main, texts, theme, long, yes="Yes", no="No", danger=False))),
        ):
            dialog: Dialog = opened()
            self.live(0.4)
            self.shoot(name)
            buttons = [each for each in descendants(dialog) if each.winfo_class() == "TButton"]
            found[name] = {
                "top": dialog.winfo_rooty(),
                "bottom": max(button.winfo_rooty() + button.winfo_height() for button in buttons),
                "seen": self.last_in_sight(dialog),
            }
            dialog.close()
            self.live(0.1)
        return found

    def last_in_sight(self, dialog: Dialog) -> bool:
        """Say whether the lowest input of a dialog comes into sight when it gets the focus."""
        inputs = [each for each in descendants(dialog.body) if each.winfo_class() == "TEntry"]
        if not inputs:
            return True
        lowest = max(inputs, key=lambda each: each.winfo_rooty())
        lowest.focus_force()
        self.live(0.2)
        hole = dialog.body.master
        assert hole is not None
        end = lowest.winfo_rooty() + lowest.winfo_height()
        return hole.winfo_rooty() <= lowest.winfo_rooty() and end <= hole.winfo_rooty() + hole.winfo_height()


def shown(dialog: Dialog) -> Dialog:
    """Put a dialog on the screen."""
    dialog.show()
    return dialog


def descendants(widget: tkinter.Misc) -> Iterator[tkinter.Misc]:
    """Give everything below a widget."""
    for child in widget.winfo_children():
        yield child
        yield from descendants(child)


def whole_rows(view: EntriesView) -> int:
    """Count the rows of the table that can be seen as a whole."""
    tree = view.table.tree
    boxes = [box for row in tree.get_children() if (box := tree.bbox(row))]
    return sum(int(box[1]) + int(box[3]) <= tree.winfo_height() for box in boxes)


def cut(widget: tkinter.Misc) -> Iterator[str]:
    """Name the labels and buttons on the screen that show less than they hold, and say so by no ellipsis."""
    for child in widget.winfo_children():
        yield from cut(child)
        if not child.winfo_viewable():
            continue
        if child.winfo_class() in ("TLabel", "TButton", "TMenubutton", "Label", "TCheckbutton"):
            text = str(child.cget("text"))
            small = (
                child.winfo_width() < child.winfo_reqwidth() or child.winfo_height() < child.winfo_reqheight()
            )
            if small and text and not text.endswith("…"):
                yield f"{text!r} {child.winfo_width()}x{child.winfo_height()}"
        if sticks_out(child):
            yield f"{child} sticks out"


def sticks_out(widget: tkinter.Misc) -> bool:
    """Say whether a part of a widget lies outside of what it stands in."""
    around = widget.master
    if around is None or widget.winfo_class() in ("Menu", "Toplevel") or widget.winfo_manager() == "place":
        return False
    right = widget.winfo_x() + widget.winfo_width()
    bottom = widget.winfo_y() + widget.winfo_height()
    return right > around.winfo_width() or bottom > around.winfo_height()


def main() -> None:
    """Make the company, open the program, look."""
    size, scaling, units, language = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    folder = Path(sys.argv[5]) if len(sys.argv) > 5 else None
    name = f"{size}.{scaling}.{units}.{language}"
    with virtual_screen(size, always=True), window_manager(), tempfile.TemporaryDirectory() as place:
        store = SqliteStore.create(Path(place) / "company.sqlite")
        make_demo(store, today=store.get_today(), entries=ENTRIES)
        lead = next(lead.name for lead in store.list_leads() if lead.groups)
        add_units(store, lead, units, store.get_today())
        issue(store, lead, CODE)
        store.aggregate_forecast(None, "sizes")
        around = Surroundings(
            connect=lambda: store,
            disconnect=store.close,
            database="company.sqlite",
            address="sqlite:///company.sqlite",
            memory=Memory(),
            computer="sizes",
            derive=quick_key,
        )
        app = App(make_root(96 / 72 * scaling / 100), around, language)
        visit = Visit(app, name, folder)
        # Else it would wait for somebody who reads the sentence.
        app.root.report_callback_exception = lambda kind, error, trace: visit.errors.append(error)
        print(json.dumps(visit.look(lead), ensure_ascii=False))
        app.close()
        store.close()  # this thread's connection: Windows deletes no file that is open


if __name__ == "__main__":
    main()
