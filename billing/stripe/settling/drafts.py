"""
Drafts that Stripe made for a renewal, or that we made for overage alone.

A renewal is finalized by Stripe an hour after it was made. While a usage period that belongs on
it is not settled it is held back, and let go once its lines are there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from ...choices import ChargeStatus, IntentStatus, InvoiceStatus, OverageCollection
from ...invoicing.charges import assign_waiting_charges, is_everything_placed
from ...models import Agreement, SettlementCharge, StripeIntent
from ..gateway.client import ask
from ..gateway.errors import ObjectMissing, StripeRefused
from ..gateway.facts import InvoiceFacts, Json
from ..gateway.facts.json_values import id_of
from ..gateway.reading import retrieve_customer, retrieve_invoice
from ..intents import Call, concludes, perform
from ..invoices.mirror import AGREEMENT, forget_draft, mirror_invoice
from .destinations import MOST_LINES
from .reporting import counted_at_stripe, reported_quantity
from .standing import OVERAGE_UNTIL, Billed, is_own_invoice, is_renewal

# Stripe leaves a draft open so long after it told of it.
DRAFT_HOUR: Final = timedelta(hours=1)
_HOLD_KEY: Final = "hold:"
_OWN_KEY: Final = "overage-invoice:"


def hold_back(draft: InvoiceFacts, *, billed: Billed, now: datetime) -> None:
    """Keep Stripe from finalizing a renewal on which something is missing."""
    if draft.auto_advance and is_renewal(draft) and not _is_complete(draft, billed):
        _advance(draft, billed, to=False, key=f"{_HOLD_KEY}{draft.id}", now=now)


def let_go(draft: InvoiceFacts, *, billed: Billed, now: datetime) -> None:
    """Have a draft finalized on which nothing is missing any more, if it was held back by us."""
    if not _is_complete(draft, billed):
        return
    if is_own_invoice(draft):
        _finish_own_invoice(draft, billed, now=now)
    elif draft.auto_advance or not _is_held_by_us(draft):
        # Stripe sees to it, or staff hold it back for a reason of theirs.
        return
    elif now - draft.created_at < DRAFT_HOUR:
        _advance(draft, billed, to=True, key=f"release:{draft.id}", now=now)
    else:
        _finalize(draft, billed, now=now)


def make_own_invoice(billed: Billed, *, waiting: Sequence[SettlementCharge], now: datetime) -> None:
    """
    Make an invoice for overage that no renewal takes. What waits for an invoice is assigned to
    it with the answer. It stays a draft until all of its lines are there.
    """
    perform(
        Call(
            operation="invoices.create",
            key=_own_key(waiting[0]),
            params={
                "customer": billed.subscription.customer_id,
                "currency": billed.agreement.currency.lower(),
                "auto_advance": False,
                "collection_method": "charge_automatically",
                "pending_invoice_items_behavior": "exclude",
                "automatic_tax": {"enabled": settings.STRIPE_AUTOMATIC_TAX},
                "metadata": {
                    AGREEMENT: billed.agreement.public_id,
                    OVERAGE_UNTIL: max(charge.settlement.ends_at for charge in waiting).isoformat(),
                },
                **_payment_method(billed),
            },
            subject=billed.agreement.public_id,
            organization_id=billed.agreement.organization_id,
        ),
        now=now,
    )


def _payment_method(billed: Billed) -> dict[str, str]:
    """
    The subscription's own payment method, where its customer has none for invoices. Stripe makes
    no invoice *of* a subscription that is empty at first.
    """
    if retrieve_customer(billed.subscription.customer_id).has_payment_method:
        return {}
    told = ask("subscriptions.retrieve", target=billed.subscription.id)
    method = id_of(told.get("default_payment_method"))
    return {"default_payment_method": method} if method else {}


def _own_key(first: SettlementCharge) -> str:
    """
    The same for the same charge while it is on its way. One that waits although an invoice was
    made for it needs another: that one took no more lines.
    """
    key = f"{_OWN_KEY}{first.settlement.public_id}"
    spent = StripeIntent.objects.filter(key__startswith=key, status=IntentStatus.DONE).count()
    return f"{key}:{spent + 1}"


@concludes("invoices.create")
def note_own_invoice(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """What waits for an invoice goes on this one."""
    if not intent.key.startswith(_OWN_KEY):
        return
    invoice = InvoiceFacts.read(answer)
    mirrored = mirror_invoice(invoice, now=now)
    assert mirrored is not None, intent
    agreement = Agreement.objects.get(public_id=intent.subject)
    until = datetime.fromisoformat(intent.params["metadata"][OVERAGE_UNTIL])
    assign_waiting_charges(
        agreement=agreement, invoice_id=invoice.id, ended_by=until, limit=MOST_LINES
    )


def _is_complete(draft: InvoiceFacts, billed: Billed) -> bool:
    charges = _charges_on(draft, billed.agreement)
    if is_own_invoice(draft) or len(draft.lines) >= MOST_LINES:
        return not charges.filter(status=ChargeStatus.PLANNED).exists()
    return is_everything_placed(
        agreement=billed.agreement, ended_by=draft.created_at, invoice_id=draft.id
    ) and all(_has_arrived(charge, billed) for charge in charges)


def _has_arrived(charge: SettlementCharge, billed: Billed) -> bool:
    """Whether Stripe's meter has counted what was reported; a line is there at once."""
    if charge.method == OverageCollection.INVOICE_ITEM or _is_corrected(charge):
        return True
    customer_id = billed.subscription.customer_id
    return counted_at_stripe(charge, customer_id=customer_id) == reported_quantity(charge)


