"""Invoices.

Stripe's documentation: "Invoices" in the API reference, "Status transitions and finalization".
"""

from __future__ import annotations

from typing import Any, Final

from billing.sandbox.call import Call, Tools, id_of
from billing.sandbox.engine import invoicing, payment
from billing.sandbox.engine.adhoc import item_by_params
from billing.sandbox.engine.calendar import DAY, HOUR
from billing.sandbox.engine.discounts import Target, grant
from billing.sandbox.engine.items import pending_for
from billing.sandbox.engine.people import own_method, payer
from billing.sandbox.engine.previews import preview
from billing.sandbox.engine.rows import (
    not_implemented,
    private,
    refuse_others,
    time_of,
    unset,
)
from billing.sandbox.engine.rows import update as update_row
from billing.sandbox.engine.totals import lines_of, recount
from billing.sandbox.errors import invalid
from billing.sandbox.listing import envelope, listed
from billing.sandbox.resources.merging import merged_metadata
from billing.sandbox.routing import includable, operation
from billing.sandbox.store import Row

KIND: Final = "invoice"
ADDRESS: Final = "/v1/invoices/{invoice}"
PLAIN: Final = frozenset(
    "description footer statement_descriptor custom_fields due_date effective_at number".split()
)
KNOWN: Final = PLAIN | frozenset(
    "auto_advance automatic_tax automatically_finalizes_at collection_method currency customer"
    " days_until_due default_payment_method discounts metadata pending_invoice_items_behavior"
    " subscription".split()
)
CHANGEABLE: Final = PLAIN | frozenset(
    "auto_advance automatic_tax automatically_finalizes_at collection_method days_until_due"
    " default_payment_method discounts metadata".split()
)
# A bill may not change once it is one; only these say nothing about what is owed.
ALWAYS_CHANGEABLE: Final = frozenset({"auto_advance", "metadata", "default_payment_method"})


@operation("POST", "/v1/invoices")
def create(call: Call) -> Row:
    """A draft to be filled; what is pending comes along only if that is asked for."""
    tools, params = call.tools, call.params
    refuse_others(params, known=KNOWN)
    if "subscription" in params and "pending_invoice_items_behavior" in params:
        raise invalid(
            "You may only specify one of these parameters: pending_invoice_items_behavior,"
            " subscription.",
            param="pending_invoice_items_behavior",
        )
    subscription = _subscription(call)
    customer = payer(tools, params.get("customer") or (subscription or {}).get("customer", ""))
    at = time_of(tools, customer)
    currency = params.get("currency") or (subscription or {}).get("currency")
    invoice = invoicing.draft(
        tools,
        customer=customer["id"],
        currency=(currency or customer.get("currency") or "usd").lower(),
        reason="manual",
        at=at,
        auto_advance=False,
        automatically_finalizes_at=None,
        parent=invoicing.parent_of(subscription) if subscription else None,
    )
    _change(tools, invoice, params, at=at)
    if params.get("pending_invoice_items_behavior", "exclude") == "include":
        waiting = pending_for(
            tools,
            customer=customer["id"],
            currency=invoice["currency"],
            subscription=subscription["id"] if subscription else None,
        )
        invoicing.take_pending(tools, invoice, waiting, at=at)
    recount(tools, invoice, at=at)
    return call.store.save(invoice)


@operation("POST", "/v1/invoices/create_preview")
def create_preview(call: Call) -> Row:
    return preview(call.tools, call.params, at=time_of(call.tools, _payer_of_preview(call)))


@operation("GET", "/v1/invoices")
def index(call: Call) -> Row:
    params = call.params
    names = ("customer", "status", "collection_method")
    equals = {name: params[name] for name in names if name in params}
    if "subscription" in params:
        equals["parent__subscription_details__subscription"] = params["subscription"]
    if "due_date" in params:
        raise not_implemented("due_date")
    return listed(call, call.store.list(KIND, **equals))


@operation("GET", ADDRESS)
def retrieve(call: Call) -> Row:
    return _get(call)


