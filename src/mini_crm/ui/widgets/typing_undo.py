"""Undoing what was typed into an input: Tk has that for texts of many lines only."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass, field
from functools import partial

BEFORE, AFTER = "BeforeTyping", "AfterTyping"
"""Tags of an input, around its own bindings and those of its class."""
KINDS = ("TEntry", "Entry")
CHANGES = ("<KeyPress>", "<<Paste>>", "<<Cut>>", "<<Clear>>", "<<PasteSelection>>")
"""What a person changes a text with."""
MOST = 200
"""So many steps are kept of one input."""


@dataclass(frozen=True, slots=True)
class _State:
    text: str
    cursor: int


@dataclass(slots=True)
class _Typing:
    """What was typed into one input.

    Attributes:
        done: How it was before each step, oldest first.
        undone: How it was before each undoing, oldest first.
        seen: How the last step, or undoing, has left it; None if nothing was typed.
        begun: How it was before the key that is being pressed.
        goes_on: The last step was a letter of a word that may go on.
    """

    done: list[_State] = field(default_factory=list)
    undone: list[_State] = field(default_factory=list)
    seen: _State | None = None
    begun: _State | None = None
    goes_on: bool = False


class TypingUndo:
    """Ctrl+Z in every input of the program takes back the last typed word, Ctrl+Y brings it back.

    What the program puts into an input, such as the next entry's day, is not typed: it ends what can be
    taken back there.

    Args:
        root: The root window; once a program.
    """

    def __init__(self, root: tk.Misc) -> None:
        self._inputs: dict[str, _Typing] = {}
        for kind in KINDS:
            root.bind_class(kind, "<FocusIn>", self._tag, add="+")
            root.bind_class(kind, "<<Undo>>", partial(self._step, forth=False))
            root.bind_class(kind, "<<Redo>>", partial(self._step, forth=True))
        for change in CHANGES:
            root.bind_class(BEFORE, change, self._before)
            root.bind_class(AFTER, change, self._after)
        root.bind_class(BEFORE, "<Destroy>", lambda event: self._inputs.pop(str(event.widget), None))

    def _tag(self, event: tk.Event[tk.Misc]) -> None:
        widget = event.widget
        if isinstance(widget, tk.Misc) and BEFORE not in widget.bindtags():
            tags = list(widget.bindtags())
            kind = next((tag for tag in tags if tag in KINDS), None)
            if kind is not None:
                tags.insert(1 + tags.index(kind), AFTER)
                widget.bindtags((BEFORE, *tags))

    def _before(self, event: tk.Event[tk.Misc]) -> None:
        widget = event.widget
        if isinstance(widget, tk.Entry) and not widget.cget("show"):  # passwords are kept nowhere
            self._of(widget).begun = _state(widget)

    def _after(self, event: tk.Event[tk.Misc]) -> None:
        if not isinstance(event.widget, tk.Entry):
            return
        typing, now = self._of(event.widget), _state(event.widget)
        before, typing.begun = typing.begun, None
        if before is None or before.text == now.text:
            return
        if typing.seen is None or typing.seen.text != before.text:
            typing.done.clear()  # the program has put another text there
            typing.goes_on = False
        letter = len(now.text) - len(before.text) == 1 and now.cursor == before.cursor + 1
        if not (typing.goes_on and letter and typing.seen is not None and typing.seen == before):
            typing.done = [*typing.done[1 - MOST :], before]
        typing.goes_on = letter and not now.text[now.cursor - 1].isspace()
        typing.undone.clear()
        typing.seen = now

    def _step(self, event: tk.Event[tk.Misc], *, forth: bool) -> str | None:
        widget = event.widget
        if not isinstance(widget, tk.Entry) or str(widget.cget("state")) != "normal":
            return None
        typing, now = self._of(widget), _state(widget)
        if typing.seen is None or typing.seen.text != now.text:
            self._inputs.pop(str(widget), None)
            return None  # nothing was typed here, so somebody else may undo something
        source, target = (typing.undone, typing.done) if forth else (typing.done, typing.undone)
        if source:
            target.append(now)
            state = source.pop()
            widget.delete(0, "end")
            widget.insert(0, state.text)
            widget.icursor(state.cursor)
            typing.seen, typing.goes_on = state, False
        return "break"

    def _of(self, widget: tk.Entry) -> _Typing:
        return self._inputs.setdefault(str(widget), _Typing())


def _state(widget: tk.Entry) -> _State:
    return _State(str(widget.get()), int(widget.index("insert")))
