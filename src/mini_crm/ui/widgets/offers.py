"""The way to a new program, below the sentence that tells of it."""

from __future__ import annotations

from collections.abc import Callable

from mini_crm.i18n import Texts
from mini_crm.ui.widgets.banner import Banner


def offer_path(banner: Banner, texts: Texts, place: str) -> None:
    """Offer to copy the path of the new program."""

    def copy() -> None:
        banner.clipboard_clear()
        banner.clipboard_append(place)

    banner.offer(texts.gettext("Copy the path"), copy)


def offer_folder(banner: Banner, texts: Texts, open_folder: Callable[[], None]) -> None:
    """Offer to open its folder."""
    banner.offer(texts.gettext("Open folder"), open_folder)
