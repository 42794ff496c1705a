"""
Pay for packs of credits: on the payment page, or with the card that is on file.

Whichever way, the credits are granted by the payment, once.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import SYSTEM, Actor
from accounts.organizations.clock import time_of
from accounts.organizations.locking import lock_organization
from accounts.organizations.sweeping import sweep
from config.kernel.ids import new_id

from ...agreements.errors import OrganizationClosed
from ...choices import CheckoutKind, CheckoutStatus, IntentStatus, TopUpStatus, TopUpTrigger
from ...models import Checkout, StripeCustomer, StripeIntent, TopUp
from ...top_ups.errors import TopUpEnded
from ...top_ups.operations import cancel_top_up, confirm_top_up, fail_top_up
from ...wording import quantity_words
from ..gateway.errors import ObjectMissing, StripeRefused
from ..gateway.facts import Json
from ..gateway.reading import retrieve_invoice
from ..inbox import ReceivedEvent, handles
from ..intents import Call, perform
from .checkout import Returns, close_open_checkouts, close_visit, open_session
from .customers import ensure_customer
from .errors import NoCard
from .late_payments import Unearned, is_paid_twice, note_unearned

_DRAFT: Final = "draft"
_OPEN: Final = "open"
_PAID: Final = "paid"
# Stripe adds tax, and does not know where the customer is.
_NO_ADDRESS: Final = "customer_tax_location_invalid"
# What was ordered within the last moments is still being paid for by whoever ordered it.
_GIVEN_TO_THE_ORDER: Final = timedelta(seconds=5)


def start_payment(*, top_up: TopUp, returns: Returns, now: datetime) -> Checkout:
    """
    Open a visit to the payment page for an order, and return it with its `url`.

    From then on it is paid for there and nowhere else: a visit of before is closed, and an
    invoice that the card on file did not pay is withdrawn.

    Raises `TopUpEnded`, `PaymentUnderWay`, `StripeNotConnected` and what `perform` raises.
    """
    _check_waiting(top_up)
    customer = ensure_customer(organization=top_up.organization, now=now)
    close_open_checkouts(organization=top_up.organization, kind=CheckoutKind.TOP_UP, now=now)
    _withdraw_invoice(top_up, now=now)
    checkout = _note(top_up, now=now)
    marks = {"organization": top_up.organization.public_id, "top_up": top_up.public_id}
    params: dict[str, Any] = {
        "mode": "payment",
        "customer": customer.stripe_id,
        "client_reference_id": checkout.public_id,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": top_up.currency.lower(),
                    "unit_amount": top_up.amount_minor,
                    "product_data": {"name": words_of(top_up)},
                },
            }
        ],
        "payment_intent_data": {"metadata": marks, "setup_future_usage": "off_session"},
        "invoice_creation": {"enabled": True, "invoice_data": {"metadata": marks}},
        # Tax depends on the address, which nobody may have asked for yet.
        "customer_update": {"address": "auto"},
        "automatic_tax": {"enabled": settings.STRIPE_AUTOMATIC_TAX},
        "metadata": marks,
        "success_url": returns.success_url,
        "cancel_url": returns.cancel_url,
    }
    return open_session(checkout, params, now=now)


def pay_with_card(*, top_up: TopUp, now: datetime) -> TopUp:
    """
    Charge an order to the card that is on file, with an invoice of its own.

    A payment page that is open for it is closed first. Raises `NoCard`, `TopUpEnded`,
    `PaymentUnderWay`, and `CardRefused`, or `StripeRefused` where the tax wants an address: then
    nothing is granted, and the order waits.
    """
    _check_waiting(top_up)
    customer = StripeCustomer.objects.owned_by(top_up.organization).first()
    if customer is None or not customer.has_payment_method:
        raise NoCard(_("There is no card on file."))
    _close_visits(top_up, now=now)
    invoice_id = _draft(top_up, customer, now=now)
    _finalize(top_up, invoice_id, now=now)
    # Whoever tried before may have got further than they could tell.
    if retrieve_invoice(invoice_id).status != _PAID:
        attempt = new_id("req")
        paying = {"off_session": True}
        _perform(top_up, "invoices.pay", invoice_id, paying, attempt=attempt, now=now)
    return confirm_once(top_up=top_up, reference=invoice_id, now=now)


def take_back(*, top_up: TopUp, actor: Actor, reason: str, now: datetime) -> TopUp:
    """
    Take an order back that is not paid, so that it cannot be paid for any more either.

    Raises `TopUpEnded`, also if its invoice turns out to be paid, `PaymentUnderWay` and what
    `perform` raises.
    """
    _check_waiting(top_up)
    _close_visits(top_up, now=now)
    _withdraw_invoice(top_up, now=now)
    return cancel_top_up(top_up=top_up, actor=actor, reason=reason, now=now)


def confirm_once(*, top_up: TopUp, reference: str, now: datetime) -> TopUp:
    """
    Grant what an order was for, however many ways its payment is told. Raises `TopUpEnded` if it
    was taken back or failed before, and `OrganizationClosed`.
    """
    top_up.refresh_from_db()
    if top_up.status == TopUpStatus.PAID:
        return top_up
    return confirm_top_up(top_up=top_up, payment_reference=reference, actor=SYSTEM, now=now)


@handles("invoice.paid")
def note_payment(event: ReceivedEvent, now: datetime) -> None:
    """
    Grant the credits of an order whose invoice is paid, wherever it was paid. A payment for which
    nothing is granted is written down as a difference.
    """
    invoice = retrieve_invoice(event.object_id)
    top_up = TopUp.objects.filter(public_id=invoice.metadata.get("top_up", "")).first()
    if top_up is None or invoice.status != _PAID:
        return
    try:
        paid = confirm_once(top_up=top_up, reference=invoice.id, now=now)
    except TopUpEnded:
        note_unearned(why=Unearned.AFTER_END, top_up=top_up, invoice=invoice, now=now)
    except OrganizationClosed:
        note_unearned(why=Unearned.WHEN_CLOSED, top_up=top_up, invoice=invoice, now=now)
    else:
        if is_paid_twice(top_up=paid, invoice=invoice):
            note_unearned(why=Unearned.TWICE, top_up=top_up, invoice=invoice, now=now)


def pay_automatic_top_ups(*, now: datetime) -> int:
    """
    Charge every automatic order that waits, and return how many were paid.

    One that is refused, or that has no card, fails; automatic top-up is then switched off.
    """
    waiting = TopUp.objects.filter(
        status=TopUpStatus.PENDING, trigger=TopUpTrigger.AUTOMATIC
    ).order_by("pk")
    return sum(
        sweep(
            waiting.values_list("pk", flat=True),
            lambda top_up_id: _pay_automatic(top_up_id, now=now),
            doing="paying for",
        )
    )


def _pay_automatic(top_up_id: int, *, now: datetime) -> int:
    """Pay for one order, by its organization's time, and return how many were paid: 1 or 0."""
    top_up = TopUp.objects.select_related("organization", "pack", "feature").get(pk=top_up_id)
    now = time_of(organization_id=top_up.organization_id, now=now)
    if top_up.ordered_at > now - _GIVEN_TO_THE_ORDER:
        return 0
    try:
        _pay_or_fail(top_up, now=now)
    except TopUpEnded:
        # Somebody has paid for it, or taken it back, meanwhile.
        return 0
    return int(top_up.status == TopUpStatus.PAID)


