"""Let an offer have a date, and its reminders with it. The caller holds the organization's lock."""

from datetime import datetime, timedelta

from config.kernel.periods import INSTANT

from ...models import RepricingNotice, RepricingOffer
from ...models.repricing_offer import NOTICE_DAYS
from .notice_clock import end_of_notice, first_renewal

# The first one starts the clock, and has no date to remind of.
FIRST_NOTICE, *REMINDERS = NOTICE_DAYS


def date_from(offer: RepricingOffer, *, noticed_at: datetime) -> datetime:
    """Return when the move takes effect if the notice is sent at an instant."""
    return next_renewal(
        offer, since=end_of_notice(noticed_at=noticed_at, notice_days=offer.notice_days)
    )


def next_date(offer: RepricingOffer, *, now: datetime) -> datetime:
    """
    Return when the move takes effect by now: no earlier than was told, and not in the past.

    The customer may be billed by another interval meanwhile; then the date moves later.
    """
    return next_renewal(offer, since=max(not_before(offer), now + INSTANT))


def not_before(offer: RepricingOffer) -> datetime:
    """Before when nothing takes effect: the end of the notice, and what the customer was told."""
    assert offer.noticed_at is not None and offer.effective_at is not None, offer.public_id
    over_at = end_of_notice(noticed_at=offer.noticed_at, notice_days=offer.notice_days)
    return max(over_at, offer.effective_at)


def next_renewal(offer: RepricingOffer, *, since: datetime) -> datetime:
    """Return the first renewal of the offer's agreement at or after an instant."""
    agreement = offer.agreement
    return first_renewal(anchor_at=agreement.anchor_at, interval=agreement.interval, since=since)


def plan_reminders(offer: RepricingOffer, *, now: datetime) -> None:
    """
    Let reminders come so many days before the date, each once; those that would have been due by
    now do not come at all.
    """
    assert offer.effective_at is not None, offer.public_id
    unsent = RepricingNotice.objects.filter(
        organization_id=offer.organization_id, offer=offer, queued_at=None
    )
    unsent.filter(days_before__in=REMINDERS).delete()
    known = set(offer.notices.values_list("days_before", flat=True))
    RepricingNotice.objects.bulk_create(
        RepricingNotice(
            organization_id=offer.organization_id, offer=offer, days_before=days, due_at=due_at
        )
        for days in REMINDERS
        if days not in known and (due_at := offer.effective_at - timedelta(days=days)) > now
    )
