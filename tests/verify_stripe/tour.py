"""A walk past the operations that we use, to see what each of them answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from billing.stripe.gateway.client import ask

from .account import Account
from .shapes import Shape, merged, shape_of

RETURN = "https://portal.example/"
CARD = "pm_card_visa"


@dataclass
class Tour:
    """What was asked, and the shape of each answer."""

    account: Account
    shapes: dict[str, Shape] = field(default_factory=dict)

    def change(self, operation: str, *, target: str = "", **params: Any) -> dict[str, Any]:
        """Change something, and keep the shape of the answer."""
        return self._keep(operation, self.account.change(operation, target=target, **params))

    def look(self, operation: str, *, target: str = "", **params: Any) -> dict[str, Any]:
        """Ask for something, and keep the shape of the answer."""
        return self._keep(operation, ask(operation, params, target=target))

    def _keep(self, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
        self.shapes[operation] = merged(self.shapes.get(operation), shape_of(answer))
        return answer


def walk(account: Account) -> Mapping[str, Shape]:
    """Make one customer's life, and return the shape of everything that was answered."""
    tour = Tour(account)
    starter, professional = _sell(tour)
    customer = _come(tour)
    subscription = _subscribe(tour, customer, price=starter)
    _preview(tour, customer, subscription, price=professional)
    _plan(tour, subscription, price=professional)
    _invoice(tour, customer)
    _visit(tour, customer, price=starter)
    tour.change("subscriptions.cancel", target=subscription["id"])
    tour.look("events.list", limit=100)
    return tour.shapes


def _sell(tour: Tour) -> list[str]:
    product = tour.change("products.create", name="Tour", metadata={"tallybook": "verify"})
    prices = [
        tour.change(
            "prices.create",
            product=product["id"],
            currency="usd",
            unit_amount=amount,
            recurring={"interval": "month"},
        )["id"]
        for amount in (9_900, 29_900)
    ]
    tour.look("prices.list", product=product["id"])
    tour.change("coupons.create", percent_off=20, duration="once")
    return prices


def _come(tour: Tour) -> str:
    seconds = int(tour.account.starts_at.timestamp())
    clock = tour.change("test_helpers.test_clocks.create", frozen_time=seconds)
    tour.account.clocks.append(clock["id"])
    customer: str = tour.change("customers.create", name="Tour", test_clock=clock["id"])["id"]
    method = tour.change("payment_methods.attach", target=CARD, customer=customer)
    chosen = {"default_payment_method": method["id"]}
    tour.change("customers.update", target=customer, invoice_settings=chosen)
    tour.look(
        "customers.retrieve", target=customer, expand=["invoice_settings.default_payment_method"]
    )
    return customer


def _subscribe(tour: Tour, customer: str, *, price: str) -> dict[str, Any]:
    subscription = tour.change(
        "subscriptions.create",
        customer=customer,
        items=[{"price": price}],
        billing_mode={"type": "flexible"},
    )
    tour.look("subscriptions.retrieve", target=subscription["id"], expand=["customer"])
    tour.look("subscriptions.list", customer=customer)
    tour.look("invoices.list", customer=customer)
    tour.look(
        "invoices.retrieve",
        target=subscription["latest_invoice"],
        expand=["payments.data.payment.payment_intent"],
    )
    return subscription


def _preview(tour: Tour, customer: str, subscription: dict[str, Any], *, price: str) -> None:
    item = subscription["items"]["data"][0]["id"]
    tour.look(
        "invoices.create_preview",
        customer=customer,
        subscription=subscription["id"],
        subscription_details={"items": [{"id": item, "price": price}]},
    )


def _plan(tour: Tour, subscription: dict[str, Any], *, price: str) -> None:
    """What begins with the next period, and is given up again."""
    schedule = tour.change("subscription_schedules.create", from_subscription=subscription["id"])
    [phase] = schedule["phases"]
    items = [{"price": each["price"], "quantity": 1} for each in phase["items"]]
    begun, ends = phase["start_date"], phase["end_date"]
    later = int((tour.account.starts_at + timedelta(days=62)).timestamp())
    tour.change(
        "subscription_schedules.update",
        target=schedule["id"],
        end_behavior="release",
        phases=[
            {"items": items, "start_date": begun, "end_date": ends},
            {"items": [{"price": price, "quantity": 1}], "start_date": ends, "end_date": later},
        ],
    )
    tour.look("subscription_schedules.retrieve", target=schedule["id"])
    tour.change("subscription_schedules.release", target=schedule["id"])


def _invoice(tour: Tour, customer: str) -> None:
    """One of its own, paid, and credited in part."""
    invoice = tour.change(
        "invoices.create",
        customer=customer,
        currency="usd",
        auto_advance=False,
        pending_invoice_items_behavior="exclude",
    )["id"]
    tour.change(
        "invoice_items.create",
        customer=customer,
        invoice=invoice,
        currency="usd",
        quantity_decimal="1400",
        unit_amount_decimal="12",
        description="1,400 credits",
    )
    tour.change("invoices.update", target=invoice, auto_advance=False)
    tour.change("invoices.finalize_invoice", target=invoice)
    paid = tour.change("invoices.pay", target=invoice)
    [line] = paid["lines"]["data"]
    part = {"type": "invoice_line_item", "invoice_line_item": line["id"], "amount": 100}
    tour.change("credit_notes.create", invoice=invoice, lines=[part], credit_amount=100)


def _visit(tour: Tour, customer: str, *, price: str) -> None:
    """The payment page, which nobody fills in, and the portal."""
    session = tour.change(
        "checkout.sessions.create",
        mode="subscription",
        customer=customer,
        line_items=[{"price": price, "quantity": 1}],
        success_url=RETURN,
        cancel_url=RETURN,
    )["id"]
    tour.look("checkout.sessions.retrieve", target=session)
    tour.change("checkout.sessions.expire", target=session)
    configuration = tour.change(
        "billing_portal.configurations.create", features={"invoice_history": {"enabled": True}}
    )["id"]
    tour.change(
        "billing_portal.sessions.create",
        customer=customer,
        configuration=configuration,
        return_url=RETURN,
    )
