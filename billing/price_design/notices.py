"""Tell customers of rates that change."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from accounts.webhooks.outbox import announce
from accounts.webhooks.values import instant, quantity

from ..events import EventType
from ..models import RateChange, RateNotice
from .customers import list_untold

# Somebody whom no sweep has reached in time is told late rather than never.
TOLD_LATE_FOR: Final = timedelta(days=30)


def tell_of_rate_changes(*, now: datetime) -> int:
    """
    Tell every customer of the changes that they are to know of by now, once, and return how often.

    Each organization is a transaction of its own; one that fails does not hold up the others.
    """
    due = RateChange.objects.filter(tell_at__lte=now, effective_at__gt=now - TOLD_LATE_FOR)
    untold: dict[int, list[int]] = {}
    for change in due.select_related("rate__action").order_by("effective_at"):
        for organization_id in list_untold(change=change):
            untold.setdefault(organization_id, []).append(change.pk)

    def tell(organization_id: int) -> int:
        return sum(
            tell_of_rate_change(organization_id=organization_id, change_id=change_id, now=now)
            for change_id in untold[organization_id]
        )

    return sum(sweep(untold, tell, doing="telling of changed rates"))


@transaction.atomic
def tell_of_rate_change(*, organization_id: int, change_id: int, now: datetime) -> bool:
    """Tell an organization of a change; return whether that was new to it."""
    lock_organization(organization_id=organization_id)
    # Held until the end: who withdraws the change waits, and sees that somebody was told.
    change = (
        RateChange.objects.select_for_update(of=("self",), no_key=True)
        .select_related("rate__action__meter")
        .filter(pk=change_id)
        .first()
    )
    if change is None:
        return False
    _notice, is_new = RateNotice.objects.get_or_create(
        organization_id=organization_id, change=change, defaults={"told_at": now}
    )
    if not is_new:
        return False
    return announce(
        organization_id=organization_id,
        type=EventType.RATE_CHANGE_SCHEDULED,
        dedupe_key=f"{EventType.RATE_CHANGE_SCHEDULED}:{change.public_id}",
        data=_told_of(change),
        now=time_of(organization_id=organization_id, now=now),
    )


def _told_of(change: RateChange) -> dict[str, Any]:
    action = change.rate.action
    return {
        "id": change.public_id,
        "action": action.code,
        "action_name": action.name,
        "feature": action.meter.code,
        "credits_before": quantity(change.credits_before),
        "credits": quantity(change.credits),
        "effective_at": instant(change.effective_at),
    }
