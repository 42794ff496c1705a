"""
Subscribe: the first payment is made on Stripe's payment page.

Nothing is agreed before: the agreement begins, and its allowance is granted, once the payment is
made or the trial has begun.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.memberships.queries import count_members
from accounts.models import Organization
from accounts.organizations.locking import lock_organization

from ...agreements.conditions import collection_of, price_of, seats_of
from ...agreements.errors import AgreementExists, OrganizationClosed
from ...agreements.queries import find_live_agreement
from ...agreements.trials import trial_days_of
from ...catalog.choosing import choose_plan
from ...catalog.queries import get_plan_version_terms
from ...catalog.terms import VersionTerms
from ...choices import CheckoutKind, CheckoutStatus, Collection
from ...models import Checkout, PlanVersion, StripeIntent
from ..gateway.errors import StripeRefused
from ..gateway.facts import Json, SessionFacts
from ..gateway.reading import retrieve_session
from ..intents import Call, concludes, perform
from ..publishing import price_ids_of
from .customers import ensure_customer
from .errors import NothingToPay, PaymentUnderWay
from .items import new_items

# Where Stripe writes the id of the session into the address that it returns to.
SESSION_ID: Final = "{CHECKOUT_SESSION_ID}"
# How a session is over, in Stripe's words.
COMPLETE: Final = "complete"
EXPIRED: Final = "expired"


@dataclass(frozen=True, slots=True)
class Returns:
    """Where the payment page sends people back to."""

    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class Subscribing:
    """The plan that is to be agreed on."""

    version: PlanVersion
    terms: VersionTerms
    interval: str
    currency: str
    seats: int
    trial_days: int


def start_checkout(
    *,
    organization: Organization,
    plan_code: str,
    interval: str,
    returns: Returns,
    actor: Actor,
    now: datetime,
    currency: str | None = None,
    seats: int | None = None,
) -> Checkout:
    """
    Open a visit to the payment page for a self-serve plan on sale, or one that the organization is
    offered privately, and return it with its `url`.

    An earlier visit for another agreement is closed first, so that nobody pays twice. An
    organization on a free plan may check out; with a paid one it changes that instead.

    Raises `PlanNotOffered`, `ForNewCustomers`, `OfferedOtherwise`, `PriceNotOffered`,
    `NotEnoughSeats`, `AgreementExists`, `NothingToPay`, `PaymentUnderWay`,
    `StripeNotConnected`, `NotPublished` and what `perform` raises.
    """
    wanted = _read(
        organization, plan_code=plan_code, interval=interval, currency=currency, seats=seats, at=now
    )
    prices = price_ids_of(
        version_id=wanted.version.pk, currency=wanted.currency, interval=wanted.interval
    )
    customer = ensure_customer(organization=organization, now=now)
    close_open_checkouts(organization=organization, kind=CheckoutKind.AGREEMENT, now=now)
    checkout = _note(organization, wanted, actor=actor, now=now)
    params = _session(
        checkout,
        wanted,
        customer_id=customer.stripe_id,
        items=new_items(prices, seats=wanted.seats),
        returns=returns,
    )
    opened = open_session(checkout, params, now=now)
    _leave_one_open(organization, now=now)
    opened.refresh_from_db()
    return opened


def _leave_one_open(organization: Organization, *, now: datetime) -> None:
    """
    Of visits that were begun at the same time close all but the newest.

    Whoever opens the last of them sees them all, so that nobody can subscribe twice.
    """
    visits = Checkout.objects.owned_by(organization).filter(
        kind=CheckoutKind.AGREEMENT, status__in=(CheckoutStatus.OPENING, CheckoutStatus.OPEN)
    )
    for earlier in list(visits.order_by("pk"))[:-1]:
        if earlier.status == CheckoutStatus.OPEN:
            close_visit(earlier, now=now)


def open_session(checkout: Checkout, params: dict[str, Any], *, now: datetime) -> Checkout:
    """Have Stripe open the payment page of a visit that is noted."""
    perform(
        Call(
            operation="checkout.sessions.create",
            params=params,
            key=f"checkout:{checkout.public_id}",
            subject=checkout.public_id,
            organization_id=checkout.organization_id,
        ),
        now=now,
    )
    checkout.refresh_from_db()
    return checkout


def close_open_checkouts(*, organization: Organization, kind: CheckoutKind, now: datetime) -> None:
    """
    Close the organization's visits of a kind that are still open, at Stripe too. Raises as
    `close_visit` does.
    """
    visits = Checkout.objects.owned_by(organization).filter(kind=kind, status=CheckoutStatus.OPEN)
    for checkout in visits:
        close_visit(checkout, now=now)


def close_visit(checkout: Checkout, *, now: datetime) -> None:
    """
    See to it that nobody can pay on the page of a visit any more.

    Raises `PaymentUnderWay` if somebody has, and what `perform` raises.
    """
    try:
        perform(
            Call(
                operation="checkout.sessions.expire",
                target=checkout.stripe_id,
                params={},
                key=_closing_key(checkout),
                subject=checkout.public_id,
                organization_id=checkout.organization_id,
            ),
            now=now,
        )
    except StripeRefused as refusal:
        # It is over already, and nobody has told us yet.
        status = retrieve_session(checkout.stripe_id).status
        if status == COMPLETE:
            raise PaymentUnderWay(
                _("A payment was just made. It takes effect in a moment.")
            ) from refusal
        if status != EXPIRED:
            raise
        _mark_expired(checkout.public_id, now=now)


def was_closed_here(checkout: Checkout) -> bool:
    """Whether we closed the page of a visit, or tried to."""
    return StripeIntent.objects.filter(key=_closing_key(checkout)).exists()


def _closing_key(checkout: Checkout) -> str:
    return f"expire:{checkout.public_id}"


@concludes("checkout.sessions.create")
def note_opened(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Remember where the payment page is."""
    facts = SessionFacts.read(answer)
    Checkout.objects.filter(public_id=intent.subject, status=CheckoutStatus.OPENING).update(
        status=CheckoutStatus.OPEN,
        stripe_id=facts.id,
        url=facts.url,
        expires_at=facts.expires_at,
    )