def _pay_or_fail(top_up: TopUp, *, now: datetime) -> None:
    try:
        top_up.status = pay_with_card(top_up=top_up, now=now).status
    except (StripeRefused, NoCard) as refusal:
        _withdraw_invoice(top_up, now=now)
        fail_top_up(top_up=top_up, reason=refusal.detail, actor=SYSTEM, now=now)


def words_of(top_up: TopUp) -> str:
    """What the order is called on an invoice."""
    return _("%(packs)s x %(pack)s: %(quantity)s %(unit)s") % {
        "packs": top_up.pack_count,
        "pack": top_up.pack.name,
        "quantity": quantity_words(top_up.credits),
        "unit": top_up.feature.name,
    }


def _check_waiting(top_up: TopUp) -> None:
    if top_up.status != TopUpStatus.PENDING:
        raise TopUpEnded(_("The top-up has ended already."), status=top_up.status)


@transaction.atomic(durable=True)
def _note(top_up: TopUp, *, now: datetime) -> Checkout:
    lock_organization(organization_id=top_up.organization_id)
    return Checkout.objects.create(
        organization_id=top_up.organization_id,
        kind=CheckoutKind.TOP_UP,
        top_up=top_up,
        requested_at=now,
    )


def _draft(top_up: TopUp, customer: StripeCustomer, *, now: datetime) -> str:
    """An invoice of its own with one line, that Stripe does not advance by itself; its id."""
    marks = {"organization": top_up.organization.public_id, "top_up": top_up.public_id}
    currency = top_up.currency.lower()
    invoice: dict[str, Any] = {
        "customer": customer.stripe_id,
        "currency": currency,
        "collection_method": "charge_automatically",
        "auto_advance": False,
        "pending_invoice_items_behavior": "exclude",
        "automatic_tax": {"enabled": settings.STRIPE_AUTOMATIC_TAX},
        "metadata": marks,
    }
    # Once an invoice was withdrawn, a further attempt to pay has another.
    attempt = str(_withdrawn(top_up))
    made = _perform(top_up, "invoices.create", "", invoice, attempt=attempt, now=now)
    invoice_id = str(made["id"])
    line: dict[str, Any] = {
        "customer": customer.stripe_id,
        "invoice": invoice_id,
        "currency": currency,
        "amount": top_up.amount_minor,
        "description": words_of(top_up),
        "metadata": marks,
    }
    _perform(top_up, "invoice_items.create", "", line, attempt=invoice_id, now=now)
    return invoice_id


