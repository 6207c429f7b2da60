"""Limits that a process sets to itself before it reads what strangers have made.

Reached, they end the process: at once, whatever the code at work is, and nobody else is harmed.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _EXTENDED_LIMIT_INFORMATION = 9
    _PROCESS_TIME = 0x2
    _ACTIVE_PROCESS = 0x8
    _PROCESS_MEMORY = 0x100
    _DIE_ON_UNHANDLED_EXCEPTION = 0x400
    _TICKS_A_SECOND = 10_000_000

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class ProcessLimits:
        """Limits of this process, from now on.

        Args:
            memory: Bytes that it may ask for in all.
            seconds: Of processor time from now on.

        Raises:
            OSError: The system refuses.
        """

        def __init__(self, memory: int, seconds: int) -> None:
            # A job object of its own, which lives as long as the process does.
            kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            kernel.CreateJobObjectW.restype = wintypes.HANDLE
            kernel.CreateJobObjectW.argtypes = [wintypes.LPVOID, wintypes.LPCWSTR]
            kernel.GetCurrentProcess.restype = wintypes.HANDLE
            kernel.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
            kernel.SetInformationJobObject.argtypes = [
                wintypes.HANDLE,
                ctypes.c_int,
                wintypes.LPVOID,
                wintypes.DWORD,
            ]
            self._kernel = kernel
            self._job = kernel.CreateJobObjectW(None, None)
            self._memory = memory
            if not self._job:
                raise ctypes.WinError(ctypes.get_last_error())
            self.allow(seconds)
            if not kernel.AssignProcessToJobObject(self._job, kernel.GetCurrentProcess()):
                raise ctypes.WinError(ctypes.get_last_error())

        def allow(self, seconds: int) -> None:
            """Let the process work for so many seconds of processor time from its start."""
            limits = _ExtendedLimits()
            limits.ProcessMemoryLimit = self._memory
            limits.BasicLimitInformation.PerProcessUserTimeLimit = seconds * _TICKS_A_SECOND
            limits.BasicLimitInformation.ActiveProcessLimit = 1
            limits.BasicLimitInformation.LimitFlags = (
                _PROCESS_TIME | _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_UNHANDLED_EXCEPTION
            )
            done = self._kernel.SetInformationJobObject(
                self._job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
            )
            if not done:
                raise ctypes.WinError(ctypes.get_last_error())

else:
    import resource

    class ProcessLimits:
        """Limits of this process, from now on.

        Args:
            memory: Bytes of addresses that it may have in all.
            seconds: Of processor time from its start.

        Raises:
            OSError: The system refuses.
        """

        def __init__(self, memory: int, seconds: int) -> None:
            _lower(resource.RLIMIT_CORE, 0)
            _lower(resource.RLIMIT_AS, memory)
            self.allow(seconds)

        def allow(self, seconds: int) -> None:
            """Let the process work for so many seconds of processor time from its start."""
            _lower(resource.RLIMIT_CPU, seconds)

    def _lower(what: int, limit: int) -> None:
        """Set a limit, but never above one that somebody else has set."""
        hard = resource.getrlimit(what)[1]
        within = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (within, hard))
