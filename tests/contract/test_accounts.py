"""Who may sign in, with what, and how guessing is slowed down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from contract.backdoor import Backdoor
from contract.company import (
    ANNA,
    BORIS,
    BY,
    COMPUTER,
    ROSTER,
    Company,
    Desk,
    found,
    issue,
    key_of,
    lead_named,
    sign_in,
)
from mini_crm.domain.credentials import KdfParameters, PasswordKind, new_kdf, new_token, verifier_of
from mini_crm.domain.errors import AlreadyThere, Locked, MustWait, NotFound, SessionEnded, WrongPassword
from mini_crm.store.port import Store

WRONG = key_of("wrong")

WAITS_S = (0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900)
"""The wait after the first, second, ... failure: min(2^(n-3) seconds, 15 minutes) from the third."""


def fail(store: Store, name: str, times: int, backdoor: Backdoor) -> None:
    """Fail to sign in so many times, each as soon as it is allowed."""
    for _ in range(times):
        backdoor.let_waits_pass()
        with pytest.raises(WrongPassword):
            store.sign_in(name, WRONG, new_token(), COMPUTER)


def test_names_of_active_leads(company: Company) -> None:
    """The drop-down has the names of all active leads, in order, with or without a password."""
    store = company.store
    store.apply_roster([replace(ROSTER[0], lead="Вера", group="Запад", manager="Юлия")], BY, complete=False)
    assert store.list_lead_names() == [ANNA, BORIS, "Вера"]
    store.set_lead_active(company.anna.lead_id, False, BY)
    assert store.list_lead_names() == [BORIS, "Вера"]


def test_no_names_in_an_empty_database(store: Store) -> None:
    """A fresh database has nobody."""
    assert store.list_lead_names() == []
    assert store.list_leads() == ()


def test_salt_is_what_was_issued(company: Company) -> None:
    """A window gets the kind and the very parameters that the password was issued with."""
    kdf = KdfParameters(salt=bytes(range(24)), time_cost=4, memory_kib=131072, parallelism=8)
    issue(company.store, ANNA, "new", kind=PasswordKind.NUMBER, kdf=kdf)
    assert company.store.get_salt(ANNA) == (PasswordKind.NUMBER, kdf)


@pytest.mark.parametrize("typed", [ANNA, "анна иванова", "АННА ИВАНОВА", "  Анна Иванова\t", "анна  иванова"])
def test_names_ignore_case_and_blanks(company: Company, typed: str) -> None:
    """Case and blanks of a name do not matter, in Cyrillic too; the session has the name as it is written."""
    kind, kdf = company.store.get_salt(typed)
    assert (kind, kdf) == company.store.get_salt(ANNA)
    session = company.store.sign_in(typed, company.anna.key, new_token(), COMPUTER)
    assert (session.lead_id, session.lead_name) == (company.anna.lead_id, ANNA)


@pytest.mark.parametrize("typed", ["Анна", "Анна Иванова 2", "", "%", "Anna Ivanova", "' OR 1=1 --"])
def test_unknown_name(company: Company, typed: str) -> None:
    """A name that nobody has is told apart from a wrong password by nothing."""
    with pytest.raises(WrongPassword):
        company.store.get_salt(typed)
    with pytest.raises(WrongPassword):
        company.store.sign_in(typed, company.anna.key, new_token(), COMPUTER)


def test_no_password_issued(store: Store) -> None:
    """A lead without a password cannot sign in with any key."""
    store.apply_roster(ROSTER, BY)
    assert not lead_named(store, ANNA).has_password
    with pytest.raises(WrongPassword):
        store.get_salt(ANNA)
    for key in (WRONG, bytes(32), b""):
        with pytest.raises(WrongPassword):
            store.sign_in(ANNA, key, new_token(), COMPUTER)


def test_sign_in(company: Company) -> None:
    """The right key opens a session of 12 hours for the token, and says whose it is and what day it is."""
    token = new_token()
    before = datetime.now(UTC)
    session = company.store.sign_in(ANNA, company.anna.key, token, COMPUTER)
    assert (session.lead_id, session.lead_name) == (company.anna.lead_id, ANNA)
    assert session.must_change is False
    assert session.today == company.store.get_today()
    assert abs(session.expires_at - (before + timedelta(hours=12))) < timedelta(minutes=1)
    assert company.store.get_session(token) == session


def test_sign_in_repeated(company: Company) -> None:
    """A sign-in whose answer was lost is sent again with the same token, and is one session."""
    token = new_token()
    for _ in range(2):
        assert company.store.sign_in(ANNA, company.anna.key, token, COMPUTER).lead_name == ANNA
    company.store.sign_out(token)
    with pytest.raises(SessionEnded):
        company.store.get_session(token)


def test_verifier_is_no_key(company: Company) -> None:
    """Whoever has read the stored verifier cannot sign in with it."""
    with pytest.raises(WrongPassword):
        company.store.sign_in(ANNA, verifier_of(company.anna.key), new_token(), COMPUTER)


def test_another_leads_key(company: Company) -> None:
    """A key opens the own account only."""
    with pytest.raises(WrongPassword):
        company.store.sign_in(ANNA, company.boris.key, new_token(), COMPUTER)


def test_wrong_password_is_counted(company: Company) -> None:
    """A failure opens no session and is counted for that lead; a success forgets the count."""
    store, token = company.store, new_token()
    for failures in (1, 2):
        with pytest.raises(WrongPassword):
            store.sign_in(ANNA, WRONG, token, COMPUTER)
        assert lead_named(store, ANNA).failures == failures
    with pytest.raises(SessionEnded):
        store.get_session(token)
    assert lead_named(store, BORIS).failures == 0
    sign_in(store, ANNA, company.anna.key)
    assert lead_named(store, ANNA).failures == 0


def test_failures_end_no_session(company: Company, backdoor: Backdoor) -> None:
    """Somebody who guesses does not disturb the lead who is signed in."""
    fail(company.store, ANNA, 6, backdoor)
    assert company.store.get_session(company.anna.token).lead_name == ANNA
    assert company.anna.add(company.petr).version == 1


def test_waits_grow(company: Company, backdoor: Backdoor) -> None:
    """From the third failure one has to wait 1, 2, 4 ... seconds, never more than 15 minutes."""
    store = company.store
    for failures, wait in enumerate(WAITS_S, start=1):
        fail(store, ANNA, 1, backdoor)
        assert lead_named(store, ANNA).failures == failures
        if wait > 1:  # a second may be over by now where instants are whole seconds
            with pytest.raises(MustWait) as caught:
                store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
            left = caught.value.data["seconds"]
            assert isinstance(left, int)
            assert max(wait - 3, 1) <= left <= wait


def test_third_failure_costs_a_wait(company: Company) -> None:
    """The wait of a second begins with the third failure; at times a second is over very soon."""
    outcomes = set()
    for _ in range(3):
        company.store.unlock_lead(company.anna.lead_id, BY)
        for _ in range(4):
            with pytest.raises((WrongPassword, MustWait)) as caught:
                company.store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
        outcomes.add(caught.type)
    assert MustWait in outcomes


def test_no_wait_after_two_failures(company: Company) -> None:
    """Two slips cost no time."""
    for _ in range(2):
        with pytest.raises(WrongPassword):
            company.store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
    assert sign_in(company.store, ANNA, company.anna.key).lead_id == company.anna.lead_id


def test_waiting_compares_and_counts_nothing(company: Company, backdoor: Backdoor) -> None:
    """While waiting even the right key is refused unseen, and no try is counted; then it is let in."""
    store = company.store
    fail(store, ANNA, 8, backdoor)
    token = new_token()
    for key in (WRONG, company.anna.key, WRONG):
        with pytest.raises(MustWait):
            store.sign_in(ANNA, key, token, COMPUTER)
    with pytest.raises(SessionEnded):
        store.get_session(token)
    assert lead_named(store, ANNA).failures == 8
    backdoor.let_waits_pass()
    store.sign_in(ANNA, company.anna.key, token, COMPUTER)
    assert lead_named(store, ANNA).failures == 0


def test_waiting_is_per_lead(company: Company, backdoor: Backdoor) -> None:
    """One lead's failures keep no other lead waiting."""
    fail(company.store, ANNA, 8, backdoor)
    assert sign_in(company.store, BORIS, company.boris.key).name == BORIS


