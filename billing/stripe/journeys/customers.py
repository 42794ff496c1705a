"""The customer at Stripe that stands for an organization."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from accounts.models import Organization

from ...models import StripeCustomer, StripeDifference, StripeIntent, StripeSubscription
from ..gateway.configuration import require_connection
from ..gateway.facts import CustomerFacts, Json
from ..inbox import ReceivedEvent, handles
from ..intents import Call, concludes, perform
from ..levelling.cards import bring_card_level

CUSTOMER_DELETED: Final = "customer_deleted"


def ensure_customer(
    *, organization: Organization, now: datetime, test_clock_id: str = ""
) -> StripeCustomer:
    """
    Return the organization's customer, which is made the first time, and anew when it was deleted
    at Stripe and nothing is collected by it any more.

    A new one lives by the test clock that is named, if any. Raises `StripeNotConnected` and what
    `perform` raises.
    """
    require_connection()
    stored = find_customer(organization=organization)
    if stored is not None and not _is_to_be_replaced(stored):
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
            key=_key(organization, after=stored),
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
    told = {
        "stripe_id": facts.id,
        "test_clock_id": facts.test_clock_id,
        "has_payment_method": facts.has_payment_method,
        "synced_at": now,
    }
    known, is_first = StripeCustomer.objects.get_or_create(
        organization_id=intent.organization_id, defaults=told
    )
    if not is_first and _is_to_be_replaced(known):
        StripeCustomer.objects.filter(pk=known.pk).update(**told)
        _deletions(known).update(resolved_at=now)


@handles("customer.deleted")
def note_deleted(event: ReceivedEvent, now: datetime) -> None:
    """Tell staff that a customer of ours was deleted at Stripe, and forget its card."""
    customer = bring_card_level(customer_id=event.object_id, now=now)
    if customer is None or _deletions(customer).exists():
        return
    StripeDifference.objects.create(
        kind=CUSTOMER_DELETED,
        subject=customer.stripe_id,
        organization_id=customer.organization_id,
        ours=(
            "The organization pays by it. What it subscribed to ends; when somebody there pays "
            "again, there is a new customer. Give what was left on its balance anew."
        ),
        theirs=f"{customer.stripe_id} was deleted",
        found_at=now,
        seen_at=now,
    )


def _is_to_be_replaced(customer: StripeCustomer) -> bool:
    """Whether it was deleted, and all that it paid for has been seen to end."""
    if not _deletions(customer).exists():
        return False
    subscriptions = StripeSubscription.objects.filter(organization_id=customer.organization_id)
    return not subscriptions.filter(ended_at=None, agreement__isnull=False).exists()


def _deletions(customer: StripeCustomer) -> QuerySet[StripeDifference]:
    """What staff are told of its deletion, while there is no new one."""
    return StripeDifference.objects.filter(
        kind=CUSTOMER_DELETED, subject=customer.stripe_id, resolved_at=None
    )


def _key(organization: Organization, *, after: StripeCustomer | None) -> str:
    first = f"customer:{organization.public_id}"
    return first if after is None else f"{first}:after:{after.stripe_id}"
