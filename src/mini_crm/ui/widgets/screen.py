"""The part of the screen that windows may take: without the task bar or panel."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import tkinter as tk
from typing import NamedTuple

TITLE = 32
"""Height of a title bar, in pixels at 100 %, while there is no window to measure it at."""


class Area(NamedTuple):
    """A rectangle of the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first pixel to the right of it."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first pixel below it."""
        return self.y + self.height


def work_area(widget: tk.Misc) -> Area:
    """Give what task bar and panels leave free; the whole screen where the system does not say it."""
    found = None
    with contextlib.suppress(OSError, AttributeError, ValueError):
        if sys.platform == "win32":
            found = _windows_area()
        elif str(widget.tk.call("tk", "windowingsystem")) == "x11":
            found = _x11_area(str(widget.winfo_screen()))
    whole = Area(0, 0, widget.winfo_screenwidth(), widget.winfo_screenheight())
    if found is None or found.width <= 0 or found.height <= 0:
        return whole
    # Several screens side by side can be one area; Tk's numbers are those of the first.
    right, bottom = min(found.right, whole.width), min(found.bottom, whole.height)
    return Area(found.x, found.y, right - found.x, bottom - found.y)


def area_at(widget: tk.Misc, x: int, y: int) -> Area | None:
    """Give the work area of the screen that a point lies on; None where there is no screen any more."""
    if sys.platform == "win32":
        with contextlib.suppress(OSError, AttributeError):
            return _windows_area_at(x, y)
    area = work_area(widget)
    return area if area.x <= x < area.right and area.y <= y < area.bottom else None


def into(area: Area, wanted: Area) -> Area:
    """Move a rectangle into an area, and make it no larger than that."""
    width, height = min(wanted.width, area.width), min(wanted.height, area.height)
    x = max(area.x, min(wanted.x, area.right - width))
    y = max(area.y, min(wanted.y, area.bottom - height))
    return Area(x, y, width, height)


def frame_of(window: tk.Misc) -> tuple[int, int]:
    """Give the pixels that the frame of a decorated window takes at its sides and at its top."""
    top = window.winfo_toplevel()
    if not top.winfo_viewable():
        return 0, round(TITLE * float(top.tk.call("tk", "scaling")) * 72 / 96)
    _size, x, y = top.geometry().split("+")  # where its frame begins
    return max(0, top.winfo_rootx() - int(x)), max(0, top.winfo_rooty() - int(y))


if sys.platform == "win32":
    from ctypes import wintypes

    def _windows_area() -> Area | None:
        """Ask Windows. Source: SystemParametersInfo, SPI_GETWORKAREA."""
        box = wintypes.RECT()
        if not ctypes.windll.user32.SystemParametersInfoW(0x30, 0, ctypes.byref(box), 0):
            return None
        return Area(box.left, box.top, box.right - box.left, box.bottom - box.top)

    class _MonitorInfo(ctypes.Structure):
        """Source: MONITORINFO."""

        _fields_ = (
            ("size", wintypes.DWORD),
            ("whole", wintypes.RECT),
            ("work", wintypes.RECT),
            ("flags", wintypes.DWORD),
        )

    def _windows_area_at(x: int, y: int) -> Area | None:
        """Ask Windows. Source: MonitorFromPoint, MONITOR_DEFAULTTONULL, GetMonitorInfo."""
        user = ctypes.windll.user32
        user.MonitorFromPoint.argtypes = [wintypes.POINT, wintypes.DWORD]
        user.MonitorFromPoint.restype = wintypes.HANDLE
        user.GetMonitorInfoW.argtypes = [wintypes.HANDLE, ctypes.POINTER(_MonitorInfo)]
        monitor = user.MonitorFromPoint(wintypes.POINT(x, y), 0)
        info = _MonitorInfo(size=ctypes.sizeof(_MonitorInfo))
        if not monitor or not user.GetMonitorInfoW(monitor, ctypes.byref(info)):
            return None
        box = info.work
        return Area(box.left, box.top, box.right - box.left, box.bottom - box.top)


def _x11_area(screen: str) -> Area | None:
    """Ask the window manager. Source: Extended Window Manager Hints, _NET_WORKAREA."""
    x11 = ctypes.CDLL("libX11.so.6")
    pointer, number = ctypes.c_void_p, ctypes.c_ulong
    x11.XOpenDisplay.restype = pointer
    x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = number
    display = pointer(x11.XOpenDisplay(screen.encode()))
    if not display:
        return None
    try:
        name = x11.XInternAtom(display, b"_NET_WORKAREA", True)
        if not name:
            return None
        kind, size, count, left, data = number(), ctypes.c_int(), number(), number(), ctypes.POINTER(number)()
        x11.XGetWindowProperty(
            display, number(x11.XDefaultRootWindow(display)), number(name), ctypes.c_long(0),
            ctypes.c_long(4), False, number(0), ctypes.byref(kind), ctypes.byref(size),
            ctypes.byref(count), ctypes.byref(left),
            ctypes.byref(data),
        )  # fmt: skip
        if not data:
            return None
        area = Area(*(int(data[at]) for at in range(4))) if count.value >= 4 and size.value == 32 else None
        x11.XFree(data)
        return area
    finally:
        x11.XCloseDisplay(display)
