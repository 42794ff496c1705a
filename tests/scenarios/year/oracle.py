"""
What a story costs, worked out from the price list with nothing but calendar and fractions.

It shares no code with the product, nor with the sandbox, and knows neither settlements nor
subscriptions: only months, allowances, prices, and shares of time.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final

from .stories import Change, Leave, Story, Use

# Base prices in cents by (plan, interval), credits a month, and cents for each further one.
BASE: Final = {
    ("small", "month"): 4_900, ("small", "year"): 49_000,
    ("large", "month"): 19_900, ("large", "year"): 199_000,
}  # fmt: skip
ALLOWANCE: Final = {"small": 100, "large": 500}
OVERAGE: Final = {"small": Fraction("13.3"), "large": Fraction("9.75")}

MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Charge:
    """One line that some invoice must have, once: what for, for which time, how much."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    cents: int


@dataclass
class _Terms:
    """What is agreed at a time, and from when its months are counted."""

    plan: str
    interval: str
    anchor: datetime


def what_it_costs(story: Story, *, until: datetime) -> Counter[Charge]:
    """Every charge for periods that began, and months that were over, before that moment."""
    return Counter(_charges(story, until=until))


def _charges(story: Story, *, until: datetime) -> Iterator[Charge]:
    terms = _Terms(story.plan, story.interval, story.anchor)
    starts_at = story.anchor
    while starts_at < until:
        ends_at = _later(terms.anchor, starts_at, months=12 if terms.interval == "year" else 1)
        yield Charge("base", starts_at, ends_at, BASE[terms.plan, terms.interval])
        deeds = [deed for deed in story.deeds if starts_at <= deed.at < ends_at]
        upgrade = next((d for d in deeds if isinstance(d, Change) and d.plan == "large"), None)
        before = terms.plan
        if upgrade is not None:
            yield from _prorations(terms, upgrade.at, starts_at, ends_at)
            terms.plan = "large"
        yield from _overage(story, terms, before, upgrade, starts_at, ends_at, until=until)
        if any(isinstance(deed, Leave) for deed in deeds):
            return
        for deed in deeds:
            if isinstance(deed, Change) and deed.plan == "small":
                terms.plan = "small"
            if isinstance(deed, Change) and deed.interval:
                terms = _Terms(terms.plan, deed.interval, anchor=ends_at)
        starts_at = ends_at


def _prorations(
    terms: _Terms, at: datetime, starts_at: datetime, ends_at: datetime
) -> Iterator[Charge]:
    left = Fraction(_seconds(ends_at - at), _seconds(ends_at - starts_at))
    dearer, cheaper = BASE["large", terms.interval], BASE[terms.plan, terms.interval]
    yield Charge("proration", at, ends_at, _whole(dearer * left))
    yield Charge("proration", at, ends_at, -_whole(cheaper * left))


def _overage(
    story: Story,
    terms: _Terms,
    before: str,
    upgrade: Change | None,
    starts_at: datetime,
    ends_at: datetime,
    *,
    until: datetime,
) -> Iterator[Charge]:
    """Of each month in the period: what was used beyond the allowance that it had."""
    begins = starts_at
    while begins < ends_at:
        over = min(_later(terms.anchor, begins, months=1), ends_at)
        plan = before if upgrade is None or over <= upgrade.at else "large"
        allowance = Fraction(ALLOWANCE[plan])
        if upgrade is not None and begins < upgrade.at < over:
            allowance = ALLOWANCE[before] + _granted(before, upgrade.at, begins, over)
        used = sum(
            deed.credits
            for deed in story.deeds
            if isinstance(deed, Use) and begins <= deed.at < over
        )
        beyond = max(Fraction(0), used - allowance)
        if beyond and over < until:
            yield Charge("overage", begins, over, _whole(beyond * OVERAGE[plan]))
        begins = over


def _granted(before: str, at: datetime, begins: datetime, over: datetime) -> Fraction:
    """Of the larger allowance: the difference, for the share of the month that is left."""
    left = Fraction(_seconds(over - at), _seconds(over - begins))
    difference = (ALLOWANCE["large"] - ALLOWANCE[before]) * left
    return Fraction(int(difference * MILLION), MILLION)


def _later(anchor: datetime, at: datetime, *, months: int) -> datetime:
    """The first return of the anchor's day after that moment, so many months apart."""
    step = months
    while (found := _moved(anchor, step)) <= at:
        step += months
    return found


def _moved(anchor: datetime, months: int) -> datetime:
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return anchor.replace(year=year, month=month + 1, day=min(anchor.day, last))


def _seconds(length: timedelta) -> int:
    return length.days * 86_400 + length.seconds


def _whole(cents: Fraction) -> int:
    """The nearest cent, a half upwards."""
    return int((cents * 2 + 1) // 2)
