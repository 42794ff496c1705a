from __future__ import annotations

from tests.sandbox.asking import Client
from tests.sandbox.engine.shop import DAY, HOUR, START, Shop, amounts, item, months_later


def test_a_saved_card_pays_the_first_invoice_at_once(shop: Shop) -> None:
    """How subscriptions work: the first invoice is finalized and paid when it is created."""
    subscription = shop.subscribe(shop.customer(), shop.pro)
    invoice = shop.latest(subscription)

    assert subscription["status"] == "active"
    assert item(subscription)["current_period_start"] == START
    assert item(subscription)["current_period_end"] == months_later(1)
    assert subscription["billing_mode"]["type"] == "flexible"
    assert (invoice["status"], invoice["billing_reason"]) == ("paid", "subscription_create")
    assert (invoice["total"], invoice["amount_paid"], invoice["amount_remaining"]) == (
        9900,
        9900,
        0,
    )
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
    assert invoice["lines"]["data"][0]["description"] == (
        "1 \N{MULTIPLICATION SIGN} Pro (at $99.00 / month)"
    )
    assert invoice["hosted_invoice_url"].endswith(f"/i/{invoice['id']}")
    assert invoice["status_transitions"]["paid_at"] == START


def test_the_events_of_a_new_subscription(shop: Shop) -> None:
    """Using webhooks with subscriptions: created, finalized, paid."""
    customer, price = shop.customer(), shop.pro

    assert shop.types_since(lambda: shop.subscribe(customer, price)) == [
        "invoice.created",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "customer.subscription.created",
    ]


def test_default_incomplete_waits_for_the_payment_intent(shop: Shop, client: Client) -> None:
    """Subscriptions, payment_behavior: default_incomplete waits for the PaymentIntent."""
    subscription = shop.subscribe(
        shop.customer(card=None),
        shop.pro,
        payment_behavior="default_incomplete",
        expand=["latest_invoice.confirmation_secret", "latest_invoice.payments"],
    )
    invoice = subscription["latest_invoice"]
    intent = invoice["payments"]["data"][0]["payment"]["payment_intent"]

    assert (subscription["status"], invoice["status"]) == ("incomplete", "open")
    assert invoice["confirmation_secret"]["client_secret"].startswith(f"{intent}_secret_")

    client.post(f"/v1/payment_intents/{intent}/confirm", payment_method="pm_card_visa")

    assert shop.subscription(subscription["id"])["status"] == "active"
    assert shop.latest(subscription)["status"] == "paid"


def test_an_incomplete_subscription_expires_after_23_hours(shop: Shop) -> None:
    """Subscription statuses: incomplete_expired after 23 hours; the invoice is voided."""
    subscription = shop.subscribe(
        shop.customer(card=None), shop.pro, payment_behavior="default_incomplete"
    )

    shop.advance(START + 23 * HOUR - 1)
    assert shop.subscription(subscription["id"])["status"] == "incomplete"
    shop.advance(START + 23 * HOUR)

    assert shop.subscription(subscription["id"])["status"] == "incomplete_expired"
    assert shop.latest(subscription)["status"] == "void"


def test_a_declined_first_payment_leaves_the_subscription_incomplete(shop: Shop) -> None:
    """Subscriptions, payment_behavior: allow_incomplete creates with status=incomplete."""
    customer = shop.customer("pm_card_chargeCustomerFail")

    subscription = shop.subscribe(customer, shop.pro)
    invoice = shop.latest(subscription)

    assert subscription["status"] == "incomplete"
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    assert invoice["next_payment_attempt"] is None


def test_error_if_incomplete_leaves_nothing_behind(shop: Shop, client: Client) -> None:
    """Subscriptions, payment_behavior: error_if_incomplete answers 402 and creates nothing."""
    customer = shop.customer("pm_card_chargeCustomerFail")

    status, error = client.refused(
        "POST",
        "/v1/subscriptions",
        customer=customer,
        items=[{"price": shop.pro}],
        payment_behavior="error_if_incomplete",
    )

    assert (status, error["type"], error["code"]) == (402, "card_error", "card_declined")
    assert client.get("/v1/subscriptions", customer=customer, status="all")["data"] == []
    assert client.get("/v1/invoices", customer=customer)["data"] == []


def test_without_any_means_of_payment_nothing_begins(shop: Shop, client: Client) -> None:
    """Subscriptions: a default payment method is needed to charge automatically."""
    status, error = client.refused(
        "POST",
        "/v1/subscriptions",
        customer=shop.customer(card=None),
        items=[{"price": shop.pro}],
    )

    assert (status, error["code"]) == (400, "resource_missing")


def test_a_card_that_wants_its_holder_leaves_the_subscription_incomplete(shop: Shop) -> None:
    """Testing, 3D Secure: the PaymentIntent requires action and the invoice says so."""
    customer, price = shop.customer("pm_card_authenticationRequired"), shop.pro

    types = shop.types_since(lambda: shop.subscribe(customer, price))

    assert "payment_intent.requires_action" in types
    assert "invoice.payment_action_required" in types


