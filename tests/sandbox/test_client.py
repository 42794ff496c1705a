"""What Stripe's own Python client sees of the sandbox."""

from __future__ import annotations

from decimal import Decimal

import pytest
import stripe

from billing.sandbox import Sandbox
from tests.support.stripe_sandbox import client_of


@pytest.fixture
def client(sandbox: Sandbox) -> stripe.StripeClient:
    return client_of(sandbox)


def test_the_catalog_is_published(client: stripe.StripeClient) -> None:
    product = client.v1.products.create(
        {"id": "plan_team", "name": "Team", "metadata": {"plan": "team"}}
    )
    first = client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 9900,
            "recurring": {"interval": "month"},
            "lookup_key": "team_month",
        }
    )
    second = client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount_decimal": Decimal("10900.5"),
            "recurring": {"interval": "month"},
            "lookup_key": "team_month",
            "transfer_lookup_key": True,
        }
    )

    found = client.v1.prices.list({"lookup_keys": ["team_month"], "expand": ["data.product"]}).data

    assert [price.id for price in found] == [second.id]
    assert isinstance(found[0].product, stripe.Product) and found[0].product.name == "Team"
    assert client.v1.prices.retrieve(first.id).lookup_key is None
    assert (second.unit_amount, second.unit_amount_decimal) == (None, Decimal("10900.5"))
