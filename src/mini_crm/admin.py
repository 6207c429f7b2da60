"""``mini-crm-admin``: sets up the database, loads rosters and entries, issues passwords, and so on."""

from __future__ import annotations

if __name__ == "__main__":  # before anything else is loaded
    from mini_crm import start

    start.admin()

import sys

import click

from mini_crm.commands import (
    database,
    demo,
    deploy,
    doctor,
    entries,
    forecast,
    import_entries,
    leads,
    log,
    periods,
    roster,
    schedule,
)
from mini_crm.program import Program, run_program


def main() -> None:
    """Run the program and end the process with its exit code."""
    sys.exit(run_program("mini-crm-admin", build))


def build(program: Program) -> click.Command:
    """Make the command line."""
    _ = program.texts.gettext
    group = click.Group(help=_("Administration of the sales forecast."))
    parts = (
        database,
        deploy,
        doctor,
        roster,
        leads,
        import_entries,
        entries,
        periods,
        forecast,
        schedule,
        log,
        demo,
    )
    for part in parts:
        for command in part.commands(program):
            group.add_command(command)
    return group
