"""What a session allows, how long it lasts, and how a lead changes the password."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from contract.backdoor import Backdoor
from contract.company import ALL, ANNA, COMPUTER, Company, Desk, issue, key_of, lead_named, sign_in
from mini_crm.domain.credentials import KdfParameters, PasswordKind, new_kdf, new_token, verifier_of
from mini_crm.domain.errors import Locked, MustChangePassword, MustWait, SessionEnded, WrongPassword
from mini_crm.domain.period import Period, month_of
from mini_crm.store.port import Store

WRONG = key_of("wrong")
NEW = key_of("new")

Call = Callable[[Desk, int], object]
"""Something that a window does; the number is that of a manager or an entry."""


def change_password(desk: Desk, old_key: bytes) -> None:
    """Change the own password to another code."""
    desk.store.change_password(desk.token, old_key, PasswordKind.CODE, new_kdf(), verifier_of(NEW))


def this_month(desk: Desk) -> Period:
    """Give the current month."""
    return month_of(desk.store.get_today())


BY_A_PERSON: dict[str, Call] = {
    "list_groups": lambda desk, _: desk.store.list_groups(desk.token),
    "add_entry": lambda desk, manager: desk.add(manager),
    "update_entry": lambda desk, manager: desk.store.update_entry(
        desk.token, uuid4(), 1, 1, desk.draft(manager)
    ),
    "delete_entry": lambda desk, _: desk.store.delete_entry(desk.token, uuid4(), 1, 1),
    "restore_entry": lambda desk, _: desk.store.restore_entry(desk.token, uuid4(), 1, 1),
    "get_entry": lambda desk, _: desk.store.get_entry(desk.token, 1),
    "list_entries": lambda desk, _: desk.store.list_entries(desk.token, ALL),
    "list_open_entries_of_pin": lambda desk, _: desk.store.list_open_entries_of_pin(desk.token, "1"),
    "list_entry_history": lambda desk, _: desk.store.list_entry_history(desk.token, 1),
    "list_trend": lambda desk, _: desk.store.list_trend(desk.token, this_month(desk)),
    "list_accuracy": lambda desk, _: desk.store.list_accuracy(desk.token),
    "list_commitments": lambda desk, _: desk.store.list_commitments(desk.token, this_month(desk)),
    "set_commitment": lambda desk, _: desk.store.set_commitment(
        desk.token, uuid4(), this_month(desk), "RUB", Decimal(1), ""
    ),
    "request_run": lambda desk, _: desk.store.request_run(desk.token),
}
BY_ITSELF: dict[str, Call] = {
    "list_changes": lambda desk, _: desk.store.list_changes(desk.token, 0),
    "get_forecast": lambda desk, _: desk.store.get_forecast(desk.token),
    "list_chances": lambda desk, _: desk.store.list_chances(desk.token, this_month(desk), [1]),
}
ALWAYS: dict[str, Call] = {"get_session": lambda desk, _: desk.store.get_session(desk.token)}


def with_token(desk: Desk, token: bytes) -> Desk:
    """Give a desk that shows another token."""
    return Desk(desk.store, desk.lead_id, desk.name, desk.key, token)


@pytest.mark.parametrize("call", {**BY_A_PERSON, **BY_ITSELF, **ALWAYS}.items(), ids=lambda item: item[0])
def test_made_up_tokens(company: Company, call: tuple[str, Call]) -> None:
    """Nothing is told or done for a token that no session has, whatever it looks like."""
    stored = hashlib.sha256(company.anna.token).digest()
    for token in (new_token(), bytes(32), b"", stored, company.anna.token[:31], company.anna.token + b"\0"):
        with pytest.raises(SessionEnded):
            call[1](with_token(company.anna, token), company.petr)
    with pytest.raises(SessionEnded):
        change_password(with_token(company.anna, new_token()), company.anna.key)
    assert company.anna.everything() == ()


def test_sign_out_ends_one_session(company: Company) -> None:
    """Signing out ends this session; the lead's other window works on."""
    store, second = company.store, company.anna.window()
    store.sign_out(company.anna.token)
    with pytest.raises(SessionEnded):
        store.get_session(company.anna.token)
    with pytest.raises(SessionEnded):
        company.anna.add(company.petr)
    assert second.add(company.petr).manager_id == company.petr


