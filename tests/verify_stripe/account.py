"""The account that the journeys are made in, and a customer who makes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.test import override_settings

from accounts.audit.actor import Actor
from accounts.models import Organization
from billing.models import Agreement, Invoice, PlanVersion
from billing.stripe.gateway.client import send
from billing.stripe.gateway.reading import retrieve_clock
from billing.stripe.rehearsal import VISA, Rehearsal, Subscribing, begin_rehearsal
from config.payments import stripe_settings
from metering.queries import list_balances
from tests.factories.agreements import use
from tests.factories.catalog import ArticleCatalog
from tests.support.rehearsing import rehearsing

# When it is in the sandbox.
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
# Customers come so long ago, so that two months can pass.
BEFORE = timedelta(days=80)


@dataclass
class Account:
    """Stripe in test mode, or the sandbox. What is made in it is taken away at the end."""

    now: datetime
    clocks: list[str] = field(default_factory=list)

    @property
    def starts_at(self) -> datetime:
        """When customers come."""
        return (self.now - BEFORE).replace(microsecond=0)

    def change(self, operation: str, *, target: str = "", **params: Any) -> dict[str, Any]:
        """Change something by hand, as somebody at Stripe's dashboard does."""
        return send(operation, params, target=target, key=f"verify:{uuid4()}")

    def clean_up(self) -> None:
        """Delete the test clocks, and with them their customers and subscriptions."""
        for clock_id in self.clocks:
            self.change("test_helpers.test_clocks.delete", target=clock_id)


@contextmanager
def in_the_sandbox() -> Iterator[Account]:
    """A sandbox of its own."""
    with rehearsing(now=NOW):
        yield Account(NOW)


@contextmanager
def at_stripe(key: str) -> Iterator[Account]:
    """Stripe itself, in test mode."""
    with ExitStack() as way_out:
        settings = stripe_settings(secret_key=key, sandbox_url="")
        way_out.enter_context(override_settings(**settings))
        account = Account(datetime.now(UTC))
        way_out.callback(account.clean_up)
        yield account


@dataclass
class Buyer:
    """An organization that lives by a test clock, and its owner Alice, who acts for it."""

    account: Account
    organization: Organization
    alice: Actor
    catalog: ArticleCatalog
    rehearsal: Rehearsal

    @classmethod
    def come(
        cls, account: Account, organization: Organization, alice: Actor, catalog: ArticleCatalog
    ) -> Buyer:
        """Somebody new."""
        rehearsal = begin_rehearsal(organization=organization, starts_at=account.starts_at)
        account.clocks.append(rehearsal.clock_id)
        return cls(account, organization, alice, catalog, rehearsal)

    @property
    def now(self) -> datetime:
        """What time it is for the organization."""
        return retrieve_clock(self.rehearsal.clock_id).frozen_at

    @property
    def agreement(self) -> Agreement:
        """The last agreement as it is now."""
        return (
            Agreement.objects.owned_by(self.organization)
            .select_related("organization", "plan_version__plan")
            .latest("pk")
        )

    @property
    def credits(self) -> int:
        """What is left to use."""
        balances = list_balances(organization_id=self.organization.pk, at=self.now)
        return int(balances[self.catalog.meter.pk].remaining)

    def subscribe(
        self,
        version: PlanVersion | None = None,
        *,
        card: str = VISA,
        trial_days: int = 0,
        coupon: str = "",
    ) -> Agreement:
        """Subscribe by the month, to Starter unless told otherwise. No card: an empty name."""
        if card:
            self.rehearsal.give_card(card, now=self.now)
        wanted = Subscribing(
            version=version or self.catalog.starter,
            interval="month",
            currency="USD",
            trial_days=trial_days,
            coupon=coupon,
        )
        return self.rehearsal.subscribe(wanted, now=self.now)

    def use(self, name: str, credits: int) -> None:
        """Use so many credits now."""
        use(self.organization, name, credits, at=self.now)

    def wait(self, *, days: int = 0, hours: int = 0) -> None:
        """Let time pass, and see to what comes of it."""
        self.rehearsal.move_to(self.now + timedelta(days=days, hours=hours))

    def come_to_the_next_period(self) -> None:
        """Let the period end, be settled and invoiced, and the invoice be collected."""
        ends_at = self.agreement.current_period_end
        for hours in (0, 2, 4):
            self.rehearsal.move_to(ends_at + timedelta(hours=hours))

    def bills(self) -> list[tuple[str, str, int]]:
        """(status, reason, total) of the invoices, the first one first."""
        invoices = Invoice.objects.owned_by(self.organization).order_by("issued_at")
        return list(invoices.values_list("status", "billing_reason", "total_minor"))
