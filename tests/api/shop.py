"""Customers who pay: the API with Stripe's sandbox behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Organization
from billing.settlements.operations import close_due_periods
from billing.stripe.gateway.client import send
from billing.stripe.publishing import publish_waiting
from billing.stripe.settling.operations import collect_all_overage
from tests.api.conftest import NOW, Api, clock
from tests.factories.accounts import make_api_key, make_organization, make_person
from tests.factories.catalog import (
    ArticleCatalog,
    fixed,
    make_article_catalog,
    make_plan,
    make_version,
    metered,
)
from tests.support.paying import VISA, pay
from tests.support.stripe_at_hand import StripeAtHand, stripe

__all__ = ["clock", "shop", "stripe"]

RETURNS = {
    "success_url": "https://app.example/welcome?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://app.example/plans",
}
STARTER = {"plan": "starter", **RETURNS}


@dataclass(frozen=True)
class Shop:
    """
    Alice's Acme is about to buy; Charlie's Crane is somebody else's. The plan `hobby` costs
    nothing.
    """

    stripe: StripeAtHand
    clock: time_machine.Traveller
    catalog: ArticleCatalog
    acme: Organization
    as_acme: Api
    as_crane: Api
    as_platform: Api

    def subscribe(self, plan: str = "starter", **order: Any) -> dict[str, Any]:
        """Alice pays for a plan; return her agreement."""
        opened = self.as_acme.post("checkouts", STARTER | {"plan": plan} | order)
        assert opened.status == 201, opened
        assert pay(self.stripe, opened.body["url"], card=VISA) == 303
        done = self.as_acme.get(f"checkouts/{opened.body['id']}")
        assert done.body["status"] == "completed", done
        return self.agreement()

    def agreement(self) -> dict[str, Any]:
        """Alice's newest agreement as it is now."""
        newest: dict[str, Any] = self.as_acme.get("agreements").body["data"][0]
        return newest

    def wait(self, **times: int) -> None:
        """Let time pass everywhere, and hear of what is due at Stripe."""
        self.clock.shift(timedelta(**times))
        self.stripe.now += timedelta(**times)
        self.stripe.run_due()
        self.stripe.deliver()

    def renew(self) -> None:
        """Let a month pass, with what sweeps do in it: its usage is settled and invoiced."""
        self.wait(days=30, hours=2)
        close_due_periods(now=self.stripe.now)
        collect_all_overage(now=self.stripe.now)
        self.wait(hours=2)

    def use_card(self, name: str) -> None:
        """From now on this is what Acme's customer and its subscription are charged to."""
        customer = self.stripe.ask("customers.list")["data"][0]["id"]
        card = send("payment_methods.attach", {"customer": customer}, target=name, key=name)
        send(
            "customers.update",
            {"invoice_settings": {"default_payment_method": card["id"]}},
            target=customer,
            key=f"customer {name}",
        )
        for subscription in self.stripe.ask("subscriptions.list")["data"]:
            send(
                "subscriptions.update",
                {"default_payment_method": card["id"]},
                target=subscription["id"],
                key=f"subscription {name}",
            )
        self.stripe.deliver()


@pytest.fixture
def shop(stripe: StripeAtHand, clock: time_machine.Traveller) -> Shop:
    catalog = make_article_catalog()
    make_version(
        make_plan(catalog.current, "hobby"), metered(catalog.credits, 50), prices=(fixed("0"),)
    )
    publish_waiting(now=NOW)
    acme = make_organization("Acme", owner=make_person("Alice"), external_id="customer-1")
    charlie = make_person("Charlie", email="charlie@crane.example")
    crane = make_organization("Crane", owner=charlie, external_id="customer-2")
    stripe.requests.clear()
    return Shop(
        stripe=stripe,
        clock=clock,
        catalog=catalog,
        acme=acme,
        as_acme=Api(make_api_key(acme, now=NOW).secret),
        as_crane=Api(make_api_key(crane, now=NOW).secret),
        as_platform=Api(make_api_key(None, now=NOW).secret),
    )


def money(minor: int) -> dict[str, Any]:
    """An amount of dollars, as the API writes it."""
    return {"amount_minor": minor, "currency": "USD"}
