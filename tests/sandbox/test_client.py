"""What Stripe's own Python client sees of the sandbox, resource by resource."""

from __future__ import annotations

from decimal import Decimal

import pytest
import stripe
from stripe import StripeClient

from billing.sandbox import Sandbox
from tests.support.stripe_sandbox import SandboxHTTPClient, client_of


@pytest.fixture
def client(sandbox: Sandbox) -> StripeClient:
    return client_of(sandbox)


def test_the_account_is_always_the_same(client: StripeClient) -> None:
    account = client.v1.accounts.retrieve_current()

    assert account.id == client.v1.accounts.retrieve_current().id == "acct_1SandboxNotStripe"
    assert account.settings and account.settings.dashboard.display_name == "Sandbox (not Stripe)"


def test_the_catalog_is_published(client: StripeClient) -> None:
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
    client.v1.prices.update(first.id, {"active": False})

    found = client.v1.prices.list({"lookup_keys": ["team_month"], "expand": ["data.product"]}).data

    assert [price.id for price in found] == [second.id]
    assert isinstance(found[0].product, stripe.Product) and found[0].product.name == "Team"
    assert client.v1.prices.retrieve(first.id).lookup_key is None
    assert (second.unit_amount, second.unit_amount_decimal) == (None, Decimal("10900.5"))
    assert client.v1.products.features.list(product.id).data == []
    assert client.v1.products.update(product.id, {"name": "Team 2"}).name == "Team 2"


def test_discounts_are_offered(client: StripeClient) -> None:
    coupon = client.v1.coupons.create({"percent_off": 12.5, "duration": "forever"})
    code = client.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "HELLO"}
    )
    client.v1.coupons.update(coupon.id, {"name": "Hello"})

    found = client.v1.promotion_codes.list(
        {"code": "hello", "expand": ["data.promotion.coupon"]}
    ).data

    assert [row.id for row in found] == [code.id]
    promoted = found[0].promotion.coupon
    assert isinstance(promoted, stripe.Coupon)
    assert (promoted.name, promoted.percent_off) == ("Hello", 12.5)
    assert client.v1.coupons.delete(coupon.id).deleted


def test_a_customer_is_kept_with_card_and_tax_id(client: StripeClient) -> None:
    customer = client.v1.customers.create(
        {
            "email": "alice@acme.example",
            "payment_method": "pm_card_visa",
            "tax_id_data": [{"type": "eu_vat", "value": "DE123456789"}],
        }
    )
    card = client.v1.customers.payment_methods.list(customer.id).data[0]
    client.v1.customers.update(
        customer.id, {"invoice_settings": {"default_payment_method": card.id}}
    )

    found = client.v1.customers.retrieve(
        customer.id, {"expand": ["tax_ids", "invoice_settings.default_payment_method"]}
    )

    assert found.tax_ids and [tax_id.value for tax_id in found.tax_ids.data] == ["DE123456789"]
    assert found.invoice_settings
    default = found.invoice_settings.default_payment_method
    assert isinstance(default, stripe.PaymentMethod) and default.card
    assert default.card.last4 == "4242"
    assert client.v1.payment_methods.detach(card.id).customer is None
    client.v1.customers.tax_ids.delete(customer.id, found.tax_ids.data[0].id)
    assert client.v1.customers.delete(customer.id).deleted


def test_an_endpoint_is_set_up_and_events_are_read(client: StripeClient) -> None:
    endpoint = client.v1.webhook_endpoints.create(
        {
            "url": "https://billing.example/hook",
            "enabled_events": ["customer.created"],
            "api_version": "2026-05-27.dahlia",
            "metadata": {"djstripe_uuid": "0"},
        }
    )
    customer = client.v1.customers.create()

    event = client.v1.events.list({"type": "customer.created"}).data[0]

    assert endpoint.secret and endpoint.secret.startswith("whsec_")
    assert event.data.object["id"] == customer.id
    assert (event.pending_webhooks, event.api_version) == (1, "2026-05-27.dahlia")
    assert client.v1.events.retrieve(event.id).type == "customer.created"
    assert client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True}).status == "disabled"
    assert client.v1.webhook_endpoints.list().data[0].id == endpoint.id
    assert client.v1.webhook_endpoints.delete(endpoint.id).deleted


def test_all_pages_of_a_list_are_walked(client: StripeClient) -> None:
    made = [client.v1.customers.create().id for _ in range(5)]

    walked = [row.id for row in client.v1.customers.list({"limit": 2}).auto_paging_iter()]

    assert walked == made[::-1]


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_a_lost_answer_is_a_broken_connection(
    client: StripeClient, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.turn(**{fault: 100})

    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create()


def test_a_lost_answer_is_asked_for_again_and_nothing_is_done_twice(sandbox: Sandbox) -> None:
    client = client_of(sandbox, max_network_retries=10)
    sandbox.faults.turn(timeout_after=30, timeout_before=20)

    made = [client.v1.customers.create().id for _ in range(20)]

    sandbox.faults.turn(timeout_after=0, timeout_before=0)
    assert [row.id for row in client.v1.customers.list({"limit": 100}).data] == made[::-1]


def test_errors_are_the_clients_own(client: StripeClient, sandbox: Sandbox) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        client.v1.customers.retrieve("cus_gone")
    with pytest.raises(stripe.CardError) as declined:
        client.v1.customers.create({"payment_method": "pm_card_chargeDeclined"})
    client.v1.customers.create({"name": "Acme"}, {"idempotency_key": "order-1"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "Other"}, {"idempotency_key": "order-1"})
    with pytest.raises(stripe.AuthenticationError):
        StripeClient("sk_test_short", http_client=SandboxHTTPClient(sandbox)).v1.customers.list()
    assert [customer.name for customer in client.v1.customers.list().data] == ["Acme"]
    sandbox.faults.turn(too_many_requests=100)
    with pytest.raises(stripe.RateLimitError):
        client.v1.customers.list()

    assert (missing.value.code, missing.value.http_status) == ("resource_missing", 404)
    assert declined.value.code == "card_declined"
    assert declined.value.error and declined.value.error.decline_code == "generic_decline"