@operation("POST", ADDRESS)
def update(call: Call) -> Row:
    invoice, params = _get(call), call.params
    refuse_others(params, known=CHANGEABLE)
    if params.keys() - ALWAYS_CHANGEABLE - {"expand"}:
        invoicing.require_draft(invoice, "edited")
    at = time_of(call.tools, invoice)
    _change(call.tools, invoice, params, at=at)
    if invoice["status"] == "draft":
        recount(call.tools, invoice, at=at)
    return update_row(call.tools, invoice, "invoice.updated")


@operation("DELETE", ADDRESS)
def delete(call: Call) -> Row:
    return invoicing.delete_draft(call.tools, _get(call))


@operation("POST", f"{ADDRESS}/finalize")
def finalize(call: Call) -> Row:
    invoice = _get(call)
    at = time_of(call.tools, invoice)
    _check_taxable(call.tools, invoice)
    invoice["auto_advance"] = call.params.get("auto_advance", invoice["auto_advance"])
    invoice = invoicing.finalize(call.tools, invoice, at=at)
    if invoice["status"] == "open" and invoice["auto_advance"]:
        _advance_later(call.tools, invoice, at=at)
    return invoice


def _check_taxable(tools: Tools, invoice: Row) -> None:
    """Raises StripeError if tax is to be added and nobody knows where the customer lives."""
    is_taxed = (invoice.get("automatic_tax") or {}).get("enabled", False)
    if is_taxed and not tools.store.get("customer", invoice["customer"]).get("address"):
        raise invalid(
            "The customer's location isn't recognized. Set a valid customer address in order to"
            " automatically calculate tax.",
            code="customer_tax_location_invalid",
        )


@operation("POST", f"{ADDRESS}/pay")
def pay(call: Call) -> Row:
    invoice, params = _get(call), call.params
    refuse_others(
        params, known=frozenset({"payment_method", "paid_out_of_band", "off_session", "forgive"})
    )
    at = time_of(call.tools, invoice)
    if params.get("paid_out_of_band"):
        return payment.pay_elsewhere(call.tools, invoice, at=at)
    return payment.pay_invoice(call.tools, invoice, params.get("payment_method"), at=at)


@operation("POST", f"{ADDRESS}/void")
def void(call: Call) -> Row:
    invoice = _get(call)
    return invoicing.void(call.tools, invoice, at=time_of(call.tools, invoice))


@operation("POST", f"{ADDRESS}/mark_uncollectible")
def mark_uncollectible(call: Call) -> Row:
    invoice = _get(call)
    return invoicing.mark_uncollectible(call.tools, invoice, at=time_of(call.tools, invoice))


@operation("POST", f"{ADDRESS}/send")
def send(call: Call) -> Row:
    """Nothing is mailed; that it would have been is told."""
    invoice = _get(call)
    if invoice["status"] == "draft":
        invoice = invoicing.finalize(call.tools, invoice, at=time_of(call.tools, invoice))
    if invoice["status"] not in {"open", "paid"}:
        raise invalid(f"This invoice is {invoice['status']} and can't be sent.")
    call.tools.emit("invoice.sent", invoice)
    return invoice


@operation("GET", f"{ADDRESS}/lines")
def lines(call: Call) -> Row:
    return listed(call, lines_of(_get(call)))


@operation("POST", f"{ADDRESS}/add_lines")
def add_lines(call: Call) -> Row:
    """Each line is an invoice item of its own on the draft."""
    invoice = _get(call)
    invoicing.require_draft(invoice, "edited")
    at = time_of(call.tools, invoice)
    for number, line in enumerate(call.params["lines"]):
        if "invoice_item" in line:
            item = call.store.get(
                "invoiceitem", line["invoice_item"], param=f"lines[{number}]", status=400
            )
        else:
            asked = {"currency": invoice["currency"], **line}
            item = item_by_params(
                call.tools, asked, at=at, param=f"lines[{number}]", invoice=invoice
            )
        invoicing.take_pending(call.tools, invoice, [item], at=at)
    if "invoice_metadata" in call.params:
        given = call.params["invoice_metadata"]
        invoice["metadata"] = merged_metadata(invoice["metadata"] or {}, given)
    return update_row(call.tools, invoice, "invoice.updated")


