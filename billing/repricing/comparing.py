"""
What each offered plan would have cost a customer, and whether the customer may have it. Pure.

A plan with objections is priced all the same where it can be, so that staff see what an exception
would mean; it is never the best one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import chain
from numbers import Real
from typing import Any, Final

from config.kernel.money import Money
from config.kernel.quantities import EXACT, ZERO

from ..agreements.effects import Aspect, Effect, effects_of
from ..catalog.terms import FeatureTerms, VersionTerms
from ..choices import Verdict
from ..rating.replay import MonthlyBill, MonthUsed, PricedPlan, average_of, dearest_of, replay
from .cohorts import priced_plan

_BEGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
_A_MONTH: Final = MonthUsed(_BEGIN, _BEGIN + timedelta(days=30), {})

Facts = dict[str, str | int]


class Reason(StrEnum):
    """Why a customer may not have a plan."""

    NO_PRICE = "no_price"
    SEATS = "seats"
    FLAG = "flag"
    NOT_COUNTED = "not_counted"
    LIMIT = "limit"
    NO_OVERAGE = "no_overage"


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason, and its facts as plain JSON values: `objection_words` makes a sentence of it."""

    reason: Reason
    facts: Facts = field(default_factory=dict)

    def as_json(self) -> Facts:
        """How it is kept."""
        return {"reason": self.reason.value, **self.facts}


@dataclass(frozen=True, slots=True)
class Conversion:
    """So many of one metered feature stand for one of another, where a plan counts only that."""

    from_code: str
    to_code: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What a customer has today, and what it used. `paid_seats` are those of its agreement,
    `seats` those that are in use.
    """

    terms: VersionTerms
    currency: str
    interval: str
    paid_seats: int
    seats: int
    months: tuple[MonthUsed, ...]


@dataclass(frozen=True, slots=True)
class Basket:
    """What a campaign offers: plans in their order, conversions, and the defaults of flags."""

    plans: tuple[VersionTerms, ...]
    conversions: tuple[Conversion, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What the months came to: each of them, on average (rounded half up), and the dearest."""

    monthly: tuple[Money, ...]
    average: Money
    worst: Money


