"""What actions take, and what they are going to take, as far as customers are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from metering.rate_card.queries import ActionOnCard, card_of, rates_in_force

from ..models import RateChange


@dataclass(frozen=True, slots=True)
class ComingRate:
    """What an action takes from an instant on that has not come."""

    credits: Decimal
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class RateCard:
    """The actions with the rates in force, cheapest first, and the next rates by action."""

    actions: tuple[ActionOnCard, ...]
    coming: Mapping[str, ComingRate]


def read_rate_card(*, at: datetime, meter: str | None = None) -> RateCard:
    """
    Return the rates in force at a moment, and the next one of each action of which customers are
    told by then: what may still be withdrawn is nobody's business. One statement.
    """
    told = RateChange.objects.filter(
        rate__action=OuterRef("action"), tell_at__lte=at, effective_at__gt=at
    ).order_by("effective_at")
    rates = list(
        rates_in_force(at=at, meter=meter).annotate(
            next_credits=Subquery(told.values("credits")[:1]),
            next_at=Subquery(told.values("effective_at")[:1]),
        )
    )
    coming = {
        rate.action.code: ComingRate(rate.next_credits, rate.next_at)
        for rate in rates
        if rate.next_at is not None
    }
    return RateCard(tuple(card_of(rates)), coming)
