"""Money as the account sees it, and the credit balance of a customer.

Stripe's documentation: "Balance transaction types", "Customer credit balance".
"""

from __future__ import annotations

from billing.sandbox.call import Call
from billing.sandbox.engine.people import shift_balance
from billing.sandbox.engine.rows import refuse_others, time_of
from billing.sandbox.errors import invalid
from billing.sandbox.listing import listed
from billing.sandbox.resources.merging import merged
from billing.sandbox.resources.people import living_customer
from billing.sandbox.routing import operation
from billing.sandbox.store import Row

OF_CUSTOMER = "/v1/customers/{customer}/balance_transactions"


@operation("GET", "/v1/balance_transactions")
def index(call: Call) -> Row:
    names = ("currency", "source", "type")
    equals = {name: call.params[name] for name in names if name in call.params}
    return listed(call, call.store.list("balance_transaction", **equals))


@operation("GET", "/v1/balance_transactions/{id}")
def retrieve(call: Call) -> Row:
    return call.store.get("balance_transaction", call.ids["id"])


@operation("POST", OF_CUSTOMER)
def create_of_customer(call: Call) -> Row:
    """Below zero is credit for the customer, above zero a debt. It counts at finalization."""
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    refuse_others(call.params, known=frozenset({"amount", "currency", "description", "metadata"}))
    currency = call.params["currency"].lower()
    if (customer.get("currency") or currency) != currency:
        raise invalid(
            "The currency must be the one that the customer is billed in.", param="currency"
        )
    made = shift_balance(
        call.tools,
        customer["id"],
        call.params["amount"],
        kind="adjustment",
        at=time_of(call.tools, customer),
        currency=currency,
        description=call.params.get("description"),
    )
    return call.store.save(merged(made, {"metadata": call.params.get("metadata") or {}}))


@operation("GET", OF_CUSTOMER)
def index_of_customer(call: Call) -> Row:
    customer = living_customer(call.tools, call.ids["customer"], status=404)
    kind = "customer_balance_transaction"
    return listed(call, call.store.list(kind, customer=customer["id"]))


@operation("GET", f"{OF_CUSTOMER}/{{transaction}}")
def retrieve_of_customer(call: Call) -> Row:
    return call.store.get("customer_balance_transaction", call.ids["transaction"])
