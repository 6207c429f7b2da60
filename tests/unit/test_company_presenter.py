"""The company page in words, and when it asks the database for what."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from mini_crm.domain.errors import DatabaseUnreachable, NotAllowed, SessionEnded
from mini_crm.domain.model import (
    EntryFilter,
    EntrySort,
    EntrySum,
    Group,
    Manager,
    NumberBefore,
    RunKind,
    Status,
)
from mini_crm.domain.period import Period, PeriodKind, following, month_of, preceding, quarter_of
from mini_crm.ui.company.page import RowsWanted
from mini_crm.ui.headline import Level
from mini_crm.ui.memory import Memory
from unit.company_parts import (
    MARCH,
    NOW,
    SPACE,
    TODAY,
    FakeStore,
    Opened,
    bridge,
    column,
    entry,
    place,
    row,
    run,
)


@pytest.fixture
def store() -> FakeStore:
    """Give a company with two leads, of whom Boris is farther below the target."""
    return FakeStore()


def thirds(store: FakeStore) -> None:
    """Give three leads with a third each of what the company has, which does not round to the whole."""
    third = {"paid": Decimal("33.40"), "from_open": 33.4, "from_new": 0.4}
    store.leads = tuple(row(n, name, **third) for n, name in enumerate(("A", "B", "C"), 1))
    store.managers = ()


# ------------------------------------------------------------------------------- the table


def test_a_row_has_every_number_of_a_lead(store: FakeStore) -> None:
    """Paid, what comes, the whole with its range, target, share, gap, commitment, overdue, win rate, week."""
    store.leads = (row(1, "Anna", target=Decimal(2000), commitment=Decimal(1800)),)
    store.week_ago = (NumberBefore(None, "RUB", 1620.0), NumberBefore(1, "RUB", 1620.0))
    table = Opened(store).view.page.leads
    assert [each.caption for each in table.columns] == [
        "Lead", "Target", "%", "Gap", "Paid", "From open", "From new", "Forecast", "Likely range",
        "Commitment", "Overdue", "Win rate", "In a week",
    ]  # fmt: skip
    cells = [cell.replace(SPACE, " ") for cell in table.rows[1].cells]
    assert cells == [
        "Anna", "2,000", "75%", "−500", "1,000", "400", "100", "1,500", "1,200–1,900",
        "1,800", "! 2", "47% (7 of 15)", "−120",
    ]  # fmt: skip
    assert column(table, "In a week")[0] == "−120"


def test_shown_numbers_add_up_in_every_column_of_sums(store: FakeStore) -> None:
    """Three leads of a third each come to the company's row in each column, and each row by itself."""
    thirds(store)
    store.week_ago = (NumberBefore(None, "RUB", 101.0), *(NumberBefore(n, "RUB", 33.6) for n in (1, 2, 3)))
    table = Opened(store).view.page.leads
    for caption in ("Paid", "From open", "From new", "Forecast", "In a week"):
        total, *parts = (int(text.replace("+", "")) for text in column(table, caption))
        assert sum(parts) == total > 0, caption
    for at in range(4):
        paid, known, new, whole = (
            int(column(table, c)[at]) for c in ("Paid", "From open", "From new", "Forecast")
        )
        assert paid + known + new == whole


def test_a_week_of_leads_who_are_gone_is_nobody_elses(store: FakeStore) -> None:
    """What a former lead had a week ago is missing in the company's row, not in those of the others."""
    store.week_ago = (
        NumberBefore(None, "RUB", 4000.0), NumberBefore(1, "RUB", 1500.0), NumberBefore(3, "RUB", 1000.0),
    )  # fmt: skip
    table = Opened(store).view.page.leads
    moved = dict(zip(column(table, "Lead"), column(table, "In a week"), strict=True))
    assert moved == {"Company, RUB": "−1,000", "Anna": "0", "Boris": "+1,500"}


def test_without_a_week_there_is_no_such_column(store: FakeStore) -> None:
    """Where no run of a week ago is kept, nothing stands there that could be taken for no change."""
    assert "In a week" not in [each.caption for each in Opened(store).view.page.leads.columns]


