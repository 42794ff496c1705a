"""
From reports to entries: rate each event, decide what it adds and who pays, and write the receipt.

Everything here happens under the organization's lock and before anything is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from config.kernel.quantities import EXACT, ZERO

from ..choices import Aggregation
from ..rate_card.queries import RatedAction, credits_of
from .periods import PeriodRow, Placement, place
from .reports import (
    LARGEST_QUANTITY,
    HoldRequest,
    MeterTerms,
    Mode,
    Rejection,
    UsageReport,
)

CLOCK_SKEW: Final = timedelta(minutes=5)
ONE: Final = Decimal(1)
_COST_PLACES: Final = Decimal(1).scaleb(-12)
_LARGEST_COST: Final = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class RatedReport:
    """
    A report that can be booked: its terms, what the rate card makes of it, and where it counts.

    `quantity` is in the meter's unit. `seen` is the value that a meter of unique values counts.
    """

    report: UsageReport
    terms: MeterTerms
    action_id: int | None
    quantity: Decimal
    cost: Decimal
    value: Decimal | None
    seen: str
    occurred_at: datetime
    counted_at: datetime
    period_id: int

    @property
    def sets_the_total(self) -> bool:
        """Whether the report says what the period's total is, instead of adding to it."""
        return self.report.mode is Mode.ABSOLUTE or self.terms.aggregation == Aggregation.LATEST

    @property
    def is_late(self) -> bool:
        """Whether it came after the period in which it occurred had closed."""
        return self.counted_at != self.occurred_at


@dataclass(frozen=True, slots=True)
class Rated:
    """What a quantity of an action or of a meter's unit comes to."""

    action_id: int | None
    meter_id: int
    credits: Decimal
    cost: Decimal
    value: Decimal | None


class Refused(Exception):
    """An event cannot be booked; the reason goes into its receipt."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason)
        self.reason = reason


def rate(
    report: UsageReport,
    *,
    actions: Mapping[str, RatedAction],
    terms_by_meter: Mapping[int, MeterTerms],
    periods: Sequence[PeriodRow],
    received_at: datetime,
) -> RatedReport:
    """
    Apply the rate card and the agreement's terms to one report.

    Usage cannot have happened after it was reported: a client's clock may run ahead by up to
    five minutes, and is then read as the moment of receipt. Raises `Refused`.
    """
    occurred_at = report.occurred_at or received_at
    if occurred_at > received_at + CLOCK_SKEW:
        raise Refused(Rejection.OCCURRED_IN_FUTURE)
    occurred_at = min(occurred_at, received_at)
    rated = price(report, actions=actions, terms_by_meter=terms_by_meter, at=occurred_at)
    terms = terms_by_meter[rated.meter_id]
    _check_countable(report, terms)
    placed = _place(terms, periods, occurred_at=occurred_at, received_at=received_at)
    cost = rated.cost if report.cost is None else report.cost
    if report.tokens is not None and report.cost is None:
        raise Refused(Rejection.NO_MODEL_PRICE)
    if cost >= _LARGEST_COST:
        raise Refused(Rejection.QUANTITY_TOO_LARGE)
    return RatedReport(
        report=report,
        terms=terms,
        action_id=rated.action_id,
        quantity=rated.credits,
        cost=cost,
        value=rated.value,
        seen=_seen_value(report, terms),
        occurred_at=occurred_at,
        counted_at=placed.counted_at,
        period_id=placed.period.id,
    )


def price(
    asked: UsageReport | HoldRequest,
    *,
    actions: Mapping[str, RatedAction],
    terms_by_meter: Mapping[int, MeterTerms],
    at: datetime,
) -> Rated:
    """
    Return what an action and its number, or a quantity of a meter's unit, come to.

    Raises `Refused` where the rate card or the terms do not know it.
    """
    if asked.quantity >= LARGEST_QUANTITY:
        raise Refused(Rejection.QUANTITY_TOO_LARGE)
    if asked.action is not None:
        rated = _price_of_action(asked.action, asked.quantity, actions, at)
    else:
        meter_id = next(
            (terms.meter_id for terms in terms_by_meter.values() if terms.meter == asked.meter), 0
        )
        rated = Rated(None, meter_id, asked.quantity, ZERO, None)
    if rated.meter_id not in terms_by_meter:
        raise Refused(Rejection.FEATURE_NOT_IN_PLAN)
    if rated.credits >= LARGEST_QUANTITY or rated.cost >= _LARGEST_COST:
        raise Refused(Rejection.QUANTITY_TOO_LARGE)
    return rated


def _price_of_action(
    code: str, quantity: Decimal, actions: Mapping[str, RatedAction], at: datetime
) -> Rated:
    action = actions.get(code)
    if action is None:
        raise Refused(Rejection.UNKNOWN_ACTION)
    rate = action.rate_at(at)
    if rate is None:
        raise Refused(Rejection.NO_RATE)
    return Rated(
        action.action_id,
        action.meter_id,
        credits_of(quantity, each=rate.credits),
        _cost(quantity, rate.unit_cost),
        None if rate.customer_value is None else EXACT.multiply(quantity, rate.customer_value),
    )


def _cost(quantity: Decimal, each: Decimal) -> Decimal:
    return EXACT.multiply(quantity, each).quantize(_COST_PLACES, ROUND_HALF_UP, context=EXACT)


def _check_countable(report: UsageReport, terms: MeterTerms) -> None:
    if terms.is_our_count is not report.is_our_count:
        raise Refused(Rejection.COUNTED_BY_US)
    if report.mode is Mode.ABSOLUTE and (
        terms.aggregation != Aggregation.SUM or report.action is not None
    ):
        raise Refused(Rejection.ABSOLUTE_NOT_POSSIBLE)


def _place(
    terms: MeterTerms,
    periods: Iterable[PeriodRow],
    *,
    occurred_at: datetime,
    received_at: datetime,
) -> Placement:
    if occurred_at < terms.starts_at:
        raise Refused(Rejection.OCCURRED_BEFORE_AGREEMENT)
    if terms.ends_at is not None and occurred_at >= terms.ends_at:
        raise Refused(Rejection.OCCURRED_AFTER_AGREEMENT)
    placed = place(
        periods, meter_id=terms.meter_id, occurred_at=occurred_at, received_at=received_at
    )
    if placed is None:
        raise Refused(Rejection.NO_AGREEMENT)
    return placed


def _seen_value(report: UsageReport, terms: MeterTerms) -> str:
    if terms.aggregation != Aggregation.UNIQUE:
        return ""
    if terms.unique_property == "member":
        seen = report.member
    else:
        seen = str((report.properties or {}).get(terms.unique_property, ""))
    if not seen:
        raise Refused(Rejection.PROPERTY_MISSING)
    return seen
