"""Why an entry has its chance, or has none, in words."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from mini_crm.domain.learnt import AgeSpeed, Index, IndexKind, Learnt, PeriodPace
from mini_crm.domain.model import Entry, EntryChance, Forecast, Run, RunKind, RunStatus, Status
from mini_crm.domain.period import following, month_of, preceding
from mini_crm.i18n import Texts
from mini_crm.ui.entries.why import Why, WhyTexts

DAY = date(2026, 11, 24)
NOVEMBER = month_of(DAY)
NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RUN = Run(1, RunKind.LIVE, DAY, NOON, NOON, NOON, RunStatus.DONE, "", 10, 40, 60)
LEARNT = Learnt(
    speeds=(AgeSpeed(0, 7, 900.0, 9, 9, 0.01, 0.01), AgeSpeed(7, 14, 1000.0, 4, 8, 0.004, 0.008)),
    indices=(
        Index(IndexKind.LEAD, 3, 20, 30.0, 0.7),
        Index(IndexKind.SIZE, 1, 10, 11.0, 0.9),
        Index(IndexKind.PROMISE, 2, 30, 16.0, 1.8),
    ),
    replays=(),
    paces=tuple(
        PeriodPace(period, "RUB", 1.07, days, 0.8, 0.8)
        for period, days in ((NOVEMBER, 5.0), (following(NOVEMBER), 20.4))
    ),
)
FORECAST = Forecast(RUN, learnt=LEARNT)
CHANCE = EntryChance(9, 0.1823, 1234.4, is_large=True)
ENTRY = Entry(
    entry_id=9, client_ref=UUID(int=9), lead_id=3, group_id=1, group_name="Север", unit="RUB", manager_id=1,
    manager_name="Пётр", client_pin="0042", amount=Decimal(6400), paid_amount=None,
    entered_on=date(2026, 11, 12), pay_by=date(2026, 11, 26), first_pay_by=date(2026, 11, 26),
    status=Status.EXPECTED, status_on=None, comment="", version=1, change_seq=1, deleted_at=None,
)  # fmt: skip


def explain(
    entry: Entry = ENTRY,
    forecast: Forecast = FORECAST,
    *,
    chance: EntryChance | None = CHANCE,
    ahead: bool = False,
    over: bool = False,
    language: str = "ru",
) -> Why:
    """Ask for an entry."""
    period = following(NOVEMBER) if ahead else preceding(NOVEMBER) if over else NOVEMBER
    return WhyTexts(Texts(language), "Анна").explain(entry, forecast, period, chance)


def lines(why: Why) -> list[tuple[str, str]]:
    """Give text and value of each line, with usual spaces."""
    return [(reason.text, reason.value.replace("\u00a0", " ")) for reason in why.reasons]


def test_every_factor_is_told() -> None:
    """Age and its speed, lead, size, promise, days left, the chance, the pace, and what the entry adds."""
    assert lines(explain()) == [
        ("открыта 12 дней; наработки такого возраста оплачивают", "0,40 % в день"),
        ("руководитель Анна", "× 0,70"),
        ("сумма выше средней", "× 0,90"),
        ("впервые обещана на 26.11.2026, четверг", "× 1,80"),
        ("осталось платёжных дней", "5"),
        ("шанс до 30.11", "18 %"),
        ("недавний темп компании", "× 1,07"),
        ("вклад в прогноз", "1 234 RUB"),
    ]


def test_in_english() -> None:
    """The same in English, for an entry without a promise that was made on the day of the run."""
    entry = replace(ENTRY, entered_on=DAY, pay_by=None, first_pay_by=None)
    assert lines(explain(entry, chance=replace(CHANCE, is_large=False), language="en")) == [
        ("entered on the day of the forecast; of such entries the company is paid", "1.0% a day"),
        ("lead Анна", "× 0.70"),
        ("amount up to the average", "× 1.00"),
        ("paying days left", "5"),
        ("chance by 11-30", "18%"),
        ("the company's recent pace", "× 1.07"),
        ("adds to the forecast", "1,234 RUB"),
    ]


def test_a_period_that_has_not_begun_is_named_by_its_days() -> None:
    """There the chance is that of being paid within the period."""
    assert lines(explain(ahead=True))[4:6] == [
        ("осталось платёжных дней", "20,4"), ("шанс оплаты 01.12–31.12", "18 %"),
    ]  # fmt: skip


def test_a_run_that_kept_nothing_learnt_tells_the_chance_alone() -> None:
    """Numbers of the method before have a chance and no factors."""
    assert [text for text, _ in lines(explain(forecast=Forecast(RUN)))] == [
        "шанс до 30.11",
        "вклад в прогноз",
    ]


PAID = replace(ENTRY, status=Status.PAID, status_on=DAY)
REFUSED = replace(ENTRY, status=Status.REFUSED, status_on=DAY)


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (explain(PAID), "оплачена 24.11.2026"),
        (explain(REFUSED, chance=None), "закрыта отказом 24.11.2026"),
        (explain(replace(ENTRY, deleted_at=NOON)), "удалена"),
        (explain(forecast=Forecast(None), chance=None), "ещё не считался"),
        (explain(over=True, chance=None), "закончился 31.10.2026"),
        (
            explain(forecast=Forecast(replace(RUN, paid_events=0, refused_events=0)), chance=None),
            "ничего не оплачено",
        ),
        (explain(chance=None), "после последнего пересчёта (24.11.2026"),
    ],
)
def test_no_chance_has_its_reason(why: Why, words: str) -> None:
    """Closed, deleted, before a run, after the period, without history, entered since: each is said."""
    assert why.reasons == ()
    assert words in why.sentence
