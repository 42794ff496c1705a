"""
Money that goes back to a customer to whom no further invoice will come: a credit note.

It is written on the invoice that charged for what was taken back. What is still to be paid of
that becomes less; what was paid is kept as the customer's balance, which staff can pay out.
"""

from datetime import datetime
from typing import Any, Final

from ...choices import ChargeStatus, IntentStatus, InvoiceStatus
from ...invoicing.charges import mark_invoiced, mark_placed
from ...invoicing.finished_lines import finished_line
from ...models import InvoiceLine, SettlementCharge, StripeIntent
from ..gateway.client import ask, ask_for_all
from ..gateway.errors import StripeRefused
from ..gateway.facts import Json
from ..gateway.reading import retrieve_invoice
from ..intents import Call, concludes, perform
from ..invoices.mirror import SETTLEMENT

CREDIT_KEY: Final = "overage-credit:"
_CREDITABLE: Final = (InvoiceStatus.OPEN, InvoiceStatus.PAID)


def give_back(charge: SettlementCharge, *, now: datetime) -> None:
    """
    Write the credit note of a planned charge that is negative.

    Nothing is done where the invoice that charged for it cannot be credited: then the charge
    stays planned, and is shown to staff as a difference.
    """
    line = _line_that_charged(charge)
    if line is None:
        return
    params = _credit_note(charge, line)
    perform(
        Call(
            operation="credit_notes.create",
            key=f"{CREDIT_KEY}{charge.settlement.public_id}",
            params={**params, **_kept_as_balance(params, line)},
            subject=charge.settlement.public_id,
            organization_id=charge.organization_id,
        ),
        now=now,
    )


def is_being_given_back(charge: SettlementCharge) -> bool:
    """Whether a credit note was asked for and the answer is not known: it goes no other way."""
    return StripeIntent.objects.filter(
        key=f"{CREDIT_KEY}{charge.settlement.public_id}", status=IntentStatus.OPEN
    ).exists()


@concludes("credit_notes.create")
def note_credit(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """A credit note is final at once, and so is the charge."""
    if not intent.key.startswith(CREDIT_KEY):
        return
    invoice_id = intent.params["invoice"]
    mark_placed(settlement_id=intent.subject, item_id=answer["id"], invoice_id=invoice_id, now=now)
    charges = SettlementCharge.objects.filter(settlement__public_id=intent.subject)
    mark_invoiced(charges=charges, invoice_id=invoice_id, now=now)


def _line_that_charged(charge: SettlementCharge) -> InvoiceLine | None:
    """The line of the final invoice that the period was charged on."""
    return (
        InvoiceLine.objects.filter(
            organization_id=charge.organization_id,
            settlement__usage_period_id=charge.settlement.usage_period_id,
            settlement__charge__status=ChargeStatus.INVOICED,
            amount_minor__gt=0,
            invoice__status__in=_CREDITABLE,
        )
        .select_related("invoice")
        .first()
    )


def _credit_note(charge: SettlementCharge, line: InvoiceLine) -> dict[str, Any]:
    return {
        "invoice": line.invoice.stripe_id,
        "lines": [
            {
                "type": "invoice_line_item",
                "invoice_line_item": line.stripe_id,
                "amount": -charge.settlement.amount_minor,
            }
        ],
        "memo": finished_line(settlement=charge.settlement).description,
        "metadata": {SETTLEMENT: charge.settlement.public_id},
    }


def _kept_as_balance(params: dict[str, Any], line: InvoiceLine) -> dict[str, int]:
    """What of it was paid already, and is kept as the customer's balance."""
    credited = params["lines"][0]["amount"]
    # Asked anew: what was given back a moment ago is owed no more.
    invoice = retrieve_invoice(line.invoice.stripe_id)
    if not (invoice.tax or invoice.discount):
        return _balance(credited - invoice.amount_remaining)
    about = _with_its_share(credited, line) - invoice.amount_remaining
    # Tax and discount are Stripe's to round, and it takes no other amount than what they come to.
    for paid in (about, about - 1, about + 1):
        try:
            ask("credit_notes.preview", {**params, **_balance(paid)})
        except StripeRefused:
            continue
        return _balance(paid)
    raise StripeRefused(f"No credit note for {credited} of {line.stripe_id} is taken.")


def _balance(paid: int) -> dict[str, int]:
    return {"credit_amount": paid} if paid > 0 else {}


def _with_its_share(credited: int, line: InvoiceLine) -> int:
    """What an amount of a line comes to with its share of the line's discount and tax."""
    lines = ask_for_all("invoices.line_items.list", target=line.invoice.stripe_id)
    told = next(each for each in lines if each["id"] == line.stripe_id)
    taken_off = sum(each["amount"] for each in told.get("discount_amounts") or ())
    added = sum(
        each["amount"] for each in told.get("taxes") or () if each["tax_behavior"] == "exclusive"
    )
    whole = told["amount"]
    return int((2 * credited * (whole - taken_off + added) + whole) // (2 * whole))
