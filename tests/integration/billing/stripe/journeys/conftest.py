from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import pytest

from accounts.audit.actor import Actor
from accounts.models import Organization
from billing.models import Agreement
from billing.settlements.operations import close_due_periods
from billing.stripe.journeys.checkout import Returns, start_checkout
from billing.stripe.journeys.returning import complete_checkout
from billing.stripe.publishing import publish_waiting
from billing.stripe.settling.operations import collect_all_overage
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.catalog import ArticleCatalog, make_article_catalog
from tests.support.paying import VISA, pay
from tests.support.stripe_at_hand import NOW, StripeAtHand, stripe

__all__ = ["stripe"]

RETURNS = Returns("https://portal.example/done/", "https://portal.example/plan/")


class Acme(NamedTuple):
    """An organization whose owner Alice buys, and what she buys at."""

    organization: Organization
    alice: Actor
    stripe: StripeAtHand
    catalog: ArticleCatalog

    def subscribe(
        self, plan: str = "starter", *, interval: str = "month", card: str = VISA
    ) -> Agreement:
        """Alice checks out with a card."""
        checkout = start_checkout(
            organization=self.organization,
            plan_code=plan,
            interval=interval,
            returns=RETURNS,
            actor=self.alice,
            now=self.stripe.now,
        )
        assert pay(self.stripe, checkout.url, card=card) == 303
        done = complete_checkout(
            organization=self.organization, checkout_id=checkout.public_id, now=self.stripe.now
        )
        assert done.status == "completed"
        return self.agreement

    @property
    def agreement(self) -> Agreement:
        """The last agreement as it is now."""
        return (
            Agreement.objects.owned_by(self.organization)
            .select_related("organization", "plan_version__plan")
            .latest("pk")
        )

    def wait(self, *, days: int = 0, hours: int = 0) -> None:
        """Let time pass at Stripe, and hear of it."""
        self.stripe.now += timedelta(days=days, hours=hours)
        self.stripe.run_due()
        self.stripe.deliver()

    def sweep(self) -> None:
        """What the clock rings for: settle what is over, and invoice it."""
        close_due_periods(now=self.stripe.now)
        collect_all_overage(now=self.stripe.now)
        self.wait(hours=1)


@pytest.fixture
def acme(stripe: StripeAtHand) -> Acme:
    catalog = make_article_catalog()
    publish_waiting(now=NOW)
    organization = make_organization("Acme")
    alice = make_person("Alice")
    make_member(organization, alice, "owner")
    return Acme(organization, Actor.for_user(alice), stripe, catalog)