def test_sign_out_again(company: Company) -> None:
    """Signing out of a session that has ended, or never was, is no error."""
    for token in (company.anna.token, company.anna.token, new_token()):
        company.store.sign_out(token)
    assert company.store.get_session(company.boris.token).lead_id == company.boris.lead_id


@pytest.mark.parametrize("call", {**BY_A_PERSON, **BY_ITSELF}.items(), ids=lambda item: item[0])
def test_must_change_comes_first(company: Company, call: tuple[str, Call]) -> None:
    """With a password that must be changed a session can neither read nor write."""
    desk = sign_in(company.store, ANNA, issue(company.store, ANNA, "first", must_change=True))
    with pytest.raises(MustChangePassword):
        call[1](desk, company.petr)
    assert company.store.get_session(desk.token).must_change


def test_must_change_done(company: Company) -> None:
    """After the change the lead signs in with the new password and can work."""
    store = company.store
    key = issue(store, ANNA, "first", must_change=True)
    desk = sign_in(store, ANNA, key)
    change_password(desk, key)
    with pytest.raises(SessionEnded):
        store.get_session(desk.token)
    again = sign_in(store, ANNA, NEW)
    assert not store.get_session(again.token).must_change
    assert not lead_named(store, ANNA).must_change
    assert again.add(company.petr).version == 1


def test_must_change_sign_out(company: Company) -> None:
    """One can leave without having changed the password; it still must be changed next time."""
    key = issue(company.store, ANNA, "first", must_change=True)
    desk = sign_in(company.store, ANNA, key)
    company.store.sign_out(desk.token)
    with pytest.raises(SessionEnded):
        company.store.get_session(desk.token)
    assert company.store.sign_in(ANNA, key, new_token(), COMPUTER).must_change


def test_change_password(company: Company) -> None:
    """The new password counts from now on, with its own salt, and every session of the lead has ended."""
    store, second = company.store, company.anna.window()
    kdf = KdfParameters(salt=b"s" * 16, time_cost=5)
    store.change_password(company.anna.token, company.anna.key, PasswordKind.OWN, kdf, verifier_of(NEW))
    for desk in (company.anna, second):
        with pytest.raises(SessionEnded):
            store.get_session(desk.token)
    assert store.get_salt(ANNA) == (PasswordKind.OWN, kdf)
    with pytest.raises(WrongPassword):
        store.sign_in(ANNA, company.anna.key, new_token(), COMPUTER)
    assert sign_in(store, ANNA, NEW).lead_id == company.anna.lead_id
    assert store.get_session(company.boris.token).lead_id == company.boris.lead_id


def test_change_with_wrong_old_password(company: Company) -> None:
    """A wrong present password changes nothing, is counted, and leaves the session."""
    store = company.store
    for key in (WRONG, company.boris.key):
        with pytest.raises(WrongPassword):
            change_password(company.anna, key)
    assert lead_named(store, ANNA).failures == 2
    assert store.get_session(company.anna.token).lead_name == ANNA
    assert sign_in(store, ANNA, company.anna.key).lead_id == company.anna.lead_id


def test_guessing_through_change(company: Company, backdoor: Backdoor) -> None:
    """Failed changes and failed sign-ins are one count, and make both wait."""
    store = company.store
    for times in range(6):
        backdoor.let_waits_pass()
        with pytest.raises(WrongPassword):
            if times % 2:
                store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
            else:
                change_password(company.anna, WRONG)
    assert lead_named(store, ANNA).failures == 6
    with pytest.raises(MustWait) as caught:
        change_password(company.anna, company.anna.key)
    assert caught.value.data["seconds"] in range(4, 9)
    with pytest.raises(MustWait):
        store.sign_in(ANNA, company.anna.key, new_token(), COMPUTER)
    backdoor.let_waits_pass()
    change_password(company.anna, company.anna.key)
    assert lead_named(store, ANNA).failures == 0


