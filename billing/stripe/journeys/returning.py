"""What follows from a visit to the payment page: by its return, or by what Stripe tells."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organization
from accounts.organizations.locking import lock_organization

from ...agreements.errors import OrganizationClosed
from ...choices import CheckoutKind, CheckoutStatus
from ...models import Checkout, TopUp
from ...top_ups.errors import TopUpEnded
from ..gateway.client import ask, briefly
from ..gateway.facts import SessionFacts
from ..gateway.facts.json_values import id_of
from ..gateway.reading import retrieve_session
from ..inbox import ReceivedEvent, handles
from ..levelling import bring_subscription_level
from .cards import make_default, pay_by_customer
from .checkout import COMPLETE, EXPIRED, was_closed_here
from .errors import CheckoutNotFound
from .top_ups import confirm_once, withdraw_order

_PAID = "paid"
# A payment that takes days did not arrive; the session itself does not tell.
_PAYMENT_FAILED: Final = "checkout.session.async_payment_failed"
# How each kind of object is asked for, and where it says how it is paid.
_METHOD: Final = {
    "subscriptions.retrieve": "default_payment_method",
    "setup_intents.retrieve": "payment_method",
}


def complete_checkout(*, organization: Organization, checkout_id: str, now: datetime) -> Checkout:
    """
    Bring what a visit to the payment page was for level with what came of it, and return it.

    For the page that people return to, so Stripe has seconds to answer; what it does is done again
    by the webhook, and once. The visit is known by its id, and by the session's, which Stripe
    writes into that page's address. Raises `CheckoutNotFound` and what reading Stripe raises.
    """
    is_meant = Q(public_id=checkout_id) | Q(stripe_id=checkout_id)
    checkout = Checkout.objects.owned_by(organization).filter(is_meant).first()
    if checkout is None:
        raise CheckoutNotFound(_("There is no such checkout."))
    if checkout.status == CheckoutStatus.OPEN:
        with briefly():
            bring_checkout_level(retrieve_session(checkout.stripe_id), now=now)
        checkout.refresh_from_db()
    return checkout


@handles("checkout.session.*")
def note_checkout(event: ReceivedEvent, now: datetime) -> None:
    """Bring the visit level with what Stripe says of it now."""
    if event.type == _PAYMENT_FAILED:
        visit = Checkout.objects.select_related("top_up__organization").filter(
            stripe_id=event.object_id, kind=CheckoutKind.TOP_UP
        )
        for checkout in visit:
            _give_up(checkout, now=now)
        return
    bring_checkout_level(retrieve_session(event.object_id), now=now)


def bring_checkout_level(session: SessionFacts, *, now: datetime) -> None:
    """
    See to what a visit was for, if it is over. Doing it again changes nothing.

    A visit that is not ours is of no concern. The organization's agreement begins by the state
    of its subscription, credits are granted by the payment, a card becomes the default one.
    """
    checkout = (
        Checkout.objects.select_related("organization", "top_up__organization")
        .filter(stripe_id=session.id)
        .first()
    )
    if checkout is None:
        return
    if session.status == EXPIRED:
        _give_up(checkout, now=now)
    elif session.status == COMPLETE:
        _follow_up(checkout, session, now=now)


def _follow_up(checkout: Checkout, session: SessionFacts, *, now: datetime) -> None:
    if checkout.kind == CheckoutKind.AGREEMENT:
        bring_subscription_level(subscription_id=session.subscription_id, now=now)
        _keep_card(checkout, "subscriptions.retrieve", session.subscription_id, now=now)
        pay_by_customer(subscription_id=session.subscription_id, checkout=checkout, now=now)
    elif checkout.kind == CheckoutKind.TOP_UP:
        if session.payment_status != _PAID:
            # A payment that takes days: another event tells when it has arrived.
            return
        assert checkout.top_up is not None, checkout
        _grant(checkout.top_up, session, now=now)
    else:
        _keep_card(checkout, "setup_intents.retrieve", session.setup_intent_id, now=now)
    _end(checkout, CheckoutStatus.COMPLETED, now=now)


def _keep_card(checkout: Checkout, operation: str, object_id: str, *, now: datetime) -> None:
    """What a visit was paid with pays for whatever comes later, too."""
    method = id_of(ask(operation, target=object_id).get(_METHOD[operation]))
    if method:
        make_default(organization=checkout.organization, payment_method_id=method, now=now)


def _grant(top_up: TopUp, session: SessionFacts, *, now: datetime) -> None:
    try:
        confirm_once(
            top_up=top_up, reference=session.invoice_id or session.payment_intent_id, now=now
        )
    except (TopUpEnded, OrganizationClosed):
        # It was taken back, or nobody is there any more. Staff are told by the payment's invoice.
        return


def _give_up(checkout: Checkout, *, now: datetime) -> None:
    """
    An order whose payment page closed by itself is taken back; it can be placed anew. Whoever
    closed the page had it paid in another way.
    """
    _end(checkout, CheckoutStatus.EXPIRED, now=now)
    if checkout.top_up is not None and not was_closed_here(checkout):
        withdraw_order(top_up=checkout.top_up, reason="The payment page was left unpaid.", now=now)


@transaction.atomic
def _end(checkout: Checkout, status: CheckoutStatus, *, now: datetime) -> None:
    lock_organization(organization_id=checkout.organization_id)
    Checkout.objects.filter(pk=checkout.pk, ended_at=None).update(status=status, ended_at=now)
