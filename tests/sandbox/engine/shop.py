"""A shop to test with: two plans, customers with cards, and time that moves when told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from billing.sandbox import Sandbox
from billing.sandbox.engine.calendar import boundary, moment
from tests.sandbox.asking import Client

Object = dict[str, Any]
START = moment(datetime(2026, 6, 1, 12, tzinfo=UTC))
HOUR, DAY = 3_600, 86_400
ADDRESS = "https://portal.example/webhooks"


def months_later(count: int, *, start: int = START) -> int:
    return boundary(start, interval="month", count=1, step=count)


@dataclass
class Shop:
    """``pro`` costs 99.00 and ``scale`` 299.00 a month. Customers live by the shop's test clock."""

    client: Client
    sandbox: Sandbox
    products: dict[str, Object] = field(default_factory=dict)
    clock_id: str = ""

    def open(self) -> Shop:
        self.clock_id = self.client.post("/v1/test_helpers/test_clocks", frozen_time=START)["id"]
        for name in ("Pro", "Scale", "Extra"):
            self.products[name] = self.client.post("/v1/products", name=name)
        return self

    def price(self, product: str = "Pro", amount: int = 9900, **values: Any) -> str:
        values.setdefault("recurring", {"interval": "month"})
        created = self.client.post(
            "/v1/prices",
            product=self.products[product]["id"],
            currency="usd",
            unit_amount=amount,
            **values,
        )
        return str(created["id"])

    @property
    def pro(self) -> str:
        return self.price("Pro", 9900)

    @property
    def scale(self) -> str:
        return self.price("Scale", 29900)

    def customer(self, card: str | None = "pm_card_visa", **values: Any) -> str:
        """A customer who pays with this test card by default."""
        customer = self.client.post(
            "/v1/customers", email="alice@example.com", test_clock=self.clock_id, **values
        )
        if card is not None:
            self.give_card(customer["id"], card)
        return str(customer["id"])

    def give_card(self, customer: str, card: str) -> str:
        """A new default card for the customer."""
        method = self.client.post(f"/v1/payment_methods/{card}/attach", customer=customer)
        self.client.post(
            f"/v1/customers/{customer}",
            invoice_settings={"default_payment_method": method["id"]},
        )
        return str(method["id"])

    def subscribe(self, customer: str, price: str, **values: Any) -> Object:
        values.setdefault("items", [{"price": price}])
        return self.client.post("/v1/subscriptions", customer=customer, **values)

    def subscription(self, id: str) -> Object:
        return self.client.get(f"/v1/subscriptions/{id}")

    def change(self, subscription: Object, **values: Any) -> Object:
        return self.client.post(f"/v1/subscriptions/{subscription['id']}", **values)

    def invoices(self, subscription: Object) -> list[Object]:
        """The invoices of a subscription, oldest first."""
        found = self.client.get("/v1/invoices", subscription=subscription["id"], limit=100)
        return list(reversed(found["data"]))

    def latest(self, subscription: Object) -> Object:
        return self.invoices(subscription)[-1]

    def advance(self, to: int) -> Object:
        """Move the test clock on and let everything happen that is due on the way."""
        path = f"/v1/test_helpers/test_clocks/{self.clock_id}"
        self.client.post(f"{path}/advance", frozen_time=to)
        self.sandbox.run_due()
        return self.client.get(path)

    def types_since(self, action: Callable[[], Any]) -> list[str]:
        """The types of the events that an action leads to, in their order."""
        before = {event["id"] for event in self.client.events()}
        action()
        return [event["type"] for event in self.client.events() if event["id"] not in before]


def item(subscription: Object, place: int = 0) -> Object:
    found: Object = subscription["items"]["data"][place]
    return found


def amounts(invoice: Object) -> list[int]:
    return [line["amount"] for line in invoice["lines"]["data"]]
