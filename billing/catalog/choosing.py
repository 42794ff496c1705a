"""
Which plans an organization may choose: those on sale, and those that it alone is offered.

What visitors are shown is the same for everybody. What an organization may agree on also follows
from the plan that it has: plans for new customers are not for it, and staff may have offered it
one that nobody else is shown.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import Organization
from config.kernel.errors import DomainError, Invalid

from ..choices import BillingInterval, PrivateOfferStatus
from ..models import Agreement, Plan, PlanVersion, PrivateOffer
from .offers import PlanOffer
from .queries import (
    PlanNotOffered,
    find_newest_version,
    find_version_on_sale,
    list_newest_versions,
    offer_of,
)
from .terms import loaded_terms


class ForNewCustomers(DomainError):
    """The plan is on sale, but not to those who have a plan of another group."""

    code = "for_new_customers"
    title = "The plan is for new customers"


class OfferedOtherwise(Invalid):
    """A private offer is for one interval or number of seats, and another was asked for."""

    code = "offered_otherwise"
    title = "The offer is for other terms"


@dataclass(frozen=True, slots=True)
class Choice:
    """
    The version of a plan that an organization would get, with its plan loaded.

    `offer` is what it is offered privately, and bounds how; None for a plan that is on sale.
    """

    version: PlanVersion
    offer: PrivateOffer | None = None

    def interval(self, wanted: str | None) -> str | None:
        """
        Return the interval that is agreed on if this one is wanted; None wants what is offered.

        Raises `OfferedOtherwise` if the offer is for the other one.
        """
        if self.offer is None or not self.offer.interval:
            return wanted
        if wanted not in (None, self.offer.interval):
            raise OfferedOtherwise(
                _("The offer is for this plan billed “%(interval)s”.")
                % {"interval": BillingInterval(self.offer.interval).label},
                interval=self.offer.interval,
            )
        return self.offer.interval

    def seats(self, wanted: int | None) -> int | None:
        """
        Return the seats that are agreed on if so many are wanted; None wants what is offered.

        Raises `OfferedOtherwise` if the offer is for another number.
        """
        if self.offer is None or self.offer.seats is None:
            return wanted
        if wanted not in (None, self.offer.seats):
            raise OfferedOtherwise(
                _("The offer is for this number of seats: %(seats)s.")
                % {"seats": self.offer.seats},
                seats=self.offer.seats,
            )
        return self.offer.seats


@dataclass(frozen=True, slots=True)
class OfferedPlan:
    """A plan as it is offered to one organization: the private offer, and what the plan is."""

    offer: PrivateOffer
    plan: PlanOffer


def choose_plan(
    *, organization: Organization, live: Agreement | None, plan_code: str, at: datetime
) -> Choice:
    """
    Return what an organization with this live agreement gets that asks for a plan by itself.

    Such plans are the self-serve ones on sale, and what it is offered privately. Raises
    `PlanNotOffered` for any other, and `ForNewCustomers` for one that is only for others.
    """
    on_sale = find_version_on_sale(plan_code=plan_code, at=at)
    is_withheld = on_sale is not None and is_withheld_from(on_sale.plan, live=live)
    if on_sale is not None and on_sale.plan.is_self_serve and not is_withheld:
        return Choice(on_sale)
    offers = PrivateOffer.objects.owned_by(organization).open_at(at)
    offer = offers.filter(plan__code=plan_code).first()
    newest = None if offer is None else find_newest_version(plan_code=plan_code, at=at)
    if newest is not None:
        return Choice(newest, offer)
    if is_withheld:
        raise ForNewCustomers(
            _("This plan is for new customers. Ask us if you would like to move to it.")
        )
    raise PlanNotOffered(f"There is no plan “{plan_code}” to agree on.")


def is_withheld_from(plan: Plan, *, live: Agreement | None) -> bool:
    """Whether a plan, loaded with its group, is for new customers and this is not one."""
    return (
        plan.group.for_new_customers_only
        and live is not None
        and live.plan_version.plan.group_id != plan.group_id
    )


def list_withheld_codes(*, live: Agreement) -> frozenset[str]:
    """Return the codes of the plans that are only for new customers, which this is not."""
    withheld = Plan.objects.filter(group__for_new_customers_only=True)
    others = withheld.exclude(group_id=live.plan_version.plan.group_id)
    return frozenset(others.values_list("code", flat=True))


def list_offered_plans(*, organization: Organization, at: datetime) -> list[OfferedPlan]:
    """
    Return what an organization is offered privately at a moment, the newest offer first, each with
    the plan as it would be agreed on. One query where there is nothing.
    """
    offers = list(PrivateOffer.objects.owned_by(organization).open_at(at).order_by("-pk"))
    plans = _plans_of({offer.plan_id for offer in offers}, at=at) if offers else {}
    return [OfferedPlan(offer, plans[offer.plan_id]) for offer in offers if offer.plan_id in plans]


def note_taken(*, agreement: Agreement, now: datetime) -> list[PrivateOffer]:
    """
    Note that an agreement is on a plan that was offered to its organization privately, and return
    the offer that is accepted with it, if there was one. The caller holds the lock.

    One that expired meanwhile counts too: it was asked for in time.
    """
    offers = list(
        PrivateOffer.objects.filter(organization_id=agreement.organization_id)
        .standing()
        .filter(plan_id=agreement.plan_version.plan_id)
        .select_related("organization", "plan")
    )
    for offer in offers:
        offer.status = PrivateOfferStatus.ACCEPTED
        offer.agreement = agreement
        offer.ended_at = now
        offer.save(update_fields=["status", "agreement", "ended_at"])
    return offers


def _plans_of(plan_ids: Collection[int], *, at: datetime) -> dict[int, PlanOffer]:
    versions = list_newest_versions(plan_ids=plan_ids, at=at)
    prefetch_related_objects(versions, *loaded_terms())
    return {version.plan_id: offer_of(version) for version in versions}
