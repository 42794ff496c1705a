"""Campaigns and offers for tests, with the article's numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Organization
from billing.agreements.operations import bring_all_current
from billing.choices import SimulationStatus, Verdict
from billing.models import (
    Agreement,
    Plan,
    PlanVersion,
    RepricingCampaign,
    RepricingOffer,
    SimulatedCustomer,
    SimulatedPlan,
    Simulation,
)
from billing.repricing.offers.operations import open_campaign, send_due_notices
from billing.repricing.simulation import make_simulation
from billing.settlements.operations import close_due_periods
from config.kernel.periods import boundary

from .agreements import make_agreement, use
from .catalog import STAFF, ArticleCatalog, make_plan, make_version, metered, per_seat
from .mails import send_due

WHY = "Credits follow what you use."


def make_campaign(
    from_plans: Sequence[Plan], to_plans: Sequence[Plan], **more: Any
) -> RepricingCampaign:
    """A draft, with nothing simulated."""
    campaign = RepricingCampaign.objects.create(name="To credits", why=WHY, **more)
    campaign.from_plans.set(from_plans)
    campaign.to_plans.set(to_plans)
    return campaign


def simulate_customer(
    campaign: RepricingCampaign,
    agreement: Agreement,
    best: PlanVersion,
    *,
    now_minor: int = 75_000,
    then_minor: int = 29_900,
    as_of: datetime,
) -> Simulation:
    """A simulation that is done, without a complete month: the base prices are compared."""
    simulation = Simulation.objects.create(
        campaign=campaign, status=SimulationStatus.DONE, as_of=as_of, total_count=1, done_count=1
    )
    customer = SimulatedCustomer.objects.create(
        simulation=simulation,
        organization=agreement.organization,
        agreement=agreement,
        month_count=0,
        seats=agreement.seats,
        currency=agreement.currency,
        current_average_minor=now_minor,
        current_worst_minor=now_minor,
        verdict=_verdict(now_minor - then_minor),
        best_plan_version=best,
        best_average_minor=then_minor,
        best_worst_minor=then_minor,
        saving_minor=now_minor - then_minor,
    )
    SimulatedPlan.objects.create(
        customer=customer,
        plan_version=best,
        interval=agreement.interval,
        seats=20,
        average_minor=then_minor,
        worst_minor=then_minor,
    )
    return simulation


def make_offer(
    agreement: Agreement,
    best: PlanVersion,
    *,
    at: datetime,
    now_minor: int = 75_000,
    then_minor: int = 29_900,
    is_told: bool = True,
    **campaign: Any,
) -> RepricingOffer:
    """An offer of a campaign that runs, of which the customer was told at an instant."""
    made = make_campaign([agreement.plan_version.plan], [best.plan], **campaign)
    simulate_customer(made, agreement, best, now_minor=now_minor, then_minor=then_minor, as_of=at)
    open_campaign(campaign=made, actor=STAFF, now=at)
    if is_told:
        tell(at=at)
    return offer_of(agreement.organization)


def tell(*, at: datetime) -> int:
    """Send what is due, and return how many mails left."""
    send_due_notices(now=at)
    return len(send_due(now=at))


def offer_of(organization: Organization) -> RepricingOffer:
    """The organization's newest offer, as it is now."""
    return (
        RepricingOffer.objects.owned_by(organization)
        .select_related("organization", "campaign", "agreement")
        .latest("pk")
    )


def days(count: int) -> timedelta:
    """So many times 24 hours."""
    return timedelta(days=count)


def _verdict(saving: int) -> Verdict:
    if saving > 0:
        return Verdict.SAVES
    return Verdict.PAYS_MORE if saving < 0 else Verdict.SAME


def make_legacy_customer(
    organization: Organization, catalog: ArticleCatalog, *, used: Sequence[int], now: datetime
) -> Agreement:
    """
    Ten seats at $75 with as many credits as one likes, as in the article; `used` are the credits
    of the last complete months, oldest first. The month that runs has begun nine days ago.
    """
    version = make_version(
        make_plan(catalog.legacy, "team_seats", name="Team seats"),
        metered(catalog.credits, None),
        prices=(per_seat("75"),),
    )
    began_at = now - days(9)
    starts = [boundary(began_at, months=index - len(used)) for index in range(len(used))]
    agreement = make_agreement(organization, version.plan.code, seats=10, at=starts[0])
    for index, (start, quantity) in enumerate(zip(starts, used, strict=True)):
        use(organization, f"month-{index}", quantity, at=start + days(3))
    bring_all_current(now=now)
    close_due_periods(now=now)
    agreement.refresh_from_db()
    return agreement


def simulate(campaign: RepricingCampaign, *, now: datetime) -> Simulation:
    """Replay the campaign's cohort as the worker does."""
    simulation = Simulation.objects.create(campaign=campaign, as_of=now)
    assert make_simulation(simulation_id=simulation.pk, clock=lambda: now)
    return simulation


def make_real_offer(
    agreement: Agreement, catalog: ArticleCatalog, *, now: datetime, **campaign: Any
) -> RepricingOffer:
    """The offer of a campaign that was simulated, of Starter or Professional; told just now."""
    made = make_campaign(
        [agreement.plan_version.plan], [catalog.starter.plan, catalog.professional.plan], **campaign
    )
    simulate(made, now=now)
    open_campaign(campaign=made, actor=STAFF, now=now)
    tell(at=now)
    return offer_of(agreement.organization)


def plain_figures(version: PlanVersion, *, worst_minor: int) -> dict[str, Any]:
    """The figures of an offer of one plan, without a month of usage."""
    plan = {
        "plan": version.plan.code,
        "name": version.plan.name,
        "version": version.number,
        "seats": 1,
        "interval": "month",
        "objections": [],
        "average_minor": worst_minor,
        "worst_minor": worst_minor,
        "is_offered": True,
    }
    return {"months": [], "current": {"worst_minor": 75_000}, "plans": [plan]}
