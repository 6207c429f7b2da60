"""The program ``mini-crm``: the window of a team lead."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is loaded
    from mini_crm import start

    start.window()

import sys
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

import click

from mini_crm.domain.errors import MiniCrmError
from mini_crm.messages import sentence
from mini_crm.program import Program, run_program
from mini_crm.start import leaving_on_ctrl_c
from mini_crm.store.port import Store

if TYPE_CHECKING:
    from mini_crm.ui.main_window import Surroundings

NAME = "mini-crm"
_LOOK_MS = 250


def main() -> None:
    """Run the program and end the process with its exit code."""
    sys.exit(run_program(NAME, build))


def build(program: Program) -> click.Command:
    """Make the command, with its help in the person's language."""
    _ = program.texts.gettext

    @click.command(help=_("Enter expected sales and see the forecast, as a team lead."))
    def run() -> None:
        from mini_crm.ui.app import LANGUAGE, App, make_root, show_at_start

        root = make_root()
        _look_for_signals(root.after)
        try:
            around = _surroundings(program)
        except MiniCrmError as error:
            # A lead has no console: without this the program would just not appear.
            show_at_start(root, program.texts, sentence(error, program.texts))
            raise
        chosen = program.language or around.memory.text(LANGUAGE) or program.settings.language
        with leaving_on_ctrl_c():  # what was saved is stored or kept, as after a power cut
            App(root, around, chosen).run()

    return run


def _look_for_signals(after: Callable[[int, Callable[[], None]], object]) -> None:
    """Wake Python now and then: while nothing happens in a window, it does not see that Ctrl+C came."""
    after(_LOOK_MS, lambda: _look_for_signals(after))


def _surroundings(program: Program) -> Surroundings:
    import platform

    from platformdirs import user_config_path, user_data_path

    from mini_crm.domain.credentials import derive_key
    from mini_crm.help_page import show_page
    from mini_crm.ui.main_window import Surroundings
    from mini_crm.ui.memory import Memory
    from mini_crm.ui.new_program import open_folder

    settings = program.settings
    lock = Lock()
    opened: list[Store] = []

    def connect() -> Store:
        with lock:
            if not opened:
                opened.append(program.open_store())
            return opened[0]

    def disconnect() -> None:
        if opened:
            opened[0].close()

    def aggregate() -> object:
        return connect().aggregate_forecast(None, program.started_by)

    path = settings.sqlite_path
    return Surroundings(
        connect=connect,
        disconnect=disconnect,
        database=path.name if path is not None else f"{settings.catalog} ({settings.server})",
        address=settings.database if path is not None else f"mssql://{settings.server}/{settings.catalog}",
        memory=Memory(user_config_path(NAME, appauthor=False) / "window.json"),
        computer=platform.node(),
        derive=derive_key,
        outbox_folder=user_data_path(NAME, appauthor=False) / "outbox",
        aggregate=aggregate if path is not None else None,
        show_help=show_page,
        open_folder=open_folder,
    )
