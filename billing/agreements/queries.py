"""Reads of agreements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from accounts.models import Membership, Organization
from config.kernel.errors import NotFound
from config.kernel.money import Money

from ..catalog.labels import labels_of_plan, read_labels
from ..catalog.queries import FeatureLabel, get_plan_version_terms
from ..choices import OfferStatus, ScheduledChangeStatus, Visibility
from ..models import (
    Agreement,
    Guarantee,
    Outcome,
    OutcomeDefinition,
    PlanFeature,
    PrivateOffer,
    RepricingOffer,
    ScheduledChange,
    StripeCustomer,
)
from ..models.agreement import AgreementQuerySet
from ..models.guarantee import SHOWN_FOR
from ..money_credits.queries import credit_to_come_off
from ..rating.charges import BasePrice, base_charge
from .due import HasDueAgreement
from .waiting import find_waiting_change


class AgreementNotFound(NotFound):
    """There is no such agreement, or it is another organization's."""

    code = "agreement_not_found"
    title = "No such agreement"


@dataclass(frozen=True, slots=True)
class AgreementView:
    """
    An agreement as its customer sees it. `base` is what each billing period costs.

    `trial_ends_at` is also told of a trial that is over, `cancel_at` of an agreement that is going
    to end. A legacy plan is not sold any more, and honoured for those who have it.
    """

    id: str
    organization_id: str
    plan_code: str
    plan_name: str
    version: int
    is_legacy_plan: bool
    status: str
    collection: str
    currency: str
    interval: str
    seats: int
    included_seats: int | None
    base: Money
    started_at: datetime
    anchor_at: datetime
    trial_ends_at: datetime | None
    period_starts_at: datetime
    period_ends_at: datetime
    cancel_at: datetime | None
    end_reason: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What an agreement is going to be, and what each billing period costs then."""

    id: str
    plan_code: str
    plan_name: str
    version: int
    interval: str
    seats: int
    base: Money
    effective_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """
    The agreement in force, with its plan loaded, and what it is going to be: None, the same.

    `is_due` says that it has come to something that nobody has seen to yet: what is said here is
    true once `billing.agreements.operations.bring_current` has. `offer_status` is that of a move to
    another plan that the customer was told of and that is not over; empty without one.
    `has_guarantee`: that it costs no more than before was promised, and is not long over.
    `has_private_offer`: a plan is offered to this organization alone. `has_outcomes`: outcomes were
    reported of it, or its plan has a price for them. `balance` is the customer's, in their favour,
    with what is on its way there: it comes off the next invoices. `people` belong to the
    organization, `has_card` says that there is something to pay with, and `labels` are what is
    read about the features of the plan, by code.
    """

    agreement: Agreement
    change: ScheduledChange | None
    is_due: bool
    offer_status: str
    has_guarantee: bool
    has_private_offer: bool
    has_outcomes: bool
    balance: Money
    people: int
    has_card: bool
    labels: dict[str, FeatureLabel]


def find_live_agreement(*, organization: Organization) -> Agreement | None:
    """Return the agreement in force, with plan and group loaded; None if there is none."""
    return _loaded().owned_by(organization).live().first()


def find_standing(*, organization: Organization, now: datetime) -> Standing | None:
    """Return the agreement in force and the change that waits for it; None without one."""
    waiting = ScheduledChange.objects.filter(
        organization_id=OuterRef("organization_id"),
        agreement_id=OuterRef("pk"),
        status=ScheduledChangeStatus.WAITING,
    )
    told = RepricingOffer.objects.filter(
        organization_id=OuterRef("organization_id"),
        status__in=(OfferStatus.OPEN, OfferStatus.ACCEPTED),
    )
    promised = Guarantee.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=now - SHOWN_FOR),
        organization_id=OuterRef("organization_id"),
    )
    loaded = _loaded().owned_by(organization).live()
    live: Any = loaded.annotate(
        is_to_change=Exists(waiting),
        is_due=HasDueAgreement(organization_id=organization.pk, now=now),
        offer_status=Subquery(told.values("status")),
        has_guarantee=Exists(promised),
        has_private_offer=Exists(
            PrivateOffer.objects.open_at(now).filter(organization_id=OuterRef("organization_id"))
        ),
        has_outcomes=Exists(Outcome.objects.filter(organization_id=OuterRef("organization_id")))
        | Exists(
            PlanFeature.objects.filter(
                plan_version_id=OuterRef("plan_version_id"),
                feature__code__in=OutcomeDefinition.objects.values("meter__code"),
            )
        ),
        balance_minor=credit_to_come_off(),
        people=_people_of_it(),
        has_card=Exists(
            StripeCustomer.objects.filter(
                organization_id=OuterRef("organization_id"), has_payment_method=True
            )
        ),
        labels=labels_of_plan(plan_version="plan_version_id"),
    ).first()
    if live is None:
        return None
    change = find_waiting_change(live) if live.is_to_change else None
    return Standing(
        agreement=live,
        change=change,
        is_due=live.is_due,
        offer_status=live.offer_status or "",
        has_guarantee=live.has_guarantee,
        has_private_offer=live.has_private_offer,
        has_outcomes=live.has_outcomes,
        balance=Money(live.balance_minor, live.currency),
        people=live.people,
        has_card=live.has_card,
        labels=read_labels(live.labels),
    )


def _people_of_it() -> Subquery:
    places = Membership.objects.filter(organization_id=OuterRef("organization_id")).order_by()
    return Subquery(places.values("organization_id").values(count=Count("pk")))


def get_agreement(*, organization: Organization | None, public_id: str) -> Agreement:
    """
    Return an agreement with its plan and organization loaded.

    Raises `AgreementNotFound`, also for another organization's. Without an organization any
    agreement is found: only for staff and for platform keys.
    """
    agreements = _loaded().filter(public_id=public_id)
    if organization is not None:
        agreements = agreements.owned_by(organization)
    agreement = agreements.first()
    if agreement is None:
        raise AgreementNotFound("There is no such agreement.")
    return agreement


def list_agreements(*, organization: Organization) -> list[AgreementView]:
    """Return the organization's agreements, newest first."""
    return [
        describe_agreement(agreement=agreement)
        for agreement in load_agreements(organization=organization)
    ]


