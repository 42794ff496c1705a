"""
The campaign that runs in the demo: the customers who still pay for seats are offered credits.

One of them saves, one would pay more and is told so. The worker mails them, and with that the
notice of 90 days begins.
"""

from datetime import datetime
from typing import Final

from accounts.audit.actor import Actor

from ..choices import CampaignStatus
from ..models import Agreement, Plan, RepricingCampaign
from ..repricing.offers.operations import open_campaign
from ..repricing.operations import CampaignDetails, create_campaign, start_simulation
from ..repricing.queries import newest_simulation
from ..repricing.simulation import make_simulation
from .customers import STAFF
from .organizations import ensure_staff

CAMPAIGN: Final = "Seats become credits"
_WHY: Final = (
    "Your AI does more work than your people, and seats do not count that. From now on you pay for "
    "what you use."
)
_FROM: Final = ("team_seats",)
_TO: Final = ("starter", "professional", "enterprise")
_GUARANTEE_MONTHS: Final = 6


def ensure_campaign(*, now: datetime) -> None:
    """Have staff simulate a campaign and open it, unless that was done, or nobody is to move."""
    if not Agreement.objects.live().filter(plan_version__plan__code__in=_FROM).exists():
        return
    staff = Actor.for_user(ensure_staff(STAFF, now=now))
    campaign = RepricingCampaign.objects.filter(name=CAMPAIGN).first()
    if campaign is None:
        campaign = create_campaign(details=_details(), actor=staff, now=now)
    if campaign.status != CampaignStatus.DRAFT:
        return
    simulation = newest_simulation(campaign=campaign)
    if simulation is None:
        simulation = start_simulation(campaign=campaign, actor=staff, now=now)
    make_simulation(simulation_id=simulation.pk, clock=lambda: now)
    open_campaign(campaign=campaign, actor=staff, now=now)


def _details() -> CampaignDetails:
    return CampaignDetails(
        name=CAMPAIGN,
        why=_WHY,
        from_plans=list(Plan.objects.filter(code__in=_FROM)),
        to_plans=list(Plan.objects.filter(code__in=_TO).order_by("position")),
        guarantee_months=_GUARANTEE_MONTHS,
    )
