"""Customers who moved to other prices, with the promise that it costs no more."""

from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff
from billing.choices import (
    CampaignStatus,
    GuaranteeRule,
    MoneyCreditCause,
    OfferStatus,
    Verdict,
    Visibility,
)
from billing.models import (
    Agreement,
    Guarantee,
    GuaranteeClaim,
    MoneyCredit,
    PlanGroup,
    RepricingCampaign,
    RepricingOffer,
)
from billing.repricing.guarantees.keeping import keep_guarantees
from billing.repricing.guarantees.operations import begin_guarantee
from config.kernel.periods import boundary

from .agreements import SUBSCRIBED, make_agreement, use
from .catalog import STAFF, ArticleCatalog, fixed, make_group, make_plan, make_version, metered
from .catalog import per_seat as each_seat
from .offers import plain_figures

MOVED = datetime(2026, 10, 10, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def make_legacy_plan(catalog: ArticleCatalog) -> None:
    """What the customers were on: $75 a seat, with as many credits as one likes."""
    make_version(
        make_plan(catalog.legacy, "team_seats"),
        metered(catalog.credits, None),
        prices=(each_seat("75"), each_seat("750", interval="year")),
    )


def make_plain_plan(catalog: ArticleCatalog) -> None:
    """A plan whose bills are easy to reach: $600, and $1 for each credit."""
    group = PlanGroup.objects.filter(code="plain").first() or make_group(
        "plain", visibility=Visibility.CURRENT, is_default=False
    )
    make_version(
        make_plan(group, "plain"),
        metered(catalog.credits, 0, overage="1"),
        prices=(fixed("600"),),
        included_seats=20,
    )


def make_campaign(
    *, months: int = 6, rule: str = GuaranteeRule.PER_MONTH, name: str = "New prices"
) -> RepricingCampaign:
    """A campaign that runs, with a guarantee of so many months."""
    return RepricingCampaign.objects.create(
        name=name,
        why="Prices follow usage now.",
        status=CampaignStatus.RUNNING,
        guarantee_months=months,
        guarantee_rule=rule,
        opened_at=MOVED - timedelta(days=100),
    )


def move_by_offer(
    agreement: Agreement,
    plan_code: str,
    *,
    campaign: RepricingCampaign,
    at: datetime = MOVED,
    figures: dict[str, Any] | None = None,
) -> RepricingOffer:
    """The offer by which an agreement has moved to a plan at an instant."""
    agreement.refresh_from_db()
    from_version, seats = agreement.plan_version, agreement.seats
    change = change_plan_by_staff(
        agreement=agreement, plan_code=plan_code, actor=STAFF, reason="An offer", now=at
    )
    agreement.refresh_from_db()
    return RepricingOffer.objects.create(
        organization=agreement.organization,
        campaign=campaign,
        agreement=agreement,
        from_version=from_version,
        from_interval=agreement.interval,
        from_seats=seats,
        to_version=change.to_version,
        interval=agreement.interval,
        seats=agreement.seats,
        verdict=Verdict.SAVES,
        currency=agreement.currency,
        current_average_minor=750_00,
        new_average_minor=299_00,
        figures=figures or plain_figures(change.to_version, worst_minor=299_00),
        notice_days=90,
        status=OfferStatus.APPLIED,
        prepared_at=at - timedelta(days=100),
        noticed_at=at - timedelta(days=99),
        effective_at=at,
        ended_at=at,
    )


def make_guarantee(
    organization: Organization,
    plan_code: str = "professional",
    *,
    months: int = 6,
    rule: str = GuaranteeRule.PER_MONTH,
    seats: int = 10,
) -> Guarantee:
    """The guarantee of an organization that moved from ten seats at $75 each, at `MOVED`."""
    agreement = make_agreement(organization, "team_seats", seats=seats, at=SUBSCRIBED)
    offer = move_by_offer(agreement, plan_code, campaign=make_campaign(months=months, rule=rule))
    guarantee = begin_guarantee(offer=offer, now=MOVED)
    assert guarantee is not None
    return guarantee


def month_start(number: int) -> datetime:
    """When a month of the guarantee begins: 1 is the first, 7 the one after the sixth."""
    index = MOVED.month - 1 + number - 1
    return MOVED.replace(year=MOVED.year + index // 12, month=index % 12 + 1)


def live_through(organization: Organization, *credits: int, since: int = 1) -> None:
    """Use so many credits in each month, and compare it once it is settled."""
    for number, quantity in enumerate(credits, start=since):
        if quantity:
            use(organization, f"month-{number}", quantity, at=month_start(number) + HOUR)
        keep_guarantees(organization_id=organization.pk, now=month_start(number + 1) + HOUR)


def write_down_guarantee(agreement: Agreement, *, campaign: RepricingCampaign) -> Guarantee:
    """
    The rows of a guarantee on the plan that an agreement is on, as if it had moved there four
    months after its start, with a first month that gave $29 back.
    """
    moved_at = boundary(agreement.anchor_at, months=4)
    guarantee = Guarantee.objects.create(
        organization=agreement.organization,
        agreement=agreement,
        currency="USD",
        offer=_write_down_offer(agreement, campaign=campaign, moved_at=moved_at),
        old_version=agreement.plan_version,
        old_interval=agreement.interval,
        old_seats=10,
        new_version=agreement.plan_version,
        new_seats=agreement.seats,
        months=6,
        rule=GuaranteeRule.PER_MONTH,
        starts_at=moved_at,
        month_ends_at=boundary(agreement.anchor_at, months=6),
        interval=agreement.interval,
        seats=agreement.seats,
    )
    _write_down_first_month(guarantee, ended_at=boundary(agreement.anchor_at, months=5))
    return guarantee


def _write_down_offer(
    agreement: Agreement, *, campaign: RepricingCampaign, moved_at: datetime
) -> RepricingOffer:
    return RepricingOffer.objects.create(
        organization=agreement.organization,
        agreement=agreement,
        currency="USD",
        campaign=campaign,
        from_version=agreement.plan_version,
        from_interval=agreement.interval,
        from_seats=10,
        to_version=agreement.plan_version,
        interval=agreement.interval,
        seats=agreement.seats,
        verdict=Verdict.SAVES,
        current_average_minor=750_00,
        new_average_minor=299_00,
        figures=plain_figures(agreement.plan_version, worst_minor=299_00),
        notice_days=90,
        status=OfferStatus.APPLIED,
        prepared_at=agreement.anchor_at,
        noticed_at=agreement.anchor_at,
        effective_at=moved_at,
        ended_at=moved_at,
    )


def _write_down_first_month(guarantee: Guarantee, *, ended_at: datetime) -> None:
    credit = MoneyCredit.objects.create(
        organization=guarantee.organization,
        cause=MoneyCreditCause.GUARANTEE,
        source=f"{guarantee.public_id}:1",
        reason="$779 instead of $750",
        currency="USD",
        amount_minor=29_00,
        granted_at=ended_at,
    )
    GuaranteeClaim.objects.create(
        organization=guarantee.organization,
        guarantee=guarantee,
        month=1,
        starts_at=guarantee.starts_at,
        ends_at=ended_at,
        seats=10,
        old_minor=750_00,
        new_minor=779_00,
        credit_minor=29_00,
        money_credit=credit,
        calculated_at=ended_at,
    )
