from __future__ import annotations

import json
from datetime import timedelta

import pytest

from billing.sandbox import Answer, Sandbox
from billing.sandbox.engine import dunning
from billing.sandbox.engine.dunning import Policy
from billing.sandbox.resources import setup_intents
from tests.sandbox.asking import Client, Clock, Mailbox
from tests.sandbox.engine.shop import (
    ADDRESS,
    DAY,
    HOUR,
    START,
    Object,
    Shop,
    amounts,
    item,
    months_later,
)


@pytest.fixture
def subscription(shop: Shop) -> Object:
    return shop.subscribe(shop.customer(), shop.pro)


def test_a_renewal_is_a_draft_for_an_hour(shop: Shop, subscription: Object) -> None:
    """Status transitions and finalization: renewals stay drafts for about an hour."""
    end = months_later(1)
    shop.advance(end)
    invoice = shop.latest(subscription)
    renewed = item(shop.subscription(subscription["id"]))

    assert (invoice["status"], invoice["billing_reason"]) == ("draft", "subscription_cycle")
    assert (invoice["auto_advance"], invoice["automatically_finalizes_at"]) == (True, end + HOUR)
    assert (invoice["period_start"], invoice["period_end"]) == (START, end)
    assert invoice["lines"]["data"][0]["period"] == {"start": end, "end": months_later(2)}
    assert (renewed["current_period_start"], renewed["current_period_end"]) == (
        end,
        months_later(2),
    )
    shop.advance(end + HOUR - 1)
    assert shop.latest(subscription)["status"] == "draft"
    shop.advance(end + HOUR)

    assert shop.latest(subscription)["status"] == "paid"


def test_the_events_of_a_renewal(shop: Shop, subscription: Object) -> None:
    """Using webhooks with subscriptions: upcoming, created, finalized, paid."""
    types = shop.types_since(lambda: shop.advance(months_later(1) + HOUR))

    assert types == [
        "test_helpers.test_clock.advancing",
        "invoice.upcoming",
        "invoice.created",
        "customer.subscription.updated",
        "payment_intent.created",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "test_helpers.test_clock.ready",
    ]


