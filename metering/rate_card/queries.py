"""Reads of the rate card: what an action takes, costs and is worth at a moment."""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from config.kernel.quantities import EXACT, SMALLEST, ZERO

from ..models import Action, ActionRate, CostComponent, Meter


@dataclass(frozen=True, slots=True)
class ActionOnCard:
    """An action with the rate in force at the moment that was asked for."""

    code: str
    name: str
    name_plural: str
    description: str
    meter: str
    credits: Decimal
    unit_cost: Decimal
    customer_value: Decimal | None
    value_note: str


@dataclass(frozen=True, slots=True)
class UnitNames:
    """What one of a meter's units is called, and many."""

    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What one action takes, costs us and is worth, from an instant on."""

    effective_at: datetime
    credits: Decimal
    unit_cost: Decimal
    customer_value: Decimal | None


@dataclass(slots=True)
class RatedAction:
    """An action and all of its rates, oldest first."""

    action_id: int
    meter_id: int
    rates: list[Rate]

    def rate_at(self, at: datetime) -> Rate | None:
        """The rate in force at a moment; None before the first."""
        index = bisect_right(self.rates, at, key=lambda rate: rate.effective_at)
        return self.rates[index - 1] if index else None


_UNIT_COST = Coalesce(
    Subquery(
        CostComponent.objects.filter(rate=OuterRef("pk"))
        .values("rate")
        .annotate(total=Sum("unit_cost"))
        .values("total")
    ),
    ZERO,
    output_field=DecimalField(max_digits=24, decimal_places=12),
)


class RateRow(msgspec.Struct, frozen=True):
    """One rate of an action, as `RATES` finds it."""

    code: str
    action_id: int
    meter_id: int
    effective_at: datetime
    credits: Decimal
    unit_cost: Decimal
    customer_value: Decimal | None


RATES: Final = """
SELECT action.code, action.id AS action_id, action.meter_id, rate.effective_at, rate.credits,
       (SELECT coalesce(sum(part.unit_cost), 0) FROM metering_costcomponent AS part
        WHERE part.rate_id = rate.id) AS unit_cost,
       rate.customer_value
FROM metering_action AS action
JOIN metering_actionrate AS rate ON rate.action_id = action.id
WHERE action.code = ANY(%(actions)s)
ORDER BY rate.effective_at
"""


def rated_actions(rows: Iterable[RateRow]) -> dict[str, RatedAction]:
    """Return the actions that have a rate, by code, each with all of its rates, oldest first."""
    found: dict[str, RatedAction] = {}
    for row in rows:
        action = found.setdefault(row.code, RatedAction(row.action_id, row.meter_id, []))
        action.rates.append(Rate(row.effective_at, row.credits, row.unit_cost, row.customer_value))
    return found


def list_actions(*, at: datetime, meter: str | None = None) -> list[ActionOnCard]:
    """Return the actions with the rate in force at a moment, cheapest first."""
    return card_of(rates_in_force(at=at, meter=meter))


def rates_in_force(*, at: datetime, meter: str | None = None) -> QuerySet[ActionRate]:
    """The rate of each action at a moment, with what `card_of` reads of it."""
    rates = (
        ActionRate.objects.filter(effective_at__lte=at)
        .annotate(unit_cost=_UNIT_COST)
        .select_related("action__meter")
        .order_by("action_id", "-effective_at")
        .distinct("action_id")
    )
    return rates if meter is None else rates.filter(action__meter__code=meter)


def card_of(rates: Iterable[Any]) -> list[ActionOnCard]:
    """Return the actions of rates that `rates_in_force` found, cheapest first."""
    on_card = [
        ActionOnCard(
            code=rate.action.code,
            name=rate.action.name,
            name_plural=rate.action.name_plural,
            description=rate.action.description,
            meter=rate.action.meter.code,
            credits=rate.credits,
            unit_cost=rate.unit_cost,
            customer_value=rate.customer_value,
            value_note=rate.value_note,
        )
        for rate in rates
    ]
    return sorted(on_card, key=lambda action: (action.meter, action.credits, action.code))


def credits_of(quantity: Decimal, *, each: Decimal) -> Decimal:
    """Return the credits that so many of an action take, rounded to six places once, half up."""
    return EXACT.multiply(quantity, each).quantize(SMALLEST, ROUND_HALF_UP, context=EXACT)


def list_known_actions(*, codes: Collection[str]) -> frozenset[str]:
    """Return those of the codes that an action has."""
    return frozenset(Action.objects.filter(code__in=codes).values_list("code", flat=True))


def list_unit_names() -> dict[str, UnitNames]:
    """Return what the units of each meter are called, by the meter's code."""
    names = Meter.objects.values_list("code", "unit", "unit_plural")
    return {code: UnitNames(one, many) for code, one, many in names}
