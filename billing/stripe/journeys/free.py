"""Agree on what costs nothing, without the payment page."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.models import Organization

from ...agreements.operations import create_agreement
from ...choices import Collection
from ...models import Agreement
from .errors import CheckoutNeeded


@transaction.atomic
def agree_for_free(
    *,
    organization: Organization,
    plan_code: str,
    interval: str,
    actor: Actor,
    now: datetime,
    currency: str | None = None,
    seats: int | None = None,
) -> Agreement:
    """
    Subscribe an organization to a self-serve plan on sale that costs nothing.

    Raises `CheckoutNeeded` for one that does, with nothing agreed, and what `create_agreement`
    raises.
    """
    agreement = create_agreement(
        organization=organization,
        plan_code=plan_code,
        interval=interval,
        currency=currency,
        seats=seats,
        actor=actor,
        now=now,
    )
    if agreement.collection != Collection.FREE:
        raise CheckoutNeeded(
            _("%(plan)s has to be paid for first, on the payment page.")
            % {"plan": agreement.plan_version.plan.name}
        )
    return agreement