@dataclass(frozen=True, slots=True)
class Alternative:
    """One plan for one customer. `cost` is None where the plan cannot be priced."""

    version_id: int
    interval: str
    seats: int
    objections: tuple[Objection, ...]
    cost: Cost | None

    @property
    def is_eligible(self) -> bool:
        """Whether the customer may have it."""
        return not self.objections and self.cost is not None


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    What a customer pays now, every alternative, and the best: the cheapest on average that it may
    have, the first of several. `saving_minor` is below zero where that costs more.
    """

    current: Cost
    alternatives: tuple[Alternative, ...]
    best: Alternative | None
    verdict: Verdict
    saving_minor: int | None


def compare(standing: Standing, basket: Basket) -> Comparison:
    """
    Replay a customer's months on its own plan and on every plan that is offered.

    Without a complete month, the base prices are compared.
    """
    priced = priced_plan(standing.terms, currency=standing.currency, interval=standing.interval)
    assert priced is not None, standing.terms.version_id
    current = _cost(priced, seats=standing.paid_seats, months=standing.months)
    alternatives = tuple(_alternative(standing, terms, basket) for terms in basket.plans)
    costs = [
        (plan.cost.average.minor, index)
        for index, plan in enumerate(alternatives)
        if plan.is_eligible and plan.cost is not None
    ]
    if not costs:
        return Comparison(current, alternatives, None, Verdict.NO_PLAN, None)
    average, index = min(costs)
    saving = current.average.minor - average
    return Comparison(current, alternatives, alternatives[index], _verdict(saving), saving)


def _verdict(saving: int) -> Verdict:
    if saving > 0:
        return Verdict.SAVES
    return Verdict.PAYS_MORE if saving < 0 else Verdict.SAME


def _alternative(standing: Standing, terms: VersionTerms, basket: Basket) -> Alternative:
    priced = priced_plan(terms, currency=standing.currency, interval=standing.interval)
    months = _converted(standing.months, terms, basket.conversions)
    seats = terms.included_seats or standing.seats
    objections = chain(
        _objections_to_price(standing, priced),
        _objections_to_seats(standing, terms),
        _objections_to_flags(standing, terms, basket.defaults),
        _objections_to_usage(standing, terms, months),
    )
    return Alternative(
        version_id=terms.version_id,
        interval=standing.interval,
        seats=seats,
        objections=tuple(objections),
        cost=None if priced is None else _cost(priced, seats=seats, months=months),
    )


def _cost(priced: PricedPlan, *, seats: int, months: Sequence[MonthUsed]) -> Cost:
    bills = replay(priced, seats=seats, months=months)
    judged = bills or [_bill_without_usage(priced, seats=seats)]
    return Cost(tuple(bill.total for bill in bills), average_of(judged), dearest_of(judged).total)


def _bill_without_usage(priced: PricedPlan, *, seats: int) -> MonthlyBill:
    [bill] = replay(priced, seats=seats, months=[_A_MONTH])
    return bill


def _converted(
    months: Sequence[MonthUsed], terms: VersionTerms, conversions: Sequence[Conversion]
) -> tuple[MonthUsed, ...]:
    """The months as a plan counts them: what it does not have is converted where that is said."""
    metered = {feature.code for feature in terms.metered}
    fitting = [
        conversion
        for conversion in conversions
        if conversion.from_code not in metered and conversion.to_code in metered
    ]
    return tuple(
        MonthUsed(month.starts_at, month.ends_at, _as_counted(month.used, fitting))
        for month in months
    )


def _as_counted(
    used: Mapping[str, Decimal], conversions: Sequence[Conversion]
) -> Mapping[str, Decimal]:
    counted = dict(used)
    for conversion in conversions:
        quantity = counted.pop(conversion.from_code, ZERO)
        converted = EXACT.multiply(quantity, conversion.factor)
        counted[conversion.to_code] = counted.get(conversion.to_code, ZERO) + converted
    return counted


def _objections_to_price(standing: Standing, priced: PricedPlan | None) -> Iterator[Objection]:
    if priced is None:
        yield Objection(
            Reason.NO_PRICE, {"currency": standing.currency, "interval": standing.interval}
        )


def _objections_to_seats(standing: Standing, terms: VersionTerms) -> Iterator[Objection]:
    included = terms.included_seats
    if included is not None and standing.seats > included:
        yield Objection(Reason.SEATS, {"in_use": standing.seats, "included": included})


def _objections_to_flags(
    standing: Standing, terms: VersionTerms, defaults: Mapping[str, Any]
) -> Iterator[Objection]:
    """Flags that would be switched off, or become fewer. Another text is not a loss."""
    for loss in effects_of(standing.terms, terms, currency=standing.currency).lost:
        if loss.aspect is Aspect.VALUE and loss.feature and _is_lost(loss, defaults):
            yield Objection(Reason.FLAG, {"feature": loss.feature})


def _is_lost(loss: Effect, defaults: Mapping[str, Any]) -> bool:
    after = defaults.get(loss.feature or "") if loss.after is None else loss.after
    if after is None or after is False:
        return True
    if loss.before is not True and isinstance(loss.before, Real):
        return not isinstance(after, Real) or bool(after < loss.before)
    return False


def _objections_to_usage(
    standing: Standing, terms: VersionTerms, months: Sequence[MonthUsed]
) -> Iterator[Objection]:
    """What was used in some month and could not have been on the plan."""
    peaks: dict[str, Decimal] = {}
    for month in months:
        for code, used in month.used.items():
            peaks[code] = max(peaks.get(code, ZERO), used)
    for code, peak in sorted(peaks.items()):
        if peak > ZERO:
            yield from _objections_to_peak(standing, terms.feature(code), code=code, peak=peak)


def _objections_to_peak(
    standing: Standing, feature: FeatureTerms | None, *, code: str, peak: Decimal
) -> Iterator[Objection]:
    facts: Facts = {"feature": code, "highest": f"{peak.normalize():f}"}
    if feature is None or not feature.is_metered:
        yield Objection(Reason.NOT_COUNTED, facts)
        return
    if feature.limit is not None and peak > feature.limit:
        yield Objection(Reason.LIMIT, {**facts, "most": f"{feature.limit.normalize():f}"})
    is_sold = standing.currency in feature.overage
    if feature.allowance is not None and peak > feature.allowance and not is_sold:
        yield Objection(Reason.NO_OVERAGE, {**facts, "most": f"{feature.allowance.normalize():f}"})
