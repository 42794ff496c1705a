"""
Which limits a movement of usage reaches. Pure: plain values in, plain values out.

A limit is reached where a total was below it before and is not any more. That a limit is told
of once in a period, whatever is taken back and used again, is kept by the one who writes it down.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Final, Self

from config.kernel.money import Money
from config.kernel.quantities import EXACT, ZERO
from metering.usage.reports import Movement

from ..catalog.terms import FeatureTerms, VersionTerms
from ..choices import ThresholdUnit
from .charges import overage_charges
from .terms import Limits

# Everybody is told at these percentages of an allowance, without asking for it.
DEFAULT_PERCENTAGES: Final = (Decimal(50), Decimal(80), Decimal(100))


class LimitKind(StrEnum):
    """What sort of limit was reached."""

    PERCENT = "percent"
    CREDITS = "credits"
    MONEY = "money"
    ALLOWANCE = "allowance"
    PLAN_LIMIT = "plan_limit"
    SPEND_CAP = "spend_cap"


@dataclass(frozen=True, slots=True)
class Limit:
    """
    One limit of an organization, such as 80 percent of the allowance.

    `value` is a percentage, a quantity, or minor units of money; None where the plan says it.
    """

    kind: LimitKind
    value: Decimal | None = None

    @property
    def name(self) -> str:
        """`percent:80`, `money:5000` or `allowance`: its name in the history, for ever."""
        return self.kind if self.value is None else f"{self.kind}:{plain(self.value)}"

    @classmethod
    def named(cls, name: str) -> Self:
        """The limit with this name, of however much it was reached."""
        kind, _, value = name.partition("@")[0].partition(":")
        return cls(LimitKind(kind), Decimal(value) if value else None)


OUT_OF_CREDITS: Final = Limit(LimitKind.ALLOWANCE)
PLAN_LIMIT: Final = Limit(LimitKind.PLAN_LIMIT)
_OF_THE_ALLOWANCE: Final = (LimitKind.PERCENT, LimitKind.ALLOWANCE)


@dataclass(frozen=True, slots=True)
class Crossing:
    """
    A limit that was reached in a period.

    A limit of a feature has what was `used` of its `allowance`; a limit on money has what the
    overage of all features is `charged`.
    """

    limit: Limit
    period_starts_at: datetime
    feature: FeatureTerms | None = None
    used: Decimal | None = None
    allowance: Decimal | None = None
    charged: Money | None = None

    @property
    def name(self) -> str:
        """
        What was reached, and of how much where a plan says that: `percent:80@5000`.

        Of a larger allowance, after an upgrade, the same limit is reached anew.
        """
        measure = self.allowance if self.limit.kind in _OF_THE_ALLOWANCE else None
        if self.limit == PLAN_LIMIT and self.feature is not None:
            measure = self.feature.limit
        return self.limit.name if measure is None else f"{self.limit.name}@{plain(measure)}"


def find_crossings(
    movements: Iterable[Movement], *, limits: Limits, terms: VersionTerms, currency: str
) -> list[Crossing]:
    """
    Return every limit that the movements reach, the lowest of each kind first.

    `limits` were read before the movements, with the overage as it was then.
    """
    moved = sorted(movements, key=attrgetter("period_starts_at"))
    features = {feature.meter_id: feature for feature in terms.metered}
    found = [
        crossing
        for movement in moved
        if movement.used_after > movement.used_before
        and (feature := features.get(movement.meter_id)) is not None
        for crossing in _of_feature(movement, feature, limits)
    ]
    for starts_at, of_period in groupby(moved, key=attrgetter("period_starts_at")):
        found += _of_money(
            list(of_period), starts_at, limits=limits, terms=terms, currency=currency
        )
    return found


def find_cap(
    movements: Iterable[Movement],
    *,
    limits: Limits,
    terms: VersionTerms,
    currency: str,
    period_starts_at: datetime,
) -> Crossing | None:
    """
    Return the spend cap as a limit of a period, with what is charged after the movements; None
    without a cap.
    """
    cap = limits.cap_in(currency)
    if cap is None:
        return None
    moved = (moved for moved in movements if moved.period_starts_at == period_starts_at)
    overage = {**limits.overage_at(period_starts_at), **_overage_after(moved)}
    charged = overage_charges(overage, terms=terms, currency=currency)
    return Crossing(
        limit=limit_of_cap(cap.amount), period_starts_at=period_starts_at, charged=charged
    )


def plain(value: Decimal) -> str:
    """The shortest way to write a decimal in full: 80, 0.5, 1000."""
    return f"{value.normalize(context=EXACT):f}"


def _of_feature(movement: Movement, feature: FeatureTerms, limits: Limits) -> Iterator[Crossing]:
    for limit, level in _levels(movement, feature, limits):
        if movement.used_before < level <= movement.used_after:
            yield _crossing(limit, movement, feature)
    if _ran_out(movement):
        yield _crossing(OUT_OF_CREDITS, movement, feature)


def _levels(
    movement: Movement, feature: FeatureTerms, limits: Limits
) -> Iterator[tuple[Limit, Decimal]]:
    """The limits of a feature, and how much has to be used to reach them."""
    if movement.allowance:
        custom = limits.thresholds_of(feature.feature_id, ThresholdUnit.PERCENT)
        for percent in sorted({*DEFAULT_PERCENTAGES, *custom}):
            level = (movement.allowance * percent).scaleb(-2)
            yield Limit(LimitKind.PERCENT, percent), level
    for credits in sorted(limits.thresholds_of(feature.feature_id, ThresholdUnit.CREDITS)):
        yield Limit(LimitKind.CREDITS, credits), credits
    if feature.limit is not None:
        yield PLAN_LIMIT, feature.limit


def _ran_out(movement: Movement) -> bool:
    """
    Whether the last credits were used. Where there never were any, none ran out.

    Without overage every use was paid for, so credits were left before it.
    """
    if movement.allowance is None or movement.overage_before > ZERO:
        return False
    is_empty = movement.overage_after > ZERO or movement.remaining == ZERO
    had_credits = movement.allowance > ZERO or movement.used_after > movement.overage_after
    return is_empty and had_credits


def _crossing(limit: Limit, movement: Movement, feature: FeatureTerms) -> Crossing:
    return Crossing(
        limit=limit,
        period_starts_at=movement.period_starts_at,
        feature=feature,
        used=movement.used_after,
        allowance=movement.allowance,
    )


def _of_money(
    movements: Sequence[Movement],
    starts_at: datetime,
    *,
    limits: Limits,
    terms: VersionTerms,
    currency: str,
) -> Iterator[Crossing]:
    levels = list(_money_levels(limits, currency))
    if not levels:
        return
    overage = limits.overage_at(starts_at)
    before, after = (
        overage_charges({**overage, **moved}, terms=terms, currency=currency)
        for moved in (_overage_before(movements), _overage_after(movements))
    )
    for limit, level in levels:
        if before.minor < level <= after.minor:
            yield Crossing(limit=limit, period_starts_at=starts_at, charged=after)


def _money_levels(limits: Limits, currency: str) -> Iterator[tuple[Limit, int]]:
    """The limits on money, and how much has to be charged to reach them."""
    for threshold in sorted(limits.money_thresholds(currency), key=attrgetter("minor")):
        yield Limit(LimitKind.MONEY, Decimal(threshold.minor)), threshold.minor
    cap = limits.cap_in(currency)
    if cap is not None:
        # A cap of nothing is reached by the first charge.
        yield limit_of_cap(cap.amount), max(1, cap.amount_minor)


def limit_of_cap(amount: Money) -> Limit:
    """The limit that a spend cap of this amount is; another amount is another limit."""
    return Limit(LimitKind.SPEND_CAP, Decimal(amount.minor))


def _overage_before(movements: Iterable[Movement]) -> Mapping[int, Decimal]:
    return {moved.meter_id: moved.overage_before for moved in movements if _is_charged(moved)}


def _overage_after(movements: Iterable[Movement]) -> Mapping[int, Decimal]:
    return {moved.meter_id: moved.overage_after for moved in movements if _is_charged(moved)}


def _is_charged(movement: Movement) -> bool:
    """What is unlimited is booked without credits, and costs nothing."""
    return movement.allowance is not None