def test_guessing_from_many_sides(company: Company, backdoor: Backdoor) -> None:
    """Of many tries at one moment one is compared, and the others have to wait."""
    store, count = company.store, 8
    fail(store, ANNA, 10, backdoor)
    backdoor.let_waits_pass()
    start = Barrier(count)

    def guess(_: int) -> type[Exception] | None:
        start.wait()
        try:
            store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
        except (WrongPassword, MustWait) as error:
            return type(error)
        finally:
            store.close()
        return None

    with ThreadPoolExecutor(count) as pool:
        outcomes = list(pool.map(guess, range(count)))
    assert sorted(map(str, outcomes)) == sorted(map(str, [WrongPassword] + [MustWait] * (count - 1)))
    assert lead_named(store, ANNA).failures == 11


def lock(store: Store, backdoor: Backdoor) -> bytes:
    """Give Anna a number password and guess until it is locked; give its key."""
    key = issue(store, ANNA, "123456", kind=PasswordKind.NUMBER)
    fail(store, ANNA, 19, backdoor)
    assert not lead_named(store, ANNA).locked
    backdoor.let_waits_pass()
    with pytest.raises((WrongPassword, Locked)):
        store.sign_in(ANNA, WRONG, new_token(), COMPUTER)
    return key


def test_number_password_locks(company: Company, backdoor: Backdoor) -> None:
    """A number password is locked by the twentieth failure, however long one waits."""
    store = company.store
    key = lock(store, backdoor)
    assert lead_named(store, ANNA).locked
    for _ in range(2):
        with pytest.raises(Locked):
            store.sign_in(ANNA, key, new_token(), COMPUTER)
        backdoor.let_waits_pass()
    assert not lead_named(store, BORIS).locked


