"""What Windows shows of a program under "Properties", "Details"."""

from __future__ import annotations

from product import NAME, PUBLISHER
from PyInstaller.utils.win32.versioninfo import (
    FixedFileInfo,
    StringFileInfo,
    StringStruct,
    StringTable,
    VarFileInfo,
    VarStruct,
    VSVersionInfo,
)

ENGLISH_UNICODE = "040904B0"
"""Language 0x0409 and code page 1200. Source: VERSIONINFO resource, StringFileInfo block."""


def version_info(version: str, file: str, description: str) -> VSVersionInfo:
    """Make the version resource.

    Args:
        version: Three numbers with dots between.
        file: Name of the exe.
        description: Shown in the task manager.
    """
    major, minor, patch = (int(number) for number in version.split("."))
    numbers = (major, minor, patch, 0)
    texts = {
        "CompanyName": PUBLISHER,
        "FileDescription": description,
        "FileVersion": version,
        "InternalName": file.removesuffix(".exe"),
        "OriginalFilename": file,
        "ProductName": NAME,
        "ProductVersion": version,
    }
    strings = [StringStruct(name, text) for name, text in texts.items()]
    return VSVersionInfo(
        ffi=FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            StringFileInfo([StringTable(ENGLISH_UNICODE, strings)]),
            VarFileInfo([VarStruct("Translation", [0x0409, 1200])]),
        ],
    )