@pytest.mark.parametrize(
    ("target", "level"), [(1500, Level.GOOD), (1501, Level.MAYBE), (1900, Level.MAYBE), (1901, Level.BAD)]
)
def test_the_traffic_light_goes_by_the_whole_number(store: FakeStore, target: int, level: Level) -> None:
    """Green where 1,500 reaches the target, amber where only the range to 1,900 does, else red."""
    store.leads = (row(1, "Anna", target=Decimal(target)),)
    assert Opened(store).view.page.leads.rows[1].level is level


def test_a_lead_without_a_target_has_no_light(store: FakeStore) -> None:
    """No target, no judgement; share and gap stay open."""
    store.leads = (row(1, "Anna"),)
    table = Opened(store).view.page.leads
    assert table.rows[1].level is None
    assert (column(table, "%")[1], column(table, "Gap")[1]) == ("—", "—")


# ------------------------------------------------------------------------------- order, search, unit


def test_it_opens_with_the_largest_gap_first(store: FakeStore) -> None:
    """Below the company's total stands who is farthest below the target; who has none comes last."""
    store.leads += (row(3, "Cyril"), row(4, "Dora", target=Decimal(100)))
    opened = Opened(store)
    assert opened.view.names() == ["Company, RUB", "Boris", "Anna", "Dora", "Cyril"]
    assert opened.view.page.leads.rows[0].is_total


def test_every_column_sorts_both_ways_below_the_total(store: FakeStore) -> None:
    """A column sorts its numbers, a second time the other way round; the total stays on top."""
    store.leads = tuple(
        row(n, name, target=Decimal(1000 * n), paid=Decimal(5 - n), from_open=40.0 * (n % 3),
            from_new=7.0 * (n % 2), low=1.0 * n, high=9.0 + n, commitment=Decimal(n % 3 + 1), overdue=n % 4,
            won=n, resolved=10, win_rate=n / 10)
        for n, name in enumerate(("Anna", "Boris", "Cyril", "Dora"), 1)
    )  # fmt: skip
    store.week_ago = (NumberBefore(None, "RUB", 0.0), NumberBefore(2, "RUB", 30.0))
    opened = Opened(store)

    def value(lead: str, caption: str) -> float:
        one = next(each for each in store.leads if each.lead_name == lead)
        before = 30.0 if lead == "Boris" else 0.0
        return {
            "Lead": "ABCD".index(lead[0]), "Paid": float(one.paid), "From open": one.from_open,
            "From new": one.from_new, "Forecast": one.forecast, "Likely range": one.low or 0,
            "Target": float(one.target or 0), "%": one.forecast / float(one.target or 1),
            "Gap": one.forecast - float(one.target or 0), "Commitment": float(one.commitment or 0),
            "Overdue": one.overdue, "Win rate": one.win_rate or 0, "In a week": one.forecast - before,
        }[caption]  # fmt: skip

    for at, each in enumerate(opened.view.page.leads.columns):
        seen = []
        for _click in range(2):
            opened.presenter.sort_by(at)
            total, *names = opened.view.names()
            assert total == "Company, RUB"
            values = [round(value(name, each.caption)) if each.caption == "Gap" else value(name, each.caption)
                      for name in names]  # fmt: skip
            assert values in (sorted(values), sorted(values, reverse=True)), each.caption
            assert opened.view.page.leads.sorted_by == at
            seen.append((opened.view.page.leads.descending, values == sorted(values)))
        assert seen[0][0] is not seen[1][0]
        assert all(ascending is not descending for descending, ascending in seen), each.caption


