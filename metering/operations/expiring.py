"""Tell apps of credits that are soon to expire."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from accounts.models import WebhookEvent
from accounts.organizations.sweeping import sweep
from accounts.webhooks.outbox import announce
from config.kernel.quantities import ZERO

from ..choices import GrantCategory
from ..events import EventType
from ..models import CreditGrant
from .telling import describe_credits

TOLD_BEFORE: Final = timedelta(days=7)
_FACT: Final = f"{EventType.CREDITS_EXPIRING}:"


def announce_expiring_credits(*, now: datetime) -> int:
    """
    Announce each grant that expires within seven days with something left, once, and return how
    many there were.

    An allowance is not told of: it comes and goes with every period. Each organization is a
    transaction of its own; one that fails does not hold up the others.
    """
    organizations = _expiring(now).values_list("organization_id", flat=True).distinct()
    told = sweep(
        organizations,
        lambda organization_id: _announce(organization_id, now=now),
        doing="telling of expiring credits of",
    )
    return sum(told)


@transaction.atomic
def _announce(organization_id: int, *, now: datetime) -> int:
    grants = _expiring(now).filter(organization_id=organization_id)
    told = [
        announce(
            organization_id=organization_id,
            type=EventType.CREDITS_EXPIRING,
            dedupe_key=f"{_FACT}{grant.public_id}",
            data=describe_credits(grant),
            now=now,
        )
        for grant in grants.select_related("meter", "account", "parent").order_by("pk")
    ]
    return sum(told)


def _expiring(now: datetime) -> QuerySet[CreditGrant]:
    told = WebhookEvent.objects.filter(
        organization_id=OuterRef("organization_id"),
        dedupe_key=Concat(Value(_FACT), OuterRef("public_id")),
    )
    return CreditGrant.objects.filter(
        ~Exists(told),
        account__balance__gt=ZERO,
        expires_at__gt=now,
        expires_at__lte=now + TOLD_BEFORE,
        effective_at__lte=now,
        early_end=None,
        organization__closed_at=None,
    ).exclude(category=GrantCategory.ALLOWANCE)
