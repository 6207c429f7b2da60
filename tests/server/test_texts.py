"""SQL in every text that a window can send: a text stays a text."""

from __future__ import annotations

import pytest

from contract.backdoor import Database
from contract.company import BORIS, Company, issue, sign_in
from server.calls import api_files, calls, stage_of, text_parameters
from server.raw import POSTGRES, Raw, chains_ownership
from server.tables import changed, content_of

HOSTILE = {
    "quote": "'",
    "end of a text": "'; DELETE FROM core.Entry; --",
    "end of a name": "]; DELETE FROM core.Entry; --",
    "double quote": '"; DELETE FROM core.Entry; --',
    "a quote of another alphabet": "\u02bc; DELETE FROM core.Entry; --",
    "a wide quote": "\uff07; DELETE FROM core.Entry; --",
    "dynamic": "x' EXEC ('DELETE FROM core.Entry') --",
    "end of CDATA": "]]>",
    "any": "%",
    "one": "_",
    "open set": "[",
    "set": "[^a]%",
    "escape": "\\",
    "NUL": "a\0'; DELETE FROM core.Entry; --",
    "parameter": "? @Token {fn NOW()} {call x}",
    "comment": "/* -- */ --",
    "JSON": '{"a": ["$.x"]}',
    "beyond 16 bits": "\U0001f600",
    "very long": "ж" * 10_000,
    "empty": "",
}
WRITES = {
    "api.AddEntry": {"Entry", "EntryHistory", "Lead"},
    "api.UpdateEntry": {"Entry", "EntryHistory", "Lead"},
    "api.ChangePassword": {"LeadCredential", "Session"},
    "api.SetCommitment": {"Commitment", "Period"},
    "api.SignIn": {"LeadCredential", "Session"},
}
KEPT = {"ClientPin", "Comment", "Note"}
"""Texts that are stored as they came, or not at all."""
PLACES = [(procedure, name) for procedure in sorted(api_files()) for name in text_parameters(procedure)]


@pytest.mark.parametrize(("procedure", "parameter"), PLACES, ids=[".".join(place) for place in PLACES])
def test_sql_in_texts(
    procedure: str, parameter: str, company: Company, database: Database, desktop: Raw, owner: Raw
) -> None:
    """A text is stored as it came, or refused by a rule; it touches nothing else."""
    key = issue(company.store, BORIS, "texts")
    stage = stage_of(company, sign_in(company.store, BORIS, key), company.zoya)
    before = content_of(owner)
    refused: dict[str, str] = {}
    for name, text in HOSTILE.items():
        arguments = calls(stage)[procedure]
        if "Version" in arguments:
            version = "SELECT e.Version FROM core.Entry AS e WHERE e.EntryId = ?"
            arguments["Version"] = owner.one(version, stage.entry.entry_id)
        outcome = desktop.call(procedure, **{**arguments, parameter: text})
        if outcome.number != 0 and not outcome.is_ours:
            refused[name] = f"{outcome.number} {outcome.said}"
        elif outcome.number == 0 and parameter in KEPT and procedure in WRITES:
            ((columns, (row,)),) = outcome.sets
            assert row[columns.index(parameter)] == text
        database.backdoor.let_waits_pass()
    if not chains_ownership() and str(POSTGRES) in refused.get("NUL", ""):
        del refused["NUL"]  # PostgreSQL has no such character in any text
    assert refused == {}
    after = content_of(owner)
    assert changed(before, after) <= WRITES.get(procedure, set())
    assert len(after["Entry"]) >= len(before["Entry"])
