"""How the files of the outbox are kept from other people of the same computer.

Everywhere a file is made for its owner only. On Windows, where that says little to an administrator or to
a copied disk, the content is encrypted besides with the key of the signed-in person (DPAPI).

The Windows half has never been run: it was written from the documentation of Microsoft and is checked by
the type checker only. Nothing else in the program depends on it.

Source:
    Microsoft, "CryptProtectData function (dpapi.h)" and "DATA_BLOB structure (dpapi.h)".
"""

from __future__ import annotations

import sys
from typing import Protocol


class Protection(Protocol):
    """Turns content into what is written, and back."""

    def protect(self, content: bytes) -> bytes:
        """Give what may be written to a file."""
        ...

    def reveal(self, stored: bytes) -> bytes:
        """Give the content again.

        Raises:
            OSError: It was not made by this person on this computer, or it is damaged.
        """
        ...


class Plain:
    """Writes the content as it is: the owner-only mode of the file is the protection."""

    def protect(self, content: bytes) -> bytes:
        """Give the content itself."""
        return content

    def reveal(self, stored: bytes) -> bytes:
        """Give the content itself."""
        return stored


def protection_of_system() -> Protection:
    """Give what suits this operating system."""
    if sys.platform == "win32":
        return Dpapi()
    return Plain()


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _UI_FORBIDDEN = 0x1  # CRYPTPROTECT_UI_FORBIDDEN: fail rather than ask

    class _Blob(ctypes.Structure):
        _fields_ = (("cbData", wintypes.DWORD), ("pbData", ctypes.POINTER(ctypes.c_char)))

    class Dpapi:
        """Encrypts with the key of the person who is signed in to Windows."""

        def protect(self, content: bytes) -> bytes:
            """Encrypt."""
            return self._call("CryptProtectData", content)

        def reveal(self, stored: bytes) -> bytes:
            """Decrypt."""
            return self._call("CryptUnprotectData", stored)

        def _call(self, name: str, data: bytes) -> bytes:
            buffer = ctypes.create_string_buffer(data, len(data))
            given = _Blob(len(data), ctypes.cast(buffer, ctypes.POINTER(ctypes.c_char)))
            made = _Blob()
            function = getattr(ctypes.WinDLL("crypt32", use_last_error=True), name)
            function.restype = wintypes.BOOL
            arguments = (ctypes.byref(given), None, None, None, None, _UI_FORBIDDEN, ctypes.byref(made))
            if not function(*arguments):
                raise ctypes.WinError(ctypes.get_last_error())
            kernel = ctypes.WinDLL("kernel32")
            kernel.LocalFree.argtypes = [ctypes.c_void_p]
            kernel.LocalFree.restype = ctypes.c_void_p
            try:
                return ctypes.string_at(made.pbData, made.cbData)
            finally:
                kernel.LocalFree(ctypes.cast(made.pbData, ctypes.c_void_p))
