"""Subscriptions that are paid for and could not begin: looked at again until they can."""

from datetime import datetime
from typing import Final

from accounts.models import OrganizationOwnedQuerySet
from accounts.organizations.clock import time_of
from accounts.organizations.sweeping import sweep

from ...models import StripeSubscription
from ..gateway.configuration import is_connected
from ..gateway.errors import ObjectMissing
from .subscriptions import bring_subscription_level

_NEVER_PAID: Final = ("incomplete", "incomplete_expired")


def look_at_waiting(*, now: datetime) -> int:
    """
    Bring every subscription level that Stripe charges for and that has no agreement, and return
    how many organizations have one.

    One that fails does not hold up the others: the failures are raised together at the end.
    """
    if not is_connected():
        return 0
    organization_ids = set(_waiting().values_list("organization_id", flat=True))
    visited = sweep(
        sorted(organization_ids),
        lambda organization_id: look_at_waiting_of(
            organization_id=organization_id,
            now=time_of(organization_id=organization_id, now=now),
        ),
        doing="looking at the waiting subscriptions of",
    )
    return len(visited)


def look_at_waiting_of(*, organization_id: int, now: datetime) -> None:
    """Do the same for one organization, whose present time is `now`."""
    waiting = _waiting().filter(organization_id=organization_id).order_by("pk")
    for subscription_id in waiting.values_list("stripe_id", flat=True):
        try:
            bring_subscription_level(subscription_id=subscription_id, now=now)
        except ObjectMissing:
            # As with a test clock's end; staff see what was noted of it.
            continue


def _waiting() -> OrganizationOwnedQuerySet[StripeSubscription]:
    return StripeSubscription.objects.filter(agreement=None, ended_at=None).exclude(
        status__in=_NEVER_PAID
    )
