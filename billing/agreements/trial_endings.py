"""Tell apps of trials that are soon to end."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant

from ..choices import AgreementStatus
from ..events import EventType
from ..models import Agreement
from .noting import subscription_of

TOLD_BEFORE: Final = timedelta(days=3)


def announce_ending_trials(*, now: datetime) -> int:
    """
    Announce each trial that ends within three days, once, and return how many there were.

    Each organization is a transaction of its own; one that fails does not hold up the others.
    """
    told = sweep(
        _ending(now).values_list("organization_id", flat=True),
        lambda organization_id: announce_ending_trial(organization_id=organization_id, now=now),
        doing="telling of the ending trial of",
    )
    return sum(told)


@transaction.atomic
def announce_ending_trial(*, organization_id: int, now: datetime) -> bool:
    """Announce that an organization's trial is soon to end; return whether that was new."""
    lock_organization(organization_id=organization_id)
    trials = _ending(now).filter(organization_id=organization_id)
    agreement = trials.select_related("plan_version__plan").first()
    if agreement is None:
        return False
    ends = instant(agreement.trial_ends_at)
    return announce(
        organization_id=organization_id,
        type=EventType.TRIAL_ENDING,
        dedupe_key=f"{EventType.TRIAL_ENDING}:{agreement.public_id}:{ends}",
        data=subscription_of(agreement),
        now=now,
    )


def _ending(now: datetime) -> QuerySet[Agreement]:
    return Agreement.objects.filter(
        status=AgreementStatus.TRIALING,
        trial_ends_at__gt=now,
        trial_ends_at__lte=now + TOLD_BEFORE,
        organization__closed_at=None,
    )
