"""What actions take, cost and earn, and what they should take."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.webhooks.values import quantity
from config.kernel.quantities import ZERO
from metering.models import ActionRate, CostComponent, Meter
from metering.price_book.costs import TokensUsed
from metering.rate_card.queries import ActionOnCard, list_actions

from ..models import RateChange
from ..rating.credit_price import (
    Aim,
    PriceMargins,
    cost_per_credit,
    margins_at,
    price_for_margin,
    rounded_up,
    suggested_credits,
)
from ..rating.margins import in_percent
from .selling import SellingPrice, list_selling_prices
from .spreads import Spread, read_spreads


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what an action costs; a call to a model names its tokens."""

    name: str
    unit_cost: Decimal
    tokens: TokensUsed | None


@dataclass(frozen=True, slots=True)
class DesignedAction:
    """
    An action of the rate card held against an aim.

    `cost` is what the design reckons with: what nineteen of twenty uses stayed below, if that was
    asked for and it was used, and else what the rate card says. `margins` are those of today's
    credits at the price of the design.
    """

    action: ActionOnCard
    parts: tuple[Part, ...]
    spread: Spread | None
    cost: Decimal
    suggested: int
    margins: PriceMargins
    change: RateChange | None

    @property
    def is_below(self) -> bool:
        """Whether it takes fewer credits than suggested."""
        return self.action.credits < self.suggested

    @property
    def cost_per_credit(self) -> Decimal | None:
        """What one of its credits costs; None for an action that takes none."""
        return cost_per_credit(cost=self.cost, credits=self.action.credits)


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """The margins on each action, in the order of the design, where a credit sells for so much."""

    selling: SellingPrice
    margins: tuple[PriceMargins, ...]

    @property
    def misses_target(self) -> bool:
        """Whether some action does, if nothing but that is used."""
        return any(each.misses_target for each in self.margins)


@dataclass(frozen=True, slots=True)
class Design:
    """The actions of a meter, held against an aim at one price of a credit."""

    meter: Meter
    currency: str
    price: Decimal
    aim: Aim
    is_pessimistic: bool
    actions: tuple[DesignedAction, ...]
    plans: tuple[PlanCheck, ...]

    @property
    def below(self) -> list[DesignedAction]:
        """The actions that take fewer credits than suggested."""
        return [item for item in self.actions if item.is_below]


def design_prices(
    *,
    meter: Meter,
    aim: Aim,
    now: datetime,
    price: Decimal | None = None,
    is_pessimistic: bool = True,
) -> Design:
    """
    Hold every action of a meter against an aim.

    `price` is that of a credit in the reporting currency; without one it is the usual one.
    """
    currency = settings.REPORTING_CURRENCY
    selling = list_selling_prices(meter=meter.code, currency=currency, at=now)
    chosen = price or usual_price(selling)
    spreads = read_spreads(now=now)
    changes = _waiting_changes(meter=meter, now=now)
    parts = read_parts(meter=meter, at=now)
    actions = tuple(
        _designed(
            action,
            parts=parts.get(action.code, ()),
            spread=spreads.get(action.code),
            change=changes.get(action.code),
            price=chosen,
            aim=aim,
            is_pessimistic=is_pessimistic,
        )
        for action in list_actions(at=now, meter=meter.code)
    )
    return Design(
        meter=meter,
        currency=currency,
        price=chosen,
        aim=aim,
        is_pessimistic=is_pessimistic,
        actions=actions,
        plans=tuple(
            PlanCheck(each, tuple(_margins(item, price=each.price, aim=aim) for item in actions))
            for each in selling
        ),
    )


def usual_price(selling: Sequence[SellingPrice]) -> Decimal:
    """
    The lowest price of overage above nothing of a plan that customers take by themselves, or else
    of any plan, or else of an included credit, or else 1.
    """
    earning = [each for each in selling if each.price > ZERO]
    overage = [each for each in earning if each.is_overage]
    self_serve = [each for each in overage if each.is_self_serve]
    return min((each.price for each in self_serve or overage or earning), default=Decimal(1))


def read_parts(*, meter: Meter, at: datetime) -> dict[str, tuple[Part, ...]]:
    """Return what the costs of a meter's actions are made of at a moment, by action."""
    rates = ActionRate.objects.filter(action__meter=meter, effective_at__lte=at)
    in_force = rates.order_by("action_id", "-effective_at").distinct("action_id").values("pk")
    components = CostComponent.objects.filter(rate__in=in_force)
    parts: dict[str, tuple[Part, ...]] = {}
    for component in components.select_related("model", "rate__action").order_by("pk"):
        code = component.rate.action.code
        parts[code] = (*parts.get(code, ()), part_of(component))
    return parts


def part_of(component: CostComponent) -> Part:
    """A cost component as a value; its model is loaded."""
    tokens = None
    if component.model is not None:
        tokens = TokensUsed(
            component.model.code,
            component.input_tokens or 0,
            component.output_tokens or 0,
            component.cached_tokens or 0,
        )
    return Part(component.name, component.unit_cost, tokens)


def figures_of(design: Design) -> list[dict[str, Any]]:
    """Return the figures of each action as plain values, to be kept with a decision."""
    return [
        {
            "feature": design.meter.code,
            "action": item.action.code,
            "credits": quantity(item.action.credits),
            "cost": quantity(item.action.unit_cost),
            "cost_p95": None if item.spread is None else quantity(item.spread.p95),
            "events": 0 if item.spread is None else item.spread.event_count,
            "price": quantity(design.price),
            "target_percent": quantity(design.aim.target * 100),
            "buffer_percent": quantity(design.aim.buffer * 100),
            "margin_percent": _percent(item.margins.plain),
            "buffered_margin_percent": _percent(item.margins.buffered),
            "suggested_credits": item.suggested,
        }
        for item in design.actions
    ]


def price_to_show(cost: Decimal, *, aim: Aim, currency: str) -> tuple[Decimal, Decimal]:
    """
    Return what something of this cost sells for at the target margin: with four decimals, and
    rounded up to the smallest unit of the currency.
    """
    exact = price_for_margin(cost=cost, target=aim.target)
    shown = Decimal(round(exact * 10_000)) / 10_000
    return shown, rounded_up(exact, currency=currency).amount


def _percent(share: Decimal | None) -> str | None:
    return None if share is None else str(in_percent(share))


def _designed(
    action: ActionOnCard,
    *,
    parts: tuple[Part, ...],
    spread: Spread | None,
    change: RateChange | None,
    price: Decimal,
    aim: Aim,
    is_pessimistic: bool,
) -> DesignedAction:
    cost = spread.p95 if is_pessimistic and spread is not None else action.unit_cost
    return DesignedAction(
        action=action,
        parts=parts,
        spread=spread,
        cost=cost,
        suggested=suggested_credits(cost=cost, price=price, aim=aim),
        margins=margins_at(credits=action.credits, cost=cost, price=price, aim=aim),
        change=change,
    )


def _margins(item: DesignedAction, *, price: Decimal, aim: Aim) -> PriceMargins:
    return margins_at(credits=item.action.credits, cost=item.cost, price=price, aim=aim)


def _waiting_changes(*, meter: Meter, now: datetime) -> dict[str, RateChange]:
    """The next change of each action that waits."""
    changes: Iterable[RateChange] = (
        RateChange.objects.filter(rate__action__meter=meter, effective_at__gt=now)
        .select_related("rate__action")
        .order_by("-effective_at")
    )
    return {change.rate.action.code: change for change in changes}
