"""A large company: 500 leads with 5,000 managers."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import pytest

from e2e.test_admin import Admin
from mini_crm.domain.credentials import CODE_ALPHABET, KdfParameters, PasswordKind
from mini_crm.store.sqlite import SqliteStore
from mini_crm.usecases.accounts import issue_passwords

LEADS, MANAGERS = 500, 10


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    """Give the program with an empty database and a large roster file."""
    admin = Admin(tmp_path)
    SqliteStore.create(admin.database).close()
    rows = [
        f"Lead {lead};Group {lead}-{n % 2};Manager {lead}-{n}"
        for lead in range(LEADS)
        for n in range(MANAGERS)
    ]
    admin.write("\n".join(["lead;group;manager", *rows, ""]), "roster.csv")
    return admin


def test_the_second_time_nothing_changes(admin: Admin) -> None:
    """The same roster read again changes not one byte of the database; who left is only switched off."""
    assert len(admin.json("import-roster", "roster.csv")) == LEADS + 2 * LEADS + LEADS * MANAGERS
    before = admin.database.read_bytes()
    assert admin.json("import-roster", "roster.csv") == []
    assert admin.database.read_bytes() == before
    smaller = [
        line for line in (admin.folder / "roster.csv").read_text().splitlines() if "Lead 7;" not in line
    ]
    admin.write("\n".join(smaller), "roster.csv")
    looked = admin.json("import-roster", "roster.csv", "--dry-run")
    assert admin.database.read_bytes() == before
    assert admin.json("import-roster", "roster.csv") == looked
    assert sorted({change["kind"] for change in looked}) == ["group_gone", "lead_gone", "manager_gone"]
    assert len(looked) == 1 + 2 + MANAGERS
    leads = admin.json("leads", "list")
    assert len(leads) == LEADS
    assert [lead["lead"] for lead in leads if not lead["active"]] == ["Lead 7"]


def quick(password: str, kind: PasswordKind, kdf: KdfParameters) -> bytes:
    """Derive a key at once: Argon2id would take a tenth of a second for each."""
    return hashlib.sha256(kdf.salt + password.encode()).digest()


def test_all_passwords_differ(admin: Admin) -> None:
    """500 leads get 500 passwords of 60 bits, drawn from the whole alphabet."""
    admin.ok("import-roster", "roster.csv")
    store = SqliteStore.open(admin.database)
    try:
        slips = issue_passwords(store, store.list_leads(), PasswordKind.CODE, "test", derive=quick)
    finally:
        store.close()
    codes = [slip.password.replace("-", "") for slip in slips]
    assert len(set(codes)) == LEADS
    assert {len(code) * math.log2(len(CODE_ALPHABET)) for code in codes} == {60}
    assert set("".join(codes)) == set(CODE_ALPHABET)
    assert all(len(set(place)) > len(CODE_ALPHABET) // 2 for place in zip(*codes, strict=True))
    assert all(lead["has_password"] for lead in admin.json("leads", "list"))
