"""Organizations that subscribe, change, use and pay by way of Stripe's sandbox in this process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.audit.actor import Actor
from accounts.models import Organization
from billing.models import Agreement, Checkout
from billing.stripe.gateway.client import send
from billing.stripe.journeys.changes import ChangePreview, make_change, preview_change
from billing.stripe.journeys.checkout import Returns, start_checkout
from billing.stripe.journeys.customers import find_customer
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.returning import complete_checkout
from tests.factories.accounts import make_member, make_organization, make_person
from tests.support.paying import VISA, pay
from tests.support.stripe_at_hand import StripeAtHand

RETURNS = Returns("https://portal.example/done/", "https://portal.example/plan/")


@dataclass
class Shopper:
    """An organization and its owner Alice. It lives by the time of the sandbox."""

    organization: Organization
    alice: Actor
    stripe: StripeAtHand

    @property
    def now(self) -> datetime:
        return self.stripe.now

    @property
    def agreement(self) -> Agreement:
        """The last agreement as it is now."""
        return (
            Agreement.objects.owned_by(self.organization)
            .select_related("organization", "plan_version__plan")
            .latest("pk")
        )

    @property
    def customer_id(self) -> str:
        """The id of its customer at Stripe."""
        customer = find_customer(organization=self.organization)
        assert customer is not None
        return customer.stripe_id

    def go_to_checkout(self, plan: str, *, interval: str = "month") -> Checkout:
        """Alice chooses a plan and is sent to the payment page."""
        return start_checkout(
            organization=self.organization,
            plan_code=plan,
            interval=interval,
            returns=RETURNS,
            actor=self.alice,
            now=self.now,
        )

    def come_back(self, checkout: Checkout) -> Checkout:
        """Alice comes back from the payment page."""
        return complete_checkout(
            organization=self.organization, checkout_id=checkout.public_id, now=self.now
        )

    def subscribe(self, plan: str, *, interval: str = "month", card: str = VISA) -> Agreement:
        """Alice checks out, pays and comes back."""
        checkout = self.go_to_checkout(plan, interval=interval)
        assert pay(self.stripe, checkout.url, card=card) == 303
        assert self.come_back(checkout).status == "completed"
        return self.agreement

    def preview(self, **wish: str | int) -> ChangePreview:
        """What a change would come to."""
        return preview_change(agreement=self.agreement, wish=Wish(**wish), now=self.now)  # type: ignore[arg-type]

    def change(self, **wish: str | int) -> ChangePreview:
        """Look at a change, and make it."""
        shown = self.preview(**wish)
        return make_change(
            agreement=self.agreement,
            wish=Wish(**wish),  # type: ignore[arg-type]
            proration_at=shown.proration_at,
            expected=shown.due_now,
            actor=self.alice,
            now=self.now,
        )

    def use_card(self, name: str, *, key: str) -> None:
        """Charge one of Stripe's test cards from now on."""
        method = send(
            "payment_methods.attach", {"customer": self.customer_id}, target=name, key=f"a-{key}"
        )
        send(
            "customers.update",
            {"invoice_settings": {"default_payment_method": method["id"]}},
            target=self.customer_id,
            key=f"u-{key}",
        )
        for subscription in self.stripe.ask("subscriptions.list", customer=self.customer_id)[
            "data"
        ]:
            send(
                "subscriptions.update",
                {"default_payment_method": method["id"]},
                target=subscription["id"],
                key=f"s-{key}-{subscription['id']}",
            )


def make_shopper(stripe: StripeAtHand, name: str = "Acme") -> Shopper:
    """A new organization with an owner."""
    organization = make_organization(name)
    alice = make_person(f"Alice of {name}")
    make_member(organization, alice, "owner")
    return Shopper(organization, Actor.for_user(alice), stripe)
