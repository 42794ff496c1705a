"""Invoice items: what is billed besides a subscription.

Stripe's documentation: "Invoice Items" in the API reference.
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call
from billing.sandbox.engine import invoicing
from billing.sandbox.engine.adhoc import item_by_params, read_period, read_price
from billing.sandbox.engine.lines import line_of_item, whole
from billing.sandbox.engine.money import plain
from billing.sandbox.engine.rows import private, refuse_others, time_of, unset
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.engine.totals import lines_of, recount
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

KIND: Final = "invoiceitem"
ADDRESS: Final = "/v1/invoiceitems/{invoiceitem}"
PRICED: Final = frozenset(
    "amount pricing price_data quantity quantity_decimal unit_amount_decimal".split()
)
CHANGEABLE: Final = PRICED | {"description", "discountable", "metadata", "period", "tax_behavior"}
MOST_ITEMS: Final = 250


@operation("POST", "/v1/invoiceitems")
def create(call: Call) -> Row:
    """On a draft if ``invoice`` names one, else pending. Drafts only: ``invoice_not_editable``."""
    tools, params = call.tools, call.params
    invoice = None
    if "invoice" in params:
        invoice = call.store.get("invoice", params["invoice"], param="invoice", status=400)
        invoicing.require_draft(invoice, "edited")
    owner = params.get("customer") or (invoice or {}).get("customer")
    at = time_of(tools, owner)
    item = item_by_params(tools, params, at=at, invoice=invoice)
    if invoice is not None:
        invoicing.take_pending(tools, invoice, [item], at=at)
    return item


@operation("GET", "/v1/invoiceitems")
def index(call: Call) -> Row:
    equals = {name: call.params[name] for name in ("customer", "invoice") if name in call.params}
    found = call.store.list(KIND, **equals)
    if "pending" in call.params:
        found = [item for item in found if (item["invoice"] is None) == call.params["pending"]]
    return listed(call, found)


@operation("GET", ADDRESS)
def retrieve(call: Call) -> Row:
    return _get(call)


@operation("POST", ADDRESS)
def update(call: Call) -> Row:
    item, params = _get(call), call.params
    refuse_others(params, known=CHANGEABLE)
    invoice = _editable_invoice(call, item)
    _change(call, item, params)
    call.store.save(item)
    if invoice is not None:
        lines = lines_of(invoice)
        place = _place(lines, item)
        lines[place] = {**line_of_item(call.tools, item), "id": lines[place]["id"]}
        _recount(call, invoice)
    return item


@operation("DELETE", ADDRESS)
def delete(call: Call) -> Row:
    item = _get(call)
    invoice = _editable_invoice(call, item)
    call.store.delete(item)
    if invoice is not None:
        lines = lines_of(invoice)
        del lines[_place(lines, item)]
        _recount(call, invoice)
    call.tools.emit("invoiceitem.deleted", item)
    return {"id": item["id"], "object": KIND, "deleted": True}


def _get(call: Call) -> Row:
    return call.store.get(KIND, call.ids["invoiceitem"])


def _editable_invoice(call: Call, item: Row) -> Row | None:
    if item["invoice"] is None:
        return None
    invoice = call.store.get("invoice", item["invoice"])
    invoicing.require_draft(invoice, "edited")
    return invoice


def _change(call: Call, item: Row, params: dict[str, Any]) -> None:
    if PRICED & params.keys():
        given = {name: params[name] for name in PRICED & params.keys()}
        priced = read_price(call.tools, {**_priced_so_far(item, given), **given})
        item.update(
            amount=priced.amount,
            net_amount=priced.amount,
            pricing=priced.pricing,
            quantity=whole(priced.quantity),
            quantity_decimal=plain(priced.quantity),
        )
    for name in ("description", "discountable"):
        if name in params:
            item[name] = params[name]
    if "metadata" in params:
        item["metadata"] = merged_metadata(item["metadata"] or {}, unset(params["metadata"]) or "")
    if "period" in params:
        start, end = read_period(params, at=item["date"])
        item["period"] = {"start": start, "end": end}


def _priced_so_far(item: Row, given: Row) -> Row:
    """What stays of the price when only a part of it is given."""
    if "amount" in given:
        return {}
    kept: Row = {}
    if not {"pricing", "price_data", "unit_amount_decimal"} & given.keys():
        kept["unit_amount_decimal"] = item["pricing"]["unit_amount_decimal"]
    if not {"quantity", "quantity_decimal"} & given.keys():
        kept["quantity_decimal"] = item["quantity_decimal"]
    return kept


def _place(lines: list[Row], item: Row) -> int:
    name = private(item)["line"]
    return next(place for place, line in enumerate(lines) if line["id"] == name)


def _recount(call: Call, invoice: Row) -> None:
    recount(call.tools, invoice, at=time_of(call.tools, invoice))
    update_row(call.tools, invoice, "invoice.updated")
