"""What another price of a model would do to last quarter's costs, and to what actions take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Sum

from accounts.organizations.clock import NOT_AHEAD
from config.kernel.quantities import ZERO
from config.kernel.sql import ask
from metering.models import DailyUsage, Meter
from metering.price_book.costs import MillionPrice, TokensUsed, cost_of
from metering.price_book.queries import PriceBook, read_price_book
from metering.rate_card.queries import ActionOnCard, list_actions

from ..rating.credit_price import Aim, PriceMargins, margins_at, suggested_credits
from .queries import Part, read_parts
from .spreads import LOOKED_BACK

# What apps reported, added up: by action and model, without rehearsals and what was taken back.
_TOKENS: Final = """
SELECT action.code, event.tokens ->> 'model', sum(event.quantity),
       sum((event.tokens ->> 'input')::numeric), sum((event.tokens ->> 'output')::numeric),
       sum((event.tokens ->> 'cached')::numeric)
FROM metering_usageevent AS event
JOIN metering_action AS action ON action.id = event.action_id
JOIN accounts_organization AS organization
    ON organization.id = event.organization_id AND organization.clock_ahead = interval '0'
WHERE event.tokens IS NOT NULL AND event.counted_at >= %(since)s AND event.counted_at < %(until)s
    AND action.meter_id = %(meter)s
    AND NOT EXISTS (
        SELECT FROM metering_usagereversal AS reversal
        WHERE reversal.organization_id = event.organization_id
            AND reversal.event_key = event.event_id)
GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Reported:
    """The tokens of a model that were reported with so many of an action."""

    tokens: TokensUsed
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of an action: how often, what it cost as booked, and the reported tokens."""

    quantity: Decimal
    cost: Decimal
    reported: tuple[Reported, ...] = ()

    @property
    def unreported(self) -> Decimal:
        """How many of it came without tokens: they count with what the rate card says."""
        return max(ZERO, self.quantity - sum((each.quantity for each in self.reported), ZERO))


@dataclass(frozen=True, slots=True)
class ActionThen:
    """
    An action before and after a change of a model's price.

    `cost_now` and `cost_then` are what last quarter's usage costs at the book's prices of today and
    with the new one, each of one of it in `unit_now` and `unit_then`.
    """

    action: ActionOnCard
    used: Used
    cost_now: Decimal
    cost_then: Decimal
    unit_now: Decimal
    unit_then: Decimal
    margins_now: PriceMargins
    margins_then: PriceMargins
    suggested_now: int
    suggested_then: int

    @property
    def is_touched(self) -> bool:
        """Whether the new price changes what it costs."""
        return self.unit_now != self.unit_then or self.cost_now != self.cost_then


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Every action of a meter under a new price of one model."""

    model: str
    price: MillionPrice
    price_now: MillionPrice | None
    actions: tuple[ActionThen, ...]

    @property
    def cost_now(self) -> Decimal:
        """What last quarter's usage costs at today's prices."""
        return sum((each.cost_now for each in self.actions), ZERO)

    @property
    def cost_then(self) -> Decimal:
        """And at the new one."""
        return sum((each.cost_then for each in self.actions), ZERO)

    @property
    def cost_booked(self) -> Decimal:
        """What it was booked at."""
        return sum((each.used.cost for each in self.actions), ZERO)


class Prices:
    """What tokens cost now, with the price of one model replaced if that is asked."""

    def __init__(
        self, book: PriceBook, *, at: datetime, instead: Mapping[str, MillionPrice] | None = None
    ) -> None:
        self._book, self._at, self._instead = book, at, instead or {}

    def of_tokens(self, tokens: TokensUsed) -> Decimal | None:
        """What a call costs; None where the book has no price of its model."""
        price = self._instead.get(tokens.model) or self._book.price_at(tokens.model, at=self._at)
        return None if price is None else cost_of(tokens, price=price)

    def of_parts(self, parts: tuple[Part, ...]) -> Decimal:
        """What one action costs: calls at these prices, everything else as the rate card says."""
        return sum((self._of_part(part) for part in parts), ZERO)

    def of_usage(self, used: Used, *, unit_cost: Decimal) -> Decimal:
        """What was used costs: reported tokens at these prices, the rest by the cost of one."""
        reported = sum((self.of_tokens(each.tokens) or ZERO for each in used.reported), ZERO)
        return reported + used.unreported * unit_cost

    def _of_part(self, part: Part) -> Decimal:
        cost = None if part.tokens is None else self.of_tokens(part.tokens)
        return part.unit_cost if cost is None else cost


def what_if(
    *,
    meter: Meter,
    model: str,
    price: MillionPrice,
    credit_price: Decimal,
    aim: Aim,
    now: datetime,
) -> WhatIf:
    """Hold last quarter's usage against a new price of a model. Changes nothing."""
    book = read_price_book()
    today, then = Prices(book, at=now), Prices(book, at=now, instead={model: price})
    parts = read_parts(meter=meter, at=now)
    usage = read_usage(meter=meter, now=now)

    def compare(action: ActionOnCard) -> ActionThen:
        made_of = parts.get(action.code, ())
        used = usage.get(action.code, Used(ZERO, ZERO))
        unit_now, cost_now = _costs(used, made_of, today)
        unit_then, cost_then = _costs(used, made_of, then)

        def margins(cost: Decimal) -> PriceMargins:
            return margins_at(credits=action.credits, cost=cost, price=credit_price, aim=aim)

        def suggested(cost: Decimal) -> int:
            return suggested_credits(cost=cost, price=credit_price, aim=aim)

        return ActionThen(
            action=action,
            used=used,
            cost_now=cost_now,
            cost_then=cost_then,
            unit_now=unit_now,
            unit_then=unit_then,
            margins_now=margins(unit_now),
            margins_then=margins(unit_then),
            suggested_now=suggested(unit_now),
            suggested_then=suggested(unit_then),
        )

    return WhatIf(
        model=model,
        price=price,
        price_now=book.price_at(model, at=now),
        actions=tuple(compare(action) for action in list_actions(at=now, meter=meter.code)),
    )


def _costs(used: Used, parts: tuple[Part, ...], prices: Prices) -> tuple[Decimal, Decimal]:
    """What one costs and what was used costs; with tokens reported one costs the average."""
    unit = prices.of_parts(parts)
    cost = prices.of_usage(used, unit_cost=unit)
    if used.reported and used.quantity > ZERO:
        unit = cost / used.quantity
    return unit, cost


def read_usage(*, meter: Meter, now: datetime) -> dict[str, Used]:
    """Return what was used of a meter's actions in the last 90 days, by action."""
    sums = (
        DailyUsage.objects.filter(
            meter=meter,
            action__isnull=False,
            organization__clock_ahead=NOT_AHEAD,
            day__gte=(now - LOOKED_BACK).date(),
        )
        .values_list("action__code")
        .annotate(quantity=Sum("quantity"), cost=Sum("cost"))
    )
    reported: dict[str, list[Reported]] = {}
    for code, each in _reported(meter=meter, now=now):
        reported.setdefault(code, []).append(each)
    return {
        code: Used(quantity, cost, tuple(reported.get(code, ()))) for code, quantity, cost in sums
    }


def _reported(*, meter: Meter, now: datetime) -> Iterator[tuple[str, Reported]]:
    parameters = {"meter": meter.pk, "since": now - LOOKED_BACK, "until": now}
    for code, model, count, *tokens in ask(_TOKENS, parameters).all():
        yield code, Reported(TokensUsed(model, *map(int, tokens)), count)
