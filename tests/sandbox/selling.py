"""Things to sell in the tests of Checkout, the portal and invoices."""

from __future__ import annotations

from typing import Any

from tests.sandbox.asking import Client
from tests.sandbox.visiting import Visitor

SUCCESS = "http://127.0.0.1:8000/done/?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://127.0.0.1:8000/pricing/"
GOOD, DECLINED, POOR = "4242 4242 4242 4242", "4000000000000002", "4000000000009995"
LATER, ONCE, ALWAYS = "4000000000000341", "4000002500003155", "4000000000003220"


def sell(client: Client, amount: int = 9900, *, name: str = "Team", **more: Any) -> dict[str, Any]:
    """A price: monthly unless `recurring=None`."""
    product = client.post("/v1/products", name=name)["id"]
    values: dict[str, Any] = {"recurring": {"interval": "month"}, "currency": "usd", **more}
    return client.post("/v1/prices", product=product, unit_amount=amount, **values)


def session_for(client: Client, price: str, **more: Any) -> dict[str, Any]:
    """A Checkout session that sells one of a price."""
    values: dict[str, Any] = {
        "mode": "subscription",
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        **more,
    }
    return client.post("/v1/checkout/sessions", **values)


def typed(number: str = GOOD, **more: str) -> dict[str, str]:
    """What a buyer types into the page."""
    card = {"number": number, "expiry": "12 / 34", "cvc": "123"}
    return {"email": "alice@acme.example", "name": "Alice", **card, **more}


def paid_session(client: Client, visitor: Visitor, **more: Any) -> dict[str, Any]:
    """A session that somebody has completed."""
    session = session_for(client, sell(client)["id"], **more)
    answer = visitor.submit(session["url"], typed())
    assert answer.status == 303, answer.body.decode()
    return client.get(f"/v1/checkout/sessions/{session['id']}")
