"""The customer portal, as Stripe's "Customer portal" and "Deep links in the customer portal"."""

from __future__ import annotations

from typing import Any

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client, Clock
from tests.sandbox.selling import DECLINED, ONCE, paid_session, sell, typed
from tests.sandbox.visiting import Visitor

BACK = "http://127.0.0.1:8000/settings/"
EVERYTHING = {
    "customer_update": {"enabled": True, "allowed_updates": ["name", "address", "tax_id"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {
        "enabled": True,
        "cancellation_reason": {"enabled": True, "options": ["too_expensive", "other"]},
    },
}


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


@pytest.fixture
def bought(client: Client, visitor: Visitor) -> dict[str, Any]:
    """A completed session: its customer has a subscription and a card."""
    return paid_session(client, visitor)


def configure(client: Client, **features: Any) -> str:
    made = client.post("/v1/billing_portal/configurations", features=features)
    return str(made["id"])


def open_portal(client: Client, customer: str, **more: Any) -> str:
    values = {"customer": customer, "return_url": BACK, **more}
    return str(client.post("/v1/billing_portal/sessions", **values)["url"])


def default_method(client: Client, customer: str) -> Any:
    settings = client.get(f"/v1/customers/{customer}")["invoice_settings"]
    return settings["default_payment_method"]


def test_a_configuration_is_changed_feature_by_feature(client: Client) -> None:
    """Update a portal configuration: what is not named stays."""
    made = client.post("/v1/billing_portal/configurations", features=EVERYTHING)

    changed = client.post(
        f"/v1/billing_portal/configurations/{made['id']}",
        features={"subscription_cancel": {"mode": "immediately", "enabled": True}},
        default_return_url=BACK,
    )

    assert changed["features"]["subscription_cancel"]["mode"] == "immediately"
    assert changed["features"]["subscription_cancel"]["cancellation_reason"] == {
        "enabled": True,
        "options": ["too_expensive", "other"],
    }
    assert changed["features"]["customer_update"] == made["features"]["customer_update"]
    kinds = [event["type"] for event in client.events()]
    assert kinds == ["billing_portal.configuration.created", "billing_portal.configuration.updated"]
    active = client.get("/v1/billing_portal/configurations", active=True)["data"]
    assert [one["id"] for one in active] == [made["id"]]


def test_the_portal_shows_subscriptions_cards_details_and_invoices(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Customer portal: what a customer sees by default."""
    shown = visitor.read(open_portal(client, bought["customer"]))

    for text in (
        "Team at $99.00 per month Active",
        "Renews on 1 Jul 2026.",
        "Visa ending in 4242, until 12/34",
        "alice@acme.example",
        "$99.00 Paid",
        "Back to where you came from",
    ):
        assert text in shown, text


def test_a_feature_that_is_off_is_neither_shown_nor_done(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Configure the customer portal: features are enabled one by one."""
    portal = open_portal(
        client,
        bought["customer"],
        configuration=configure(client, invoice_history={"enabled": True}),
    )
    subscription = bought["subscription"]

    shown = visitor.read(portal)

    assert "Add a card" not in shown
    assert "Cancel" not in shown
    for address in ("cards", "details", f"subscriptions/{subscription}/cancel"):
        assert visitor.open(f"{portal}/{address}").status == 400
        assert visitor.submit(f"{portal}/{address}", typed()).status == 400
    assert client.get(f"/v1/subscriptions/{subscription}")["cancel_at_period_end"] is False


def test_a_card_is_added_made_default_and_removed(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Customer portal, payment methods: a new one becomes the customer's default."""
    customer = bought["customer"]
    portal = open_portal(client, customer)
    (first,) = client.get(f"/v1/customers/{customer}/payment_methods")["data"]

    added = visitor.submit(f"{portal}/cards", typed("5555555555554444"))

    second = default_method(client, customer)
    assert added.status == 303
    assert second not in {None, first["id"]}
    visitor.submit(f"{portal}/cards/{first['id']}/default", {})
    assert default_method(client, customer) == first["id"]
    visitor.submit(f"{portal}/cards/{second}/remove", {})
    kept = client.get(f"/v1/customers/{customer}/payment_methods")["data"]
    assert [one["id"] for one in kept] == [first["id"]]


def test_a_card_that_its_bank_refuses_is_not_kept(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Testing: a card declined when it is attached; 3-D Secure that the holder fails."""
    customer = bought["customer"]
    portal = open_portal(client, customer)

    assert visitor.submit(f"{portal}/cards", typed(DECLINED)).status == 402
    asked = visitor.submit(f"{portal}/cards", typed(ONCE)).headers["Location"]
    assert asked.endswith("/confirm")
    assert visitor.submit(asked, {"do": "fail"}).status == 402
    assert len(client.get(f"/v1/customers/{customer}/payment_methods")["data"]) == 1

    asked = visitor.submit(f"{portal}/cards", typed(ONCE)).headers["Location"]
    assert visitor.submit(asked, {"do": "confirm"}).status == 303
    method = client.get(f"/v1/payment_methods/{default_method(client, customer)}")
    assert method["card"]["last4"] == "3155"


def test_details_are_changed_as_far_as_allowed(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Configure the customer portal: `allowed_updates`."""
    customer = bought["customer"]
    portal = open_portal(client, customer, configuration=configure(client, **EVERYTHING))
    fields = {"name": "Acme", "email": "other@acme.example", "city": "Berlin", "country": "DE"}

    visitor.submit(
        f"{portal}/details", {**fields, "tax_id_type": "eu_vat", "tax_id": "DE123456789"}
    )

    known = client.get(f"/v1/customers/{customer}", expand=["tax_ids"])
    assert (known["name"], known["email"]) == ("Acme", "alice@acme.example")
    assert (known["address"]["city"], known["address"]["country"]) == ("Berlin", "DE")
    (tax_id,) = known["tax_ids"]["data"]
    assert (
        visitor.submit(f"{portal}/details", {"tax_id_type": "eu_vat", "tax_id": "?"}).status == 400
    )
    visitor.submit(f"{portal}/tax_ids/{tax_id['id']}/remove", {})
    assert client.get(f"/v1/customers/{customer}/tax_ids")["data"] == []


def test_a_subscription_is_canceled_with_a_reason_and_resumed(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Customer portal, cancellations: at the end of the period, and back until then."""
    portal = open_portal(client, bought["customer"], configuration=configure(client, **EVERYTHING))
    path = f"{portal}/subscriptions/{bought['subscription']}"
    assert "It is too expensive" in visitor.read(f"{path}/cancel")

    visitor.submit(f"{path}/cancel", {"feedback": "too_expensive", "comment": "sorry"})

    ending = client.get(f"/v1/subscriptions/{bought['subscription']}")
    assert ending["cancel_at_period_end"] is True
    assert ending["cancellation_details"] == {
        "comment": "sorry",
        "feedback": "too_expensive",
        "reason": "cancellation_requested",
    }
    assert "Ends on 1 Jul 2026." in visitor.read(portal)
    visitor.submit(f"{path}/resume", {})
    assert (
        client.get(f"/v1/subscriptions/{bought['subscription']}")["cancel_at_period_end"] is False
    )


def test_a_subscription_may_end_at_once(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Configure the customer portal: `subscription_cancel.mode=immediately`."""
    configuration = configure(client, subscription_cancel={"enabled": True, "mode": "immediately"})
    portal = open_portal(client, bought["customer"], configuration=configuration)
    path = f"{portal}/subscriptions/{bought['subscription']}"

    visitor.submit(f"{path}/cancel", {})

    assert client.get(f"/v1/subscriptions/{bought['subscription']}")["status"] == "canceled"
    assert visitor.submit(f"{path}/resume", {}).status == 404


def test_one_customer_cannot_reach_the_things_of_another(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Customer portal: a session is for one customer."""
    charlie = client.post("/v1/customers", email="charlie@stranger.example")["id"]
    portal = open_portal(client, charlie)
    (method,) = client.get(f"/v1/customers/{bought['customer']}/payment_methods")["data"]

    for address in (
        f"cards/{method['id']}/default",
        f"cards/{method['id']}/remove",
        f"cards/{method['id']}/confirm",
        f"subscriptions/{bought['subscription']}/cancel",
        f"subscriptions/{bought['subscription']}/resume",
    ):
        assert visitor.submit(f"{portal}/{address}", {"do": "confirm"}).status == 404, address
    assert client.get(f"/v1/payment_methods/{method['id']}")["customer"] == bought["customer"]


def test_a_flow_leads_to_one_task_and_out_again(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Deep links: `after_completion.type=redirect`."""
    done = {"type": "redirect", "redirect": {"return_url": f"{BACK}?card=1"}}
    portal = open_portal(
        client,
        bought["customer"],
        flow_data={"type": "payment_method_update", "after_completion": done},
    )

    shown = visitor.read(portal)
    answer = visitor.submit(f"{portal}/cards", typed())

    assert "Add a card" in shown
    assert "Subscriptions" not in shown
    assert answer.headers["Location"] == f"{BACK}?card=1"


def test_a_flow_without_an_end_leads_to_the_portal(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Deep links: `after_completion` is the portal's homepage by default, or a confirmation."""
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": bought["subscription"]},
    }
    words = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Bye!"}}
    portal = open_portal(client, bought["customer"], flow_data=flow)
    path = f"/subscriptions/{bought['subscription']}"

    answer = visitor.submit(f"{portal}{path}/cancel", {})

    assert "Payment methods" in visitor.read(answer.headers["Location"])
    visitor.submit(f"{portal}{path}/resume", {})
    portal = open_portal(client, bought["customer"], flow_data={**flow, "after_completion": words})
    assert b"Bye!" in visitor.submit(f"{portal}{path}/cancel", {}).body


def test_a_proposed_change_is_confirmed(
    client: Client, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Deep links: `subscription_update_confirm`."""
    better = sell(client, 29900, name="Business")
    configuration = configure(
        client,
        subscription_update={
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": better["product"], "prices": [better["id"]]}],
            "proration_behavior": "always_invoice",
        },
    )
    subscription = client.get(f"/v1/subscriptions/{bought['subscription']}")
    item = subscription["items"]["data"][0]["id"]
    portal = open_portal(
        client,
        bought["customer"],
        configuration=configuration,
        flow_data={
            "type": "subscription_update_confirm",
            "subscription_update_confirm": {
                "subscription": subscription["id"],
                "items": [{"id": item, "price": better["id"]}],
            },
        },
    )
    assert "1 x Business $299.00 per month" in visitor.read(portal)

    visitor.submit(f"{portal}/change", {})

    changed = client.get(f"/v1/subscriptions/{subscription['id']}", expand=["latest_invoice"])
    assert changed["items"]["data"][0]["price"]["id"] == better["id"]
    assert changed["latest_invoice"]["amount_paid"] == 20000


@pytest.mark.parametrize(
    ("flow", "param"),
    [
        ({"type": "subscription_cancel"}, "flow_data[subscription_cancel]"),
        (
            {"type": "subscription_cancel", "subscription_cancel": {"subscription": "sub_x"}},
            "flow_data[subscription_cancel][subscription]",
        ),
        ({"type": "subscription_update_confirm"}, "flow_data[type]"),
        (
            {"type": "payment_method_update", "after_completion": {"type": "redirect"}},
            "flow_data[after_completion][redirect]",
        ),
    ],
)
def test_a_flow_that_cannot_be_walked_is_refused(
    client: Client, bought: dict[str, Any], flow: dict[str, Any], param: str
) -> None:
    """Create a portal session: the rules of `flow_data`."""
    status, error = client.refused(
        "POST", "/v1/billing_portal/sessions", customer=bought["customer"], flow_data=flow
    )

    assert (status, error["param"]) == (400, param)


def test_a_session_is_short_lived(
    client: Client, clock: Clock, visitor: Visitor, bought: dict[str, Any]
) -> None:
    """Customer portal sessions are temporary."""
    portal = open_portal(client, bought["customer"])

    clock.pass_by(minutes=59)
    assert visitor.open(portal).status == 200
    clock.pass_by(minutes=59)
    assert visitor.open(portal).status == 200
    clock.pass_by(minutes=61)
    assert visitor.open(portal).status == 410
    assert visitor.submit(f"{portal}/cards", typed()).status == 410