def test_a_lead_is_found_by_a_part_of_the_name(store: FakeStore) -> None:
    """Whatever the case; the total stays the whole company's, and it is said how many are shown."""
    opened = Opened(store)
    assert opened.view.page.found == "2 leads"
    asked = len(store.asked)
    opened.presenter.find("NN")
    assert opened.view.names() == ["Company, RUB", "Anna"]
    assert column(opened.view.page.leads, "Forecast")[0] == "3,000"
    assert opened.view.page.found == "1 of 2 leads"
    opened.presenter.find("")
    assert opened.view.names() == ["Company, RUB", "Boris", "Anna"]
    assert len(store.asked) == asked  # nothing is read again while somebody types


def test_each_unit_has_its_total_on_top_and_its_leads_below(store: FakeStore) -> None:
    """It opens on the unit with the most clients; another total, or the choice, shows that unit's leads."""
    store.leads += (row(2, "Boris", unit="pcs", clients=1), row(3, "Cyril", unit="pcs", clients=1))
    opened = Opened(store)
    assert (opened.view.page.units, opened.view.page.unit) == (("RUB", "pcs"), 0)
    assert opened.view.names() == ["Company, RUB", "Company, pcs", "Boris", "Anna"]
    opened.presenter.open_row("pcs")
    assert opened.view.page.unit == 1
    assert opened.view.names() == ["Company, pcs", "Company, RUB", "Boris", "Cyril"]
    opened.presenter.choose_unit(0)
    assert opened.view.names()[2:] == ["Boris", "Anna"]


# ------------------------------------------------------------------------------- period, age, news


def test_the_period_is_the_one_choice_of_all_pages(store: FakeStore) -> None:
    """What was chosen on another page is shown here, and the other way round; custom periods as well."""
    memory = Memory()
    memory.put("period", "this-quarter")
    opened = Opened(store, memory=memory)
    assert "company 2026-Q1" in store.asked
    assert opened.view.page.periods[:3] == ("March 2026", "Q1 2026", "2026")
    opened.presenter.choose_period(0)
    assert opened.desk.choice.period == MARCH
    assert store.asked.count("company 2026-03") == 1
    opened.desk.choice.choose(following(MARCH))
    assert store.asked.count("company 2026-04") == 1


def test_custom_periods_are_offered_to_a_head_without_groups(store: FakeStore) -> None:
    """They come with the company, not with own rows; the one chosen last time is shown at once."""
    sale = Period(PeriodKind.CUSTOM, TODAY - timedelta(days=2), TODAY + timedelta(days=5), "Spring sale")
    store.periods = (MARCH, sale)
    opened = Opened(store)
    assert opened.view.page.periods[-1].startswith("Spring sale")
    assert opened.view.page.period == 0
    assert store.asked.count("company 2026-03") == 1  # and with one question
    opened.presenter.choose_period(len(opened.view.page.periods) - 1)
    assert store.asked.count(f"company {sale.code}") == 1
    again = Opened(store, memory=opened.desk.memory)
    assert again.view.page.periods[again.view.page.period].startswith("Spring sale")
    assert again.desk.choice.period == sale
    store.periods = (MARCH,)  # it was closed
    again.presenter.refresh()
    assert again.view.page.period == 0
    assert again.desk.choice.period == MARCH


def test_a_hidden_page_reads_when_it_is_shown(store: FakeStore) -> None:
    """Another period that is chosen elsewhere is not read for a page that nobody sees, nor is any news."""
    opened = Opened(store)
    opened.view.on_screen = False
    asked = len(store.asked)
    opened.desk.choice.choose(quarter_of(TODAY))
    opened.pass_seconds(600)
    assert len(store.asked) == asked
    opened.view.on_screen = True
    opened.presenter.start()
    assert opened.view.page.period == 1


@pytest.mark.parametrize(
    ("period", "columns"),
    [
        (following(MARCH), ["Lead", "Target", "%", "Gap", "From open", "From new", "Forecast", "Likely range",
                            "Commitment", "Win rate"]),
        (preceding(MARCH), ["Lead", "Target", "%", "Gap", "Paid", "Commitment", "Win rate"]),
    ],
)  # fmt: skip
def test_a_period_shows_what_it_can_have(store: FakeStore, period: object, columns: list[str]) -> None:
    """Nothing is paid or overdue for a period that has not begun; one that is over has no forecast."""
    opened = Opened(store)
    opened.desk.choice.choose(period)  # type: ignore[arg-type]
    assert [each.caption for each in opened.view.page.leads.columns] == columns


