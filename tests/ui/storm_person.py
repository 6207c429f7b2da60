"""A person in a hurry: real clicks and keys on whatever the program shows, and some that make sense."""

from __future__ import annotations

import re
import time
import tkinter as tk
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from tkinter import ttk

from mini_crm.domain.errors import MiniCrmError
from mini_crm.ui.app import App
from mini_crm.ui.widgets.dialogs import Dialog
from x11 import KEYSYMS, Screen, keysym_of

GAP_MS = 4
"""Between two events."""
STAY = 25
"""After so many events in one dialog it is closed by Escape."""
RARE = 8
"""So many things are taken to be rarely used."""
AWAY = ("login", "again")
"""Scenes that are for the time without a session only."""
SHIFT, CONTROL, ALT = KEYSYMS["Shift"], KEYSYMS["Control"], KEYSYMS["Alt"]
KEYS = {name: code for name, code in KEYSYMS.items() if code not in (SHIFT, CONTROL, ALT)}
LETTERS = "абвгдеёиклмнопрстуя xyz0123456789.,-"
INPUTS = {"TEntry", "Entry", "Text"}
BUTTONS = {"TButton", "TMenubutton", "TRadiobutton"}
OTHERS = {"Treeview", "TNotebook", "Listbox", "TScrollbar", "TLabel", "Label", "Canvas", "Menu"}


@dataclass(frozen=True)
class Target:
    """Something on the screen that can be clicked.

    Attributes:
        name: The same for the same place in every window and language.
        kind: ``input``, ``button`` or another word.
        path: Its name in Tk.
    """

    name: str
    kind: str
    path: str


Scene = Iterator[None]
"""Goes on by one step at each ``next``; a step sends at most one click or key."""


