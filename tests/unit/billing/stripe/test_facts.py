"""What Stripe says, read into values of ours; the objects are as its API 2026-05-27 tells them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from billing.stripe.gateway.errors import CardRefused, ObjectMissing, StripeRefused, refusal
from billing.stripe.gateway.facts import (
    CustomerFacts,
    EventFacts,
    InvoiceFacts,
    LineFacts,
    PriceFacts,
    SubscriptionFacts,
)
from billing.stripe.gateway.storable import storable
from config.kernel.periods import Period

SEPTEMBER = datetime(2026, 9, 10, 8, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)
START, END = int(SEPTEMBER.timestamp()), int(OCTOBER.timestamp())


def item(price: str, *, usage_type: str = "licensed", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"si_{price}",
        "price": {"id": f"price_{price}", "recurring": {"usage_type": usage_type}},
        "quantity": 3,
        "current_period_start": START,
        "current_period_end": END,
        **changes,
    }


def subscription(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "customer": "cus_1",
        "status": "active",
        "items": {"object": "list", "data": list(items) or [item("base")]},
        "billing_cycle_anchor": START,
        "start_date": START,
        "currency": "usd",
        "collection_method": "charge_automatically",
        "trial_end": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "ended_at": None,
        "latest_invoice": "in_1",
        "schedule": None,
        "pending_update": None,
        "default_payment_method": None,
        "cancellation_details": None,
        "metadata": {"organization": "org_1"},
        "test_clock": None,
        **changes,
    }


def test_a_subscription_is_read_with_the_period_of_its_base_price() -> None:
    metered = item("overage", usage_type="metered", current_period_end=END + 1)
    del metered["quantity"]

    facts = SubscriptionFacts.read(subscription(metered, item("base")))

    assert facts.base.price_id == "price_base"
    assert facts.period == Period(SEPTEMBER, OCTOBER)
    assert [(each.quantity, each.is_metered) for each in facts.items] == [(0, True), (3, False)]
    assert (facts.currency, facts.schedule_id, facts.test_clock_id) == ("USD", "", "")
    assert (facts.started_at, facts.anchor_at, facts.ended_at) == (SEPTEMBER, SEPTEMBER, None)
    assert (facts.has_pending_update, facts.has_payment_method) == (False, False)


def test_what_is_told_whole_is_read_like_what_is_told_by_its_id() -> None:
    whole = {"latest_invoice": {"id": "in_1"}, "schedule": {"id": "sub_sched_1"}}

    facts = SubscriptionFacts.read(subscription(**whole))

    assert (facts.latest_invoice_id, facts.schedule_id) == ("in_1", "sub_sched_1")


@pytest.mark.parametrize(
    "told",
    [
        {"default_payment_method": "pm_1"},
        {"default_source": "card_1"},
        {"customer": {"id": "cus_1", "invoice_settings": {"default_payment_method": "pm_1"}}},
        {"customer": {"id": "cus_1", "default_source": "card_1"}},
    ],
)
def test_a_subscription_can_be_charged_by_its_own_card_or_its_customers(told: Any) -> None:
    facts = SubscriptionFacts.read(subscription(**told))

    assert (facts.has_payment_method, facts.customer_id) == (True, "cus_1")


@pytest.mark.parametrize("told", [{"cancel_at_period_end": True}, {"cancel_at": END}])
def test_the_end_is_known_in_both_ways_of_saying_it(told: Any) -> None:
    assert SubscriptionFacts.read(subscription(**told)).cancel_at == OCTOBER


def line(**changes: Any) -> dict[str, Any]:
    return {
        "id": "il_1",
        "description": None,
        "amount": 69_00,
        "quantity": 460,
        "quantity_decimal": "460.5",
        "period": {"start": START, "end": END},
        "pricing": {
            "unit_amount_decimal": "14.983713",
            "price_details": {"price": "price_1", "product": "prod_1"},
        },
        "parent": {
            "invoice_item_details": {"invoice_item": "ii_1", "proration": False},
            "subscription_item_details": None,
        },
        "metadata": {"settlement": "stl_1"},
        **changes,
    }


def test_a_line_keeps_what_is_not_whole() -> None:
    facts = LineFacts.read(line())

    assert (facts.quantity, facts.unit_price) == (Decimal("460.5"), Decimal("14.983713"))
    assert (facts.item_id, facts.price_id, facts.is_proration) == ("ii_1", "price_1", False)
    assert (facts.amount, facts.description, facts.metadata) == (69_00, "", {"settlement": "stl_1"})


def test_a_line_of_a_subscription_is_known_by_its_item_and_by_a_proration() -> None:
    details = {"subscription_item": "si_1", "proration": True, "invoice_item": None}

    facts = LineFacts.read(
        line(
            parent={"invoice_item_details": None, "subscription_item_details": details},
            pricing=None,
            quantity_decimal=None,
            quantity=None,
        )
    )

    assert (facts.item_id, facts.is_proration) == ("si_1", True)
    assert (facts.quantity, facts.unit_price, facts.price_id) == (None, None, "")


def invoice(**changes: Any) -> dict[str, Any]:
    return {
        "id": "in_1",
        "customer": "cus_1",
        "parent": {"subscription_details": {"subscription": "sub_1", "metadata": {"a": "b"}}},
        "number": None,
        "status": "open",
        "billing_reason": "subscription_cycle",
        "currency": "eur",
        "subtotal": 168_00,
        "total_discount_amounts": [{"amount": 10_00}, {"amount": 6_80}],
        "total_taxes": [{"amount": 15_12}, {"amount": 1}],
        "total": 166_33,
        "amount_due": 166_33,
        "amount_paid": 0,
        "amount_remaining": 166_33,
        "created": START,
        "period_start": START,
        "period_end": END,
        "status_transitions": {"finalized_at": END, "paid_at": None},
        "attempt_count": 2,
        "next_payment_attempt": END,
        "auto_advance": True,
        "hosted_invoice_url": "https://invoice.example/1",
        "invoice_pdf": None,
        "last_finalization_error": None,
        "lines": {"object": "list", "data": [line()]},
        "metadata": {},
        "test_clock": None,
        **changes,
    }


def test_an_invoice_is_read_with_discounts_and_taxes_added_up() -> None:
    facts = InvoiceFacts.read(invoice())

    assert (facts.discount, facts.tax, facts.total) == (16_80, 15_13, 166_33)
    assert (facts.subscription_id, facts.subscription_metadata) == ("sub_1", {"a": "b"})
    assert (facts.currency, facts.number, facts.pdf_url) == ("EUR", "", "")
    assert (facts.finalized_at, facts.paid_at, facts.next_attempt_at) == (OCTOBER, None, OCTOBER)
    assert [each.amount for each in facts.lines] == [69_00]


def test_an_invoice_without_a_subscription_and_a_preview_are_read_too() -> None:
    facts = InvoiceFacts.read(invoice(id=None, parent=None, status=None))

    assert (facts.id, facts.subscription_id, facts.status) == ("", "", "")


def test_why_an_invoice_was_not_paid_is_told_by_its_last_payment() -> None:
    def payment(message: str | None) -> dict[str, Any]:
        error = message and {"message": message}
        return {"payment": {"payment_intent": {"id": "pi_1", "last_payment_error": error}}}

    told = {"data": [payment("No funds."), payment("The card has expired."), payment(None)]}

    assert InvoiceFacts.read(invoice(payments=told)).last_error == "The card has expired."
    unfinished = {"message": "No tax location."}
    assert (
        InvoiceFacts.read(invoice(last_finalization_error=unfinished)).last_error
        == "No tax location."
    )


def test_a_customers_card_is_what_people_recognize() -> None:
    card = {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2030}
    told = {
        "id": "cus_1",
        "invoice_settings": {"default_payment_method": {"id": "pm_1", "card": card}},
    }

    facts = CustomerFacts.read(told)

    assert (facts.card_brand, facts.card_last4, facts.card_expires) == ("visa", "4242", "2030-04")
    assert (facts.default_payment_method_id, facts.has_payment_method) == ("pm_1", True)


def test_a_deleted_customer_is_known_as_such() -> None:
    facts = CustomerFacts.read({"id": "cus_1", "object": "customer", "deleted": True})

    assert (facts.is_deleted, facts.card_expires) == (True, "")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"id": "in_1", "object": "invoice", "customer": "cus_1"}, ("in_1", "cus_1")),
        ({"id": "in_1", "object": "invoice", "customer": {"id": "cus_1"}}, ("in_1", "cus_1")),
        ({"id": "cus_1", "object": "customer"}, ("cus_1", "cus_1")),
        ({"id": "prod_1", "object": "product"}, ("prod_1", "")),
        ({"object": "balance"}, ("", "")),
    ],
)
def test_an_event_says_where_to_look(told: dict[str, Any], expected: tuple[str, str]) -> None:
    event = {"id": "evt_1", "type": "x.y", "created": START, "livemode": False}

    facts = EventFacts.read({**event, "data": {"object": told}})

    assert (facts.object_id, facts.customer_id) == expected


def test_a_price_below_a_cent_is_read_exactly() -> None:
    facts = PriceFacts.read(
        {
            "id": "price_1",
            "product": "prod_1",
            "currency": "usd",
            "unit_amount_decimal": "0.0125",
            "active": True,
            "recurring": {
                "interval": "month",
                "interval_count": 1,
                "usage_type": "metered",
                "meter": "mtr_1",
            },
        }
    )

    assert (facts.unit_amount, facts.meter_id, facts.is_metered) == (
        Decimal("0.0125"),
        "mtr_1",
        True,
    )


@pytest.mark.parametrize(
    "refused",
    [
        StripeRefused("No.", stripe_code="bad", param="items"),
        ObjectMissing("None.", stripe_code="resource_missing", param="id"),
        CardRefused("Declined.", stripe_code="card_declined", decline_code="lost_card"),
    ],
)
def test_a_refusal_that_was_stored_is_the_same_refusal(refused: StripeRefused) -> None:
    again = refusal(refused.facts)

    assert type(again) is type(refused)
    assert again.facts == refused.facts


def test_links_and_secrets_are_left_out_of_what_is_kept() -> None:
    said = {
        "object": "list",
        "data": [
            {"object": "billing_portal.session", "url": "https://portal.example/s"},
            {"object": "invoice", "url": "kept", "confirmation_secret": {"client_secret": "x"}},
            {"object": "webhook_endpoint", "secret": "whsec_1"},
        ],
    }

    assert storable(said) == {
        "object": "list",
        "data": [
            {"object": "billing_portal.session", "url": ""},
            {"object": "invoice", "url": "kept", "confirmation_secret": ""},
            {"object": "webhook_endpoint", "secret": ""},
        ],
    }