def test_a_new_run_is_shown_within_seconds_and_an_old_one_is_not_read_again(store: FakeStore) -> None:
    """Every five seconds only the number of the run is asked for; another one brings the new numbers."""
    opened = Opened(store)
    before = len([what for what in store.asked if what.startswith("company")])
    opened.pass_seconds(50)
    assert len([what for what in store.asked if what.startswith("company")]) == before
    store.run = run(2, as_of=NOW + timedelta(minutes=5))
    store.leads = (row(1, "Anna", paid=Decimal(7)), store.leads[1])
    opened.pass_seconds(5)
    assert "7" in column(opened.view.page.leads, "Paid")


def test_age_is_told_and_old_numbers_are_marked(store: FakeStore) -> None:
    """The moment that the numbers hold for; amber past 35 minutes, also while nothing new comes."""
    opened = Opened(store)
    text, is_stale = opened.view.as_of
    assert text == f"as of {NOW.astimezone():%H:%M}"
    assert not is_stale
    opened.pass_seconds(31 * 60)
    assert opened.view.as_of[1]


def test_a_run_between_two_questions_is_no_mixture(store: FakeStore) -> None:
    """Where the bridge does not end at the number in the table, both are read again."""

    class Moving(FakeStore):
        def list_bridges(self, token: bytes, period: object) -> tuple[object, ...]:  # type: ignore[override]
            """See ``DesktopStore``; while it is asked for the first time a new run comes."""
            if "bridges" not in self.asked:
                self.company_rows = (row(paid=Decimal(2600), from_open=800.0, from_new=100.0),)
            self._note("bridges")
            return (bridge(TODAY - timedelta(days=1), now=3500.0),)

    view = Opened(Moving()).view
    assert column(view.page.leads, "Forecast")[0] == "3,500"
    assert view.page.bridge.steps[-1][1] == "3,500"


def test_before_the_first_run_it_says_so(store: FakeStore) -> None:
    """A company without a forecast reads what is going to come, and no empty table."""
    store.run = None
    view = Opened(store).view
    assert view.page.nothing.startswith("The forecast has not been computed yet.")
    assert view.page.leads.rows == ()
    assert view.as_of == ("no forecast yet", True)


def test_a_weak_forecast_is_marked(store: FakeStore) -> None:
    """With fewer than ten payments the sentence stands above, and estimates carry the sign of a guess."""
    store.run = run(paid=3)
    view = Opened(store).view
    assert view.page.mark.startswith("Weak:")
    assert column(view.page.leads, "Forecast")[1] == "≈ 1,500"
    assert column(view.page.leads, "Paid")[1] == "1,000"


# ------------------------------------------------------------------------------- failures


def test_what_was_read_stays_while_the_database_is_gone(store: FakeStore) -> None:
    """A sentence says from when the numbers are; it goes, and all is read, when the database is back."""
    opened = Opened(store)
    store.failure = DatabaseUnreachable("database_unreachable")
    opened.pass_seconds(5)
    level, text = opened.view.notice
    assert level == "error"
    assert text.endswith(f"This is what was read at {opened.now.astimezone() - timedelta(seconds=5):%H:%M}.")
    assert opened.view.names()
    store.failure = None
    opened.pass_seconds(5)
    assert opened.view.notice == ("", "")


def test_who_is_no_head_any_more_is_told_once_and_goes_back_to_signing_in(store: FakeStore) -> None:
    """The server's refusal ends the page: one sentence, then the sign-in window; nothing is asked again."""
    opened = Opened(store)
    store.failure = NotAllowed("not_head")
    opened.presenter.open_row("1")
    opened.pass_seconds(60)
    assert len(opened.view.told) == 1
    assert opened.left == 1
    assert opened.view.notice == ("", "")