def test_change_can_lock(company: Company, backdoor: Backdoor) -> None:
    """A number password is locked by the twentieth failure, whichever way it was guessed."""
    key = issue(company.store, ANNA, "123456", kind=PasswordKind.NUMBER)
    desk = sign_in(company.store, ANNA, key)
    for _ in range(20):
        backdoor.let_waits_pass()
        with pytest.raises((WrongPassword, Locked)):
            change_password(desk, WRONG)
    assert lead_named(company.store, ANNA).locked
    with pytest.raises(Locked):
        company.store.sign_in(ANNA, key, new_token(), COMPUTER)
    with pytest.raises((Locked, SessionEnded)):
        change_password(desk, key)


def test_session_ends_after_an_idle_hour(company: Company, backdoor: Backdoor) -> None:
    """An hour without anything done ends a session; a little less does not."""
    backdoor.age_sessions(timedelta(minutes=58))
    assert company.store.get_session(company.anna.token).lead_name == ANNA
    backdoor.age_sessions(timedelta(minutes=3))
    with pytest.raises(SessionEnded):
        company.store.get_session(company.anna.token)
    with pytest.raises(SessionEnded):
        company.anna.add(company.petr)


PROLONGING = ("list_groups", "add_entry", "list_entries", "list_open_entries_of_pin", "list_commitments")


@pytest.mark.parametrize("name", PROLONGING)
def test_work_prolongs(company: Company, backdoor: Backdoor, name: str) -> None:
    """What a person does starts the idle hour anew."""
    backdoor.age_sessions(timedelta(minutes=50))
    BY_A_PERSON[name](company.anna, company.petr)
    backdoor.age_sessions(timedelta(minutes=50))
    assert company.store.get_session(company.anna.token).lead_name == ANNA


@pytest.mark.parametrize("call", {**BY_ITSELF, **ALWAYS}.items(), ids=lambda item: item[0])
def test_refreshing_does_not_prolong(company: Company, backdoor: Backdoor, call: tuple[str, Call]) -> None:
    """What the window does by itself keeps no session alive of which the person has gone."""
    for _ in range(3):
        backdoor.age_sessions(timedelta(minutes=19))
        call[1](company.anna, company.petr)
    backdoor.age_sessions(timedelta(minutes=4))
    with pytest.raises(SessionEnded):
        call[1](company.anna, company.petr)


def test_session_ends_after_twelve_hours(company: Company, backdoor: Backdoor) -> None:
    """After 12 hours a session ends however busy it was."""
    for _ in range(14):
        backdoor.age_sessions(timedelta(minutes=50))
        assert company.anna.everything() == ()
    backdoor.age_sessions(timedelta(minutes=15))
    assert company.anna.everything() == ()
    backdoor.age_sessions(timedelta(minutes=6))
    with pytest.raises(SessionEnded):
        company.anna.everything()


def test_ended_sessions_stay_ended(company: Company, backdoor: Backdoor) -> None:
    """A session that has ended does not come back by signing in anew; the new one works."""
    backdoor.age_sessions(timedelta(minutes=61))
    again = company.anna.window()
    with pytest.raises(SessionEnded):
        company.store.get_session(company.anna.token)
    assert company.store.get_session(again.token).lead_name == ANNA


def test_expiry_is_told(company: Company, backdoor: Backdoor) -> None:
    """A session says when it will end, and asking does not move that."""
    first = company.store.get_session(company.anna.token).expires_at
    backdoor.age_sessions(timedelta(minutes=30))
    later = company.store.get_session(company.anna.token).expires_at
    assert first - later == timedelta(minutes=30)


def test_schema_version_and_name(store: Store) -> None:
    """Without signing in a window learns how new the database is, and what to call it."""
    assert store.get_schema_version() >= 1
    assert store.name
