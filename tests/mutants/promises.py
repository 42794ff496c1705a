"""Guarantees that a move costs no more, with a month that was compared: for two organizations."""

from datetime import timedelta

from accounts.models import Organization
from billing.choices import (
    BillingInterval,
    CampaignStatus,
    GuaranteeRule,
    MoneyCreditCause,
    OfferStatus,
    Verdict,
)
from billing.models import (
    Agreement,
    Guarantee,
    GuaranteeClaim,
    MoneyCredit,
    RepricingCampaign,
    RepricingOffer,
)
from config.kernel.periods import boundary
from tests.factories.agreements import SUBSCRIBED
from tests.proof.books import Books

LATER = SUBSCRIBED + timedelta(days=30)


def fill_promises(books: Books) -> None:
    """Promise both organizations that their move costs no more, and give a month back."""
    campaign = RepricingCampaign.objects.create(
        name="Safe prices",
        why="Prices follow usage now.",
        status=CampaignStatus.RUNNING,
        guarantee_months=6,
        opened_at=SUBSCRIBED,
    )
    for organization in (books.acme, books.globex):
        _promise(organization, campaign)


def _promise(organization: Organization, campaign: RepricingCampaign) -> None:
    agreement = Agreement.objects.owned_by(organization).get()
    version = agreement.plan_version
    guarantee = Guarantee.objects.create(
        organization=organization,
        offer=_offer(agreement, campaign),
        agreement=agreement,
        old_version=version,
        old_interval=BillingInterval.MONTH,
        old_seats=10,
        new_version=version,
        new_seats=1,
        currency="USD",
        months=6,
        rule=GuaranteeRule.PER_MONTH,
        starts_at=SUBSCRIBED,
        month_ends_at=LATER,
        interval=BillingInterval.MONTH,
        seats=1,
    )
    GuaranteeClaim.objects.create(
        organization=organization,
        guarantee=guarantee,
        month=1,
        starts_at=SUBSCRIBED,
        ends_at=LATER,
        seats=10,
        old_minor=750_00,
        new_minor=779_00,
        credit_minor=29_00,
        money_credit=MoneyCredit.objects.create(
            organization=organization,
            cause=MoneyCreditCause.GUARANTEE,
            source=f"{guarantee.public_id}:1",
            reason="$779 instead of $750",
            currency="USD",
            amount_minor=29_00,
            granted_at=LATER,
        ),
        calculated_at=LATER,
    )


def _offer(agreement: Agreement, campaign: RepricingCampaign) -> RepricingOffer:
    moved_at = boundary(agreement.anchor_at, months=4)
    return RepricingOffer.objects.create(
        organization=agreement.organization,
        campaign=campaign,
        agreement=agreement,
        from_version=agreement.plan_version,
        from_interval=BillingInterval.MONTH,
        from_seats=10,
        to_version=agreement.plan_version,
        interval=BillingInterval.MONTH,
        seats=1,
        verdict=Verdict.SAVES,
        currency="USD",
        current_average_minor=750_00,
        new_average_minor=299_00,
        notice_days=90,
        status=OfferStatus.APPLIED,
        prepared_at=SUBSCRIBED,
        noticed_at=SUBSCRIBED,
        effective_at=moved_at,
        ended_at=moved_at,
    )