def test_an_ended_session_asks_to_sign_in_and_goes_on(store: FakeStore) -> None:
    """The same question is repeated with the new session."""
    opened = Opened(store)
    asked: list[object] = []
    opened.desk.sign_in_again = lambda then: asked.append(then)
    store.failure = SessionEnded("session_ended")
    opened.presenter.refresh()
    store.failure = None
    store.leads = (row(1, "Anna", paid=Decimal(7)),)
    (again,) = asked
    again()  # type: ignore[operator]
    assert "7" in column(opened.view.page.leads, "Paid")


# ------------------------------------------------------------------------------- one lead


def test_a_lead_opens_with_managers_and_rows_and_closes(store: FakeStore) -> None:
    """The total and the managers in the company's columns, below them what is expected, the oldest first."""
    opened = Opened(store)
    opened.presenter.open_row("1")
    assert opened.view.lead is not None
    assert opened.view.lead.name == "Anna"
    table = opened.view.lead.managers
    assert [each.caption for each in table.columns][:2] == ["Manager", "Target"]
    assert column(table, "Manager") == ["Total, RUB", "Peter"]
    assert column(table, "Target") == ["1,500", "—"]
    (asked,) = store.asked_entries
    assert asked == (1, EntryFilter(statuses=frozenset({Status.EXPECTED})), EntrySort.PAY_BY, False, 0, 200)
    assert [one.entry_id for one in opened.view.rows.rows] == [1, 2, 3]
    assert opened.view.rows.managers == ("Peter",)
    opened.presenter.back()
    assert opened.view.lead is None
    assert "groups 1" in store.asked


def test_managers_of_a_lead_add_up_to_the_lead(store: FakeStore) -> None:
    """What the company's table shows of a lead is what the managers below come to, to the digit."""
    thirds(store)
    store.managers = tuple(
        row(1, "A", 10 + n, f"M{n}", paid=Decimal("11.1333"), from_open=11.1333, from_new=0.1333)
        for n in range(3)
    )
    opened = Opened(store)
    of_lead = {one.cells[0]: one.cells for one in opened.view.page.leads.rows}["A"]
    opened.presenter.open_row("1")
    assert opened.view.lead is not None
    table = opened.view.lead.managers
    assert table.rows[0].cells[1:] == of_lead[1:]
    for caption in ("Paid", "From open", "From new", "Forecast"):
        total, *parts = map(int, column(table, caption))
        assert sum(parts) == total


def test_managers_of_one_name_are_told_apart(store: FakeStore) -> None:
    """Namesakes carry the names of their groups, in the table and in the choice."""
    store.managers = (row(1, "Anna", 11, "Peter"), row(1, "Anna", 12, "peter"))
    store.groups = (
        Group(1, "North", "RUB", True, (Manager(11, "Peter", True),)),
        Group(2, "South", "RUB", True, (Manager(12, "peter", True),)),
    )
    opened = Opened(store)
    opened.presenter.open_row("1")
    assert opened.view.lead is not None
    assert column(opened.view.lead.managers, "Manager")[1:] == ["Peter (North)", "peter (South)"]
    assert opened.view.rows.managers == ("Peter (North)", "peter (South)")


def test_rows_are_filtered_by_manager_status_and_text(store: FakeStore) -> None:
    """Each filter asks the database anew, from the first page; the same again asks nothing."""
    opened = Opened(store)
    opened.presenter.open_row("1")
    wanted = RowsWanted(manager="Peter", status=Status.PAID, text=" 0042 ")
    opened.presenter.filter_rows(wanted)
    opened.presenter.filter_rows(wanted)
    assert [asked[1] for asked in store.asked_entries[1:]] == [
        EntryFilter(manager_id=11, statuses=frozenset({Status.PAID}), text="0042")
    ]
    opened.presenter.filter_rows(RowsWanted())
    assert store.asked_entries[-1][1] == EntryFilter()


