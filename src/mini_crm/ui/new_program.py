"""What is said and offered where program and database do not fit together; no Tk here."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mini_crm.domain.errors import WrongVersion
from mini_crm.ui.desk import TaskRunner

OpenFolder = Callable[[Path], None]


class OfferPort(Protocol):
    """What is asked of the window."""

    def show_problem(self, problem: str) -> None:
        """Show one sentence; an empty one takes the last away, with what was offered."""
        ...

    def offer_path(self, place: str) -> None:
        """Offer below the sentence to copy the path of the new program."""
        ...

    def offer_folder(self, open_folder: Callable[[], None]) -> None:
        """Offer besides to open its folder."""
        ...


class NewProgram:
    """Says once what does not fit, and offers the way to the new program.

    Args:
        view: The window.
        tasks: For slow work: a share may take its time.
        open_folder: Shows a folder; may be slow.
    """

    def __init__(self, view: OfferPort, tasks: TaskRunner, open_folder: OpenFolder) -> None:
        self._view = view
        self._tasks = tasks
        self._open_folder = open_folder
        self._said = ""

    def tell(self, error: WrongVersion, problem: str) -> None:
        """Show what does not fit.

        Args:
            error: Says where the new program is.
            problem: The sentence; one that stands there already is left alone, with its buttons.
        """
        if problem == self._said:
            return
        self._said = problem
        self._view.show_problem(problem)
        place = str(error.data.get("program") or "")
        if place:
            self._view.offer_path(place)
            self._tasks.run(
                lambda: folder_of(place), lambda folder: self._found(problem, folder), lambda error: None
            )

    def is_over(self) -> None:
        """Take away what was said, if anything was."""
        if self._said:
            self._said = ""
            self._view.show_problem("")

    def forget(self) -> None:
        """Know that something else is said in its place."""
        self._said = ""

    def _found(self, problem: str, folder: Path | None) -> None:
        if folder is not None and problem == self._said:
            self._view.offer_folder(lambda: self._open(folder))

    def _open(self, folder: Path) -> None:
        self._tasks.run(lambda: self._open_folder(folder), lambda nothing: None, lambda error: None)


def folder_of(place: str) -> Path | None:
    """Give the folder of the new program, if it is there; not for the window's thread."""
    path = Path(place)
    if not path.is_absolute():  # an address, or a path of another system
        return None
    return next((folder for folder in (path, path.parent) if folder.is_dir()), None)


def open_folder(folder: Path) -> None:
    """Show a folder in the system's own window; nothing in it is started.

    Raises:
        OSError: It cannot be shown.
    """
    if sys.platform == "win32":
        import os

        os.startfile(folder)  # noqa: S606 - a folder, which was just looked at
    else:
        import webbrowser

        webbrowser.open(folder.as_uri())
