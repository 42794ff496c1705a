"""Tax ids of customers."""

from __future__ import annotations

import re
from typing import Any

from billing.sandbox.call import Call, Tools
from billing.sandbox.errors import invalid
from billing.sandbox.listing import envelope, listed
from billing.sandbox.resources.merging import deleted
from billing.sandbox.resources.people import living_customer
from billing.sandbox.routing import includable, operation
from billing.sandbox.store import Row

MOST_PER_CUSTOMER = 5
# The shapes of the kinds that we know; the others only must not be empty.
SHAPES = {
    "au_abn": r"\d{11}",
    "ca_bn": r"\d{9}",
    "ch_vat": r"CHE-?\d{3}\.?\d{3}\.?\d{3}( ?(MWST|TVA|IVA))?",
    "eu_vat": r"(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK)"
    r"[A-Z0-9+*]{7,12}",
    "gb_vat": r"GB\d{9}(\d{3})?",
    "no_vat": r"\d{9}MVA",
    "us_ein": r"\d{2}-?\d{7}",
}
CHECKED_BY_AN_AUTHORITY = {"au_abn", "eu_vat", "gb_vat"}
# The documentation, "Customer tax IDs", "Validation": numbers with a settled outcome in tests.
SETTLED = {"000000000": "verified", "111111111": "unverified", "222222222": "pending"}


@operation("POST", "/v1/customers/{customer}/tax_ids")
def create_for_customer(call: Call) -> Row:
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    return create_tax_id(call.tools, customer, call.params)


@operation("POST", "/v1/tax_ids")
def create(call: Call) -> Row:
    owner = call.params.get("owner", {})
    if owner.get("type") != "customer" or "customer" not in owner:
        raise invalid(
            "Only tax ids of customers are implemented in the sandbox", param="owner[type]"
        )
    customer = living_customer(call.tools, owner["customer"], param="owner[customer]")
    return create_tax_id(call.tools, customer, call.params)


@operation("GET", "/v1/customers/{customer}/tax_ids")
def index_of_customer(call: Call) -> Row:
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    return listed(call, call.store.list("tax_id", customer=customer["id"]))


@operation("GET", "/v1/tax_ids")
def index(call: Call) -> Row:
    owner = call.params.get("owner", {})
    equals = {"customer": owner["customer"]} if "customer" in owner else {}
    return listed(call, call.store.list("tax_id", **equals))


@operation("GET", "/v1/customers/{customer}/tax_ids/{id}")
@operation("GET", "/v1/tax_ids/{id}")
def retrieve(call: Call) -> Row:
    return _found(call)


@operation("DELETE", "/v1/customers/{customer}/tax_ids/{id}")
@operation("DELETE", "/v1/tax_ids/{id}")
def delete(call: Call) -> Row:
    tax_id = _found(call)
    call.store.delete(tax_id)
    call.tools.emit("customer.tax_id.deleted", tax_id)
    return deleted(tax_id)


@includable("customer", "tax_ids")
def of_customer(tools: Tools, customer: Row) -> Any:
    """Left out of a customer unless asked for."""
    url = f"/v1/customers/{customer['id']}/tax_ids"
    return envelope(tools.store.list("tax_id", customer=customer["id"]), url=url)


def create_tax_id(tools: Tools, customer: Row, params: dict[str, Any]) -> Row:
    """A tax id of the customer. Raises ``StripeError`` for a value of another shape."""
    type, value = params["type"], params["value"].strip().upper()
    if not value or not re.fullmatch(SHAPES.get(type, r".+"), _bare(value)):
        raise invalid(f"Invalid value for {type}.", param="value", code="tax_id_invalid")
    if len(tools.store.list("tax_id", customer=customer["id"])) >= MOST_PER_CUSTOMER:
        raise invalid(f"A customer may have at most {MOST_PER_CUSTOMER} tax IDs.")
    tax_id = tools.make(
        "tax_id",
        "txi",
        country=_country(type, value),
        customer=customer["id"],
        owner={"type": "customer", "customer": customer["id"]},
        type=type,
        value=value,
        verification=_verification(type, value),
    )
    return tools.emit_created(tax_id, "customer.tax_id.created")


def _found(call: Call) -> Row:
    tax_id = call.store.get("tax_id", call.ids["id"])
    if tax_id["customer"] != call.ids.get("customer", tax_id["customer"]):
        return call.store.get("tax_id", "")
    return tax_id


def _bare(value: str) -> str:
    return value.replace(" ", "")


def _country(type: str, value: str) -> str | None:
    if type == "eu_vat":
        return value[:2].replace("EL", "GR")
    return type[:2].upper() if type != "unknown" else None


def _verification(type: str, value: str) -> Row:
    digits = re.sub(r"\D", "", value)
    status = (
        SETTLED.get(digits[-9:], "pending") if type in CHECKED_BY_AN_AUTHORITY else "unavailable"
    )
    return {"status": status, "verified_address": None, "verified_name": None}
