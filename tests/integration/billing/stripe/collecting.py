"""An agreement that Stripe's stand-in collects for, and time that can be moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from accounts.models import Organization
from billing.choices import Collection
from billing.models import (
    Agreement,
    Invoice,
    PlanVersion,
    SettlementCharge,
    StripeCustomer,
    StripeSubscription,
)
from billing.sandbox import Sandbox
from billing.settlements.operations import close_due_periods
from billing.stripe.gateway.client import ask, send
from billing.stripe.gateway.facts import EventFacts, InvoiceFacts, SubscriptionFacts
from billing.stripe.gateway.reading import (
    list_events,
    list_invoices,
    retrieve_invoice,
    retrieve_subscription,
)
from billing.stripe.inbox import ReceivedEvent
from billing.stripe.publishing import price_ids_of, publish_plan_version
from billing.stripe.settling.handlers import bring_invoice_level
from billing.stripe.settling.operations import collect_all_overage
from tests.factories.agreements import SUBSCRIBED, make_agreement
from tests.support.stripe_sandbox import SandboxHTTPClient


@dataclass
class MovableTime:
    """What time it is in the sandbox."""

    now: datetime = SUBSCRIBED

    def __call__(self) -> datetime:
        return self.now


class Line(NamedTuple):
    """A line that charges usage, with the status of its invoice."""

    status: str
    description: str
    amount: int


@dataclass
class Collecting:
    """The sandbox, the time in it, and what is asked of it."""

    sandbox: Sandbox
    client: SandboxHTTPClient
    time: MovableTime
    keys: int = 0
    heard: set[str] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.time.now

    def move_to(self, at: datetime) -> None:
        """Let the time pass until then: Stripe does what is due, and tells of it."""
        self.time.now = at
        self.sandbox.run_due()
        self.listen()

    def listen(self) -> None:
        """Hear once what Stripe tells of invoices."""
        told = [event for event in list_events(since=SUBSCRIBED) if event.id not in self.heard]
        for event in reversed(told):
            self.heard.add(event.id)
            if event.type.startswith("invoice."):
                self.hear(event)

    def hear(self, event: EventFacts) -> None:
        """Hear of one event, as the inbox would tell of it."""
        received = ReceivedEvent(
            id=event.id,
            type=event.type,
            object_id=event.object_id,
            customer_id=event.customer_id,
            occurred_at=event.occurred_at,
        )
        bring_invoice_level(received, self.now)

    def settle_only(self) -> None:
        """Settle what is due, and leave it at that."""
        close_due_periods(now=self.now)

    def sweep(self) -> None:
        """Do what the sweeps do: settle what is due, and collect it."""
        close_due_periods(now=self.now)
        collect_all_overage(now=self.now)

    def send(self, operation: str, params: dict[str, Any], *, target: str = "") -> dict[str, Any]:
        """Change something at Stripe by hand."""
        self.keys += 1
        return send(operation, params, target=target, key=f"by-hand-{self.keys}")

    def sell(
        self,
        organization: Organization,
        version: PlanVersion,
        *,
        interval: str = "month",
        card: str = "pm_card_visa",
        **params: Any,
    ) -> Agreement:
        """An agreement with its subscription, the first period of which is paid."""
        publish_plan_version(plan_version_id=version.pk, now=self.now)
        prices = price_ids_of(version_id=version.pk, currency="USD", interval=interval)
        customer = self.send("customers.create", {"name": organization.name})
        method = self.send("payment_methods.attach", {"customer": customer["id"]}, target=card)
        self.send(
            "customers.update",
            {"invoice_settings": {"default_payment_method": method["id"]}},
            target=customer["id"],
        )
        subscription = SubscriptionFacts.read(
            self.send(
                "subscriptions.create",
                {
                    "customer": customer["id"],
                    "items": [{"price": price.stripe_id} for price in prices],
                    "billing_mode": {"type": "flexible"},
                    **params,
                },
            )
        )
        assert subscription.status == "active", subscription
        agreement = make_agreement(organization, version.plan.code, interval=interval, at=self.now)
        agreement.collection = Collection.STRIPE
        agreement.save(update_fields=["collection"])
        StripeCustomer.objects.create(
            organization=organization, stripe_id=customer["id"], synced_at=self.now
        )
        StripeSubscription.objects.create(
            organization=organization,
            agreement=agreement,
            stripe_id=subscription.id,
            status=subscription.status,
            synced_at=self.now,
        )
        self.listen()
        return agreement

    def subscription_of(self, agreement: Agreement) -> str:
        """The id of its subscription."""
        return str(StripeSubscription.objects.get(agreement=agreement).stripe_id)

    def customer_of(self, agreement: Agreement) -> str:
        """The id of its customer."""
        return str(StripeCustomer.objects.get(organization=agreement.organization).stripe_id)

    def items_of(self, agreement: Agreement) -> list[str]:
        """The ids of what its subscription is for."""
        subscription = retrieve_subscription(self.subscription_of(agreement))
        return [item.id for item in subscription.items]

    def cancel(self, agreement: Agreement) -> None:
        """End the subscription at Stripe, now."""
        self.send("subscriptions.cancel", {}, target=self.subscription_of(agreement))

    def invoices(self, agreement: Agreement) -> list[InvoiceFacts]:
        """All invoices of its customer as Stripe has them, the first one first."""
        listed = list_invoices(customer=self.customer_of(agreement))
        found = [retrieve_invoice(each.id) for each in listed]
        return sorted(found, key=lambda invoice: (invoice.created_at, invoice.id))

    def lines_of_overage(self, agreement: Agreement) -> list[Line]:
        """Each line at Stripe that charges usage, or gives it back."""
        return [
            Line(invoice.status, line.description, line.amount)
            for invoice in self.invoices(agreement)
            for line in invoice.lines
            if "settlement" in line.metadata
        ]

    def balance(self, agreement: Agreement) -> int:
        """What Stripe keeps for the customer: negative is a credit."""
        return int(ask("customers.retrieve", target=self.customer_of(agreement))["balance"])


def charges() -> list[tuple[str, int]]:
    """(status, cents) of each charge, the first settled first."""
    rows = SettlementCharge.objects.select_related("settlement").order_by("settlement_id")
    return [(row.status, row.settlement.amount_minor) for row in rows]


def copies() -> list[tuple[str, str, int]]:
    """(status, reason, total) of each copy of an invoice, the first one first."""
    return list(
        Invoice.objects.order_by("pk").values_list("status", "billing_reason", "total_minor")
    )