def test_columns_that_would_be_empty_are_not_shown(store: FakeStore) -> None:
    """The list is told of which statuses its rows are; what is to come are open ones."""
    opened = Opened(store)
    opened.presenter.open_row("1")
    assert opened.view.rows.useful == {Status.EXPECTED}
    opened.presenter.filter_rows(RowsWanted(status=Status.PAID))
    assert opened.view.rows.useful == {Status.PAID}
    opened.presenter.filter_rows(RowsWanted())
    assert opened.view.rows.useful == frozenset()
    opened.presenter.open_number("RUB", place(opened.view.page.leads, "From open"))
    assert opened.view.rows.useful == {Status.EXPECTED}


def test_rows_are_sorted_and_read_page_by_page(store: FakeStore) -> None:
    """A head sorts, again the other way round; the end of the page brings the next one, once."""
    store.entries = tuple(entry(number) for number in range(1, 451))
    opened = Opened(store)
    opened.presenter.open_row("1")
    opened.presenter.more_rows()
    assert len(opened.view.rows.rows) == 400
    opened.presenter.sort_rows(EntrySort.AMOUNT)
    opened.presenter.sort_rows(EntrySort.AMOUNT)
    assert [asked[2:] for asked in store.asked_entries] == [
        (EntrySort.PAY_BY, False, 0, 200), (EntrySort.PAY_BY, False, 200, 200),
        (EntrySort.AMOUNT, False, 0, 200), (EntrySort.AMOUNT, True, 0, 200),
    ]  # fmt: skip
    assert opened.view.rows.order == (EntrySort.AMOUNT, True)
    for _page in range(4):
        opened.presenter.more_rows()
    assert [one.entry_id for one in opened.view.rows.rows] == list(range(1, 451))


def test_a_manager_shows_the_managers_rows(store: FakeStore) -> None:
    """A manager that is opened fills the filter."""
    opened = Opened(store)
    opened.presenter.open_row("1")
    opened.presenter.open_row("11")
    assert opened.view.rows.wanted == RowsWanted(manager="Peter", status=Status.EXPECTED)
    assert store.asked_entries[-1][1].manager_id == 11


@pytest.mark.parametrize(
    ("caption", "wanted"),
    [
        ("Paid", EntryFilter(unit="RUB", statuses=frozenset({Status.PAID}), status_on_from=MARCH.start,
                             status_on_to=TODAY)),
        ("From open", EntryFilter(unit="RUB", has_chance=True)),
        ("Overdue", EntryFilter(unit="RUB", statuses=frozenset({Status.EXPECTED}), entered_to=TODAY,
                                pay_by_to=TODAY - timedelta(days=1))),
        ("Win rate", EntryFilter(unit="RUB", statuses=frozenset({Status.PAID, Status.REFUSED}),
                                 status_on_from=date(2025, 3, 13), status_on_to=TODAY)),
    ],
)  # fmt: skip
def test_a_number_opens_its_rows(store: FakeStore, caption: str, wanted: EntryFilter) -> None:
    """A lead's number opens the lead with exactly the rows behind it, and says which number they are of."""
    opened = Opened(store)
    table = opened.view.page.leads
    at = place(table, caption)
    assert at in table.rows[1].links
    opened.presenter.open_number("1", at)
    assert opened.view.lead is not None
    assert store.asked_entries[-1][:2] == (1, wanted)
    assert opened.view.rows.behind.startswith(f"{caption} ")
    opened.presenter.leave_number()
    assert opened.view.rows.behind == ""
    assert store.asked_entries[-1][1] == EntryFilter(
        statuses=wanted.statuses if len(wanted.statuses) == 1 else frozenset()
    )


def test_rows_that_are_not_the_number_any_more_say_so(store: FakeStore) -> None:
    """What was paid since the run makes the rows another sum; rows that add up to the number say nothing."""
    opened = Opened(store)
    at = place(opened.view.page.leads, "Paid")
    store.sums = (EntrySum("RUB", Status.PAID, 3, Decimal(1000), 0.0),)
    opened.presenter.open_number("1", at)
    assert opened.view.rows.summary == "3 entries · Paid 3: 1,000\u00a0RUB"
    store.sums = (EntrySum("RUB", Status.PAID, 4, Decimal(1300), 0.0),)
    opened.presenter.back()
    opened.presenter.open_number("1", at)
    assert opened.view.rows.summary.startswith("Entries have changed since the forecast. 3 entries")


