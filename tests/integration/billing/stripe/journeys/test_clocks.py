"""An organization lives by its customer's test clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.organizations.clock import clocks, time_of
from billing.models import Invoice
from billing.stripe.gateway.client import send
from billing.stripe.journeys.customers import ensure_customer
from tests.factories.agreements import use
from tests.support.stripe_at_hand import NOW

from .conftest import Acme

pytestmark = pytest.mark.django_db

NEXT_MONTH = timedelta(days=30, hours=2)


def test_it_comes_to_the_clocks_time_and_is_billed_by_it(acme: Acme) -> None:
    clocks.forget()
    clock = send(
        "test_helpers.test_clocks.create", {"frozen_time": int(NOW.timestamp())}, key="clock"
    )
    ensure_customer(organization=acme.organization, now=NOW, test_clock_id=clock["id"])
    acme.subscribe("starter")
    use(acme.organization, "over", 1100, at=NOW)

    advance(acme, clock["id"], to=NEXT_MONTH)
    # What was held back is let go when the clock has come; Stripe collects it an hour later.
    advance(acme, clock["id"], to=NEXT_MONTH + timedelta(hours=2))

    assert time_of(organization_id=acme.organization.pk, now=NOW) == NOW + timedelta(
        days=30, hours=4
    )
    assert acme.agreement.current_period_start == NOW + timedelta(days=30)
    renewal = Invoice.objects.get(billing_reason="subscription_cycle")
    assert [line.amount_minor for line in renewal.lines.all()] == [9900, 1500]
    assert (renewal.status, renewal.total_minor) == ("paid", 11400)


def advance(acme: Acme, clock_id: str, *, to: timedelta) -> None:
    """Let the clock go on, and hear of all that came with it."""
    send(
        "test_helpers.test_clocks.advance",
        {"frozen_time": int((NOW + to).timestamp())},
        target=clock_id,
        key=f"advance-{to}",
    )
    acme.wait()
