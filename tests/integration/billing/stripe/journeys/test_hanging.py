"""Where a page waits for Stripe, it waits for seconds, and asks once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.gateway.transport import TRANSPORT
from billing.stripe.journeys.cards import bring_card_of
from billing.stripe.journeys.changes import preview_change
from billing.stripe.journeys.checkout import start_checkout
from billing.stripe.journeys.proposals import Wish
from billing.stripe.journeys.returning import complete_checkout
from tests.support.stripe_sandbox import SandboxHTTPClient

from .conftest import RETURNS, Acme

pytestmark = pytest.mark.django_db


def come_back(acme: Acme) -> Callable[[], object]:
    visit = start_checkout(
        organization=acme.organization,
        plan_code="starter",
        interval="month",
        returns=RETURNS,
        actor=acme.alice,
        now=acme.stripe.now,
    )
    return lambda: complete_checkout(
        organization=acme.organization, checkout_id=visit.public_id, now=acme.stripe.now
    )


def look_at_a_change(acme: Acme) -> Callable[[], object]:
    agreement = acme.subscribe("starter")
    wish = Wish(plan_code="professional")
    return lambda: preview_change(agreement=agreement, wish=wish, now=acme.stripe.now)


def come_back_from_the_portal(acme: Acme) -> Callable[[], object]:
    acme.subscribe("starter")
    return lambda: bring_card_of(organization=acme.organization, now=acme.stripe.now)


@pytest.mark.parametrize("page", [come_back, look_at_a_change, come_back_from_the_portal])
def test_a_page_asks_once_with_the_client_of_little_patience(
    acme: Acme, page: Callable[[Acme], Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    look = page(acme)
    patient = SandboxHTTPClient(acme.stripe.sandbox)
    monkeypatch.setattr(TRANSPORT.wire, "client", patient)
    acme.stripe.requests.clear()
    acme.stripe.break_with(timeout_before=100)

    with pytest.raises(StripeUnavailable):
        look()

    assert len(acme.stripe.requests) == 1
    assert patient.requests == []
