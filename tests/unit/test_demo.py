"""The demo company: made by the store's own operations, deterministic, with leads who differ."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

import pytest

from mini_crm.domain.credentials import (
    KdfParameters,
    PasswordKind,
    derive_key,
    normalize_password,
    verifier_of,
)
from mini_crm.domain.errors import AlreadyThere
from mini_crm.domain.model import ImportResult, ImportRow, Lead, RosterChange, RosterRow, Status, Target
from mini_crm.domain.money import check_amount
from mini_crm.domain.rules import check_comment, check_pay_by, check_pin, check_status
from mini_crm.usecases.demo import DemoResult, make_demo
from mini_crm.usecases.demo_sales import make_sales, make_sellers

TODAY = date(2026, 11, 24)

HEAD_ID = 99


class FakeStore:
    """Keeps what it is given, by name."""

    def __init__(self) -> None:
        self.roster: list[RosterRow] = []
        self.rows: dict[object, ImportRow] = {}
        self.changed: list[tuple[ImportRow, ImportRow]] = []
        self.credentials: dict[int, tuple[PasswordKind, KdfParameters, bytes]] = {}
        self.targets: list[Target] = []
        self.heads: list[str] = []

    def list_leads(self) -> tuple[Lead, ...]:
        """Give the leads of the roster, in order of name."""
        names = sorted({row.lead for row in self.roster})
        return tuple(
            Lead(number, name, True, number in self.credentials, False, False, 0, ())
            for number, name in enumerate(names, start=1)
        )

    def set_head(self, name: str, is_head: bool, by: str) -> Lead:
        """Keep the head, who is in no roster."""
        assert is_head
        self.heads.append(name)
        return Lead(HEAD_ID, name, True, False, False, False, 0, (), is_head=True)

    def apply_roster(self, rows: Sequence[RosterRow], by: str) -> tuple[RosterChange, ...]:
        """Keep the roster."""
        self.roster += rows
        return ()

    def import_entries(
        self,
        source: str,
        rows: Sequence[ImportRow],
        by: str,
        *,
        update: bool = False,
        progress: object = None,
    ) -> ImportResult:
        """Keep the rows; a row that is there already must be taken over on purpose."""
        for row in rows:
            if row.client_ref in self.rows:
                assert update
                self.changed.append((self.rows[row.client_ref], row))
            self.rows[row.client_ref] = row
        return ImportResult(1, len(rows), 0, 0)

    def set_credential(
        self,
        lead_id: int,
        kind: PasswordKind,
        kdf: KdfParameters,
        verifier: bytes,
        *,
        must_change: bool,
        by: str,
    ) -> None:
        """Keep the credential."""
        self.credentials[lead_id] = (kind, kdf, verifier)

    def set_targets(self, targets: Sequence[Target], by: str) -> int:
        """Keep the targets."""
        self.targets += targets
        return len(targets)


@pytest.fixture(scope="module")
def demo() -> tuple[FakeStore, DemoResult]:
    """Make the demo company once."""
    store = FakeStore()
    return store, make_demo(store, today=TODAY)


def test_company_has_the_promised_size(demo: tuple[FakeStore, DemoResult]) -> None:
    """Ten leads, sixty managers, 8,000 entries over the last fourteen months; and the counts are true."""
    store, result = demo
    assert (result.leads, result.managers, result.entries) == (10, 60, 8000)
    assert len(store.rows) == 8000
    assert len({row.manager for row in store.roster}) == 60
    assert len({row.lead for row in store.roster}) == 10
    assert len({(row.lead, row.group) for row in store.roster}) == result.groups
    days = [row.entered_on for row in store.rows.values()]
    assert (min(days), max(days)) == (result.first_day, result.last_day)
    assert date(2025, 9, 25) <= min(days) <= date(2025, 10, 1)
    assert TODAY - timedelta(days=3) <= max(days) <= TODAY
    assert result.open_entries == sum(row.status is Status.EXPECTED for row in store.rows.values())


def test_every_entry_keeps_the_rules(demo: tuple[FakeStore, DemoResult]) -> None:
    """Every made-up entry is one that a lead could have entered, of a manager in the roster."""
    store, _ = demo
    units = {(row.lead, row.group, row.manager): row.unit for row in store.roster}
    for row in store.rows.values():
        unit = units[row.lead, row.group, row.manager]
        check_amount(row.amount, field="amount", whole=unit == "pcs")
        assert check_pin(row.client_pin) == row.client_pin
        assert check_comment(row.comment) == row.comment
        assert row.pay_by is not None
        check_pay_by(row.pay_by, row.entered_on)
        assert row.entered_on <= TODAY
        day = check_status(row.status, row.status_on, entered_on=row.entered_on, today=TODAY)
        assert day == row.status_on
        if row.paid_amount is not None:
            assert row.status is Status.PAID
            check_amount(row.paid_amount, field="paid_amount", whole=unit == "pcs")


def test_leads_really_differ(demo: tuple[FakeStore, DemoResult]) -> None:
    """The best lead is paid in more than half of the cases, the worst in fewer than one in ten."""
    store, _ = demo
    counts = Counter((row.lead, row.status) for row in store.rows.values())
    rates = {
        lead: counts[lead, Status.PAID] / (counts[lead, Status.PAID] + counts[lead, Status.REFUSED])
        for lead in {row.lead for row in store.roster}
    }
    assert max(rates.values()) > 0.5
    assert min(rates.values()) < 0.1
    # Who does not write refusals down drowns in entries that are open and overdue.
    overdue = Counter(
        row.lead
        for row in store.rows.values()
        if row.status is Status.EXPECTED and row.pay_by is not None and row.pay_by < TODAY
    )
    assert max(overdue.values()) > 5 * sorted(overdue.values())[4]


def test_every_feature_has_something_to_show(demo: tuple[FakeStore, DemoResult]) -> None:
    """There are pieces, part payments, entries due today, put-off promises, comments, PINs with zeros."""
    store, _ = demo
    rows = list(store.rows.values())
    assert {row.unit for row in store.roster} == {"RUB", "pcs"}
    assert sum(row.paid_amount is not None and row.paid_amount < row.amount for row in rows) > 50
    assert sum(row.pay_by == TODAY and row.status is Status.EXPECTED for row in rows) >= 12
    assert sum(bool(row.comment) for row in rows) > 800
    assert len(store.changed) > 20
    assert all(old.pay_by < TODAY < new.pay_by for old, new in store.changed)
    pins = Counter(row.client_pin for row in rows)
    assert sum(pin.startswith("0") for pin in pins) > 100
    assert max(pins.values()) > 5
    assert {target.lead_name for target in store.targets} > {None}


def test_work_follows_the_week(demo: tuple[FakeStore, DemoResult]) -> None:
    """Few entries are made on a Sunday, and nobody pays at the weekend but on the day of entry."""
    store, _ = demo
    rows = store.rows.values()
    entered = Counter(row.entered_on.weekday() for row in rows)
    assert entered[6] * 5 < entered[0]
    assert not [
        row
        for row in rows
        if row.status_on is not None and row.status_on.weekday() > 4 and row.status_on != row.entered_on
    ]


def test_sign_ins_open_the_accounts(demo: tuple[FakeStore, DemoResult]) -> None:
    """Each lead has a code that fits the stored verifier."""
    store, result = demo
    assert [slip.lead_name for slip in result.slips] == [lead.name for lead in store.list_leads()]
    assert len({slip.password for slip in result.slips}) == 10
    kind, kdf, verifier = store.credentials[1]
    password = result.slips[0].password
    assert kind is PasswordKind.CODE
    assert len(normalize_password(password, kind)) == 12
    assert verifier_of(derive_key(password, kind, kdf)) == verifier


def test_a_head_of_sales_can_sign_in_too(demo: tuple[FakeStore, DemoResult]) -> None:
    """One more account, of somebody without a team, opens the company page."""
    store, result = demo
    assert store.heads == [result.head.lead_name]
    assert result.head.lead_name not in {row.lead for row in store.roster}
    kind, kdf, verifier = store.credentials[HEAD_ID]
    assert verifier_of(derive_key(result.head.password, kind, kdf)) == verifier


def test_seed_and_day_decide_everything() -> None:
    """The same seed and day give the same entries; another seed gives others."""

    def sales(seed: int) -> list[ImportRow]:
        random = Random(seed)
        return list(make_sales(random, make_sellers(random), TODAY, 300))

    assert sales(1) == sales(1)
    assert sales(1) != sales(2)


class Lived:
    """Says what a company was on each of its last days."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.days: list[date] = []
        self.ends: list[tuple[date, int, int]] = []

    def begin(self, day: date) -> None:
        """The day begins."""
        self.days.append(day)

    def end(self) -> None:
        """It is over: nothing is known of later days."""
        rows = self.store.rows.values()
        day = self.days[-1]
        assert all(row.entered_on <= day and (row.status_on or day) <= day for row in rows)
        open_rows = sum(row.status is Status.EXPECTED for row in rows)
        self.ends.append((day, len(rows), open_rows))