def _finalize(top_up: TopUp, invoice_id: str, *, now: datetime) -> None:
    try:
        _perform(top_up, "invoices.finalize_invoice", invoice_id, {}, now=now)
    except StripeRefused as refusal:
        if refusal.stripe_code != _NO_ADDRESS:
            raise
        # Its refusal is kept; once the address is known there is another invoice.
        _withdraw_invoice(top_up, now=now)
        plain = _(
            "The tax depends on your address, which is not known yet. Add it to the billing "
            "details, or pay on the payment page, which asks for it."
        )
        raise StripeRefused(plain, stripe_code=_NO_ADDRESS) from refusal


def _close_visits(top_up: TopUp, *, now: datetime) -> None:
    for visit in Checkout.objects.filter(top_up=top_up, status=CheckoutStatus.OPEN):
        close_visit(visit, now=now)


def withdraw_order(*, top_up: TopUp, reason: str, now: datetime) -> None:
    """Take back an order that nobody paid for. One that has ended is left alone."""
    try:
        _check_waiting(top_up)
        _withdraw_invoice(top_up, now=now)
        cancel_top_up(top_up=top_up, actor=SYSTEM, reason=reason, now=now)
    except TopUpEnded:
        # It was taken back before, or its invoice was paid.
        return


def _withdraw_invoice(top_up: TopUp, *, now: datetime) -> None:
    """
    See to it that the invoice of an order, if it has one, cannot be paid any more.

    Raises `TopUpEnded` if it is paid: the credits are granted then.
    """
    for made in StripeIntent.objects.filter(
        subject=top_up.public_id, operation="invoices.create", status=IntentStatus.DONE
    ):
        try:
            invoice = retrieve_invoice(made.object_id)
        except ObjectMissing:
            continue
        if invoice.status == _PAID:
            confirm_once(top_up=top_up, reference=invoice.id, now=now)
            raise TopUpEnded(_("The top-up is paid."), status=TopUpStatus.PAID)
        if invoice.status in (_OPEN, _DRAFT):
            operation = "invoices.void_invoice" if invoice.status == _OPEN else "invoices.delete"
            _perform(top_up, operation, invoice.id, {}, now=now)


def _perform(
    top_up: TopUp,
    operation: str,
    target: str,
    params: dict[str, Any],
    *,
    attempt: str = "",
    now: datetime,
) -> Json:
    """A call about an order that is made once for its target, or for each attempt."""
    return perform(
        Call(
            operation=operation,
            target=target,
            params=params,
            key=f"{top_up.public_id}:{operation}:{attempt or target}",
            subject=top_up.public_id,
            organization_id=top_up.organization_id,
        ),
        now=now,
    )


def _withdrawn(top_up: TopUp) -> int:
    """How many invoices of an order were withdrawn."""
    return StripeIntent.objects.filter(
        subject=top_up.public_id,
        operation__in=("invoices.void_invoice", "invoices.delete"),
        status=IntentStatus.DONE,
    ).count()
