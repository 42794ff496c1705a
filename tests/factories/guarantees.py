"""Customers who moved to other prices, with the promise that it costs no more."""

from datetime import UTC, datetime, timedelta

from accounts.models import Organization
from billing.agreements.changes import change_plan_by_staff
from billing.choices import CampaignStatus, GuaranteeRule, OfferStatus, Verdict, Visibility
from billing.models import Agreement, Guarantee, PlanGroup, RepricingCampaign, RepricingOffer
from billing.repricing.guarantees.keeping import keep_guarantees
from billing.repricing.guarantees.operations import begin_guarantee

from .agreements import SUBSCRIBED, make_agreement, use
from .catalog import STAFF, ArticleCatalog, fixed, make_group, make_plan, make_version, metered
from .catalog import per_seat as each_seat

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
    agreement: Agreement, plan_code: str, *, campaign: RepricingCampaign, at: datetime = MOVED
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