def test_what_is_added_within_the_hour_is_on_the_bill(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Create an invoice item: adding items in response to an invoice.created webhook."""
    end = months_later(1)
    shop.advance(end)
    draft = shop.latest(subscription)
    added = client.post(
        "/v1/invoiceitems",
        customer=draft["customer"],
        invoice=draft["id"],
        currency="usd",
        quantity_decimal="137.5",
        unit_amount_decimal="1.23",
        description="Overage",
        period={"start": START, "end": end},
        metadata={"settlement": "stl_1"},
    )
    shop.advance(end + HOUR)
    invoice = shop.latest(subscription)
    line = invoice["lines"]["data"][1]

    assert (added["amount"], added["quantity_decimal"], added["quantity"]) == (169, "137.5", 137)
    assert (amounts(invoice), invoice["amount_paid"]) == ([9900, 169], 10069)
    assert line["metadata"] == {"settlement": "stl_1"}
    assert line["parent"]["invoice_item_details"]["invoice_item"] == added["id"]


def test_after_the_hour_the_bill_can_not_be_changed(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Invoice items can be added to drafts only: invoice_not_editable."""
    invoice = shop.latest(subscription)
    status, error = client.refused(
        "POST",
        "/v1/invoiceitems",
        customer=invoice["customer"],
        invoice=invoice["id"],
        currency="usd",
        amount=1,
    )

    assert (status, error["code"]) == (400, "invoice_not_editable")


def test_a_draft_can_be_held_and_let_go(shop: Shop, subscription: Object, client: Client) -> None:
    """Status transitions and finalization: auto_advance=false keeps a draft a draft."""
    end = months_later(1)
    shop.advance(end)
    draft = f"/v1/invoices/{shop.latest(subscription)['id']}"
    held = client.post(draft, auto_advance=False, description="Being rated")
    shop.advance(end + 5 * HOUR)

    assert (held["automatically_finalizes_at"], held["description"]) == (None, "Being rated")
    assert client.get(draft)["status"] == "draft"
    assert client.post(draft, auto_advance=True)["automatically_finalizes_at"] == end + 6 * HOUR
    shop.advance(end + 6 * HOUR)

    assert client.get(draft)["status"] == "paid"


def test_a_draft_can_be_given_its_own_time(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Scheduled finalization: automatically_finalizes_at decides, whoever listens."""
    end = months_later(1)
    shop.advance(end)
    draft = f"/v1/invoices/{shop.latest(subscription)['id']}"
    client.post(draft, automatically_finalizes_at=end + 2 * DAY)

    shop.advance(end + 2 * DAY - 1)
    assert client.get(draft)["status"] == "draft"
    shop.advance(end + 2 * DAY)

    assert client.get(draft)["status"] == "paid"


def test_a_draft_nobody_hears_of_is_finalized_after_72_hours(
    shop: Shop, subscription: Object, client: Client, mailbox: Mailbox
) -> None:
    """Status transitions and finalization: without a successful delivery, after 72 hours."""
    client.post("/v1/webhook_endpoints", url=ADDRESS, enabled_events=["invoice.created"])
    mailbox.status = 500
    end = months_later(1)
    shop.advance(end + 72 * HOUR - 1)
    assert shop.latest(subscription)["status"] == "draft"

    shop.advance(end + 72 * HOUR)

    assert shop.latest(subscription)["status"] == "paid"


def test_by_real_time_the_hour_begins_with_the_delivery(
    sandbox: Sandbox, client: Client, clock: Clock, mailbox: Mailbox
) -> None:
    """Status transitions and finalization: one hour after the last webhook was sent."""
    shop = Shop(client, sandbox)
    shop.products["Pro"] = client.post("/v1/products", name="Pro")
    customer = client.post("/v1/customers", email="bob@example.com")["id"]
    shop.give_card(customer, "pm_card_visa")
    subscription = shop.subscribe(customer, shop.pro)
    client.post("/v1/webhook_endpoints", url=ADDRESS, enabled_events=["invoice.created"])

    clock.at += timedelta(seconds=months_later(1) - START)
    mailbox.status = None
    sandbox.run_due()
    clock.pass_by(hours=2)
    sandbox.run_due()
    assert shop.latest(subscription)["status"] == "draft"
    mailbox.status = 200
    clock.pass_by(minutes=1)
    sandbox.run_due()
    clock.pass_by(minutes=59)
    sandbox.run_due()
    assert shop.latest(subscription)["status"] == "draft"
    clock.pass_by(minutes=2)
    sandbox.run_due()

    assert shop.latest(subscription)["status"] == "paid"


def test_an_anchor_on_the_31st_is_not_forgotten(shop: Shop, client: Client) -> None:
    """Setting the subscription billing cycle date: the last day of short months."""
    january = months_later(0, start=1_769_853_600)
    clock = client.post("/v1/test_helpers/test_clocks", frozen_time=january)
    shop.clock_id = clock["id"]
    subscription = shop.subscribe(shop.customer(), shop.pro)
    ends = [item(subscription)["current_period_end"]]
    for _ in range(3):
        shop.advance(ends[-1] + HOUR)
        ends.append(item(shop.subscription(subscription["id"]))["current_period_end"])

    assert ends == [months_later(count, start=january) for count in (1, 2, 3, 4)]
    assert [one["total"] for one in shop.invoices(subscription)] == [9900] * 4


def test_a_clock_goes_at_most_two_intervals_at_a_time(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Advance a test clock: at most two intervals of the shortest subscription."""
    status, error = client.refused(
        "POST",
        f"/v1/test_helpers/test_clocks/{shop.clock_id}/advance",
        frozen_time=months_later(2) + 1,
    )

    assert (status, error["param"]) == (400, "frozen_time")


def test_an_advancing_clock_takes_no_second_order(shop: Shop, client: Client) -> None:
    """Test clocks: advancing until ready."""
    path = f"/v1/test_helpers/test_clocks/{shop.clock_id}"
    moving = client.post(f"{path}/advance", frozen_time=START + DAY)

    assert moving["status"] == "advancing"
    assert moving["status_details"]["advancing"]["target_frozen_time"] == START + DAY
    assert client.refused("POST", f"{path}/advance", frozen_time=START + 2 * DAY)[0] == 400
    shop.sandbox.run_due()
    assert (client.get(path)["status"], client.get(path)["frozen_time"]) == (
        "ready",
        START + DAY,
    )


def test_a_deleted_clock_takes_its_customers_along(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Test clocks: deleting one deletes its customers and cancels their subscriptions."""
    client.delete(f"/v1/test_helpers/test_clocks/{shop.clock_id}")

    assert client.get(f"/v1/customers/{subscription['customer']}")["deleted"] is True
    assert shop.subscription(subscription["id"])["status"] == "canceled"


def fail_renewal(shop: Shop, subscription: Object) -> int:
    shop.give_card(subscription["customer"], "pm_card_chargeCustomerFail")
    failed_at = months_later(1) + HOUR
    shop.advance(failed_at)
    return failed_at


def test_a_failed_renewal_is_tried_again_and_ends_the_subscription(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Automate payment retries: past_due while retried, canceled after the last attempt."""
    failed_at = fail_renewal(shop, subscription)
    invoice = shop.latest(subscription)

    assert shop.subscription(subscription["id"])["status"] == "past_due"
    assert (invoice["status"], invoice["attempt_count"]) == ("open", 1)
    assert invoice["next_payment_attempt"] == failed_at + 3 * DAY
    assert client.get(f"/v1/customers/{invoice['customer']}")["delinquent"] is True

    shop.advance(failed_at + 15 * DAY - 1)
    assert shop.latest(subscription)["attempt_count"] == 3
    shop.advance(failed_at + 15 * DAY)
    ended, last = shop.subscription(subscription["id"]), shop.latest(subscription)

    assert (ended["status"], ended["cancellation_details"]["reason"]) == (
        "canceled",
        "payment_failed",
    )
    assert (last["status"], last["attempt_count"], last["next_payment_attempt"]) == (
        "open",
        4,
        None,
    )
    assert len(client.events("invoice.payment_failed")) == 4


def test_the_events_of_a_failed_renewal(shop: Shop, subscription: Object) -> None:
    """Using webhooks with subscriptions: what follows a failed payment."""
    shop.give_card(subscription["customer"], "pm_card_chargeCustomerFail")
    shop.advance(months_later(1))

    assert shop.types_since(lambda: shop.advance(months_later(1) + HOUR))[1:-1] == [
        "payment_intent.created",
        "invoice.finalized",
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.updated",
        "invoice.payment_failed",
        "customer.updated",
        "customer.subscription.updated",
    ]


def test_a_new_card_brings_the_subscription_back(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Subscription statuses: active again once the latest invoice is paid."""
    fail_renewal(shop, subscription)
    shop.give_card(subscription["customer"], "pm_card_visa")

    paid = client.post(f"/v1/invoices/{shop.latest(subscription)['id']}/pay")

    assert (paid["status"], paid["next_payment_attempt"]) == ("paid", None)
    assert shop.subscription(subscription["id"])["status"] == "active"
    assert client.get(f"/v1/customers/{paid['customer']}")["delinquent"] is False


def test_a_retry_uses_the_new_card_by_itself(shop: Shop, subscription: Object) -> None:
    """Automate payment retries: the next attempt charges the default payment method."""
    failed_at = fail_renewal(shop, subscription)
    shop.give_card(subscription["customer"], "pm_card_visa")

    shop.advance(failed_at + 3 * DAY)

    assert shop.latest(subscription)["status"] == "paid"
    assert shop.subscription(subscription["id"])["status"] == "active"


def test_the_account_may_keep_unpaid_subscriptions(
    shop: Shop, subscription: Object, sandbox: Sandbox
) -> None:
    """Automate payment retries: mark the subscription as unpaid; drafts are held then."""
    with sandbox.transaction() as tools:
        dunning.set_policy(tools, Policy(pauses=(1,), outcome="unpaid"))
    failed_at = fail_renewal(shop, subscription)
    shop.advance(failed_at + DAY)
    assert shop.subscription(subscription["id"])["status"] == "unpaid"

    shop.advance(months_later(2) + 2 * HOUR)

    assert shop.latest(subscription)["status"] == "draft"
    assert shop.latest(subscription)["auto_advance"] is False


def test_a_declined_payment_by_hand_is_told_and_kept(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Pay an invoice: 402 for a decline; the attempt counts."""
    fail_renewal(shop, subscription)
    invoice = shop.latest(subscription)

    status, error = client.refused("POST", f"/v1/invoices/{invoice['id']}/pay")

    assert (status, error["code"], error["decline_code"]) == (
        402,
        "card_declined",
        "generic_decline",
    )
    assert shop.latest(subscription)["attempt_count"] == 2


def test_usage_is_billed_at_the_end_of_its_period(shop: Shop, client: Client) -> None:
    """Usage-based billing: metered prices bill the period that is over."""
    meter = client.post(
        "/v1/billing/meters",
        display_name="Credits",
        event_name="credits",
        default_aggregation={"formula": "sum"},
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter["id"]}
    tiers = [
        {"up_to": 5000, "unit_amount": 0},
        {"up_to": "inf", "unit_amount": 12},
    ]
    metered = client.post(
        "/v1/prices",
        product=shop.products["Extra"]["id"],
        currency="usd",
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=tiers,
        recurring=recurring,
    )["id"]
    customer = shop.customer()
    subscription = shop.subscribe(customer, "", items=[{"price": shop.pro}, {"price": metered}])
    client.post(
        "/v1/billing/meter_events",
        event_name="credits",
        payload={"stripe_customer_id": customer, "value": "5200"},
        timestamp=START,
    )

    shop.advance(months_later(1) + HOUR)
    invoice = shop.latest(subscription)

    assert amounts(invoice) == [0, 2400, 9900]
    assert invoice["lines"]["data"][1]["period"] == {"start": START, "end": months_later(1)}
    assert invoice["lines"]["data"][1]["quantity"] == 200


def test_a_coupon_lasts_as_long_as_it_says(shop: Shop, client: Client) -> None:
    """Coupons and promotion codes: once, repeating and forever."""
    totals = {}
    durations = {"once": {}, "repeating": {"duration_in_months": 2}, "forever": {}}
    started = {}
    for duration, more in durations.items():
        coupon = client.post("/v1/coupons", percent_off=10, duration=duration, **more)
        started[duration] = shop.subscribe(
            shop.customer(), shop.pro, discounts=[{"coupon": coupon["id"]}]
        )
    for month in (1, 2):
        shop.advance(months_later(month) + HOUR)
    for duration, subscription in started.items():
        totals[duration] = [one["total"] for one in shop.invoices(subscription)]

    assert totals == {
        "once": [8910, 9900, 9900],
        "repeating": [8910, 8910, 9900],
        "forever": [8910, 8910, 8910],
    }
    first = shop.invoices(started["once"])[0]
    assert first["subtotal"] == 9900
    assert first["total_discount_amounts"][0]["amount"] == 990
    assert shop.subscription(started["repeating"]["id"])["discounts"] == []
    assert shop.subscription(started["once"]["id"])["discounts"] == []


def test_a_promotion_code_may_be_for_newcomers_only(shop: Shop, client: Client) -> None:
    """Coupons and promotion codes: first_time_transaction."""
    coupon = client.post("/v1/coupons", amount_off=2000, currency="usd", duration="once")
    code = client.post(
        "/v1/promotion_codes",
        promotion={"type": "coupon", "coupon": coupon["id"]},
        code="WELCOME",
        restrictions={"first_time_transaction": True},
    )
    customer = shop.customer()
    welcome = {"discounts": [{"promotion_code": code["id"]}]}
    subscription = shop.subscribe(customer, shop.pro, **welcome)

    assert shop.latest(subscription)["total"] == 7900
    assert client.get(f"/v1/promotion_codes/{code['id']}")["times_redeemed"] == 1
    status, error = client.refused(
        "POST", "/v1/subscriptions", customer=customer, items=[{"price": shop.pro}], **welcome
    )
    assert (status, error["param"]) == (400, "discounts")


def test_a_renewal_that_wants_the_holder_says_so(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Using webhooks with subscriptions: invoice.payment_action_required."""
    shop.give_card(subscription["customer"], "pm_card_authenticationRequired")
    shop.advance(months_later(1) + HOUR)

    assert shop.subscription(subscription["id"])["status"] == "past_due"
    assert len(client.events("invoice.payment_action_required")) == 1
    status, error = client.refused("POST", f"/v1/invoices/{shop.latest(subscription)['id']}/pay")
    assert (status, error["code"]) == (402, "invoice_payment_intent_requires_action")


def test_a_card_set_up_with_its_holder_renews_without_him(shop: Shop, client: Client) -> None:
    """Testing, 3D Secure: 4000002500003155 needs no authentication once it was set up."""
    customer = shop.customer(card=None)
    method = client.post(
        "/v1/payment_methods",
        type="card",
        card={"number": "4000002500003155", "exp_month": 12, "exp_year": 2034},
    )["id"]
    intent = client.post(
        "/v1/setup_intents", customer=customer, payment_method=method, confirm=True
    )
    assert intent["status"] == "requires_action"
    with shop.sandbox.transaction() as tools:
        setup_intents.succeed(tools, tools.store.get("setup_intent", intent["id"]))
    subscription = shop.subscribe(customer, shop.pro, default_payment_method=method)

    shop.advance(months_later(1) + HOUR)

    assert [one["status"] for one in shop.invoices(subscription)] == ["paid", "paid"]


def test_a_trial_without_a_card_asks_for_one(shop: Shop, client: Client) -> None:
    """Subscriptions, pending_setup_intent: collects a payment method when nothing is due."""
    subscription = shop.subscribe(
        shop.customer(card=None),
        shop.pro,
        trial_period_days=7,
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
    )
    path = f"/v1/setup_intents/{subscription['pending_setup_intent']}"
    confirmed = client.post(f"{path}/confirm", payment_method="pm_card_visa")
    found = shop.subscription(subscription["id"])

    assert confirmed["status"] == "succeeded"
    assert found["pending_setup_intent"] is None
    assert found["default_payment_method"] == confirmed["payment_method"]
    shop.advance(START + 7 * DAY + HOUR)
    assert shop.latest(subscription)["status"] == "paid"


def test_the_policy_for_failed_payments_is_a_knob(client: Client) -> None:
    def turn(**form: str) -> Answer:
        return client.ask("POST", "/_sandbox/dunning", form)

    assert turn(pauses="1 2", outcome="unpaid").status == 200
    kept = json.loads(client.ask("GET", "/_sandbox/dunning", {}).body)
    assert kept == {"pauses": [1, 2], "outcome": "unpaid"}
    assert turn(outcome="forget").status == 400
    assert turn(pauses="soon").status == 400


def test_a_discount_that_never_ends_is_taken_off_by_hand(shop: Shop, client: Client) -> None:
    """Delete a subscription discount."""
    coupon = client.post("/v1/coupons", percent_off=10, duration="forever")
    subscription = shop.subscribe(shop.customer(), shop.pro, discounts=[{"coupon": coupon["id"]}])

    gone = client.delete(f"/v1/subscriptions/{subscription['id']}/discount")
    shop.advance(months_later(1) + HOUR)

    assert gone["deleted"] is True
    assert [one["total"] for one in shop.invoices(subscription)] == [8910, 9900]


def test_a_card_that_was_taken_away_pays_nothing(
    shop: Shop, subscription: Object, client: Client
) -> None:
    """Automatic collection: without a payment method an attempt fails like a decline."""
    customer = client.get(f"/v1/customers/{subscription['customer']}")
    method = customer["invoice_settings"]["default_payment_method"]
    shop.advance(months_later(1))
    invoice = shop.latest(subscription)
    client.post(f"/v1/invoices/{invoice['id']}", default_payment_method=method)
    client.post(f"/v1/payment_methods/{method}/detach")

    shop.advance(months_later(1) + HOUR)

    assert shop.latest(subscription)["attempt_count"] == 1
    assert shop.subscription(subscription["id"])["status"] == "past_due"


def test_nobody_collects_from_a_deleted_customer(shop: Shop, client: Client) -> None:
    """Delete a customer: active subscriptions are canceled at once."""
    customer = shop.customer()
    subscription = shop.subscribe(customer, shop.pro)
    client.post("/v1/invoiceitems", customer=customer, currency="usd", amount=5000)
    draft = client.post(
        "/v1/invoices",
        customer=customer,
        auto_advance=True,
        pending_invoice_items_behavior="include",
    )
    client.delete(f"/v1/customers/{customer}")

    shop.advance(START + DAY)

    assert shop.subscription(subscription["id"])["status"] == "canceled"
    assert client.get(f"/v1/invoices/{draft['id']}")["status"] == "draft"


def test_the_end_of_a_subscription_bills_the_last_usage(shop: Shop, client: Client) -> None:
    """Cancel subscriptions: metered usage is billed at the end of the period."""
    meter = client.post(
        "/v1/billing/meters",
        display_name="Credits",
        event_name="credits",
        default_aggregation={"formula": "sum"},
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter["id"]}
    customer = shop.customer()
    subscription = shop.subscribe(
        customer,
        "",
        items=[{"price": shop.pro}, {"price": shop.price("Extra", 12, recurring=recurring)}],
        cancel_at_period_end=True,
    )
    client.post(
        "/v1/billing/meter_events",
        event_name="credits",
        payload={"stripe_customer_id": customer, "value": "100"},
        timestamp=START,
    )

    shop.advance(months_later(1) + HOUR)

    assert shop.subscription(subscription["id"])["status"] == "canceled"
    assert [amounts(one) for one in shop.invoices(subscription)] == [[9900], [1200]]
    assert shop.latest(subscription)["status"] == "paid"


def test_what_is_used_in_a_trial_is_free(shop: Shop, client: Client) -> None:
    """Use trial periods on subscriptions: usage during a trial is not billed."""
    meter = client.post(
        "/v1/billing/meters",
        display_name="Credits",
        event_name="credits",
        default_aggregation={"formula": "sum"},
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": meter["id"]}
    customer = shop.customer()
    subscription = shop.subscribe(
        customer,
        "",
        items=[{"price": shop.pro}, {"price": shop.price("Extra", 12, recurring=recurring)}],
        trial_period_days=7,
    )
    client.post(
        "/v1/billing/meter_events",
        event_name="credits",
        payload={"stripe_customer_id": customer, "value": "100"},
        timestamp=START,
    )

    shop.advance(START + 7 * DAY + HOUR)

    assert amounts(shop.latest(subscription)) == [9900]