def test_a_trial_costs_nothing_and_ends_in_a_paid_period(shop: Shop) -> None:
    """Use trial periods on subscriptions: a $0 invoice now, a real one at the end."""
    subscription = shop.subscribe(shop.customer(), shop.pro, trial_period_days=14)
    end = START + 14 * DAY

    assert (subscription["status"], subscription["trial_end"]) == ("trialing", end)
    assert subscription["billing_cycle_anchor"] == end
    assert (shop.latest(subscription)["status"], shop.latest(subscription)["total"]) == ("paid", 0)

    shop.advance(end)
    assert shop.subscription(subscription["id"])["status"] == "active"
    assert (shop.latest(subscription)["status"], shop.latest(subscription)["total"]) == (
        "draft",
        9900,
    )
    shop.advance(end + HOUR)

    assert shop.latest(subscription)["status"] == "paid"
    assert item(shop.subscription(subscription["id"]))["current_period_end"] == months_later(
        1, start=end
    )


def test_the_end_of_a_trial_is_announced_three_days_before(shop: Shop, client: Client) -> None:
    """Use trial periods: customer.subscription.trial_will_end three days before the end."""
    shop.subscribe(shop.customer(), shop.pro, trial_period_days=14)

    shop.advance(START + 11 * DAY - 1)
    assert client.events("customer.subscription.trial_will_end") == []
    shop.advance(START + 11 * DAY)

    assert len(client.events("customer.subscription.trial_will_end")) == 1


def test_a_trial_without_a_card_ends_as_it_was_told_to(shop: Shop) -> None:
    """Use trial periods: trial_settings.end_behavior.missing_payment_method."""
    ended = {}
    for behavior in ("cancel", "pause", "create_invoice"):
        ended[behavior] = shop.subscribe(
            shop.customer(card=None),
            shop.pro,
            trial_period_days=7,
            trial_settings={"end_behavior": {"missing_payment_method": behavior}},
        )

    shop.advance(START + 7 * DAY + HOUR)
    found = {name: shop.subscription(one["id"]) for name, one in ended.items()}

    assert {name: one["status"] for name, one in found.items()} == {
        "cancel": "canceled",
        "pause": "paused",
        "create_invoice": "past_due",
    }
    assert len(shop.invoices(found["pause"])) == 1


def test_a_paused_subscription_resumes_with_a_new_period(shop: Shop, client: Client) -> None:
    """Use trial periods: a paused subscription is resumed by the API."""
    customer = shop.customer(card=None)
    subscription = shop.subscribe(
        customer,
        shop.pro,
        trial_period_days=7,
        trial_settings={"end_behavior": {"missing_payment_method": "pause"}},
    )
    shop.advance(START + 10 * DAY)
    shop.give_card(customer, "pm_card_visa")

    resumed = client.post(f"/v1/subscriptions/{subscription['id']}/resume")

    assert resumed["status"] == "active"
    assert item(resumed)["current_period_start"] == START + 10 * DAY
    assert shop.latest(resumed)["total"] == 9900
    assert len(client.events("customer.subscription.paused")) == 1
    assert len(client.events("customer.subscription.resumed")) == 1


def test_an_anchor_in_the_future_makes_a_short_first_period(shop: Shop) -> None:
    """Setting the subscription billing cycle date: a prorated invoice until the anchor."""
    anchor = START + 15 * DAY
    subscription = shop.subscribe(shop.customer(), shop.pro, billing_cycle_anchor=anchor)

    # The whole period would run from 16 May, 31 days.
    assert amounts(shop.latest(subscription)) == [4790]
    assert item(subscription)["current_period_end"] == anchor


def test_without_prorations_the_time_until_the_anchor_is_free(shop: Shop) -> None:
    """Setting the subscription billing cycle date: proration_behavior none is free until then."""
    subscription = shop.subscribe(
        shop.customer(),
        shop.pro,
        billing_cycle_anchor=START + 15 * DAY,
        proration_behavior="none",
    )

    assert subscription["status"] == "active"
    assert shop.invoices(subscription) == []


def test_a_metered_item_makes_no_line_of_nothing(shop: Shop, client: Client) -> None:
    """Compare classic and flexible billing mode: no zero-amount lines for metered items."""
    meter = client.post(
        "/v1/billing/meters",
        display_name="Credits",
        event_name="credits",
        default_aggregation={"formula": "sum"},
    )
    metered = shop.price(
        "Extra",
        amount=12,
        recurring={"interval": "month", "usage_type": "metered", "meter": meter["id"]},
    )
    customer = shop.customer()
    both = shop.subscribe(customer, "", items=[{"price": shop.pro}, {"price": metered}])
    alone = shop.subscribe(customer, metered)

    assert amounts(shop.latest(both)) == [9900]
    assert (alone["status"], alone["latest_invoice"]) == ("active", None)


def test_an_invoice_that_is_sent_waits_for_the_customer(shop: Shop) -> None:
    """Invoices, collection_method send_invoice: open with a due date, nothing is charged."""
    subscription = shop.subscribe(
        shop.customer(card=None),
        shop.pro,
        collection_method="send_invoice",
        days_until_due=10,
    )

    assert subscription["status"] == "active"
    assert shop.latest(subscription)["status"] == "draft"
    shop.advance(START + HOUR)
    invoice = shop.latest(subscription)
    assert (invoice["status"], invoice["due_date"]) == ("open", START + HOUR + 10 * DAY)
    shop.advance(START + 11 * DAY)

    assert shop.subscription(subscription["id"])["status"] == "past_due"


def test_classic_billing_is_refused_rather_than_imitated(shop: Shop, client: Client) -> None:
    status, error = client.refused(
        "POST",
        "/v1/subscriptions",
        customer=shop.customer(),
        items=[{"price": shop.pro}],
        billing_mode={"type": "classic"},
    )

    assert (status, error["param"]) == (400, "billing_mode")