def test_the_last_week_is_lived_through() -> None:
    """Day by day the company becomes what it is today, and knows on no day what comes later."""
    at_once, daily = FakeStore(), FakeStore()
    make_demo(at_once, today=TODAY, entries=2000)
    lived = Lived(daily)
    make_demo(daily, today=TODAY, entries=2000, lived=lived)
    assert lived.days == [TODAY - timedelta(days=back) for back in range(7, -1, -1)]
    assert [day for day, _rows, _open in lived.ends] == lived.days[:-1]  # today's forecast is the caller's
    assert lived.ends[0][1] < lived.ends[-1][1]
    assert daily.rows == at_once.rows
    put_off = [(old, new) for old, new in daily.changed if old.pay_by != new.pay_by]
    assert {new.client_ref for _old, new in put_off} == {
        new.client_ref for old, new in at_once.changed if old.pay_by != new.pay_by
    }
    assert any(new.status is Status.PAID for _old, new in daily.changed)


def test_database_with_leads_is_left_alone() -> None:
    """Made-up sales never get into a database that somebody uses."""
    store = FakeStore()
    store.roster.append(RosterRow("Somebody", "Real", "Person", "RUB"))
    with pytest.raises(AlreadyThere) as caught:
        make_demo(store, today=TODAY)
    assert caught.value.code == "demo_not_empty"
    assert not store.rows


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2026, 3, 31), date(2026, 5, 31)])
@pytest.mark.parametrize("entries", [1, 25])
def test_any_day_and_size_works(today: date, entries: int) -> None:
    """Leap days, month ends and a handful of entries are no special cases."""
    random = Random(3)
    rows = list(make_sales(random, make_sellers(random), today, entries))
    assert len(rows) == entries
    assert all(row.entered_on <= (row.status_on or row.entered_on) <= today for row in rows)
