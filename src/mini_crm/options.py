"""Types of options that all programs share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mini_crm.i18n import Texts


class FileName(click.Path):
    """A path that ends with the name of a file, as ``.``, ``..`` and an empty one do not.

    What stands there is looked at where the file is opened, which gives a better sentence.
    """

    def __init__(self, texts: Texts) -> None:
        super().__init__(path_type=Path, readable=False)
        self._texts = texts

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Give the path."""
        path = super().convert(value, param, ctx)
        if Path(str(value)).name in ("", ".."):
            self.fail(self._texts.gettext("“{text}” is no name of a file.").format(text=value), param, ctx)
        return path
