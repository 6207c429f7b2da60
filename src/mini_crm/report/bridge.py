"""The bridge from an earlier forecast to the present one, as report and window show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from mini_crm.domain.model import Bridge
from mini_crm.domain.shown import round_shown, share_out
from mini_crm.i18n import Texts
from mini_crm.report.rows import places_of


class Step(StrEnum):
    """A step of the bridge from an earlier forecast to the present one."""

    BEFORE = "before"
    WON = "won"
    LOST = "lost"
    NEW = "new"
    PUT_OFF = "put_off"
    AMOUNTS = "amounts"
    CHANGED = "changed"
    REST = "rest"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class BridgeStep:
    """One step of a bridge as it is shown.

    Attributes:
        amount: The forecast before or now, else what the step adds to it.
        changes: How many of the listed changes are behind it; None where none can be.
        floor: Where the step begins above 0 in a picture, with ``total``, ``up`` or ``down`` on it.
    """

    step: Step
    amount: Decimal
    changes: int | None
    floor: Decimal
    total: Decimal | None = None
    up: Decimal | None = None
    down: Decimal | None = None

    @property
    def is_total(self) -> bool:
        """Whether it is a forecast and no step between two."""
        return self.step in (Step.BEFORE, Step.NOW)


def bridge_steps(
    bridge: Bridge, shown_now: Decimal, counts: Mapping[Step, int] | None = None
) -> list[BridgeStep]:
    """Lay out a bridge: what is shown of its steps adds up from the forecast before to that of now.

    Args:
        bridge: As the store has it.
        shown_now: The present forecast as it is shown elsewhere on the same page.
        counts: How many listed changes are behind each step; None where no changes are listed.
    """
    places = places_of(bridge.unit)
    before, now = (round_shown(value, places=places) for value in (bridge.before, bridge.now))
    parts = (
        bridge.won, bridge.lost, bridge.new, bridge.put_off, bridge.amounts, bridge.changed, bridge.rest
    )  # fmt: skip
    *steps, rest = share_out(now - before, parts, places=places)
    # The page may show the kopecks of what is paid too, and its parts are rounded one by one.
    shown = (*steps, rest + shown_now - now)
    found = [BridgeStep(Step.BEFORE, before, None, Decimal(0), total=before)]
    at = before
    for step, amount in zip(list(Step)[1:-1], shown, strict=True):
        after = at + amount
        found.append(
            BridgeStep(
                step,
                amount,
                None if counts is None or step is Step.REST else counts.get(step, 0),
                min(at, after),
                up=max(amount, Decimal(0)),
                down=max(-amount, Decimal(0)),
            )
        )
        at = after
    return [*found, BridgeStep(Step.NOW, shown_now, None, Decimal(0), total=shown_now)]


def step_names(texts: Texts, *, put_off: int, since: str, now: str) -> dict[Step, str]:
    """Name the steps.

    Args:
        texts: The language.
        put_off: How many entries were moved to a later day.
        since: The day of the earlier forecast, as it is shown.
        now: The moment of the present one, as it is shown.
    """
    _ = texts.gettext
    return {
        Step.BEFORE: _("forecast of {since}").format(since=since),
        Step.WON: _("payments"),
        Step.LOST: _("refused or deleted"),
        Step.NEW: _("new entries"),
        Step.PUT_OFF: _("promised day moved (put off: {n})").format(n=put_off),
        Step.AMOUNTS: _("other amounts"),
        Step.CHANGED: _("other manager, reopened, restored"),
        Step.REST: _("time passed, learnt anew"),
        Step.NOW: _("forecast of {now}").format(now=now),
    }


def lowest_shown(steps: Sequence[BridgeStep]) -> float:
    """Let the axis begin where the steps can be seen beside the totals, at a round number."""
    levels = [float(step.amount if step.is_total else step.floor) for step in steps]
    tops = [float(step.floor + (step.up or 0) + (step.down or 0)) for step in steps if not step.is_total]
    low, high = min(levels), max(levels + tops)
    wanted = low - (high - low)
    if wanted <= 0 or high == low:
        return 0.0
    digits = len(str(int(high - low))) - 1
    return float(round(wanted, -digits)) if digits else float(int(wanted))
