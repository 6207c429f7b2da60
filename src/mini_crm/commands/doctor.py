"""The command that looks whether all is well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mini_crm.commands.output import json_option, say_json
from mini_crm.domain.errors import DatabaseError, NotAllowed
from mini_crm.domain.model import ClockMistakes, Lead, Run, RunKind, RunStatus
from mini_crm.i18n import Texts
from mini_crm.program import Program
from mini_crm.store.port import Store
from mini_crm.store.version import PROGRAM_PLACE

if TYPE_CHECKING:
    from mini_crm.store.mssql.health import Health

STALE = timedelta(minutes=35)
"""Runs come every 30 minutes; a run takes a little while itself."""
CLOCKS = timedelta(seconds=60)
"""How far two clocks may be apart before somebody is told."""


def commands(program: Program) -> list[click.Command]:
    """Build the commands."""
    return [_doctor(program)]


def _doctor(program: Program) -> click.Command:
    _ = program.texts.gettext

    @click.command("doctor", help=_("Look whether all is well."))
    @json_option(program)
    def doctor(as_json: bool) -> int:
        if program.settings.sqlite_path is not None:
            _refuse_damaged(program, program.settings.sqlite_path, as_json)
        health = None if program.settings.sqlite_path else _look_at_server(program)
        if health is not None and not as_json:
            _say_health(program, health)
        store = program.open_store()
        record, leads = store.get_record(), store.list_leads()
        last = _last_good(runs := store.list_runs(20))
        mistakes = store.get_clock_mistakes()
        warnings = [
            *(server_warnings(health, store, program.texts) if health is not None else ()),
            *_clock_warnings(mistakes, program.texts),
            *_warnings(leads, runs, last, program.texts),
        ]
        where = str(program.settings.sqlite_path or store.name)
        if as_json:
            found = {
                "database": where,
                "schema_version": store.get_schema_version(),
                "program": store.get_setting(PROGRAM_PLACE),
                "entries": record.entries,
                "leads": len(leads),
                "last_run_as_of": last,
                "damage": [],
                "dated_in_future": asdict(mistakes),
                "warnings": warnings,
            }
            say_json(program, found if health is None else found | {"server": _json(health)})
        else:
            _say_store(program, store, where, len(leads), record.entries, last)
            for warning in warnings:
                program.say(_("Warning: {text}").format(text=warning))
            if not warnings:
                program.say(_("All is well."))
        return NotAllowed.exit_code if health is not None and health.excess else 0

    return doctor


def _refuse_damaged(program: Program, path: Path, as_json: bool) -> None:
    """Look at the whole file before anything is told of what is in it.

    Raises:
        DatabaseError: ``database_damaged``; what is wrong was said.
    """
    from mini_crm.store.sqlite import find_damage

    damage = find_damage(path)
    if not damage:
        return
    if as_json:
        say_json(program, {"database": str(path), "damage": list(damage)})
    else:
        program.say(program.texts.gettext("Damaged, in the words of SQLite:"))
        for line in damage:
            program.say(f"- {line}")
    raise DatabaseError("database_damaged", path=str(path))


def _look_at_server(program: Program) -> Health:
    from mini_crm.store.factory import open_server

    server = open_server(program.settings, program.name)
    program.log.info("looking at %s (%s)", program.settings.catalog, program.settings.server)
    # Only now: it needs the driver, and the first line says in words if that is missing.
    from mini_crm.store.mssql.health import look

    try:
        return look(server)
    finally:
        server.close()


def _last_good(runs: tuple[Run, ...]) -> datetime | None:
    """Give when the newest run was; of one that a wrong clock dated in the future nobody knows: now."""
    good = (RunStatus.DONE, RunStatus.UNCHANGED)
    fine = (run.as_of for run in runs if run.status in good and run.kind is RunKind.LIVE)
    newest = next(fine, None)
    return None if newest is None else min(newest, datetime.now(UTC))


def _say_store(
    program: Program, store: Store, where: str, leads: int, entries: int, last: datetime | None
) -> None:
    _ = program.texts.gettext
    program.say(_("Database: {name}").format(name=where))
    program.say(_("Schema version: {version}").format(version=store.get_schema_version()))
    if place := store.get_setting(PROGRAM_PLACE):
        program.say(_("Newest program: {path}").format(path=place))
    program.say(_("Leads: {leads}; entries: {entries}").format(leads=leads, entries=entries))
    shown = f"{last.astimezone():%Y-%m-%d %H:%M}" if last else _("never")
    program.say(_("Forecast as of: {moment}").format(moment=shown))


def _warnings(
    leads: tuple[Lead, ...], runs: tuple[Run, ...], last: datetime | None, texts: Texts
) -> Iterator[str]:
    _ = texts.gettext
    if not leads:
        yield _("There are no leads yet. A roster is read by: mini-crm-admin import-roster FILE")
    if without := [lead.name for lead in leads if lead.is_active and not lead.has_password]:
        said = _(
            "Leads without a password: {names}. Issue passwords by: "
            "mini-crm-admin passwords --missing --slips FILE"
        )
        yield said.format(names=", ".join(without))
    if locked := [lead.name for lead in leads if lead.is_active and lead.locked]:
        said = _("Locked leads: {names}. Unlock them by: mini-crm-admin leads unlock NAME")
        yield said.format(names=", ".join(locked))
    if runs and runs[0].status is RunStatus.FAILED:
        yield _("The last run failed; its error is in the log of execer.")
    if last is None:
        yield _("The forecast was never computed. Compute it by: execer")
    elif last < datetime.now(UTC) - STALE:
        yield _("The forecast is older than 35 minutes. Is execer still started every 30 minutes?")


def _clock_warnings(mistakes: ClockMistakes, texts: Texts) -> Iterator[str]:
    _ = texts.gettext
    named = {
        "runs": _("runs: {n}"),
        "waits": _("waits for signing in: {n}"),
        "sessions": _("sessions: {n}"),
        "entries": _("entries: {n}"),
        "changes": _("changes in the history: {n}"),
    }
    counts = asdict(mistakes)
    if found := [text.format(n=counts[name]) for name, text in named.items() if counts[name]]:
        said = _(
            "The clock was wrong once, or is wrong now; this is dated in the future: {found}. It holds "
            "nobody up. Look at the clock; entries of a day to come can be deleted by their lead and entered "
            "anew."
        )
        yield said.format(found=", ".join(found))


def _say_health(program: Program, health: Health) -> None:
    _ = program.texts.gettext
    program.say(_("Driver: {driver}").format(driver=health.driver))
    on, off = _("on"), _("OFF")
    program.say(_("Encryption: {state}").format(state=off if health.encrypted is False else on))
    program.say(_("Server: {version}").format(version=health.product))
    roles = ", ".join(health.roles) or "—"
    program.say(_("Login: {login}; roles: {roles}").format(login=health.login, roles=roles))
    ahead = round(health.clock_ahead.total_seconds())
    program.say(_("The server's clock against this computer's: {seconds:+d} s").format(seconds=ahead))


def server_warnings(health: Health, store: Store, texts: Texts) -> Iterator[str]:
    """Say what is not right with a server.

    Args:
        health: What was found there.
        store: Open on it.
        texts: The person's language.
    """
    _ = texts.gettext
    if health.excess:
        said = _(
            "The login {login} has more rights than a program needs: {rights}. Whoever finds its password "
            "has them too; give the program a login of its own with one role."
        )
        yield said.format(login=health.login, rights=", ".join(health.excess))
    if health.encrypted is False:
        yield _("The connection is not encrypted.")
    if health.trusts_blindly:
        yield _(
            "Any certificate of the server is believed (MINI_CRM_TRUST_CERTIFICATE=yes): somebody in between "
            "could read along."
        )
    if health.too_old:
        yield _("The server is older than SQL Server 2016 SP1, for which this program is written.")
    if abs(health.clock_ahead) > CLOCKS:
        yield _("The clocks of the server and of this computer differ by more than a minute.")
    if not health.snapshots:
        yield _(
            "Readers and writers wait for each other: READ_COMMITTED_SNAPSHOT or ALLOW_SNAPSHOT_ISOLATION "
            "is off. Both are set by: mini-crm-admin deploy"
        )
    if health.compatibility_too_low:
        yield _(
            "The compatibility level of the database is below 130; the program needs it, or a higher one."
        )
    if health.clock_is_utc and not store.get_setting("TimeZone"):
        yield _(
            "The server's clock is UTC, and no time zone is set: the company's day begins at the wrong hour. "
            "Set the zone by: mini-crm-admin deploy --time-zone NAME"
        )
    if health.foreign_schemas:
        said = _(
            "Not all schemas belong to dbo: {names}. Where owners differ, procedures do not reach the "
            "tables. For each let the database administrator run ALTER AUTHORIZATION ON SCHEMA::NAME TO dbo, "
            "then mini-crm-admin deploy."
        )
        yield said.format(names=", ".join(health.foreign_schemas))


def _json(health: Health) -> dict[str, object]:
    return {
        "driver": health.driver,
        "encrypted": health.encrypted,
        "trusts_any_certificate": health.trusts_blindly,
        "version": health.product,
        "clock_ahead_s": round(health.clock_ahead.total_seconds(), 1),
        "login": health.login,
        "roles": list(health.roles),
        "excess_rights": list(health.excess),
        "snapshots": health.snapshots,
        "schemas_of_others": list(health.foreign_schemas),
    }
