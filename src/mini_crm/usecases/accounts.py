"""Issuing passwords: made by the program, handed out on paper, kept nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mini_crm.domain.credentials import (
    Derive,
    KdfParameters,
    PasswordKind,
    derive_key,
    new_code,
    new_kdf,
    new_number,
    verifier_of,
)
from mini_crm.domain.errors import NotFound
from mini_crm.domain.model import Lead
from mini_crm.domain.rules import name_key
from mini_crm.store.port import AdminStore, Progress


@dataclass(frozen=True, slots=True)
class Slip:
    """What a lead is handed out; the password does not show in logs."""

    lead_name: str
    password: str = field(repr=False)


def find_leads(leads: Sequence[Lead], names: Sequence[str]) -> list[Lead]:
    """Find leads by name, each once, in the order asked for.

    Raises:
        NotFound: ``leads_not_found`` names all that do not exist.
    """
    by_name = {name_key(lead.name): lead for lead in leads}
    unknown = [name for name in names if name_key(name) not in by_name]
    if unknown:
        raise NotFound("leads_not_found", names=", ".join(unknown))
    return list({name_key(name): by_name[name_key(name)] for name in names}.values())


def issue_passwords(
    store: AdminStore,
    leads: Sequence[Lead],
    kind: PasswordKind,
    by: str,
    *,
    keep: Callable[[Sequence[Slip]], None] | None = None,
    made: Progress | None = None,
    stored: Progress | None = None,
    derive: Derive = derive_key,
) -> list[Slip]:
    """Give each lead a new password; the old one and all sessions of the lead end.

    Nobody's password changes before all new ones are kept: if writing the slips fails, nothing has
    happened. If the database fails in the middle, ``stored`` has told how many leads, from the
    front, have the new one.

    Args:
        store: The database.
        leads: Whom; no one twice.
        kind: ``code``, or ``number``, which the lead has to change at once.
        by: Who does it.
        keep: Puts the slips where they are safe, before anything is stored.
        made: Called with the number of passwords made; each takes a tenth of a second.
        stored: Called with the number of leads who have their new password.
        derive: Makes the key of a password.

    Returns:
        The slips, in the order of the leads.

    Raises:
        ValueError: The kind is ``own``: nobody makes those.
    """
    if kind is PasswordKind.OWN:
        raise ValueError("own passwords are not issued")
    make = new_code if kind is PasswordKind.CODE else new_number
    slips: list[Slip] = []
    credentials: list[tuple[int, KdfParameters, bytes]] = []
    for number, lead in enumerate(leads, start=1):
        slip, kdf = Slip(lead.name, make()), new_kdf()
        slips.append(slip)
        credentials.append((lead.lead_id, kdf, verifier_of(derive(slip.password, kind, kdf))))
        if made is not None:
            made(number)
    if keep is not None:
        keep(slips)
    must_change = kind is PasswordKind.NUMBER
    for number, (lead_id, kdf, verifier) in enumerate(credentials, start=1):
        store.set_credential(lead_id, kind, kdf, verifier, must_change=must_change, by=by)
        if stored is not None:
            stored(number)
    return slips
