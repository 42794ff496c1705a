"""A customer who was deleted at Stripe: staff know, people are told, and can pay again."""

from __future__ import annotations

import pytest

from billing.choices import AgreementStatus, InboxStatus
from billing.models import StripeCustomer, StripeDifference, StripeEvent
from billing.stripe.gateway.errors import CustomerGone
from billing.stripe.journeys.cards import open_portal

from .conftest import Acme

pytestmark = pytest.mark.django_db


@pytest.fixture
def deleted(acme: Acme) -> str:
    """The id of Acme's customer, whom somebody has just deleted in Stripe's dashboard."""
    acme.subscribe("starter")
    acme.stripe.deliver()
    customer_id = StripeCustomer.objects.get().stripe_id
    acme.stripe.ask("customers.delete", target=customer_id)
    return customer_id


def test_people_are_told_in_plain_words_until_it_is_heard_of(acme: Acme, deleted: str) -> None:
    with pytest.raises(CustomerGone) as refusal:
        open_portal(
            organization=acme.organization,
            return_url="https://portal.example/",
            now=acme.stripe.now,
        )

    assert (refusal.value.code, refusal.value.detail) == (
        "stripe_object_missing",
        "Your account at the payment service was deleted there, so this cannot be done now. "
        "Try again in a few minutes, and write to us if that does not help.",
    )


def test_staff_are_told_and_whoever_pays_again_gets_a_new_customer(
    acme: Acme, deleted: str
) -> None:
    acme.stripe.deliver()

    assert acme.agreement.status == AgreementStatus.CANCELED
    [found] = StripeDifference.objects.filter(resolved_at=None)
    assert (found.kind, found.subject, found.organization, found.theirs) == (
        "customer_deleted",
        deleted,
        acme.organization,
        f"{deleted} was deleted",
    )
    assert not StripeCustomer.objects.get().has_payment_method
    assert not StripeEvent.objects.filter(status=InboxStatus.FAILED).exists()

    acme.subscribe("starter")

    assert acme.agreement.status == AgreementStatus.ACTIVE
    assert StripeCustomer.objects.get().stripe_id != deleted
    found.refresh_from_db()
    assert found.resolved_at == acme.stripe.now