@concludes("checkout.sessions.expire")
def note_expired(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Nobody can pay there any more."""
    _mark_expired(intent.subject, now=now)


def _mark_expired(checkout_id: str, *, now: datetime) -> None:
    Checkout.objects.filter(public_id=checkout_id, status=CheckoutStatus.OPEN).update(
        status=CheckoutStatus.EXPIRED, ended_at=now
    )


def _read(
    organization: Organization,
    *,
    plan_code: str,
    interval: str,
    currency: str | None,
    seats: int | None,
    at: datetime,
) -> Subscribing:
    """What is asked for, if it may be agreed on and costs something."""
    if organization.closed_at is not None:
        raise OrganizationClosed(
            _("%(organization)s is closed.") % {"organization": organization.name}
        )
    live = find_live_agreement(organization=organization)
    choice = choose_plan(organization=organization, live=live, plan_code=plan_code, at=at)
    version, interval = choice.version, choice.interval(interval) or interval
    if live is not None and live.collection != Collection.FREE:
        raise AgreementExists(
            _("%(organization)s has an agreement already.") % {"organization": organization.name}
        )
    terms = get_plan_version_terms(plan_version_id=version.pk)
    currency = currency or organization.currency
    price = price_of(terms, plan_name=version.plan.name, currency=currency, interval=interval)
    if collection_of(terms, price) == Collection.FREE:
        raise NothingToPay(_("%(plan)s costs nothing.") % {"plan": version.plan.name})
    return Subscribing(
        version=version,
        terms=terms,
        interval=interval,
        currency=currency,
        seats=seats_of(
            terms,
            price,
            wanted=choice.seats(seats),
            members=count_members(organization=organization),
        ),
        trial_days=trial_days_of(organization=organization, version=version),
    )


@transaction.atomic(durable=True)
def _note(
    organization: Organization, wanted: Subscribing, *, actor: Actor, now: datetime
) -> Checkout:
    lock_organization(organization_id=organization.pk)
    checkout = Checkout.objects.create(
        organization=organization,
        kind=CheckoutKind.AGREEMENT,
        plan_version=wanted.version,
        interval=wanted.interval,
        seats=wanted.seats,
        requested_at=now,
    )
    record(
        actor=actor,
        action="checkout.started",
        target=checkout.public_id,
        organization=organization,
        changes={
            "plan": [None, f"{wanted.version.plan.code} v{wanted.version.number}"],
            "interval": [None, wanted.interval],
            "seats": [None, wanted.seats],
        },
        now=now,
    )
    return checkout


def _session(
    checkout: Checkout,
    wanted: Subscribing,
    *,
    customer_id: str,
    items: Sequence[dict[str, Any]],
    returns: Returns,
) -> dict[str, Any]:
    marks = {
        "organization": checkout.organization.public_id,
        "checkout": checkout.public_id,
    }
    subscription: dict[str, Any] = {"billing_mode": {"type": "flexible"}, "metadata": marks}
    params: dict[str, Any] = {
        "mode": "subscription",
        "customer": customer_id,
        "client_reference_id": checkout.public_id,
        "line_items": list(items),
        "subscription_data": subscription,
        "allow_promotion_codes": True,
        "tax_id_collection": {"enabled": True},
        "customer_update": {"name": "auto", "address": "auto"},
        "automatic_tax": {"enabled": settings.STRIPE_AUTOMATIC_TAX},
        "metadata": marks,
        "success_url": returns.success_url,
        "cancel_url": returns.cancel_url,
    }
    if wanted.trial_days:
        subscription["trial_period_days"] = wanted.trial_days
        subscription["trial_settings"] = {"end_behavior": {"missing_payment_method": "cancel"}}
        if not wanted.terms.trial_needs_card:
            params["payment_method_collection"] = "if_required"
    return params
