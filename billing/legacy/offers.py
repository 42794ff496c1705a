"""Staff offer a plan to one customer that others are not shown: a legacy or a private one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import SYSTEM, Actor
from accounts.memberships.queries import count_members
from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.errors import DomainError, Invalid

from ..agreements.beginning import check_open
from ..agreements.conditions import price_of, seats_of
from ..agreements.errors import SamePlan
from ..agreements.private_offers import note_private_offer
from ..agreements.queries import find_live_agreement
from ..catalog.choosing import is_withheld_from
from ..catalog.queries import (
    PlanNotOffered,
    find_newest_version,
    find_version_on_sale,
    get_plan_version_terms,
)
from ..choices import BillingInterval, PrivateOfferStatus
from ..models import Agreement, PlanVersion, PrivateOffer
from ..models.private_offer import LONGEST_MESSAGE, PrivateOfferQuerySet

LONGEST_OFFER: Final = timedelta(days=366)
# A payment page that was opened in time can be paid on for a day.
PAYMENT_PAGES_LAST: Final = timedelta(days=1)


class OfferEnded(DomainError):
    """The offer was accepted, withdrawn, or has lapsed."""

    code = "offer_ended"
    title = "The offer has ended"


class OfferTaken(DomainError):
    """The customer has taken the offer, and moves when the paid period ends."""

    code = "offer_taken"
    title = "The offer is taken"


@dataclass(frozen=True, slots=True)
class OfferOrder:
    """What is offered: a plan, until when, and how; what is left out the customer chooses."""

    plan_code: str
    expires_at: datetime
    interval: str = ""
    seats: int | None = None
    message: str = ""


@transaction.atomic
def make_private_offer(
    *, organization: Organization, order: OfferOrder, actor: Actor, now: datetime
) -> PrivateOffer:
    """
    Offer an organization a published plan that it could not choose by itself. It is shown on its
    plan page, taken by the normal checkout or change, and those who look after its billing are
    mailed.

    An open offer of the same plan is withdrawn: the newer one holds. Raises `PlanNotOffered`,
    `SamePlan`, `PriceNotOffered`, `NotEnoughSeats`, `OrganizationClosed`, and `Invalid` for a plan
    that it can choose anyway and for an end that is not within a year.
    """
    lock_organization(organization_id=organization.pk)
    check_open(organization)
    version = find_newest_version(plan_code=order.plan_code, at=now)
    if version is None:
        raise PlanNotOffered(f"There is no published plan “{order.plan_code}”.")
    _check_order(order, now=now)
    live = find_live_agreement(organization=organization)
    _check_needed(version, live, at=now)
    _check_can_be_had(version, order, organization, live)
    earlier = PrivateOffer.objects.owned_by(organization).standing().filter(plan=version.plan)
    for offer in earlier.select_related("organization", "plan"):
        _end(offer, PrivateOfferStatus.WITHDRAWN, actor=actor, reason="", now=now)
    offer = PrivateOffer.objects.create(
        organization=organization,
        plan=version.plan,
        interval=order.interval,
        seats=order.seats,
        message=order.message,
        offered_at=now,
        expires_at=order.expires_at,
    )
    note_private_offer(
        offer,
        changes={
            "plan": [None, version.plan.code],
            "interval": [None, order.interval or None],
            "seats": [None, order.seats],
            "expires_at": [None, order.expires_at.isoformat()],
        },
        actor=actor,
        now=now,
    )
    return offer


@transaction.atomic
def withdraw_private_offer(
    *, offer: PrivateOffer, actor: Actor, reason: str, now: datetime
) -> PrivateOffer:
    """
    Take an offer back that nobody has taken. Its payment pages are the caller's to close first.

    Raises `OfferEnded`, and `OfferTaken` if the customer is going to move to the plan.
    """
    lock_organization(organization_id=offer.organization_id)
    stored = PrivateOffer.objects.select_related("organization", "plan").get(pk=offer.pk)
    if stored.status != PrivateOfferStatus.OPEN:
        raise OfferEnded(_("The offer has ended already."))
    if PrivateOffer.objects.filter(pk=stored.pk).taken().exists():
        raise OfferTaken(_("The customer has taken the offer and moves when the paid period ends."))
    _end(stored, PrivateOfferStatus.WITHDRAWN, actor=actor, reason=reason, now=now)
    return stored


def let_offers_lapse(*, now: datetime) -> int:
    """
    End the offers that expired a day ago, when nothing can come of them any more, and return how
    many. One whose change waits for the end of the paid period stays until then.
    """
    due = _lapsed_by(now).values_list("organization_id", flat=True).distinct().order_by()
    ended = sweep(
        list(due),
        lambda organization_id: _let_lapse(organization_id, now=now),
        doing="ending the private offers of",
    )
    return sum(ended)


@transaction.atomic
def _let_lapse(organization_id: int, *, now: datetime) -> int:
    lock_organization(organization_id=organization_id)
    lapsed = list(
        _lapsed_by(now)
        .filter(organization_id=organization_id)
        .select_related("organization", "plan")
    )
    for offer in lapsed:
        _end(offer, PrivateOfferStatus.LAPSED, actor=SYSTEM, reason="", now=now)
    return len(lapsed)


def _lapsed_by(now: datetime) -> PrivateOfferQuerySet:
    expired = PrivateOffer.objects.standing().filter(expires_at__lte=now - PAYMENT_PAGES_LAST)
    return expired.not_taken()


def _check_order(order: OfferOrder, *, now: datetime) -> None:
    if not now < order.expires_at <= now + LONGEST_OFFER:
        raise Invalid(_("An offer ends later than now, and within a year."))
    if order.interval not in ("", *BillingInterval.values):
        raise Invalid(_("The interval is monthly, yearly, or left to the customer."))
    if len(order.message) > LONGEST_MESSAGE:
        raise Invalid(_("A message has at most %(most)s characters.") % {"most": LONGEST_MESSAGE})


def _check_needed(version: PlanVersion, live: Agreement | None, *, at: datetime) -> None:
    if live is not None and live.plan_version.plan_id == version.plan_id:
        raise SamePlan(_("The agreement is on %(plan)s already.") % {"plan": version.plan.name})
    on_sale = find_version_on_sale(plan_code=version.plan.code, at=at)
    is_open = on_sale is not None and on_sale.plan.is_self_serve
    if is_open and not is_withheld_from(version.plan, live=live):
        raise Invalid(
            _("%(plan)s is on sale: the customer can choose it without an offer.")
            % {"plan": version.plan.name}
        )


def _check_can_be_had(
    version: PlanVersion, order: OfferOrder, organization: Organization, live: Agreement | None
) -> None:
    """There is a price for it, and a seat for every member."""
    terms = get_plan_version_terms(plan_version_id=version.pk)
    currency = organization.currency if live is None else live.currency
    intervals = [order.interval] if order.interval else list(BillingInterval.values)
    sold = [
        interval
        for interval in intervals
        if terms.base_price(currency=currency, interval=interval) is not None
    ]
    price = price_of(
        terms,
        plan_name=version.plan.name,
        currency=currency,
        interval=sold[0] if sold else intervals[0],
    )
    members = count_members(organization=organization)
    seats_of(terms, price, wanted=order.seats, members=members)


def _end(
    offer: PrivateOffer, status: PrivateOfferStatus, *, actor: Actor, reason: str, now: datetime
) -> None:
    offer.status = status
    offer.ended_at = now
    offer.save(update_fields=["status", "ended_at"])
    note_private_offer(
        offer,
        changes={"status": [PrivateOfferStatus.OPEN, status]},
        actor=actor,
        reason=reason,
        now=now,
    )
