"""
The two ways in which the overage of a settled period reaches Stripe, behind one interface.

Which one is the plan's, and the charge of a settlement has one: never both for one period.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from ...choices import OverageCollection
from ...invoicing.charges import mark_placed
from ...invoicing.finished_lines import FinishedLine, finished_line
from ...models import SettlementCharge, StripeIntent
from ..gateway.facts import Json
from ..intents import Call, concludes, perform
from ..invoices.mirror import SETTLEMENT
from .reporting import report_charge
from .standing import Billed

LINE_KEY = "overage:"


class OverageCollector(Protocol):
    """Puts the money of one settlement where Stripe collects it, once."""

    def place(self, charge: SettlementCharge, *, billed: Billed, now: datetime) -> None:
        """
        Place a planned charge. Doing it again is the same call.

        Raises `StripeRefused` where the invoice takes no more lines, and `StripeUnavailable`.
        """


class FinishedLines:
    """A finished line on the draft that the charge is assigned to."""

    def place(self, charge: SettlementCharge, *, billed: Billed, now: datetime) -> None:
        """Put the line on the draft. The words and the amount are those of the settlement."""
        line = finished_line(settlement=charge.settlement)
        perform(
            Call(
                operation="invoice_items.create",
                # Another invoice is another call: the earlier one was refused then.
                key=f"{LINE_KEY}{line.settlement_id}:{charge.stripe_invoice_id}",
                params={
                    "customer": billed.subscription.customer_id,
                    "invoice": charge.stripe_invoice_id,
                    "metadata": {SETTLEMENT: line.settlement_id},
                    **line_params(line),
                },
                subject=line.settlement_id,
                organization_id=charge.organization_id,
            ),
            now=now,
        )


class BillingMeters:
    """The quantity, reported to the Billing Meter that the subscription's price is counted by."""

    def place(self, charge: SettlementCharge, *, billed: Billed, now: datetime) -> None:
        """Report the overage of the period, or of a correction what is left of it."""
        report_charge(charge, customer_id=billed.subscription.customer_id, now=now)


_COLLECTORS: dict[str, OverageCollector] = {
    OverageCollection.INVOICE_ITEM: FinishedLines(),
    OverageCollection.BILLING_METER: BillingMeters(),
}


def collector_of(charge: SettlementCharge) -> OverageCollector:
    """The way in which this charge is collected."""
    return _COLLECTORS[charge.method]


def line_params(line: FinishedLine) -> dict[str, Any]:
    """A finished line in Stripe's words. Its price is in minor units there."""
    params: dict[str, Any] = {
        "currency": line.amount.currency.lower(),
        "description": line.description,
        "period": {
            "start": int(line.starts_at.timestamp()),
            "end": int(line.ends_at.timestamp()),
        },
    }
    if line.quantity is None or line.unit_amount is None:
        return {**params, "amount": line.amount.minor}
    return {
        **params,
        "quantity_decimal": plain(line.quantity),
        "unit_amount_decimal": plain(line.unit_amount),
    }


def plain(number: Decimal) -> str:
    """A number as Stripe reads it."""
    return f"{number.normalize():f}"


@concludes("invoice_items.create")
def note_placed_line(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """The charge stands on its invoice."""
    if intent.key.startswith(LINE_KEY):
        mark_placed(
            settlement_id=intent.subject,
            item_id=answer["id"],
            invoice_id=intent.params["invoice"],
            now=now,
        )