def test_code_password_never_locks(company: Company, backdoor: Backdoor) -> None:
    """Nobody can lock a lead with a code out for good by guessing."""
    fail(company.store, ANNA, 23, backdoor)
    assert not lead_named(company.store, ANNA).locked
    backdoor.let_waits_pass()
    assert sign_in(company.store, ANNA, company.anna.key).name == ANNA


def test_unlock(company: Company, backdoor: Backdoor) -> None:
    """The administrator forgets failures, wait and lock at once; the password stays."""
    store = company.store
    key = lock(store, backdoor)
    store.unlock_lead(company.anna.lead_id, BY)
    lead = lead_named(store, ANNA)
    assert (lead.locked, lead.failures) == (False, 0)
    assert sign_in(store, ANNA, key).name == ANNA


def test_unlock_lifts_a_wait(company: Company, backdoor: Backdoor) -> None:
    """A lead who only has to wait is let in at once by the administrator."""
    fail(company.store, ANNA, 12, backdoor)
    company.store.unlock_lead(company.anna.lead_id, BY)
    assert sign_in(company.store, ANNA, company.anna.key).name == ANNA


def test_new_password_lifts_a_lock(company: Company, backdoor: Backdoor) -> None:
    """Issuing a password lets a locked lead in, at once, and with the new one only."""
    store = company.store
    old = lock(store, backdoor)
    new = issue(store, ANNA, "654321", kind=PasswordKind.NUMBER)
    lead = lead_named(store, ANNA)
    assert (lead.locked, lead.failures, lead.has_password) == (False, 0, True)
    assert sign_in(store, ANNA, new).name == ANNA
    with pytest.raises(WrongPassword):
        store.sign_in(ANNA, old, new_token(), COMPUTER)


def test_new_password_ends_sessions(company: Company) -> None:
    """Issuing a password ends every session of that lead, and of nobody else."""
    second = company.anna.window()
    issue(company.store, ANNA, "new")
    for desk in (company.anna, second):
        with pytest.raises(SessionEnded):
            company.store.get_session(desk.token)
    assert company.store.get_session(company.boris.token).lead_name == BORIS


