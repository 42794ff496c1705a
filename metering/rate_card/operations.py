"""Writes of the rate card."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from config.kernel.errors import DomainError, Invalid

from ..models import Action, ActionRate, CostComponent, Meter


class RateExists(DomainError):
    """The action already has a rate from that very instant."""

    code = "rate_exists"
    title = "There is a rate from that instant already"


def create_meter(*, code: str, name: str, unit: str, unit_plural: str) -> Meter:
    """Define what can be counted."""
    return Meter.objects.create(code=code, name=name, unit=unit, unit_plural=unit_plural)


def create_action(
    *, code: str, name: str, name_plural: str, meter: Meter, description: str = ""
) -> Action:
    """Define a billable thing that apps do; it can be reported once it has a rate."""
    return Action.objects.create(
        code=code, name=name, name_plural=name_plural, meter=meter, description=description
    )


def set_rate(
    *,
    action: Action,
    effective_at: datetime,
    credits: Decimal,
    cost_components: Mapping[str, Decimal],
    now: datetime,
    customer_value: Decimal | None = None,
    value_note: str = "",
) -> ActionRate:
    """
    Set what an action takes, costs and is worth from an instant on.

    Usage that happened earlier keeps its rate. The first rate of an action may lie in the
    past, so that history can be loaded; later ones may not. Raises `Invalid` for a rate in the
    past and `RateExists` for a second one from the same instant.
    """
    if effective_at < now and ActionRate.objects.filter(action=action).exists():
        raise Invalid("A new rate starts now or later: past usage keeps its price.")
    try:
        with transaction.atomic():
            rate = ActionRate.objects.create(
                action=action,
                effective_at=effective_at,
                credits=credits,
                customer_value=customer_value,
                value_note=value_note,
            )
            CostComponent.objects.bulk_create(
                CostComponent(rate=rate, name=name, unit_cost=unit_cost)
                for name, unit_cost in cost_components.items()
            )
    except IntegrityError as error:
        if "action_rate_one_per_instant" in str(error):
            raise RateExists(f"{action.code} has a rate from {effective_at}.") from error
        raise
    return rate
