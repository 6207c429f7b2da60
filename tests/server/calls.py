"""A call that succeeds for each procedure of schema ``api``, and what the scripts say about parameters."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

from contract.company import Company, Desk
from mini_crm.domain.credentials import new_kdf, verifier_of
from mini_crm.domain.model import Entry
from mini_crm.domain.rules import name_key
from sql.server_files import SqlFile, files

Arguments = dict[str, Any]

_TEXT = re.compile(r"^ +@(\w+) +n?varchar\(\w+\)", re.MULTILINE)

NO_TOKEN = {"api.GetSalt", "api.GetVersion", "api.ListLeadNames"}
"""What anybody may ask. ``api.SignIn`` takes the token that it is to open."""


@dataclass(frozen=True)
class Stage:
    """What the calls need: a lead who is signed in, an entry that is expected, one that is deleted."""

    company: Company
    desk: Desk
    entry: Entry
    deleted: Entry


def stage_of(company: Company, desk: Desk, manager_id: int, **fields: Any) -> Stage:
    """Set the stage for one lead."""
    entry = desk.add(manager_id, **fields)
    return Stage(company, desk, entry, desk.delete(desk.add(manager_id, **fields)))


def calls(stage: Stage) -> dict[str, Arguments]:
    """Give for each procedure the parameters of a call that succeeds, of some only in a head's session."""
    desk, entry, deleted = stage.desk, stage.entry, stage.deleted
    token = {"Token": desk.token}
    write = {**token, "OpId": str(uuid4()), "Request": b"r" * 32}
    today = stage.company.today
    month = {"Kind": "month", "StartsOn": today.replace(day=1), "EndsOn": _last_day(stage.company)}
    draft = {
        "ManagerId": entry.manager_id,
        "ClientPin": entry.client_pin,
        "Amount": entry.amount,
        "PayBy": entry.pay_by,
        "Status": 0,
        "Comment": "as it was",
    }
    kdf = new_kdf()
    return {
        "api.AddEntry": {**write, "ClientRef": str(uuid4()), **draft},
        "api.ChangePassword": {
            **token,
            "OldKey": desk.key,
            "Kind": "own",
            "Salt": kdf.salt,
            "TimeCost": kdf.time_cost,
            "MemoryKib": kdf.memory_kib,
            "Parallelism": kdf.parallelism,
            "Verifier": verifier_of(desk.key),
        },
        "api.CountOpenElsewhere": {**token, "ClientPin": entry.client_pin},
        "api.DeleteEntry": {**write, "EntryId": entry.entry_id, "Version": entry.version},
        "api.GetCompany": {**token, **month},
        "api.GetEntry": {**token, "EntryId": entry.entry_id},
        "api.GetForecast": token,
        "api.GetSalt": {"NameKey": name_key(desk.name)},
        "api.GetSession": token,
        "api.GetVersion": {},
        "api.ListAccuracy": token,
        "api.ListBridges": {**token, **month},
        "api.ListChances": {**token, **month, "EntryIds": f"[{entry.entry_id}]"},
        "api.ListChanges": {**token, "Since": 0},
        "api.ListCommitments": {**token, **month},
        "api.ListEntries": {**token, "Text": "", "NameKey": "", "Sort": "entry_id"},
        "api.ListEntryHistory": {**token, "EntryId": entry.entry_id},
        "api.ListGroups": token,
        "api.ListLeadEntries": {
            **token,
            "OfLeadId": entry.lead_id,
            "Text": "",
            "NameKey": "",
            "Sort": "entry_id",
        },
        "api.ListLeadGroups": {**token, "OfLeadId": entry.lead_id},
        "api.ListLeadNames": {},
        "api.ListOpenEntriesOfPin": {**token, "ClientPin": entry.client_pin},
        "api.ListReasons": token,
        "api.ListTrend": {**token, **month},
        "api.RequestRun": token,
        "api.RestoreEntry": {**write, "EntryId": deleted.entry_id, "Version": deleted.version},
        "api.SetCommitment": {**write, **month, "Unit": entry.unit, "Amount": 5, "Note": "mine"},
        "api.SignIn": {
            "NameKey": name_key(desk.name),
            "Key": desk.key,
            "Token": uuid4().bytes * 2,
            "Computer": "PC-7",
        },
        "api.SignOut": token,
        "api.UpdateEntry": {**write, "EntryId": entry.entry_id, "Version": entry.version, **draft},
    }


@cache
def api_files() -> Mapping[str, SqlFile]:
    """Give the script of each procedure of schema ``api``."""
    return {file.name: file for file in files("60_procedures") if file.schema == "api"}


def text_parameters(procedure: str) -> list[str]:
    """Name the parameters of a procedure that are texts."""
    text = api_files()[procedure].text
    return _TEXT.findall(text[text.index("CREATE OR ALTER") : text.index("\nAS\n")])


def with_tokens() -> list[str]:
    """Name the procedures that ask for a session."""
    return sorted(set(api_files()) - NO_TOKEN - {"api.SignIn", "api.SignOut"})


def _last_day(company: Company) -> date:
    today = company.today
    return today.replace(day=monthrange(today.year, today.month)[1])