def test_only_what_is_made_of_entries_is_a_link(store: FakeStore) -> None:
    """The company's row has none; a name opens its lead; a forecast, a target and a gap are no links."""
    table = Opened(store).view.page.leads
    links = {table.columns[at].caption for at in table.rows[1].links}
    assert links == {"Lead", "Paid", "From open", "From new", "Overdue", "Win rate"}
    assert table.rows[0].links == frozenset()


def test_from_new_opens_the_lead_with_the_managers(store: FakeStore) -> None:
    """Nobody has made those entries yet; the managers add up to the number."""
    opened = Opened(store)
    opened.presenter.open_number("1", place(opened.view.page.leads, "From new"))
    assert opened.view.lead is not None
    assert opened.view.rows.behind == ""


def test_a_managers_number_opens_the_managers_rows(store: FakeStore) -> None:
    """On the lead's page the same links lead to the rows of one manager."""
    opened = Opened(store)
    opened.presenter.open_row("1")
    assert opened.view.lead is not None
    opened.presenter.open_number("11", place(opened.view.lead.managers, "Overdue"))
    assert store.asked_entries[-1][1].manager_id == 11
    assert opened.view.rows.wanted == RowsWanted(manager="Peter", status=Status.EXPECTED)
    opened.presenter.filter_rows(RowsWanted(status=Status.EXPECTED))
    assert store.asked_entries[-1][1] == EntryFilter(
        unit="RUB",
        statuses=frozenset({Status.EXPECTED}),
        entered_to=TODAY,
        pay_by_to=TODAY - timedelta(days=1),
    )


def test_a_new_run_reads_an_open_leads_rows_only_for_a_person_who_is_there(store: FakeStore) -> None:
    """Reading rows prolongs the session; for somebody who is away they are read at the next touch."""
    opened = Opened(store)
    opened.presenter.touched()
    opened.presenter.open_row("1")
    opened.pass_seconds(400)
    store.run = replace(run(2), kind=RunKind.LIVE)
    opened.pass_seconds(5)
    assert len(store.asked_entries) == 1
    opened.presenter.touched()
    assert len(store.asked_entries) == 2
    store.run = run(3)
    opened.pass_seconds(5)
    assert len(store.asked_entries) == 3


def test_a_lead_who_is_not_counted_any_more_says_so(store: FakeStore) -> None:
    """An open lead whom the next run does not have keeps the rows, with a sentence in place of numbers."""
    opened = Opened(store)
    opened.presenter.open_row("1")
    store.leads, store.managers, store.run = store.leads[1:], (), run(2)
    opened.pass_seconds(5)
    assert opened.view.lead is not None
    assert opened.view.lead.name == "Anna"
    assert opened.view.lead.nothing == "The present forecast does not count this lead."


def test_an_answer_for_a_lead_who_was_closed_is_not_shown(store: FakeStore) -> None:
    """Going back and opening another lead while the database is slow shows the other's rows only."""
    opened = Opened(store)
    opened.tasks.hold()
    opened.presenter.open_row("1")
    opened.presenter.back()
    opened.presenter.open_row("2")
    opened.tasks.release()
    assert opened.view.lead is not None
    assert opened.view.lead.name == "Boris"
    assert [asked[0] for asked in store.asked_entries] == [2]


# ------------------------------------------------------------------------------- the bridge


