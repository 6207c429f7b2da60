"""What the tests ask Windows for: real keys and clicks, as ``x11`` asks an X server for them."""

from __future__ import annotations

import ctypes
from ctypes import wintypes
from types import TracebackType

from x11 import KEYSYMS

VIRTUAL_KEYS = {
    "Return": 0x0D, "Escape": 0x1B, "Tab": 0x09, "BackSpace": 0x08, "Delete": 0x2E, "space": 0x20,
    "Home": 0x24, "Left": 0x25, "Up": 0x26, "Right": 0x27, "Down": 0x28, "Prior": 0x21,
    "Next": 0x22, "End": 0x23, "Menu": 0x5D, "KP_Enter": 0x0D,
    "Shift": 0x10, "Control": 0x11, "Alt": 0x12,
    **{f"F{number}": 0x6F + number for number in range(1, 11)},
}  # fmt: skip
"""Source: winuser.h."""
EXTENDED = frozenset("Delete Home Left Up Right Down Prior Next End Menu KP_Enter".split())
"""Keys beside the main block of the keyboard."""
_CODES = {KEYSYMS[name]: (code, name in EXTENDED) for name, code in VIRTUAL_KEYS.items()}

_BUTTONS = {
    1: (0x02, 0x04, 0),
    2: (0x20, 0x40, 0),
    3: (0x08, 0x10, 0),
    4: (0x800, 0, 120),
    5: (0x800, 0, -120),
}
"""Flags of down and up, and how far a wheel turns: X has it as the buttons 4 and 5."""
_MOUSE, _KEYBOARD = 0, 1
_IS_EXTENDED, _IS_UP, _IS_LETTER = 1, 2, 4


class _MouseInput(ctypes.Structure):
    """Source: MOUSEINPUT."""

    _fields_ = (
        ("x", wintypes.LONG),
        ("y", wintypes.LONG),
        ("data", wintypes.DWORD),
        ("flags", wintypes.DWORD),
        ("time", wintypes.DWORD),
        ("extra", ctypes.c_size_t),
    )


class _KeyInput(ctypes.Structure):
    """Source: KEYBDINPUT."""

    _fields_ = (
        ("key", wintypes.WORD),
        ("scan", wintypes.WORD),
        ("flags", wintypes.DWORD),
        ("time", wintypes.DWORD),
        ("extra", ctypes.c_size_t),
    )


class _Either(ctypes.Union):
    _fields_ = (("mouse", _MouseInput), ("key", _KeyInput))


class _Input(ctypes.Structure):
    """Source: INPUT."""

    _fields_ = (("kind", wintypes.DWORD), ("of", _Either))


class _ThreadInfo(ctypes.Structure):
    """Source: GUITHREADINFO."""

    _fields_ = (
        ("size", wintypes.DWORD),
        ("flags", wintypes.DWORD),
        *((name, wintypes.HWND) for name in ("active", "focus", "capture", "menu", "moved", "caret")),
        ("caret_at", wintypes.RECT),
    )


class Screen:
    """The keyboard and the mouse of this computer.

    Attributes:
        width: Of the screen, in pixels.
        height: Of the screen, in pixels.
    """

    def __init__(self) -> None:
        self._user = ctypes.WinDLL("user32", use_last_error=True)
        self._user.SendInput.argtypes = [wintypes.UINT, ctypes.POINTER(_Input), ctypes.c_int]
        self._user.VkKeyScanW.argtypes = [wintypes.WCHAR]
        self._user.VkKeyScanW.restype = ctypes.c_short
        self.width, self.height = (int(self._user.GetSystemMetrics(which)) for which in (0, 1))

    def __enter__(self) -> Screen:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def point(self, x: int, y: int) -> None:
        """Move the mouse to a point of the screen."""
        if not self._user.SetCursorPos(x, y):
            raise ctypes.WinError(ctypes.get_last_error())

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Move the mouse to a point of the screen, press a button there and let it go."""
        self.point(x, y)
        down, up, turned = _BUTTONS[button]
        for flags in (down, up):
            if flags:
                self._send(_Input(_MOUSE, _Either(mouse=_MouseInput(0, 0, turned & 0xFFFFFFFF, flags))))

    def key(self, keysym: int, *held: int) -> None:
        """Press a key and let it go, others held meanwhile."""
        keys = [self._key(each) for each in (*held, keysym)]
        for key in keys:
            self._send(_Input(_KEYBOARD, _Either(key=key)))
        for key in reversed(keys):
            key.flags |= _IS_UP
            self._send(_Input(_KEYBOARD, _Either(key=key)))

    def task_bar(self) -> int:
        """Give the height of what is kept at the lower edge. Source: SPI_GETWORKAREA."""
        box = wintypes.RECT()
        if not self._user.SystemParametersInfoW(0x30, 0, ctypes.byref(box), 0):
            raise ctypes.WinError(ctypes.get_last_error())
        return self.height - int(box.bottom)

    def has_menu(self) -> bool:
        """Say whether a menu of this thread is open. Source: GUI_INMENUMODE, GUI_POPUPMENUMODE."""
        info = _ThreadInfo(size=ctypes.sizeof(_ThreadInfo))
        thread = ctypes.WinDLL("kernel32").GetCurrentThreadId()
        if not self._user.GetGUIThreadInfo(thread, ctypes.byref(info)):
            raise ctypes.WinError(ctypes.get_last_error())
        return bool(info.flags & (0x4 | 0x10))

    def sync(self) -> None:
        """Windows has taken what was sent by the time that it answers."""

    def _key(self, keysym: int) -> _KeyInput:
        if keysym in _CODES:
            code, is_extended = _CODES[keysym]
            return _KeyInput(code, 0, _IS_EXTENDED if is_extended else 0)
        letter = chr(keysym & 0xFFFFFF)
        code = self._user.VkKeyScanW(letter)
        if 0 < code < 0x100:  # a key of this layout gives it without Shift
            return _KeyInput(code, 0, 0)
        return _KeyInput(0, ord(letter), _IS_LETTER)

    def _send(self, event: _Input) -> None:
        if self._user.SendInput(1, ctypes.byref(event), ctypes.sizeof(event)) != 1:
            raise ctypes.WinError(ctypes.get_last_error())
