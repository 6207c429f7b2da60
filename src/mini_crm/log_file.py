"""A file that several processes append lines to, with a limited size; no line is lost when it is full.

Each line is written in turn: the file is opened, the line appended, the file closed. So nobody has it open
when it is given another name, which Windows would refuse. Where something else holds it, such as a viewer,
it grows until that lets go. The turn is a lock that ends with its process and leaves no file lying about.

``concurrent-log-handler`` does the same, but brings pywin32 along and keeps a lock file beside each log.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mini_crm.files import OWNER_ONLY, make_private_folder

WAIT_S = 0.2
"""For one's turn; then the line is written all the same."""


class SharedFile:
    """The file, and older ones beside it: ``execer.log``, ``execer.log.1`` and so on.

    Args:
        path: Made for the owner only, and so is its folder, when there is a first line.
        max_bytes: How large it gets; one line may be larger.
        files: How many are kept, with the one that is written.
    """

    def __init__(self, path: Path, max_bytes: int, files: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._files = files

    def append(self, line: bytes) -> None:
        """Write a line.

        Raises:
            OSError: It could not be written, or not the whole of it.
        """
        make_private_folder(self.path.parent)
        with _turn(self.path) as alone:
            if alone and self._is_full(len(line)):
                with suppress(OSError):  # somebody holds it: it grows
                    self._begin_anew()
            handle = self._open()
            try:
                while line:
                    line = line[os.write(handle, line) :]
            finally:
                os.close(handle)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        return os.open(self.path, flags, OWNER_ONLY)

    def _is_full(self, more: int) -> bool:
        try:
            there = self.path.stat()
        except OSError:
            return False
        return stat.S_ISREG(there.st_mode) and 0 < there.st_size > self._max_bytes - more

    def _begin_anew(self) -> None:
        """Give the file its first older name; before that nothing is moved, so a refusal changes nothing."""
        if self._older(0).exists():
            self._move_older()  # which was refused last time
        self.path.replace(self._older(0))
        self._move_older()

    def _move_older(self) -> None:
        """Move each older file one on, into the first free place; without one the oldest goes."""
        free = next((n for n in range(1, self._files) if not self._older(n).exists()), self._files - 1)
        for number in range(free, 0, -1):
            self._older(number - 1).replace(self._older(number))

    def _older(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


if sys.platform == "win32":
    import ctypes
    import hashlib
    from ctypes import wintypes

    _HAVE_IT = (0x0, 0x80)  # WAIT_OBJECT_0, and WAIT_ABANDONED: its last holder was killed

    @contextmanager
    def _turn(path: Path) -> Iterator[bool]:
        """Wait until no other process writes the file; yield whether that is so.

        Source:
            Microsoft, "CreateMutexW" and "WaitForSingleObject" (synchapi.h).
        """
        system = ctypes.WinDLL("kernel32")
        system.CreateMutexW.restype = wintypes.HANDLE
        system.CreateMutexW.argtypes = [wintypes.LPVOID, wintypes.BOOL, wintypes.LPCWSTR]
        system.WaitForSingleObject.argtypes = [wintypes.HANDLE, wintypes.DWORD]
        system.ReleaseMutex.argtypes = system.CloseHandle.argtypes = [wintypes.HANDLE]
        place = hashlib.sha256(os.path.normcase(path.absolute()).encode("utf-8", "replace")).hexdigest()
        mutex = system.CreateMutexW(None, False, f"Global\\mini-crm-log-{place[:32]}")
        if not mutex:  # another person's
            yield False
            return
        try:
            mine = system.WaitForSingleObject(mutex, int(WAIT_S * 1000)) in _HAVE_IT
            try:
                yield mine
            finally:
                if mine:
                    system.ReleaseMutex(mutex)
        finally:
            system.CloseHandle(mutex)

else:
    import fcntl

    @contextmanager
    def _turn(path: Path) -> Iterator[bool]:
        """Wait until no other process writes into the folder; yield whether that is so."""
        try:
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:  # it may be written but not read
            yield True
            return
        try:
            yield _locked(folder)
        finally:
            os.close(folder)

    def _locked(handle: int) -> bool:
        last = time.monotonic() + WAIT_S
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > last:
                    return False
                time.sleep(0.0005)
            except OSError:  # a disk without locks
                return True
            else:
                return True