@includable(KIND, "confirmation_secret")
def confirmation_secret(tools: Tools, invoice: Row) -> Any:
    """Left out unless asked for: what a browser needs to pay."""
    kept = tools.store.find(KIND, invoice["id"])
    secret = private(kept).get("client_secret") if kept else None
    return {"client_secret": secret, "type": "payment_intent"} if secret else None


@includable(KIND, "payments")
def payments(tools: Tools, invoice: Row) -> Any:
    found = tools.store.list("invoice_payment", invoice=invoice["id"])
    return envelope(found, url=f"/v1/invoice_payments?invoice={invoice['id']}")


def _get(call: Call) -> Row:
    return call.store.get(KIND, call.ids["invoice"])


def _subscription(call: Call) -> Row | None:
    name = call.params.get("subscription")
    if name is None:
        return None
    return call.store.get("subscription", name, param="subscription", status=400)


def _payer_of_preview(call: Call) -> str | None:
    name = call.params.get("subscription")
    if name is None:
        customer: str | None = call.params.get("customer")
        return customer
    subscription = call.store.get("subscription", name, param="subscription", status=400)
    return id_of(subscription["customer"])


def _change(tools: Tools, invoice: Row, params: dict[str, Any], *, at: int) -> None:
    for name in PLAIN & params.keys():
        invoice[name] = unset(params[name])
    if "metadata" in params:
        invoice["metadata"] = merged_metadata(invoice["metadata"] or {}, params["metadata"])
    if "automatic_tax" in params:
        enabled = params["automatic_tax"]["enabled"]
        invoice["automatic_tax"] = invoicing.automatic_tax(enabled=enabled)
    if "default_payment_method" in params:
        named = unset(params["default_payment_method"])
        if named is not None:
            own_method(tools, named, customer=invoice["customer"], param="default_payment_method")
        invoice["default_payment_method"] = named
    if "discounts" in params:
        target = Target(customer=invoice["customer"], at=at, invoice=invoice["id"])
        invoice["discounts"] = grant(tools, params["discounts"], target=target)
    _change_collection(invoice, params, at=at)
    _change_timing(invoice, params, at=at)


def _change_collection(invoice: Row, params: dict[str, Any], *, at: int) -> None:
    if "collection_method" in params:
        invoice["collection_method"] = params["collection_method"]
    if "days_until_due" in params:
        private(invoice)["days_until_due"] = params["days_until_due"]
        invoice["due_date"] = at + params["days_until_due"] * DAY
    if invoice["collection_method"] != "send_invoice" and (
        "days_until_due" in params or "due_date" in params
    ):
        raise invalid("A due date is for invoices with collection_method send_invoice.")


def _change_timing(invoice: Row, params: dict[str, Any], *, at: int) -> None:
    """``auto_advance=false`` holds a draft; ``automatically_finalizes_at`` sets its own time."""
    if "auto_advance" in params:
        invoice["auto_advance"] = params["auto_advance"]
        if invoice["status"] == "draft" and not private(invoice).get("chosen_time"):
            invoice["automatically_finalizes_at"] = at + HOUR if params["auto_advance"] else None
    if "automatically_finalizes_at" in params:
        chosen = params["automatically_finalizes_at"]
        if chosen <= at:
            raise invalid(
                "automatically_finalizes_at must be in the future.",
                param="automatically_finalizes_at",
            )
        if not invoice["auto_advance"]:
            raise invalid(
                "automatically_finalizes_at needs auto_advance.",
                param="automatically_finalizes_at",
            )
        private(invoice)["chosen_time"] = True
        invoice["automatically_finalizes_at"] = chosen


def _advance_later(tools: Tools, invoice: Row, *, at: int) -> None:
    """Finalized by hand, an advancing invoice is collected about an hour later."""
    if invoice["collection_method"] == "send_invoice":
        tools.emit("invoice.sent", invoice)
        return
    invoice["next_payment_attempt"] = at + HOUR
    update_row(tools, invoice, "invoice.updated")
