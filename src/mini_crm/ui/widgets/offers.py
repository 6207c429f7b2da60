"""A banner that offers the way to a new program, below the sentence that tells of it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from mini_crm.i18n import Texts
from mini_crm.ui.theme import Theme
from mini_crm.ui.widgets.banner import Banner


class OfferBanner(Banner):
    """A banner that is an ``OfferPort``.

    Args:
        parent: Where it stands.
        theme: For sizes and colours.
        texts: In the person's language.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, texts: Texts) -> None:
        super().__init__(parent, theme)
        self._texts = texts

    def offer_path(self, place: str) -> None:
        """See ``OfferPort``."""

        def copy() -> None:
            self.clipboard_clear()
            self.clipboard_append(place)

        self.offer(self._texts.gettext("Copy the path"), copy)

    def offer_folder(self, open_folder: Callable[[], None]) -> None:
        """See ``OfferPort``."""
        self.offer(self._texts.gettext("Open folder"), open_folder)
