"""The customer as the one who pays: means of payment, credit balance, good standing."""

from __future__ import annotations

from billing.sandbox.call import Tools, id_of
from billing.sandbox.engine.rows import update
from billing.sandbox.errors import invalid, missing
from billing.sandbox.store import Row


def payer(tools: Tools, id: str) -> Row:
    """The customer that a parameter names. Raises ``StripeError``, also for a deleted one."""
    customer = tools.store.find("customer", id)
    if customer is None or customer.get("deleted"):
        raise missing("customer", id, param="customer", status=400)
    return customer


def own_method(tools: Tools, id: str, *, customer: str, param: str) -> Row:
    """A payment method of this customer. Raises ``StripeError`` if it is none of his."""
    method = tools.store.find("payment_method", id)
    if method is None:
        raise missing("PaymentMethod", id, param=param, status=400)
    if method["customer"] != customer:
        raise invalid(
            f"The customer does not have a payment method with the ID {id}. The payment method"
            " must be attached to the customer.",
            param=param,
        )
    return method


def method_to_charge(
    tools: Tools, *, customer: Row, subscription: Row | None = None, invoice: Row | None = None
) -> str | None:
    """The invoice's own payment method, else the subscription's, else a default of the customer."""
    settings = customer.get("invoice_settings") or {}
    for found in (
        (invoice or {}).get("default_payment_method"),
        (subscription or {}).get("default_payment_method"),
        settings.get("default_payment_method"),
        customer.get("default_source"),
    ):
        if found:
            return id_of(found)
    return None


def shift_balance(
    tools: Tools, customer_id: str, amount: int, *, kind: str, at: int, **links: str | None
) -> Row:
    """Add to what the customer owes (below zero: to his credit); returns the transaction."""
    customer = tools.store.get("customer", customer_id)
    customer["balance"] = (customer.get("balance") or 0) + amount
    update(tools, customer, "customer.updated")
    return tools.store.save(
        tools.make(
            "customer_balance_transaction",
            "cbtxn",
            amount=amount,
            created=at,
            currency=links.pop("currency", None) or customer.get("currency") or "usd",
            customer=customer_id,
            ending_balance=customer["balance"],
            metadata={},
            type=kind,
            **links,
        )
    )


def adopt_currency(tools: Tools, customer: Row, currency: str) -> None:
    """A customer is billed in one currency: that of the first thing that he is billed for."""
    if not customer.get("currency"):
        customer["currency"] = currency
        tools.store.save(customer)


def mark_delinquent(tools: Tools, customer_id: str, *, delinquent: bool) -> None:
    """Whether the customer's latest invoice could not be collected."""
    customer = tools.store.get("customer", customer_id)
    customer["delinquent"] = delinquent
    update(tools, customer, "customer.updated")
