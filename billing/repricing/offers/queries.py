"""Reads of offers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import Organization

from ...choices import CampaignStatus, OfferStatus, ScheduledChangeStatus
from ...models import Agreement, RepricingCampaign, RepricingOffer, ScheduledChange
from .dates import next_date, next_renewal
from .errors import OfferNotFound
from .loading import loaded

_GOES_ON = (OfferStatus.OPEN, OfferStatus.ACCEPTED)
_OVER = Q(status__in=(OfferStatus.DECLINED, OfferStatus.LAPSED, OfferStatus.WITHDRAWN))
# What customers were told of; what was prepared is between staff.
_KNOWN = Q(noticed_at__isnull=False)


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """
    How far a campaign has come, in customers. `prepared` were not told yet, `told` is everybody
    who was; `seen` opened their page. `moved` are on the new plan and `left` have no agreement any
    more; `lapsed` and `withdrawn` are the others whose offer is over. `stuck` wait for something
    that is in the way of their move.
    """

    offered: int
    prepared: int
    told: int
    seen: int
    waiting: int
    accepted: int
    declined: int
    moved: int
    left: int
    lapsed: int
    withdrawn: int
    stuck: int
    moved_all_the_same: int


def get_offer(*, organization: Organization, public_id: str) -> RepricingOffer:
    """
    Return an offer that the organization was told of, with all that is said of it.

    Raises `OfferNotFound`.
    """
    offer = loaded().filter(_KNOWN, organization=organization, public_id=public_id).first()
    if offer is None:
        raise OfferNotFound("There is no such offer.")
    return offer


def list_offers(*, organization: Organization) -> list[RepricingOffer]:
    """Return the offers that the organization was told of, newest first, with all of the same."""
    return list(loaded().filter(_KNOWN, organization=organization).order_by("-pk"))


def find_offer_in_view(*, organization: Organization) -> RepricingOffer | None:
    """
    Return the newest offer that still says something to the customer: it goes on, was declined in
    a campaign that runs, or has moved the customer. None without one.
    """
    return (
        loaded()
        .filter(_KNOWN, organization=organization)
        .filter(
            Q(status__in=_GOES_ON)
            | Q(status=OfferStatus.DECLINED, campaign__status=CampaignStatus.RUNNING)
            | Q(status=OfferStatus.APPLIED)
        )
        .order_by("-pk")
        .first()
    )


def list_offers_of_campaign(*, campaign: RepricingCampaign) -> list[RepricingOffer]:
    """Return all offers of a campaign for staff, by the names of the customers."""
    return list(loaded().filter(campaign=campaign).order_by("organization__name", "pk"))


def campaign_progress(*, campaign: RepricingCampaign) -> CampaignProgress:
    """Return how far a campaign has come. One statement."""

    def number(condition: Q) -> Count:
        return Count("pk", filter=condition)

    has_left = Q(agreement__ended_at__isnull=False) & ~Q(status=OfferStatus.APPLIED)
    counts = RepricingOffer.objects.filter(campaign=campaign).aggregate(
        offered=Count("pk"),
        prepared=number(Q(status=OfferStatus.PREPARED)),
        told=number(_KNOWN),
        seen=number(Q(seen_at__isnull=False)),
        waiting=number(Q(status=OfferStatus.OPEN)),
        accepted=number(Q(status=OfferStatus.ACCEPTED)),
        declined=number(Q(status=OfferStatus.DECLINED)),
        moved=number(Q(status=OfferStatus.APPLIED)),
        left=number(has_left & _KNOWN),
        lapsed=number(Q(status=OfferStatus.LAPSED) & ~has_left),
        withdrawn=number(Q(status=OfferStatus.WITHDRAWN)),
        stuck=number(Q(status__in=_GOES_ON) & ~Q(obstacle="")),
        moved_all_the_same=number(
            _OVER & Q(scheduled_change__status=ScheduledChangeStatus.APPLIED)
        ),
    )
    return CampaignProgress(**counts)


def date_if_accepted(offer: RepricingOffer, *, now: datetime) -> datetime:
    """Return when the move would take effect if the offer was accepted now."""
    return next_date(offer, now=now)


def date_if_waived(offer: RepricingOffer, *, now: datetime) -> datetime:
    """Return the very next renewal, for a customer that does not want to wait for the notice."""
    return next_renewal(offer, since=now)


def find_due_move(*, agreement: Agreement, change: ScheduledChange) -> RepricingOffer | None:
    """Return the offer by which everybody moves, if that is where a waiting change comes from."""
    return (
        loaded()
        .filter(
            organization_id=agreement.organization_id,
            scheduled_change=change,
            campaign__must_move=True,
            status__in=_GOES_ON,
        )
        .first()
    )


def is_told_by_an_offer(
    *, organization_id: int, plan_code: str, version: int, effective_at: datetime
) -> bool:
    """Whether a customer was told by an offer of its own of a move that takes effect then."""
    return RepricingOffer.objects.filter(
        organization_id=organization_id,
        status__in=_GOES_ON,
        to_version__plan__code=plan_code,
        to_version__number=version,
        effective_at__lte=effective_at,
    ).exists()