class Person:
    """Sends the events, one at a time, while the program's own main loop runs.

    Args:
        app: The program.
        screen: The X server.
        random: Decides everything.
        events: So many are sent.
        scenes: Give each a few sensible steps, by the name of the dialog that they open.

    Attributes:
        sent: So many have been sent.
        used: How often each target was used.
        dialogs: How often each kind of dialog was opened.
        is_done: Whether all have been sent.
    """

    def __init__(
        self, app: App, screen: Screen, random: Random, events: int, scenes: dict[str, Callable[[], Scene]]
    ) -> None:
        self.app = app
        self.screen = screen
        self.random = random
        self.events = events
        self.sent = 0
        self.used: Counter[tuple[str, str]] = Counter()
        self.captions: dict[tuple[str, str], str] = {}
        self.dialogs: Counter[str] = Counter()
        self.played: Counter[str] = Counter()
        self.is_done = False
        self._scenes = scenes
        self._scene: Scene = iter(())
        self._playing = ""
        self._met_in: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        self._open: set[str] = set()
        self._paths: set[str] = set()
        self._since = 0

    def begin(self) -> None:
        """Start; the rest happens in the main loop."""
        self.app.root.after(GAP_MS, self._step)

    # what scenes are made of

    def click(self, widget: tk.Misc | str, across: float = 0.5, down: float = 0.5) -> Scene:
        """Click into a widget, by default into its middle, if it can be seen."""
        path, front = str(widget), self._front()
        is_before = front == "." or f"{path}.".startswith(f"{front}.")
        target = self._target(path) if is_before and int(self._call("winfo", "viewable", path)) else None
        if target is not None:
            self._click(target, across, down, 1)
            yield

    def key(self, name: str, *held: int) -> Scene:
        """Press a key, such as ``Return`` or ``f``."""
        self._key(KEYS.get(name) or keysym_of(name), *held)
        yield

    def type(self, text: str) -> Scene:
        """Type a text over what is there."""
        yield from self.key("a", CONTROL)
        for letter in text:
            yield from self.key(letter)

    def paste(self, text: str) -> Scene:
        """Put a text over what is there, from the clipboard."""
        self.app.root.clipboard_clear()
        self.app.root.clipboard_append(text)
        yield from self.key("a", CONTROL)
        yield from self.key("v", CONTROL)

    def click_tab(self, notebook: ttk.Notebook, number: int) -> Scene:
        """Click on a tab of a notebook."""
        for x in range(5, notebook.winfo_width(), 10):
            if str(notebook.tk.call(notebook, "identify", "tab", x, 10)) == str(number):
                yield from self.click(notebook, x / notebook.winfo_width(), 10 / notebook.winfo_height())
                return

    def click_row(self, table: ttk.Treeview, row: str) -> Scene:
        """Click on a row of a table, if it can be seen."""
        box = table.bbox(row) if table.exists(row) else ""
        if box:
            _x, y, _width, height = box
            yield from self.click(table, 0.2, (y + height / 2) / table.winfo_height())

    def wait(self, condition: Callable[[], object], seconds: float = 2.0) -> Scene:
        """Let the program live until something is true, or so long."""
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            yield

    def less_used(self, *buttons: ttk.Widget) -> ttk.Widget:
        """Give the button that was pressed less often than the others."""
        return min(buttons, key=lambda button: self.used["button", self._name(str(button))])

    # the storm

    def targets(self) -> list[Target]:
        """Give what can be clicked now: nothing below a dialog or a menu."""
        found = (self._target(path) for path in self._inside(self._front()))
        return [target for target in found if target is not None]

    def _target(self, path: str) -> Target | None:
        if not self._kind(path) or not self._is_in_sight(path):
            return None
        target = Target(self._name(path), self._kind(path), path)
        self._use(target, 0)
        return target

    def _use(self, target: Target, times: int = 1) -> None:
        """Count, and know where it was met."""
        key = target.kind, target.name
        self.used[key] += times
        if self._is_on(target.path):
            self._met_in[key].add(self._playing)
        if key not in self.captions:
            self.captions[key] = self._caption(target.path)

    def rare(self) -> list[tuple[str, str]]:
        """Give kinds and names of the inputs, buttons and dialogs that were used less than the others."""
        counts = {key: count for key, count in self.used.items() if key[0] in ("input", "button")}
        counts |= {("dialog", name): count for name, count in self.dialogs.items()}
        return sorted(counts, key=lambda key: (counts[key], key))[:RARE]

    def _step(self) -> None:
        if self.sent >= self.events:
            self.is_done = True
            return
        try:
            self._watch()
            next(self._scene)
        except (StopIteration, tk.TclError, MiniCrmError):
            # It is over, the window that it was about is gone, or the other window may not do its part: its
            # session has ended, say. An error of the program itself never comes this way.
            self._scene = self._choose()
        except Exception:
            self.is_done = True
            raise  # into the program's log, where every error counts
        self.app.root.after(GAP_MS, self._step)

    def _choose(self) -> Scene:
        """Decide what to do next."""
        if self._since > STAY and self._open:
            self._since = 0
            return self.key("Escape")
        away = "login" if self.app.login is not None else "again" if "SignInAgainDialog" in self._open else ""
        if away and self.random.random() < 0.25:
            return self._play(away)
        if not self._open and not away and self.random.random() < 0.4:
            return self._play(self._what_to_play())
        return self.anything()

    def _what_to_play(self) -> str:
        """Choose what leads to something rarely used, or what was played least."""
        names = [name for name in self._scenes if name not in AWAY]
        if self.random.random() < 0.5:
            leading_there = self._met_in[self.random.choice(self.rare())]
            names = [name for name in names if name in leading_there] or names
        return min(names, key=lambda name: (self.played[name], self.random.random()))

    def _play(self, name: str) -> Scene:
        self._playing = name
        self.played[name] += 1
        return self._scenes[name]()

    def anything(self) -> Scene:
        """Press any key, or click on anything, what was used least before the rest."""
        random, targets = self.random, self.targets()
        if not targets or random.random() < 0.4:
            self._any_key()
        else:
            wanted = [one for one in targets if one.kind in ("input", "button") and self._is_on(one.path)]
            wanted = wanted or targets
            new = min(wanted, key=lambda one: (self.used[one.kind, one.name], random.random()))
            target = (
                new if random.random() < 0.7 else random.choice(wanted if random.random() < 0.7 else targets)
            )
            button = random.choices((1, 3, 4, 5), (20, 2, 1, 1))[0]
            for _ in range(2 if random.random() < 0.1 else 1):
                if int(self._call("winfo", "exists", target.path)):
                    self._click(target, random.random(), random.random(), button)
                yield
            return
        yield

    def _any_key(self) -> None:
        random = self.random
        if random.random() < 0.5:
            self._key(keysym_of(random.choice(LETTERS)))
            return
        if random.random() < 0.2:
            self._key(keysym_of(random.choice("acvxzf")), CONTROL)
            return
        name = random.choice(list(KEYS))
        held = random.choices(((), (SHIFT,), (CONTROL,), (ALT,)), (12, 3, 2, 1))[0]
        self._key(KEYS[name], *held)

    def _key(self, keysym: int, *held: int) -> None:
        path = str(self.app.root.tk.call("focus"))
        if path and self._kind(path) and self._is_on(path):
            # A letter does not press a button.
            if self._kind(path) != "button" or keysym in (KEYS["Return"], KEYS["space"], KEYS["KP_Enter"]):
                self._use(Target(self._name(path), self._kind(path), path))
        self.screen.key(keysym, *held)
        self._sent()

    def _click(self, target: Target, across: float, down: float, button: int) -> None:
        x, y, width, height = self._box(target.path)
        if self._is_on(target.path):
            self._use(target)
        self.screen.click(x + int(across * width), y + int(down * height), button)
        self._sent()

    def _sent(self) -> None:
        self.sent += 1
        self._since += 1

    def _watch(self) -> None:
        """Count the dialogs that have come."""
        shown = {str(child): type(child).__name__ for child in self._dialogs()}
        for path in shown.keys() - self._paths:
            self.dialogs[shown[path]] += 1
            self._met_in["dialog", shown[path]].add(self._playing)
            self._since = 0
        self._paths = set(shown)
        self._open = set(shown.values())

    # what Tk knows

    def _dialogs(self) -> list[Dialog]:
        children = self.app.root.children.values()
        return [child for child in children if isinstance(child, Dialog) and child.winfo_viewable()]

    def _front(self) -> str:
        """Give the widget that takes all clicks now."""
        grab = self.app.root.tk.splitlist(self._call("grab", "current"))
        return str(grab[-1]) if grab else "."

    def _inside(self, path: str) -> Iterator[str]:
        yield path
        for child in self.app.root.tk.splitlist(self._call("winfo", "children", path)):
            if int(self._call("winfo", "viewable", child)):
                yield from self._inside(str(child))

    def _kind(self, path: str) -> str:
        kind = str(self._call("winfo", "class", path))
        return "input" if kind in INPUTS else "button" if kind in BUTTONS else kind if kind in OTHERS else ""

    def _is_on(self, path: str) -> bool:
        """Say whether a button can be pressed."""
        return self._kind(path) != "button" or bool(int(self._call(path, "instate", "!disabled")))

    def _name(self, path: str) -> str:
        """Give a name that does not count what was opened before."""
        if "!_calendarwindow" in path:
            return "calendar" + re.sub(r".*!_calendarwindow\d*", "", path)
        name = re.sub(r"#[^.]*", "#menu", re.sub(r"(banner\d*)\.!frame\d*", r"\1", path))
        return re.sub(r"^\.!([a-z_]+)\d*", r".\1", name)

    def _box(self, path: str) -> tuple[int, int, int, int]:
        x, y, width, height = (
            int(self._call("winfo", what, path)) for what in ("rootx", "rooty", "width", "height")
        )
        return x, y, width, height

    def _is_in_sight(self, path: str) -> bool:
        x, y, width, height = self._box(path)
        return str(self._call("winfo", "containing", x + width // 2, y + height // 2)).startswith(path)

    def _caption(self, path: str) -> str:
        try:
            return str(self._call(path, "cget", "-text"))
        except tk.TclError:
            label = f"{path.rpartition('.')[0]}.!label"
            return (
                str(self._call(label, "cget", "-text")) if int(self._call("winfo", "exists", label)) else ""
            )

    def _call(self, *words: object) -> object:
        return self.app.root.tk.call(*words)
