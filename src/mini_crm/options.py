"""Types of options that all programs share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from mini_crm.files import refuse_unless_plain


class OutFile(click.Path):
    """A file that is to be written: whatever else its path names is refused before any work is done."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, readable=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Give the path.

        Raises:
            UsageError: ``not_a_plain_file``.
        """
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        refuse_unless_plain(path)
        return path


OUT_FILE = OutFile()