def _is_corrected(charge: SettlementCharge) -> bool:
    """Whether a later charge of the same period says what is left of it."""
    return SettlementCharge.objects.filter(
        organization_id=charge.organization_id,
        settlement__usage_period_id=charge.settlement.usage_period_id,
        settlement_id__gt=charge.settlement_id,
        method=OverageCollection.BILLING_METER,
    ).exists()


def _finish_own_invoice(draft: InvoiceFacts, billed: Billed, *, now: datetime) -> None:
    if _charges_on(draft, billed.agreement).exists():
        _finalize(draft, billed, now=now)
        return
    # What it was made for has found another invoice meanwhile.
    call = _call("invoices.delete", draft, billed, key=f"delete:{draft.id}")
    _perform_on_draft(call, now=now)
    forget_draft(invoice_id=draft.id)


def _finalize(draft: InvoiceFacts, billed: Billed, *, now: datetime) -> None:
    call = _call(
        "invoices.finalize_invoice", draft, billed, key=f"finalize:{draft.id}", auto_advance=True
    )
    _perform_on_draft(call, now=now)
    mirror_invoice(retrieve_invoice(draft.id), now=now)


def _advance(draft: InvoiceFacts, billed: Billed, *, to: bool, key: str, now: datetime) -> None:
    call = _call("invoices.update", draft, billed, key=key, auto_advance=to)
    _perform_on_draft(call, now=now)


def _call(operation: str, draft: InvoiceFacts, billed: Billed, *, key: str, **params: Any) -> Call:
    return Call(
        operation=operation,
        key=key,
        params=params,
        subject=billed.agreement.public_id,
        organization_id=billed.agreement.organization_id,
        target=draft.id,
    )


def _perform_on_draft(call: Call, *, now: datetime) -> None:
    """Make a call that only a draft allows. Whether it still is one may change at any time."""
    try:
        perform(call, now=now)
    except StripeRefused:
        if is_still_draft(call.target, now=now):
            raise


def is_still_draft(invoice_id: str, *, now: datetime) -> bool:
    """Whether an invoice still takes lines, asked for anew; our copy is level then."""
    try:
        invoice = retrieve_invoice(invoice_id)
    except ObjectMissing:
        forget_draft(invoice_id=invoice_id)
        return False
    mirror_invoice(invoice, now=now)
    return invoice.status == InvoiceStatus.DRAFT


def _charges_on(draft: InvoiceFacts, agreement: Agreement) -> QuerySet[SettlementCharge]:
    return SettlementCharge.objects.filter(
        organization_id=agreement.organization_id, stripe_invoice_id=draft.id
    ).select_related("settlement")


def _is_held_by_us(draft: InvoiceFacts) -> bool:
    return StripeIntent.objects.filter(
        key=f"{_HOLD_KEY}{draft.id}", status=IntentStatus.DONE
    ).exists()
