"""The customer at Stripe that stands for an organization."""

from datetime import datetime
from typing import Any

from accounts.models import Organization

from ...models import StripeCustomer, StripeIntent
from ..gateway.configuration import require_connection
from ..gateway.facts import CustomerFacts, Json
from ..intents import Call, concludes, perform


def ensure_customer(
    *, organization: Organization, now: datetime, test_clock_id: str = ""
) -> StripeCustomer:
    """
    Return the organization's customer, which is made the first time.

    A new one lives by the test clock that is named, if any. Raises `StripeNotConnected` and what
    `perform` raises.
    """
    require_connection()
    stored = find_customer(organization=organization)
    if stored is not None:
        return stored
    params: dict[str, Any] = {
        "name": organization.name,
        "metadata": {"organization": organization.public_id},
    }
    if organization.billing_email:
        params["email"] = organization.billing_email
    if test_clock_id:
        params["test_clock"] = test_clock_id
    perform(
        Call(
            operation="customers.create",
            params=params,
            key=f"customer:{organization.public_id}",
            subject=organization.public_id,
            organization_id=organization.pk,
        ),
        now=now,
    )
    return StripeCustomer.objects.owned_by(organization).get()


def find_customer(*, organization: Organization) -> StripeCustomer | None:
    """Return the organization's customer; None before it has paid or tried to."""
    return StripeCustomer.objects.owned_by(organization).first()


@concludes("customers.create")
def store_customer(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Remember which customer stands for the organization."""
    facts = CustomerFacts.read(answer)
    assert intent.organization_id is not None, intent
    StripeCustomer.objects.get_or_create(
        organization_id=intent.organization_id,
        defaults={
            "stripe_id": facts.id,
            "test_clock_id": facts.test_clock_id,
            "has_payment_method": facts.has_payment_method,
            "synced_at": now,
        },
    )
