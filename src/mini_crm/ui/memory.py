"""What a window remembers from one start to the next, such as the last name and column widths."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path

from mini_crm.domain.rules import name_key
from mini_crm.domain.text import first_unstorable
from mini_crm.files import OWNER_ONLY, make_private_folder, replacing

log = logging.getLogger("mini_crm.ui")

MOST_BYTES = 1_000_000
"""Of the file; a window has little to remember."""
LARGEST = 100_000
"""Of a number: no screen is so wide."""

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


class Memory:
    """Named values in one small file; without them everything works, so no failure is an error.

    Args:
        path: The file, made when needed; None remembers only until the program ends.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._values = _read(path) if path is not None else {}

    def get(self, name: str) -> Value:
        """Give a value, None if there is none."""
        return self._values.get(name)

    def text(self, name: str) -> str:
        """Give a value that should be a text, empty if there is none."""
        value = self._values.get(name)
        return value if isinstance(value, str) else ""

    def put(self, name: str, value: Value) -> None:
        """Remember a value; a file that cannot be written only leads to a line in the log."""
        if name in self._values and self._values[name] == value:
            return
        self._values[name] = value
        if self._path is None:
            return
        # Another window of the same person may have remembered something meanwhile.
        values = {**_read(self._path), name: value}
        try:
            make_private_folder(self._path.parent)
            with replacing(self._path, mode=OWNER_ONLY) as stream:
                stream.write(json.dumps(values, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            log.warning("not remembered: %s", error)

    def of(self, lead_name: str) -> Memory:
        """Give what is remembered for one lead, where several sign in on this computer."""
        return _OwnMemory(self, lead_name)


class _OwnMemory(Memory):
    """One lead's values among those of all, by the lead's name."""

    def __init__(self, memory: Memory, lead_name: str) -> None:
        super().__init__()
        self._memory = memory
        self._lead = name_key(lead_name)

    def get(self, name: str) -> Value:
        """See ``Memory``."""
        return self._memory.get(self._whole(name))

    def text(self, name: str) -> str:
        """See ``Memory``."""
        return self._memory.text(self._whole(name))

    def put(self, name: str, value: Value) -> None:
        """See ``Memory``."""
        self._memory.put(self._whole(name), value)

    def _whole(self, name: str) -> str:
        return f"{name} of {self._lead}"


def _read(path: Path) -> dict[str, Value]:
    try:
        state = path.stat()  # looked at before it is opened: a pipe would be waited for
        if not stat.S_ISREG(state.st_mode) or state.st_size > MOST_BYTES:
            return {}
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return {name: value for name, value in values.items() if _is_usable(value)}


def _is_usable(value: object) -> bool:
    """Say whether a value can be one of ours: text that can be shown, and numbers that Tk takes."""
    match value:
        case str():
            return first_unstorable(value) is None
        case int() | float():
            return abs(value) <= LARGEST
        case list():
            return all(map(_is_usable, value))
        case dict():
            return all(map(_is_usable, value)) and all(map(_is_usable, value.values()))
        case _:
            return value is None
