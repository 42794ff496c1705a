"""Writes of the rate card."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from config.kernel.errors import DomainError, Invalid
from config.kernel.quantities import ZERO

from ..models import Action, ActionRate, CostComponent, Meter


class RateExists(DomainError):
    """The action already has a rate from that very instant."""

    code = "rate_exists"
    title = "There is a rate from that instant already"


@dataclass(frozen=True, slots=True)
class NewRate:
    """
    What one action takes, costs and is worth, from an instant on.

    `cost_components` names each part of the cost of one action, `customer_value` says what it
    is worth to a customer; both in the reporting currency.
    """

    effective_at: datetime
    credits: Decimal
    cost_components: Mapping[str, Decimal]
    customer_value: Decimal | None = None
    value_note: str = ""


def create_meter(
    *, code: str, name: str, unit: str, unit_plural: str, actor: Actor, now: datetime
) -> Meter:
    """Define what can be counted."""
    meter = Meter.objects.create(code=code, name=name, unit=unit, unit_plural=unit_plural)
    record(actor=actor, action="meter.created", target=code, now=now)
    return meter


def create_action(
    *,
    code: str,
    name: str,
    name_plural: str,
    meter: Meter,
    description: str = "",
    actor: Actor,
    now: datetime,
) -> Action:
    """Define a billable thing that apps do; it can be reported once it has a rate."""
    action = Action.objects.create(
        code=code, name=name, name_plural=name_plural, meter=meter, description=description
    )
    record(actor=actor, action="action.created", target=code, now=now)
    return action


def check_rate_starts_later(*, action: Action, effective_at: datetime, now: datetime) -> None:
    """
    Refuse a rate that would reach back: past usage keeps its price. Raises `Invalid`.

    The first rate of an action may lie in the past, so that history can be loaded.
    """
    if effective_at < now and ActionRate.objects.filter(action=action).exists():
        raise Invalid("A new rate starts now or later: past usage keeps its price.")


def set_rate(*, action: Action, rate: NewRate, actor: Actor, now: datetime) -> ActionRate:
    """
    Set what an action takes, costs and is worth from an instant on.

    Raises `Invalid` for a rate that would reach back, and `RateExists` for a second one from
    the same instant.
    """
    check_rate_starts_later(action=action, effective_at=rate.effective_at, now=now)
    try:
        with transaction.atomic():
            stored = ActionRate.objects.create(
                action=action,
                effective_at=rate.effective_at,
                credits=rate.credits,
                customer_value=rate.customer_value,
                value_note=rate.value_note,
            )
            CostComponent.objects.bulk_create(
                CostComponent(rate=stored, name=name, unit_cost=unit_cost)
                for name, unit_cost in rate.cost_components.items()
            )
            record(
                actor=actor,
                action="action_rate.set",
                target=action.code,
                changes={
                    "effective_at": rate.effective_at.isoformat(),
                    "credits": str(rate.credits),
                    "cost": str(sum(rate.cost_components.values(), ZERO)),
                },
                now=now,
            )
    except IntegrityError as error:
        if "action_rate_one_per_instant" in str(error):
            raise RateExists(f"{action.code} has a rate from {rate.effective_at}.") from error
        raise
    return stored
