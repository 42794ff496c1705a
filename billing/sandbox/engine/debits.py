"""What was charged for the time of a subscription's items, and giving the unused part back.

Stripe's documentation: "Prorations", "Compare classic and flexible billing mode".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.calendar import previous_boundary
from billing.sandbox.engine.discounts import reductions
from billing.sandbox.engine.items import make_item
from billing.sandbox.engine.lines import net_amount, priced_at, product_name
from billing.sandbox.engine.pricing import cost
from billing.sandbox.engine.proration import Debit, charge_for_rest, credit_for_rest
from billing.sandbox.engine.reductions import Line, apply
from billing.sandbox.engine.rows import private
from billing.sandbox.engine.totals import lines_of
from billing.sandbox.engine.wording import remaining, unused
from billing.sandbox.store import Row


def is_metered(price: Row) -> bool:
    return bool(price["recurring"]["usage_type"] == "metered")


def note_lines(subscription: Row, invoice: Row, lines: Sequence[Row]) -> None:
    """Remember what these lines charge for: it is what a later change credits."""
    by_item: dict[str, list[Row]] = {}
    for line in lines:
        details = line["parent"]["subscription_item_details"]
        by_item.setdefault(details["subscription_item"], []).append(line)
    debits = private(subscription).setdefault("debits", {})
    for item, billed in by_item.items():
        debits[item] = [
            {
                "invoice": invoice["id"],
                "lines": [line["id"] for line in billed],
                "start": billed[0]["period"]["start"],
                "end": billed[0]["period"]["end"],
            }
        ]


def credit_unused(tools: Tools, subscription: Row, item: Row, *, since: int, at: int) -> list[Row]:
    """Give back what was debited for the item's time after the moment, debit by debit.

    The credits are pending invoice items; the debits are settled with that.
    """
    found = private(subscription).setdefault("debits", {}).pop(item["id"], [])
    return [
        _credit(tools, subscription, item, debit, since=since, at=at)
        for debit in found
        if debit["end"] > since
    ]


def debit_rest(
    tools: Tools, subscription: Row, item: Row, *, whole: int, since: int, at: int
) -> Row:
    """Charge the rest of the item's period of which all would cost ``whole``."""
    start, end = whole_period(subscription, item)
    quantity = Decimal(item.get("quantity", 1))
    charged = make_item(
        tools,
        amount=charge_for_rest(whole, start=start, end=end, at=since),
        at=at,
        currency=item["price"]["currency"],
        customer=id_of(subscription["customer"]),
        description=remaining(product_name(tools, item["price"]), quantity, since),
        discountable=False,
        metadata=dict(subscription["metadata"]),
        period=(since, end),
        pricing=priced_at(item["price"], item["price"]["unit_amount_decimal"]),
        proration=True,
        proration_details={"credited_items": None, "discount_amounts": []},
        quantity=quantity,
        subscription=subscription["id"],
        subscription_item=item["id"],
    )
    debits = private(subscription).setdefault("debits", {})
    debits[item["id"]] = [{"item": charged["id"], "start": since, "end": end}]
    return charged


def whole_period(subscription: Row, item: Row) -> tuple[int, int]:
    """The period that ends when the item's does, from its natural start.

    An item that joined later, or a subscription that began before its anchor, has had less of it.
    """
    recurring, end = item["price"]["recurring"], item["current_period_end"]
    start = previous_boundary(
        subscription["billing_cycle_anchor"],
        interval=recurring["interval"],
        count=recurring["interval_count"],
        until=end - 1,
    )
    return start, end


def cost_of_period(tools: Tools, subscription: Row, *, at: int) -> dict[str, int]:
    """What a whole period of each licensed item costs, by its id, discounts taken off."""
    items = [item for item in subscription["items"]["data"] if not is_metered(item["price"])]
    lines = [
        Line(
            amount=cost(item["price"], Decimal(item["quantity"])),
            product=id_of(item["price"]["product"]),
            own=tuple(item["discounts"]),
        )
        for item in items
    ]
    own = sorted({id for item in items for id in item["discounts"]})
    taken = apply(
        lines,
        of_lines=reductions(tools, own, at=at),
        of_invoice=reductions(tools, subscription["discounts"], at=at),
    )
    return {
        item["id"]: line.amount - sum(amounts.values())
        for item, line, amounts in zip(items, lines, taken, strict=True)
    }


def _credit(tools: Tools, subscription: Row, item: Row, debit: Row, *, since: int, at: int) -> Row:
    quantity = Decimal(item.get("quantity", 1))
    stretch = Debit(_debited(tools, debit), debit["start"], debit["end"])
    credited = _credited(tools, debit)
    return make_item(
        tools,
        amount=credit_for_rest(stretch, at=since),
        at=at,
        currency=item["price"]["currency"],
        customer=id_of(subscription["customer"]),
        description=unused(product_name(tools, item["price"]), quantity, since),
        discountable=False,
        metadata=dict(subscription["metadata"]),
        period=(max(since, debit["start"]), debit["end"]),
        pricing=priced_at(item["price"], item["price"]["unit_amount_decimal"]),
        proration=True,
        proration_details={
            "credited_items": _described(debit, credited),
            "discount_amounts": [],
        },
        quantity=quantity,
        subscription=subscription["id"],
        subscription_item=item["id"],
        _sandbox={"credited": credited},
    )


def _debited(tools: Tools, debit: Row) -> int:
    """The amount really debited; what was voided or thrown away never was."""
    if "item" in debit:
        item = tools.store.find("invoiceitem", debit["item"])
        return int(item["amount"]) if item else 0
    invoice = tools.store.find("invoice", debit["invoice"])
    if invoice is None or invoice["status"] == "void":
        return 0
    return sum(net_amount(line) for line in lines_of(invoice) if line["id"] in debit["lines"])


def _credited(tools: Tools, debit: Row) -> Row | None:
    """The lines that a credit gives back, once they are on an invoice."""
    if "item" not in debit:
        return {"invoice": debit["invoice"], "invoice_line_items": debit["lines"]}
    item = tools.store.find("invoiceitem", debit["item"])
    if item is None or item["invoice"] is None:
        return None
    return {"invoice": item["invoice"], "invoice_line_items": [private(item)["line"]]}


def _described(debit: Row, credited: Row | None) -> Row:
    if credited is None:
        return {"type": "invoice_item", "invoice_item": debit["item"]}
    return {"type": "invoice_line_items", "invoice_line_item_details": credited}
