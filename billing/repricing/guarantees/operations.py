"""Begin guarantees, and keep them: compare each month once it is settled, and give back."""

from datetime import datetime

from django.db import transaction

from accounts.audit.actor import SYSTEM
from accounts.organizations.locking import lock_organization

from ...agreements.periods import usage_month_at
from ...events import EventType
from ...models import Agreement, Guarantee, PlanChange, RepricingOffer
from .noting import note_guarantee


@transaction.atomic
def begin_guarantee(*, offer: RepricingOffer, now: datetime) -> Guarantee | None:
    """
    Promise a customer who has moved that it pays no more than before, as its campaign says.

    Returns the guarantee, the same one again for the same offer; None if the campaign gives none
    or the agreement has ended meanwhile. It begins with the month of usage in which the move took
    effect. It belongs to the caller's transaction, if there is one, and takes the organization's
    lock. The agreement is on the offered plan, or was: raises `PlanChange.DoesNotExist` if it
    never moved there.
    """
    campaign = offer.campaign
    if not campaign.guarantee_months:
        return None
    lock_organization(organization_id=offer.organization_id)
    begun = Guarantee.objects.filter(organization_id=offer.organization_id, offer=offer).first()
    if begun is not None:
        return begun
    agreement = Agreement.objects.select_related("organization").get(pk=offer.agreement_id)
    if agreement.ended_at is not None:
        return None
    move = PlanChange.objects.filter(
        organization_id=offer.organization_id,
        agreement=agreement,
        to_version_id=offer.to_version_id,
    ).latest("effective_at")
    month = usage_month_at(
        started_at=agreement.started_at, anchor_at=agreement.anchor_at, at=move.effective_at
    )
    guarantee = Guarantee.objects.create(
        organization=agreement.organization,
        offer=offer,
        agreement=agreement,
        old_version_id=offer.from_version_id,
        old_interval=offer.from_interval,
        old_seats=offer.from_seats,
        new_version_id=offer.to_version_id,
        new_seats=agreement.seats,
        currency=offer.currency,
        months=campaign.guarantee_months,
        rule=campaign.guarantee_rule,
        starts_at=month.starts_at,
        month_ends_at=month.ends_at,
        interval=agreement.interval,
        seats=agreement.seats,
    )
    note_guarantee(guarantee, EventType.GUARANTEE_STARTED, actor=SYSTEM, now=now)
    return guarantee
