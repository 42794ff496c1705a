"""Book the end of grants that no period takes with it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Least

from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.quantities import ZERO

from ..choices import OF_AN_AGREEMENT
from ..credits.grace import GRACE
from ..ledger.returning import Leftover, post_expiry
from ..models import CreditGrant, UsagePeriod
from .releasing import release_due_holds
from .telling import tell_expired


def expire_credits(*, now: datetime) -> int:
    """
    Expire what is left of grants whose time, and its grace, is over, and return their number.

    What an agreement granted ends with its periods instead. Each organization is a transaction
    of its own; one that fails does not hold up the others: the failures are raised together.
    """
    over = _over(now).values_list("organization_id", flat=True).distinct()
    expired = sweep(
        over,
        lambda organization_id: _expire(organization_id, now=now),
        doing="expiring credits of",
    )
    return sum(expired)


@transaction.atomic
def _expire(organization_id: int, *, now: datetime) -> int:
    lock_organization(organization_id=organization_id)
    # What a hold gives back belongs to the grant's one expiry.
    release_due_holds(organization_id=organization_id, now=now)
    over = (
        _over(now)
        .filter(organization_id=organization_id)
        .order_by("pk")
        .values_list("meter_id", "account_id", "account__balance", "ends_at")
    )
    leftovers = [Leftover(*row) for row in over]
    post_expiry(organization_id=organization_id, leftovers=leftovers)
    tell_expired(organization_id=organization_id, leftovers=leftovers)
    return len(leftovers)


def _over(now: datetime) -> QuerySet[Any]:
    """Grants to expire. Those of an agreement wait for its periods to close."""
    to_close = UsagePeriod.objects.filter(
        organization_id=OuterRef("organization_id"),
        meter_id=OuterRef("meter_id"),
        source=OuterRef("source"),
        closed_at=None,
    )
    return (
        CreditGrant.objects.filter(account__balance__gt=ZERO)
        .annotate(ends_at=Least("expires_at", "early_end__ended_at"))
        .filter(ends_at__lte=now - GRACE)
        .filter(~Q(category__in=OF_AN_AGREEMENT) | ~Exists(to_close))
    )
