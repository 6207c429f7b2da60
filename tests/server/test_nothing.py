"""Nothing, in every parameter that a window can send: an answer, or a number of the register."""

from __future__ import annotations

import pytest

from contract.company import BY, Company, issue, sign_in
from server.calls import Stage, api_files, calls, stage_of
from server.raw import Raw

PLACES = [(name, parameter) for name, file in sorted(api_files().items()) for parameter in file.parameters]


@pytest.fixture(scope="module")
def anna(company: Company) -> Stage:
    """Give Anna, a head of sales, whose password has just been issued."""
    desk = sign_in(company.store, company.boris.name, issue(company.store, company.boris.name, "nothing"))
    company.store.set_head(desk.name, True, BY)
    return stage_of(company, desk, company.zoya)


@pytest.mark.parametrize(("procedure", "parameter"), PLACES, ids=[".".join(place) for place in PLACES])
def test_nothing_in_a_parameter(procedure: str, parameter: str, anna: Stage, desktop: Raw) -> None:
    """NULL in any parameter of any procedure of the window is no raw error of the server."""
    outcome = desktop.call(procedure, **{**calls(anna)[procedure], parameter: None})
    assert outcome.number == 0 or outcome.is_ours, outcome.said


@pytest.mark.parametrize(("offset", "limit"), [(-1, 10), (0, 0), (0, -1)])
def test_a_page_that_cannot_be(offset: int, limit: int, anna: Stage, desktop: Raw) -> None:
    """A page before the first one, or of no row, is no raw error either."""
    outcome = desktop.call("api.ListEntries", Token=anna.desk.token, Offset=offset, Limit=limit)
    assert outcome.number == 0 or outcome.is_ours, outcome.said


@pytest.mark.parametrize(
    "wrong",
    [
        {"Kind": "word"},
        {"Kind": "number"},  # those are issued, never chosen
        {"Kind": ""},
        {"Verifier": b"short"},
        {"Verifier": b"x" * 33},
    ],
    ids=str,
)
def test_a_password_of_a_wrong_kind(wrong: dict[str, object], anna: Stage, desktop: Raw) -> None:
    """What is no password is refused by a number, before any failure is counted, and the old one stays."""
    outcome = desktop.call("api.ChangePassword", **{**calls(anna)["api.ChangePassword"], **wrong})
    assert outcome.number == 51138
    assert anna.company.store.get_session(anna.desk.token).lead_id == anna.desk.lead_id
