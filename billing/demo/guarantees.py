"""
A customer of the demo that has moved to the new prices, with the promise that it costs no more.

It was one of the first that were asked: it accepted, moved at its renewal, and has used more
since than before. So both of its months gave something back.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import transaction

from accounts.models import Organization, User
from accounts.webhooks.values import instant, quantity
from config.kernel.periods import boundary

from ..catalog.queries import find_newest_version, get_plan_version_terms
from ..choices import CampaignStatus, OfferStatus, Verdict
from ..models import Agreement, PlanVersion, RepricingCampaign, RepricingOffer
from ..rating.replay import MonthlyBill, PricedPlan, average_of, dearest_of, replay
from ..repricing.cohorts import list_months_used, priced_plan
from ..repricing.guarantees.keeping import keep_guarantees
from ..repricing.offers.moving import move_offer
from ..stripe.rehearsal import find_rehearsal
from .customers import Customer
from .history import list_usage_periods

CAMPAIGN: Final = "First customers on the new prices"
_WHY: Final = (
    "Seats say little about what AI costs. From now on you pay for what you use, and most teams "
    "pay less."
)
_PLAN: Final = "professional"
_GUARANTEE_MONTHS: Final = 6
_MONTHS_SINCE: Final = 2
_HISTORY_MONTHS: Final = 6
_TOLD_BEFORE: Final = timedelta(days=95)
_PREPARED_BEFORE: Final = timedelta(days=96)
_PLANNED_BEFORE: Final = timedelta(days=2)
# By then the month before is settled and invoiced.
_SETTLED_AFTER: Final = timedelta(minutes=70)


def list_moves(
    customer: Customer, *, organization: Organization, now: datetime
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Return what happens until now to a customer that moves, and when. Each is done once."""
    if not customer.moves:
        return
    *complete, _current = list_usage_periods(customer, now=now)
    since = complete[-_MONTHS_SINCE:]
    moved_at = since[0].starts_at
    planned_at = moved_at - _PLANNED_BEFORE
    yield planned_at, partial(_accept, customer, organization, moved_at=moved_at, now=planned_at)
    arrived_at = moved_at + _SETTLED_AFTER
    yield arrived_at, partial(_arrive, organization, now=arrived_at)
    for period in since:
        at = period.ends_at + _SETTLED_AFTER
        yield at, partial(_keep, organization, now=at)


def _accept(
    customer: Customer, organization: Organization, *, moved_at: datetime, now: datetime
) -> None:
    """Accept the offer, so that the move is planned for the renewal."""
    rehearsal = find_rehearsal(organization=organization)
    if rehearsal is not None:
        rehearsal.move_to(now)
    offer = RepricingOffer.objects.owned_by(organization).first()
    if offer is None:
        offer = _write_offer(customer, organization, moved_at=moved_at, now=now)
    move_offer(offer_id=offer.pk, now=now)


def _arrive(organization: Organization, *, now: datetime) -> None:
    """Note that the customer has moved, with which the guarantee begins."""
    offer = RepricingOffer.objects.owned_by(organization).get()
    move_offer(offer_id=offer.pk, now=now)


def _keep(organization: Organization, *, now: datetime) -> None:
    keep_guarantees(organization_id=organization.pk, now=now)


@transaction.atomic
def _write_offer(
    customer: Customer, organization: Organization, *, moved_at: datetime, now: datetime
) -> RepricingOffer:
    agreement = Agreement.objects.owned_by(organization).select_related("plan_version__plan").get()
    version = find_newest_version(plan_code=_PLAN, at=now)
    assert version is not None
    terms = get_plan_version_terms(plan_version_id=version.pk)
    owner = User.objects.get(email=customer.owner.email)
    figures = _figures(agreement, version, until=moved_at - _PREPARED_BEFORE)
    [offered] = figures["plans"]
    saving = figures["current"]["average_minor"] - offered["average_minor"]
    campaign = RepricingCampaign.objects.create(
        name=CAMPAIGN,
        why=_WHY,
        status=CampaignStatus.CLOSED,
        history_months=_HISTORY_MONTHS,
        guarantee_months=_GUARANTEE_MONTHS,
        opened_at=moved_at - _PREPARED_BEFORE,
        closed_at=now,
    )
    campaign.from_plans.add(agreement.plan_version.plan)
    campaign.to_plans.add(version.plan)
    return RepricingOffer.objects.create(
        organization=organization,
        campaign=campaign,
        agreement=agreement,
        from_version=agreement.plan_version,
        from_interval=agreement.interval,
        from_seats=agreement.seats,
        to_version=version,
        interval=agreement.interval,
        seats=terms.included_seats or agreement.seats,
        verdict=Verdict.SAVES if saving > 0 else Verdict.PAYS_MORE,
        currency=agreement.currency,
        current_average_minor=figures["current"]["average_minor"],
        new_average_minor=offered["average_minor"],
        figures=figures,
        notice_days=campaign.notice_days,
        status=OfferStatus.ACCEPTED,
        prepared_at=moved_at - _PREPARED_BEFORE,
        noticed_at=moved_at - _TOLD_BEFORE,
        effective_at=moved_at,
        answered_at=now,
        answered_by=owner,
    )


def _figures(agreement: Agreement, version: PlanVersion, *, until: datetime) -> dict[str, Any]:
    """The customer's own months on both plans, as the offer showed them."""
    months = list_months_used(
        organization_ids=[agreement.organization_id],
        since=boundary(until, months=-_HISTORY_MONTHS),
        until=until,
    )[agreement.organization_id]
    old, new = (
        replay(_priced(agreement, each), seats=agreement.seats, months=months)
        for each in (agreement.plan_version, version)
    )
    return {
        "months": [
            {
                "starts_at": instant(month.starts_at),
                "ends_at": instant(month.ends_at),
                "used": {code: quantity(used) for code, used in month.used.items()},
                "now_minor": before.total.minor,
                "then_minor": after.total.minor,
            }
            for month, before, after in zip(months, old, new, strict=True)
        ],
        "current": _plan(agreement.plan_version, old, agreement=agreement),
        "plans": [
            _plan(version, new, agreement=agreement) | {"objections": [], "is_offered": True}
        ],
    }


def _plan(
    version: PlanVersion, bills: list[MonthlyBill], *, agreement: Agreement
) -> dict[str, Any]:
    terms = get_plan_version_terms(plan_version_id=version.pk)
    return {
        "plan": version.plan.code,
        "name": version.plan.name,
        "version": version.number,
        "seats": terms.included_seats or agreement.seats,
        "interval": str(agreement.interval),
        "average_minor": average_of(bills).minor,
        "worst_minor": dearest_of(bills).total.minor,
    }


def _priced(agreement: Agreement, version: PlanVersion) -> PricedPlan:
    plan = priced_plan(
        get_plan_version_terms(plan_version_id=version.pk),
        currency=agreement.currency,
        interval=agreement.interval,
    )
    assert plan is not None, version
    return plan
