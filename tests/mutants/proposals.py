"""Offers to move to another plan, answered and told of with proof: for two organizations."""

from datetime import timedelta
from hashlib import sha256

from billing.choices import OfferStatus, ScheduledChangeStatus, Verdict
from billing.models import Agreement, RepricingNotice, RepricingOffer, ScheduledChange
from config.kernel.periods import boundary
from tests.factories.guarantees import make_campaign
from tests.factories.offers import plain_figures
from tests.proof.books import Books

MAIL = sha256(b"A mail")


def fill_proposals(books: Books) -> None:
    """Both organizations have accepted, and the change that makes their move was undone."""
    campaign = make_campaign(name="Other prices")
    for organization in (books.acme, books.globex):
        agreement = Agreement.objects.owned_by(organization).get()
        told_at, version = agreement.anchor_at, agreement.plan_version
        moves_at = boundary(agreement.anchor_at, months=4)
        shared = {"organization": organization, "agreement": agreement}
        target = {"to_version": version, "interval": agreement.interval, "seats": 1}
        change = ScheduledChange.objects.create(
            **shared,
            **target,
            effective_at=moves_at,
            status=ScheduledChangeStatus.UNDONE,
            requested_at=told_at,
            ended_at=told_at,
        )
        offer = RepricingOffer.objects.create(
            **shared,
            **target,
            campaign=campaign,
            from_version=version,
            from_interval=agreement.interval,
            from_seats=1,
            verdict=Verdict.SAVES,
            currency="USD",
            current_average_minor=750_00,
            new_average_minor=299_00,
            figures=plain_figures(version, worst_minor=299_00),
            notice_days=90,
            status=OfferStatus.ACCEPTED,
            prepared_at=told_at,
            noticed_at=told_at,
            effective_at=moves_at,
            answered_at=told_at + timedelta(days=1),
            scheduled_change=change,
        )
        RepricingNotice.objects.create(
            organization=organization,
            offer=offer,
            days_before=90,
            due_at=told_at,
            queued_at=told_at,
            sent_at=told_at,
            sent_to=[{"address": "alice@acme.example", "sha256": MAIL.hexdigest()}],
            message_sha256=MAIL.digest(),
        )