def load_agreements(*, organization: Organization) -> list[Agreement]:
    """Return the same as rows, with their plans and plan groups loaded."""
    return list(_loaded().owned_by(organization).order_by("-pk"))


def describe_agreement(*, agreement: Agreement) -> AgreementView:
    """Return what there is to say about an agreement whose plan and organization are loaded."""
    version = agreement.plan_version
    terms = get_plan_version_terms(plan_version_id=version.pk)
    return AgreementView(
        id=agreement.public_id,
        organization_id=agreement.organization.public_id,
        plan_code=version.plan.code,
        plan_name=version.plan.name,
        version=version.number,
        is_legacy_plan=version.plan.group.visibility == Visibility.LEGACY,
        status=agreement.status,
        collection=agreement.collection,
        currency=agreement.currency,
        interval=agreement.interval,
        seats=agreement.seats,
        included_seats=terms.included_seats,
        base=base_charge(price=agreed_price(agreement), seats=agreement.seats),
        started_at=agreement.started_at,
        anchor_at=agreement.anchor_at,
        trial_ends_at=agreement.trial_ends_at,
        period_starts_at=agreement.current_period_start,
        period_ends_at=agreement.current_period_end,
        cancel_at=agreement.cancel_at,
        end_reason=agreement.end_reason,
        ended_at=agreement.ended_at,
    )


def find_scheduled_change(*, agreement: Agreement) -> ChangeView | None:
    """Return what an agreement is going to be; None if no change waits."""
    change = find_waiting_change(agreement)
    return None if change is None else describe_change(agreement=agreement, change=change)


def describe_change(*, agreement: Agreement, change: ScheduledChange) -> ChangeView:
    """Return what there is to say about a change that waits, whose plan is loaded."""
    version = change.to_version
    terms = get_plan_version_terms(plan_version_id=version.pk)
    price = terms.base_price(currency=agreement.currency, interval=change.interval)
    assert price is not None, change.public_id
    return ChangeView(
        id=change.public_id,
        plan_code=version.plan.code,
        plan_name=version.plan.name,
        version=version.number,
        interval=change.interval,
        seats=change.seats,
        base=base_charge(price=price, seats=change.seats),
        effective_at=change.effective_at,
    )


def agreed_price(agreement: Agreement) -> BasePrice:
    """Return the base price that the agreement was made at; it stays when a plan gets dearer."""
    terms = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    price = terms.base_price(currency=agreement.currency, interval=agreement.interval)
    assert price is not None, agreement.public_id
    return price


def _loaded() -> AgreementQuerySet:
    return Agreement.objects.select_related("organization", "plan_version__plan__group")
