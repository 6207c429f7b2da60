"""What the tests ask an X server for: real keys and clicks, a panel, properties of the screen."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from collections.abc import Sequence
from types import TracebackType

LONG, INT, POINTER, TEXT = ctypes.c_ulong, ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p
REPLACE = 0
SPARE_KEY = 248
"""The keyboard of a virtual screen has no such key: it lends itself to any letter."""

KEYSYMS = {
    "Return": 0xFF0D, "Escape": 0xFF1B, "Tab": 0xFF09, "BackSpace": 0xFF08, "Delete": 0xFFFF, "space": 0x20,
    "Home": 0xFF50, "Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "Prior": 0xFF55,
    "Next": 0xFF56, "End": 0xFF57, "Menu": 0xFF67, "KP_Enter": 0xFF8D,
    "Shift": 0xFFE1, "Control": 0xFFE3, "Alt": 0xFFE9,
    **{f"F{number}": 0xFFBD + number for number in range(1, 11)},
}  # fmt: skip
"""The keys that are no letters. Source: keysymdef.h."""


class Screen:
    """A connection to the X server of ``DISPLAY``.

    Attributes:
        width: Of the screen, in pixels.
        height: Of the screen, in pixels.

    Raises:
        OSError: There is no such library or no such server.
    """

    def __init__(self) -> None:
        self._x = x = _library("X11")
        self._test = test = _library("Xtst")
        x.XOpenDisplay.restype = POINTER
        for name in ("XDefaultRootWindow", "XInternAtom", "XCreateSimpleWindow"):
            getattr(x, name).restype = LONG
        x.XKeysymToKeycode.argtypes = [POINTER, LONG]
        x.XKeysymToKeycode.restype = ctypes.c_ubyte
        x.XInternAtom.argtypes = [POINTER, TEXT, INT]
        x.XChangeKeyboardMapping.argtypes = [POINTER, INT, INT, POINTER, INT]
        x.XCreateSimpleWindow.argtypes = [POINTER, LONG, *[INT] * 5, LONG, LONG]
        x.XChangeProperty.argtypes = [POINTER, LONG, LONG, LONG, INT, INT, POINTER, INT]
        x.XGetWindowProperty.argtypes = [POINTER, LONG, LONG, LONG, LONG, INT, LONG, *[POINTER] * 5]
        x.XMapWindow.argtypes = [POINTER, LONG]
        x.XFree.argtypes = [POINTER]
        for name in ("XDisplayWidth", "XDisplayHeight"):
            getattr(x, name).argtypes = [POINTER, INT]
        for name in ("XDefaultRootWindow", "XCloseDisplay", "XSync"):
            getattr(x, name).argtypes = [POINTER, *([INT] if name == "XSync" else [])]
        test.XTestFakeMotionEvent.argtypes = [POINTER, INT, INT, INT, LONG]
        test.XTestFakeButtonEvent.argtypes = [POINTER, INT, INT, LONG]
        test.XTestFakeKeyEvent.argtypes = [POINTER, INT, INT, LONG]
        self._display = x.XOpenDisplay(os.environ["DISPLAY"].encode())
        if not self._display:
            raise OSError(f"no X server at {os.environ['DISPLAY']}")
        self._root = x.XDefaultRootWindow(self._display)
        self.width = int(x.XDisplayWidth(self._display, 0))
        self.height = int(x.XDisplayHeight(self._display, 0))
        self._lent = 0

    def __enter__(self) -> Screen:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection and all windows made by it."""
        self._x.XCloseDisplay(self._display)

    def numbers(self, name: str, most: int = 64) -> list[int]:
        """Give the numbers in a property of the root window; none if it is not there."""
        kind, count, left = LONG(), LONG(), LONG()
        size, data = INT(), ctypes.POINTER(LONG)()
        self._x.XGetWindowProperty(
            self._display, self._root, self._atom(name), 0, most, False, 0, ctypes.byref(kind),
            ctypes.byref(size), ctypes.byref(count), ctypes.byref(left), ctypes.byref(data),
        )  # fmt: skip
        if not data:
            return []
        found = [int(data[at]) for at in range(count.value)]
        self._x.XFree(data)
        return found

    def add_panel(self, height: int) -> None:
        """Put a bar to the lower edge that keeps its strip for itself, as a task bar does."""
        width, top = self.width, self.height - height
        bar = self._x.XCreateSimpleWindow(self._display, self._root, 0, top, width, height, 0, 0, 0x404040)
        self._put(bar, "_NET_WM_WINDOW_TYPE", "ATOM", [self._atom("_NET_WM_WINDOW_TYPE_DOCK")])
        self._put(bar, "_NET_WM_STRUT_PARTIAL", "CARDINAL", [0, 0, 0, height, *[0] * 6, 0, width - 1])
        self._x.XMapWindow(self._display, bar)
        self.sync()

    def point(self, x: int, y: int) -> None:
        """Move the mouse to a point of the screen."""
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self.sync()

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the mouse to a point of the screen, press a button there and let it go."""
        self.point(x, y)
        for down in (True, False):
            self._test.XTestFakeButtonEvent(self._display, button, down, 0)
        self.sync()

    def key(self, keysym: int, *held: int) -> None:
        """Press a key and let it go, others held meanwhile."""
        codes = [self._code(each) for each in (*held, keysym)]
        for code in codes:
            self._test.XTestFakeKeyEvent(self._display, code, True, 0)
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._display, code, False, 0)
        self.sync()

    def sync(self) -> None:
        """Wait until the server has done all that it was asked for."""
        self._x.XSync(self._display, False)

    def _code(self, keysym: int) -> int:
        code = int(self._x.XKeysymToKeycode(self._display, keysym))
        if code:
            return code
        if self._lent != keysym:
            lent = (LONG * 1)(keysym)
            self._x.XChangeKeyboardMapping(self._display, SPARE_KEY, 1, lent, 1)
            self._lent = keysym
            self.sync()
        return SPARE_KEY

    def _atom(self, name: str) -> int:
        return int(self._x.XInternAtom(self._display, name.encode(), False))

    def _put(self, window: int, name: str, kind: str, values: Sequence[int]) -> None:
        data = (LONG * len(values))(*values)
        self._x.XChangeProperty(
            self._display, window, self._atom(name), self._atom(kind), 32, REPLACE, data, len(values)
        )


def keysym_of(letter: str) -> int:
    """Give the number of the key for a letter. Source: X11 protocol, appendix A: Unicode plus 2**24."""
    return ord(letter) if ord(letter) < 0x100 else 0x1000000 + ord(letter)


def _library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    if found is None:
        raise OSError(f"lib{name} is not installed (Debian: libxtst6)")
    return ctypes.CDLL(found)