def test_the_bridge_adds_up_to_the_number_in_the_table(store: FakeStore) -> None:
    """From yesterday's forecast to the table's, each step with its sign, and how often one was put off."""
    yesterday, week = TODAY - timedelta(days=1), TODAY - timedelta(days=7)
    store.bridges = (bridge(yesterday), bridge(week, before=2000.0, rest=962.8))
    opened = Opened(store)
    part = opened.view.page.bridge
    assert part.choices == ("since yesterday, 03-11", "since 03-05")
    names = [name for name, _amount in part.steps]
    assert names[0] == "forecast of 03-11"
    assert names[-1] == f"forecast of 03-12 {NOW.astimezone():%H:%M}"  # in the time of this computer
    assert names[4] == "promised day moved (put off: 2)"
    amounts = [int(text.replace(",", "").replace("−", "-")) for _name, text in part.steps]
    assert sum(amounts[:-1]) == amounts[-1] == 3000
    assert column(opened.view.page.leads, "Forecast")[0] == "3,000"
    asked = len(store.asked)
    opened.presenter.choose_since(1)
    part = opened.view.page.bridge
    assert (part.chosen, part.steps[0]) == (1, ("forecast of 03-05", "2,000"))
    assert len(store.asked) == asked


def test_each_bar_of_the_picture_begins_where_the_last_one_ended(store: FakeStore) -> None:
    """The picture leads from the first number to the last without a gap."""
    store.bridges = (bridge(TODAY - timedelta(days=1)),)
    bars = Opened(store).view.page.bridge.picture.bars
    level = bars[0][1]
    for begin, end, _label in bars[1:-1]:
        assert begin == level
        level = end
    assert level == bars[-1][1] == 3000
    assert bars[-1][0] == 0


def test_without_an_earlier_run_the_bridge_says_so(store: FakeStore) -> None:
    """No steps and no picture, but the sentence why."""
    part = Opened(store).view.page.bridge
    assert part.title == "There is no earlier forecast of this period to lead from."
    assert (part.steps, part.choices, part.picture.can_be_drawn) == ((), (), False)


def test_a_bridge_of_pieces_keeps_a_tenth(store: FakeStore) -> None:
    """Each unit has its bridge, in the digits in which that unit is shown."""
    store.leads = (row(1, "Anna", unit="pcs", paid=Decimal(5), from_open=2.25, from_new=0.5),)
    store.managers = ()
    store.bridges = (
        replace(bridge(TODAY - timedelta(days=1)), unit="pcs", before=7.0, won=1.0, lost=-0.33, new=0.0,
                put_off=0.0, amounts=0.0, changed=0.0, rest=0.08, now=7.75),
    )  # fmt: skip
    part = Opened(store).view.page.bridge
    amounts = [Decimal(text.replace("−", "-")) for _name, text in part.steps]
    assert sum(amounts[:-1]) == amounts[-1] == Decimal("7.8")


# ------------------------------------------------------------------------------- amount of work


def test_two_hundred_leads_are_read_once_and_written_once(store: FakeStore) -> None:
    """Sorting and finding ask nothing; numbers are put in words when they come, not with every key."""
    store.leads = tuple(row(n, f"Lead {n:03}", target=Decimal(1000 + n)) for n in range(1, 201))
    opened = Opened(store)
    asked = len(store.asked)
    before = opened.view.page.leads.rows
    for text in ("1", "19", "199"):
        opened.presenter.find(text)
    assert opened.view.names() == ["Company, RUB", "Lead 199"]
    found = opened.view.page.leads.rows[1]
    assert any(found is one for one in before)
    assert len(store.asked) == asked


def test_russian(store: FakeStore) -> None:
    """The page speaks Russian, with Russian numbers."""
    store.bridges = (bridge(TODAY - timedelta(days=1)),)
    page = Opened(store, "ru").view.page
    assert [each.caption for each in page.leads.columns][:6] == [
        "Руководитель", "План", "%", "К плану", "Оплачено", "Из открытых",
    ]  # fmt: skip
    assert page.leads.rows[0].cells[0] == "Компания, RUB"
    assert page.found == "2 руководителя"
    assert page.bridge.choices == ("со вчера, 11.03",)
    assert page.bridge.steps[4][0] == "перенос срока (на позже: 2)"
    assert month_of(TODAY) == MARCH
