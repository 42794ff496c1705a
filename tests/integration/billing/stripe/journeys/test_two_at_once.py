"""A subscription that was bought while another one ran begins when that one ends."""

from __future__ import annotations

import pytest

from billing.models import Agreement, StripeDifference, StripeSubscription
from billing.stripe.gateway.client import send

from .conftest import Acme

pytestmark = pytest.mark.django_db


def buy_another(acme: Acme) -> str:
    """The same once more, past our door; the id of the subscription."""
    [sold] = acme.stripe.ask("subscriptions.list")["data"]
    bought = send(
        "subscriptions.create",
        {
            "customer": sold["customer"],
            "items": [{"price": item["price"]["id"]} for item in sold["items"]["data"]],
            "billing_mode": {"type": "flexible"},
            "metadata": {"organization": acme.organization.public_id},
        },
        key="bought twice",
    )
    return str(bought["id"])


def test_it_waits_and_begins_by_itself(acme: Acme) -> None:
    earlier = acme.subscribe("starter")
    first = StripeSubscription.objects.get()
    acme.stripe.deliver()
    acme.wait(days=1)
    second = buy_another(acme)
    acme.stripe.deliver()
    [found] = StripeDifference.objects.filter(resolved_at=None)
    assert (found.kind, found.subject) == ("subscription_refused", second)
    assert f"Cancel {earlier.public_id}, and {second} begins by itself" in found.ours
    acme.wait(days=1)

    send("subscriptions.cancel", target=first.stripe_id, key="which of both")
    acme.stripe.deliver()

    later = acme.agreement
    earlier.refresh_from_db()
    assert StripeSubscription.objects.get(stripe_id=second).agreement == later
    assert (Agreement.objects.count(), later.started_at) == (2, earlier.ended_at)
    assert not StripeDifference.objects.filter(resolved_at=None).exists()