def test_password_for_nobody(company: Company) -> None:
    """A password for a lead that does not exist is refused."""
    with pytest.raises(NotFound):
        company.store.set_credential(
            999_999, PasswordKind.CODE, new_kdf(), verifier_of(WRONG), must_change=False, by=BY
        )


def test_must_change_is_told(company: Company) -> None:
    """A password that must be changed is marked in the session and for the administrator."""
    key = issue(company.store, ANNA, "first", must_change=True)
    assert lead_named(company.store, ANNA).must_change
    assert company.store.sign_in(ANNA, key, new_token(), COMPUTER).must_change
    assert not lead_named(company.store, BORIS).must_change


def refused(store: Store, desk: Desk) -> None:
    """Check that a lead is neither in nor comes in."""
    with pytest.raises(SessionEnded):
        store.get_session(desk.token)
    with pytest.raises(WrongPassword):
        store.get_salt(desk.name)
    with pytest.raises(WrongPassword):
        store.sign_in(desk.name, desk.key, new_token(), COMPUTER)


def test_deactivated_lead(company: Company) -> None:
    """Deactivating ends the sessions and lets the lead in no more."""
    store = company.store
    store.set_lead_active(company.anna.lead_id, False, BY)
    refused(store, company.anna)
    assert not lead_named(store, ANNA).is_active
    assert store.get_session(company.boris.token).lead_name == BORIS


def test_activated_again(company: Company) -> None:
    """A lead who is let in again has the old password, and must sign in."""
    store = company.store
    for is_active in (False, True):
        store.set_lead_active(company.anna.lead_id, is_active, BY)
    with pytest.raises(SessionEnded):
        store.get_session(company.anna.token)
    assert sign_in(store, ANNA, company.anna.key).lead_id == company.anna.lead_id


def test_renamed_lead(company: Company) -> None:
    """A renamed lead keeps entries, password and session; the old name is nobody's and free again."""
    store, anna = company.store, company.anna
    entry = anna.add(company.petr).entry_id
    store.rename_lead(anna.lead_id, "Соколова Анна", BY)
    assert lead_named(store, "Соколова Анна").lead_id == anna.lead_id
    assert sign_in(store, "Соколова Анна", anna.key).lead_id == anna.lead_id
    assert [each.entry_id for each in anna.everything()] == [entry]
    with pytest.raises(WrongPassword):
        store.get_salt(ANNA)
    store.rename_lead(company.boris.lead_id, ANNA, BY)
    assert lead_named(store, ANNA).lead_id == company.boris.lead_id


def test_a_lead_may_change_the_case_of_the_name(company: Company) -> None:
    """The same name written otherwise is no other lead's."""
    company.store.rename_lead(company.anna.lead_id, ANNA.upper(), BY)
    assert lead_named(company.store, ANNA.upper()).lead_id == company.anna.lead_id


def test_a_name_that_another_lead_has(company: Company) -> None:
    """No lead gets the name of another one, whatever the case; nobody is no lead."""
    with pytest.raises(AlreadyThere, match="lead_exists"):
        company.store.rename_lead(company.anna.lead_id, BORIS.lower(), BY)
    with pytest.raises(NotFound, match="lead_not_found"):
        company.store.rename_lead(987_654, "Никто", BY)
    assert lead_named(company.store, ANNA).lead_id == company.anna.lead_id


def test_lead_gone_from_the_roster(company: Company) -> None:
    """A lead whom the roster drops is out at once, like any deactivated one."""
    company.store.apply_roster([row for row in ROSTER if row.lead != ANNA], BY)
    refused(company.store, company.anna)
    assert company.store.list_lead_names() == [BORIS]


def test_leads_as_the_administrator_sees_them(store: Store) -> None:
    """All leads are told with groups and managers, all in order of name."""
    found(store)
    seen = [
        (lead.name, group.name, group.unit, [manager.name for manager in group.managers])
        for lead in store.list_leads()
        for group in lead.groups
    ]
    assert seen == [
        (ANNA, "Север", "RUB", ["Мария", "Пётр"]),
        (ANNA, "Штучные", "pcs", ["Олег"]),
        (BORIS, "Юг", "RUB", ["Зоя", "Игорь"]),
    ]
    assert all(lead.is_active and lead.has_password for lead in store.list_leads())
