"""Open a campaign: an offer for each customer who may have a plan of it; and close it again."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.organizations.locking import lock_organizations

from ... import tasks
from ...choices import CampaignStatus, OfferStatus, Verdict
from ...models import (
    RepricingCampaign,
    RepricingNotice,
    RepricingOffer,
    SimulatedCustomer,
    Simulation,
)
from ..queries import latest_simulation
from .dates import FIRST_NOTICE
from .errors import CampaignNotReady, CampaignNotRunning
from .figures import freeze_figures

_UNANSWERED: Final = (OfferStatus.PREPARED, OfferStatus.OPEN)
_UNFINISHED: Final = (*_UNANSWERED, OfferStatus.ACCEPTED)


@transaction.atomic
def open_campaign(*, campaign: RepricingCampaign, actor: Actor, now: datetime) -> RepricingCampaign:
    """
    Let a campaign run, and return it: its terms stay from now on.

    Each customer of the latest simulation gets an offer of its best plan, with its own numbers,
    and its first notice is due; whoever no plan fits gets none, nor who has left the plan since or
    has an offer of another campaign. Raises `CampaignNotReady` for a campaign that is no draft
    any more, that was not simulated, or whose answers were due before now.
    """
    # One after the other, so that a customer never has two offers at once.
    campaigns = {row.pk: row for row in RepricingCampaign.objects.select_for_update()}
    stored = campaigns[campaign.pk]
    if stored.status != CampaignStatus.DRAFT:
        raise CampaignNotReady(_("The campaign was opened before."))
    if stored.answer_by is not None and stored.answer_by <= now:
        raise CampaignNotReady(_("Answers are due at a time that is still to come."))
    simulation = latest_simulation(campaign=stored)
    if simulation is None:
        raise CampaignNotReady(_("Simulate the campaign first."))
    # Until the offers are made nobody accepts another one.
    lock_organizations(
        organization_ids=simulation.customers.values_list("organization_id", flat=True)
    )
    offers = _offers_of(stored, simulation, now=now)
    RepricingOffer.objects.bulk_create(offers)
    RepricingNotice.objects.bulk_create(
        RepricingNotice(
            organization_id=offer.organization_id,
            offer=offer,
            days_before=FIRST_NOTICE,
            due_at=now,
        )
        for offer in offers
    )
    stored.status, stored.opened_at = CampaignStatus.RUNNING, now
    stored.save(update_fields=["status", "opened_at"])
    _note(stored, "repricing_campaign.opened", offers=len(offers), actor=actor, now=now)
    return stored


@transaction.atomic
def close_campaign(
    *, campaign: RepricingCampaign, actor: Actor, now: datetime
) -> RepricingCampaign:
    """
    Let a campaign end, and return it. What was accepted happens; nothing can be accepted any more.

    Customer by customer, a worker then withdraws the offers that nobody was told of, and lets
    those lapse that nobody has answered, also where everybody was to move. Raises
    `CampaignNotRunning`.
    """
    stored = RepricingCampaign.objects.select_for_update().get(pk=campaign.pk)
    if stored.status != CampaignStatus.RUNNING:
        raise CampaignNotRunning(_("Only a campaign that runs can be closed."))
    unanswered = RepricingOffer.objects.filter(campaign=stored, status__in=_UNANSWERED).count()
    stored.status, stored.closed_at = CampaignStatus.CLOSED, now
    stored.save(update_fields=["status", "closed_at"])
    _note(stored, "repricing_campaign.closed", offers=unanswered, actor=actor, now=now)
    # Robust: a broker that is away must not undo it; the sweep comes by.
    transaction.on_commit(lambda: tasks.move_due_offers.delay(), robust=True)
    return stored


def _offers_of(
    campaign: RepricingCampaign, simulation: Simulation, *, now: datetime
) -> list[RepricingOffer]:
    busy = RepricingOffer.objects.filter(status__in=_UNFINISHED).values("organization_id")
    customers = list(
        SimulatedCustomer.objects.filter(
            simulation=simulation,
            agreement__ended_at=None,
            agreement__plan_version__plan__in=campaign.from_plans.all(),
            organization__closed_at=None,
        )
        .exclude(verdict=Verdict.NO_PLAN)
        .exclude(organization_id__in=busy)
        .select_related("agreement__plan_version__plan", "best_plan_version")
        .prefetch_related("plans__plan_version__plan")
        .order_by("organization_id")
    )
    return [_offer(campaign, customer, now=now) for customer in customers]


def _offer(
    campaign: RepricingCampaign, customer: SimulatedCustomer, *, now: datetime
) -> RepricingOffer:
    agreement = customer.agreement
    assert customer.best_plan_version_id is not None, customer.pk
    assert customer.best_average_minor is not None, customer.pk
    best = next(
        plan
        for plan in customer.plans.all()
        if plan.plan_version_id == customer.best_plan_version_id
    )
    return RepricingOffer(
        organization_id=customer.organization_id,
        campaign=campaign,
        agreement=agreement,
        from_version_id=agreement.plan_version_id,
        from_interval=agreement.interval,
        from_seats=agreement.seats,
        to_version_id=customer.best_plan_version_id,
        interval=best.interval,
        seats=best.seats,
        verdict=customer.verdict,
        currency=customer.currency,
        current_average_minor=customer.current_average_minor,
        new_average_minor=customer.best_average_minor,
        figures=freeze_figures(customer),
        notice_days=campaign.notice_days,
        prepared_at=now,
    ).with_public_id()


def _note(
    campaign: RepricingCampaign, action: str, *, offers: int, actor: Actor, now: datetime
) -> None:
    record(
        actor=actor,
        action=action,
        target=campaign.public_id,
        changes={"status": str(campaign.status), "offers": offers},
        now=now,
    )
