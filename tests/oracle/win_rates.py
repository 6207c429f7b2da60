"""Steps 10 and 11: the shown win rate, and what stands beside the forecast for comparison."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from oracle.deals import Deal, money_of, total

SHOWN_DAYS = 365
RUN_RATE_DAYS = 90
LEAST_HISTORY_DAYS = 30


def won_and_resolved(mine: Sequence[Deal], count: date, last_days: int | None) -> tuple[int, int]:
    """Return how many entries were paid and resolved in the last days up to the count day, None for ever."""
    since = date.min if last_days is None else count - timedelta(days=last_days - 1)
    won = sum(deal.resolved_within("paid", since, count) for deal in mine)
    return won, won + sum(deal.resolved_within("refused", since, count) for deal in mine)


def shown_win_rate(own: tuple[int, int], leads: Sequence[tuple[int, int]]) -> float:
    """Return the win rate drawn towards that of the unit (step 10).

    Args:
        own: Paid and resolved entries of the row.
        leads: The same of every lead of the unit.
    """
    r = Fraction(sum(won for won, _ in leads) + 1, sum(resolved for _, resolved in leads) + 2)
    k = _prior_weight(leads)
    return float((own[0] + k * r) / (own[1] + k))


def _prior_weight(leads: Sequence[tuple[int, int]]) -> Fraction:
    """Return K, the number of resolved entries that the unit's win rate weighs, by Beta-Binomial moments."""
    counts = [(won, resolved) for won, resolved in leads if resolved > 0]
    total = sum(resolved for _, resolved in counts)
    if len(counts) < 3 or total < 10:
        return Fraction(20)
    m = Fraction(sum(won for won, _ in counts), total)
    freedom = len(counts) - 1
    denominator = total - Fraction(sum(resolved**2 for _, resolved in counts), total) - freedom
    if m in (0, 1) or denominator <= 0:
        return Fraction(20)
    squares = sum((n * (Fraction(y, n) - m) ** 2 for y, n in counts), Fraction(0))
    rho = (squares / (m * (1 - m)) - freedom) / denominator
    if rho <= 0:
        return Fraction(200)
    return min(max((1 - rho) / rho, Fraction(5)), Fraction(200))


def hand_formula(mine: Sequence[Deal], start: date, count: date, end: date) -> float:
    """Return the hand formula: paid + expected x win rate of all history, 0 if none resolved (step 11).

    Of a period that is over nothing is expected any more.
    """
    if end < count:
        return float(money_of(mine, start, end))
    won, resolved = won_and_resolved(mine, count, None)
    share = Fraction(won, resolved) if resolved else Fraction(0)
    paid = Fraction(money_of(mine, start, count))
    return float(paid + Fraction(total(deal.amount for deal in mine if not deal.resolved_by(count))) * share)


def run_rate(mine: Sequence[Deal], o: date | None, start: date, count: date, end: date) -> float | None:
    """Return paid + what the plain pace of the last 90 days brings by the end of the period (step 11)."""
    if o is None:
        return None
    days = min(RUN_RATE_DAYS, (count - o).days + 1)
    if days < LEAST_HISTORY_DAYS:
        return None
    recent = Fraction(money_of(mine, count - timedelta(days=RUN_RATE_DAYS - 1), count))
    # Of a period that has not begun only its own days count.
    left = max(0, (end - max(count, start - timedelta(days=1))).days)
    return float(Fraction(money_of(mine, start, min(count, end))) + recent / days * left)
