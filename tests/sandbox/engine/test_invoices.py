from __future__ import annotations

import pytest

from tests.sandbox.asking import Client
from tests.sandbox.engine.shop import DAY, HOUR, START, Object, Shop, amounts


@pytest.fixture
def customer(shop: Shop) -> str:
    return shop.customer()


@pytest.fixture
def draft(customer: str, client: Client) -> Object:
    """A draft of 1,000.00 that belongs to no subscription."""
    invoice = client.post("/v1/invoices", customer=customer, currency="usd")
    client.post(
        "/v1/invoiceitems", customer=customer, invoice=invoice["id"], currency="usd", amount=100_000
    )
    return client.get(f"/v1/invoices/{invoice['id']}")


@pytest.fixture
def paid(draft: Object, client: Client) -> Object:
    return client.post(f"/v1/invoices/{draft['id']}/pay")


@pytest.fixture
def opened(draft: Object, client: Client) -> Object:
    return client.post(f"/v1/invoices/{draft['id']}/finalize")


def test_a_one_off_invoice_waits_until_it_is_finalized(shop: Shop, draft: Object) -> None:
    """Create an invoice: a draft that does not advance by itself unless told to."""
    shop.advance(START + 10 * DAY)
    found = shop.client.get(f"/v1/invoices/{draft['id']}")

    assert (found["status"], found["auto_advance"], found["billing_reason"]) == (
        "draft",
        False,
        "manual",
    )


def test_what_is_pending_comes_along_if_asked(shop: Shop, customer: str, client: Client) -> None:
    """Create an invoice: pending_invoice_items_behavior include or exclude."""
    client.post("/v1/invoiceitems", customer=customer, currency="usd", amount=700)
    without = client.post("/v1/invoices", customer=customer)
    including = client.post(
        "/v1/invoices", customer=customer, pending_invoice_items_behavior="include"
    )

    assert (without["total"], including["total"]) == (0, 700)
    assert client.get("/v1/invoiceitems", pending=True)["data"] == []


def test_an_invoice_of_a_subscription_says_nothing_of_what_is_pending(
    shop: Shop, client: Client
) -> None:
    """What waits for the subscription comes along; the two parameters exclude each other."""
    subscription = shop.subscribe(shop.customer(), shop.pro)

    status, error = client.refused(
        "POST",
        "/v1/invoices",
        customer=subscription["customer"],
        subscription=subscription["id"],
        pending_invoice_items_behavior="exclude",
    )

    assert (status, error["param"]) == (400, "pending_invoice_items_behavior")


def test_numbers_are_counted_for_each_customer(
    customer: str, client: Client, opened: Object
) -> None:
    """Invoice numbering: the customer's prefix and a sequence."""
    second = client.post("/v1/invoices", customer=customer)
    second = client.post(f"/v1/invoices/{second['id']}/finalize")
    prefix = opened["number"].removesuffix("-0001")

    assert second["number"] == f"{prefix}-0002"
    assert (second["status"], second["amount_due"]) == ("paid", 0)


def test_a_finalized_invoice_is_collected_an_hour_later_if_it_advances(
    shop: Shop, draft: Object, client: Client
) -> None:
    """Finalize an invoice: with auto_advance payment is attempted in about an hour."""
    opened = client.post(f"/v1/invoices/{draft['id']}/finalize", auto_advance=True)
    assert (opened["status"], opened["next_payment_attempt"]) == ("open", START + HOUR)

    shop.advance(START + HOUR)

    assert client.get(f"/v1/invoices/{draft['id']}")["status"] == "paid"


def test_a_paid_invoice_cannot_be_paid_or_voided(paid: Object, client: Client) -> None:
    """Pay an invoice: invoice_already_paid; only open invoices can be voided."""
    path = f"/v1/invoices/{paid['id']}"

    assert client.refused("POST", f"{path}/pay")[1]["code"] == "invoice_already_paid"
    assert client.refused("POST", f"{path}/void")[0] == 400
    assert client.refused("POST", f"{path}/finalize")[1]["code"] == "invoice_not_editable"


def test_a_voided_invoice_asks_for_nothing(opened: Object, client: Client) -> None:
    """Void an invoice: its PaymentIntent is canceled."""
    voided = client.post(f"/v1/invoices/{opened['id']}/void", expand=["payments"])
    payment = voided["payments"]["data"][0]
    intent = client.get(f"/v1/payment_intents/{payment['payment']['payment_intent']}")

    assert (voided["status"], payment["status"]) == ("void", "canceled")
    assert (intent["status"], intent["cancellation_reason"]) == ("canceled", "void_invoice")


def test_an_uncollectible_invoice_can_still_be_paid(opened: Object, client: Client) -> None:
    """Mark an invoice as uncollectible: it can still be paid or voided."""
    path = f"/v1/invoices/{opened['id']}"
    assert client.post(f"{path}/mark_uncollectible")["status"] == "uncollectible"

    assert client.post(f"{path}/pay")["status"] == "paid"


def test_money_that_came_another_way_settles_an_invoice(opened: Object, client: Client) -> None:
    """Pay an invoice: paid_out_of_band marks it paid without a charge."""
    paid = client.post(f"/v1/invoices/{opened['id']}/pay", paid_out_of_band=True)

    assert (paid["status"], paid["amount_paid"]) == ("paid", 100_000)
    assert client.get("/v1/charges")["data"] == []


def test_a_bill_keeps_its_text_but_not_its_metadata(opened: Object, client: Client) -> None:
    """Update an invoice: finalized invoices can't be edited, metadata can."""
    path = f"/v1/invoices/{opened['id']}"

    assert client.post(path, metadata={"a": "b"})["metadata"] == {"a": "b"}
    status, error = client.refused("POST", path, description="Another")
    assert (status, error["code"]) == (400, "invoice_not_editable")


def test_an_invoice_shows_ten_lines_and_lists_them_all(customer: str, client: Client) -> None:
    """The Invoice object: lines holds the first handful; the rest is listed."""
    invoice = client.post("/v1/invoices", customer=customer)
    lines = [{"amount": number, "description": f"No. {number}"} for number in range(1, 13)]
    filled = client.post(f"/v1/invoices/{invoice['id']}/add_lines", lines=lines)
    path = f"/v1/invoices/{invoice['id']}/lines"
    all_lines = client.get(path, limit=100)

    assert (filled["total"], len(filled["lines"]["data"])) == (78, 10)
    assert filled["lines"]["has_more"] is True
    assert [line["amount"] for line in all_lines["data"]] == list(range(1, 13))
    after = client.get(path, starting_after=all_lines["data"][9]["id"])
    assert [line["amount"] for line in after["data"]] == [11, 12]


def test_an_item_of_a_draft_can_be_changed_and_taken_off(draft: Object, client: Client) -> None:
    """Update an invoice item: only while its invoice is a draft."""
    item = client.get("/v1/invoiceitems", invoice=draft["id"])["data"][0]
    path = f"/v1/invoiceitems/{item['id']}"
    client.post(path, quantity=3, unit_amount_decimal="33.5", description="Three")

    changed = client.get(f"/v1/invoices/{draft['id']}")
    assert (changed["total"], changed["lines"]["data"][0]["description"]) == (101, "Three")
    client.delete(path)
    assert client.get(f"/v1/invoices/{draft['id']}")["lines"]["data"] == []


def test_a_draft_is_deleted_and_its_items_wait_again(draft: Object, client: Client) -> None:
    """Delete a draft invoice: permanently; only one-off drafts."""
    assert client.delete(f"/v1/invoices/{draft['id']}")["deleted"] is True

    assert client.refused("GET", f"/v1/invoices/{draft['id']}")[0] == 404
    assert len(client.get("/v1/invoiceitems", pending=True)["data"]) == 1


def test_tax_is_passed_through_as_complete_and_nothing(customer: str, client: Client) -> None:
    """Automatic tax: the status is complete; the sandbox computes no tax."""
    invoice = client.post("/v1/invoices", customer=customer, automatic_tax={"enabled": True})

    assert invoice["automatic_tax"]["status"] == "complete"
    assert invoice["total_taxes"] == []


def test_tax_wants_to_know_where_the_customer_lives(customer: str, client: Client) -> None:
    """Automatic tax, customer location: without an address an invoice is not finalized."""
    invoice = client.post("/v1/invoices", customer=customer, automatic_tax={"enabled": True})
    status, error = client.refused("POST", f"/v1/invoices/{invoice['id']}/finalize")
    assert (status, error["code"]) == (400, "customer_tax_location_invalid")

    client.post(f"/v1/customers/{customer}", address={"country": "DE", "postal_code": "10115"})

    assert client.post(f"/v1/invoices/{invoice['id']}/finalize")["status"] == "paid"


def test_an_amount_too_small_to_charge_waits_on_the_balance(customer: str, client: Client) -> None:
    """Supported currencies, minimum charge: less is added to the customer's balance."""
    client.post("/v1/invoiceitems", customer=customer, currency="usd", amount=49)
    invoice = client.post(
        "/v1/invoices", customer=customer, pending_invoice_items_behavior="include"
    )

    finalized = client.post(f"/v1/invoices/{invoice['id']}/finalize")

    assert (finalized["status"], finalized["amount_due"]) == ("paid", 0)
    assert client.get(f"/v1/customers/{customer}")["balance"] == 49


def test_a_refund_returns_a_part_and_never_more_than_there_is(paid: Object, client: Client) -> None:
    """Refunds: partial refunds until the charge is fully refunded."""
    charge = client.get("/v1/charges", customer=paid["customer"])["data"][0]
    client.post("/v1/refunds", charge=charge["id"], amount=40_000)
    rest = client.post("/v1/refunds", payment_intent=charge["payment_intent"])
    found = client.get(f"/v1/charges/{charge['id']}", expand=["refunds"])

    assert rest["amount"] == 60_000
    assert (found["refunded"], found["amount_refunded"]) == (True, 100_000)
    assert len(found["refunds"]["data"]) == 2
    status, error = client.refused("POST", "/v1/refunds", charge=charge["id"])
    assert (status, error["code"]) == (400, "charge_already_refunded")


def test_a_credit_note_reduces_what_is_owed_first(opened: Object, client: Client) -> None:
    """Create a credit note: pre_payment_amount reduces amount_due of an open invoice."""
    note = client.post("/v1/credit_notes", invoice=opened["id"], amount=30_000)
    reduced = client.get(f"/v1/invoices/{opened['id']}")

    assert (note["type"], note["pre_payment_amount"]) == ("pre_payment", 30_000)
    assert (reduced["amount_due"], reduced["amount_remaining"]) == (70_000, 70_000)
    assert client.post(f"/v1/invoices/{opened['id']}/pay")["amount_paid"] == 70_000


def test_a_credit_note_of_all_that_is_owed_settles_the_invoice(
    opened: Object, client: Client
) -> None:
    """Credit notes: an open invoice credited in full is paid."""
    line = opened["lines"]["data"][0]["id"]
    client.post(
        "/v1/credit_notes",
        invoice=opened["id"],
        lines=[{"type": "invoice_line_item", "invoice_line_item": line, "quantity": 1}],
    )
    settled = client.get(f"/v1/invoices/{opened['id']}")

    assert (settled["status"], settled["amount_paid"]) == ("paid", 0)
    assert settled["pre_payment_credit_notes_amount"] == 100_000


def test_a_credit_note_of_a_paid_invoice_is_given_back(paid: Object, client: Client) -> None:
    """Create a credit note: refunds and balance credits must equal post_payment_amount."""
    body = {"invoice": paid["id"], "amount": 30_000}
    assert client.refused("POST", "/v1/credit_notes", **body)[0] == 400

    note = client.post("/v1/credit_notes", **body, refund_amount=20_000, credit_amount=10_000)
    credited = client.get(f"/v1/invoices/{paid['id']}")

    assert (note["type"], note["refunds"][0]["amount_refunded"]) == ("post_payment", 20_000)
    assert credited["post_payment_credit_notes_amount"] == 30_000
    assert client.get(f"/v1/customers/{paid['customer']}")["balance"] == -10_000
    too_much = {"invoice": paid["id"], "amount": 70_001, "refund_amount": 70_001}
    assert client.refused("POST", "/v1/credit_notes", **too_much)[0] == 400


def test_a_voided_credit_note_makes_the_amount_due_again(opened: Object, client: Client) -> None:
    """Void a credit note: only of open invoices."""
    note = client.post("/v1/credit_notes", invoice=opened["id"], amount=30_000)

    voided = client.post(f"/v1/credit_notes/{note['id']}/void")

    assert voided["status"] == "void"
    assert client.get(f"/v1/invoices/{opened['id']}")["amount_due"] == 100_000


def test_a_credit_note_can_be_previewed(opened: Object, client: Client) -> None:
    """Preview a credit note: without creating it."""
    preview = client.get("/v1/credit_notes/preview", invoice=opened["id"], amount=30_000)

    assert preview["amount"] == 30_000
    assert client.get("/v1/credit_notes")["data"] == []
    assert client.get(f"/v1/invoices/{opened['id']}")["amount_due"] == 100_000


def test_a_credit_from_staff_pays_the_next_invoice(
    customer: str, draft: Object, client: Client
) -> None:
    """Customer credit balance: applied at finalization."""
    client.post(f"/v1/customers/{customer}/balance_transactions", amount=-25_000, currency="usd")
    opened = client.post(f"/v1/invoices/{draft['id']}/finalize")

    assert (opened["total"], opened["amount_due"]) == (100_000, 75_000)
    assert client.get(f"/v1/customers/{customer}")["balance"] == 0
    client.post(f"/v1/invoices/{draft['id']}/void")
    assert client.get(f"/v1/customers/{customer}")["balance"] == -25_000


def test_invoices_are_found_by_subscription_customer_and_status(
    shop: Shop, customer: str, draft: Object, client: Client
) -> None:
    """List all invoices: filters."""
    subscription = shop.subscribe(customer, shop.pro)

    def found(**filters: str) -> list[str]:
        return [one["id"] for one in client.get("/v1/invoices", **filters)["data"]]

    first = subscription["latest_invoice"]
    assert found(subscription=subscription["id"]) == [first]
    assert found(status="draft") == [draft["id"]]
    assert found(customer=customer) == [first, draft["id"]]


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ],
)
def test_test_cards_are_declined_as_documented(
    client: Client, card: str, code: str, decline_code: str
) -> None:
    """Testing, declined payments."""
    intent = client.post("/v1/payment_intents", amount=500, currency="usd", payment_method=card)
    status, error = client.refused("POST", f"/v1/payment_intents/{intent['id']}/confirm")
    found = client.get(f"/v1/payment_intents/{intent['id']}")

    assert (status, error["code"], error["decline_code"]) == (402, code, decline_code)
    assert error["payment_intent"]["id"] == intent["id"]
    assert found["status"] == "requires_payment_method"
    assert found["last_payment_error"]["decline_code"] == decline_code


def test_a_card_that_wants_its_holder_is_declined_while_he_is_away(client: Client) -> None:
    """Testing, 3D Secure: off-session payments need authentication."""
    body = {
        "amount": 500,
        "currency": "usd",
        "confirm": True,
        "payment_method": "pm_card_authenticationRequired",
    }
    here = client.post("/v1/payment_intents", **body)
    status, error = client.refused("POST", "/v1/payment_intents", off_session=True, **body)

    assert (here["status"], here["next_action"]["type"]) == ("requires_action", "use_stripe_sdk")
    assert (status, error["code"]) == (402, "authentication_required")


def test_a_setup_intent_keeps_the_card_for_later(customer: str, client: Client) -> None:
    """Setup Intents: a confirmed one attaches the payment method."""
    intent = client.post(
        "/v1/setup_intents", customer=customer, payment_method="pm_card_mastercard", confirm=True
    )

    assert intent["status"] == "succeeded"
    method = client.get(f"/v1/payment_methods/{intent['payment_method']}")
    assert method["customer"] == customer
    status, error = client.refused(
        "POST",
        "/v1/setup_intents",
        customer=customer,
        payment_method="pm_card_chargeDeclined",
        confirm=True,
    )
    assert (status, error["code"]) == (402, "card_declined")


def test_the_account_sees_what_comes_in_and_what_goes_out(paid: Object, client: Client) -> None:
    """Balance transactions: charges less a fee, refunds in full."""
    client.post("/v1/refunds", charge=client.get("/v1/charges")["data"][0]["id"], amount=1000)
    found = client.get("/v1/balance_transactions")["data"]

    assert [(one["type"], one["amount"], one["fee"]) for one in found] == [
        ("refund", -1000, 0),
        ("charge", 100_000, 2930),
    ]
    assert client.get(f"/v1/balance_transactions/{found[0]['id']}")["net"] == -1000


def test_payments_of_invoices_are_listed(paid: Object, client: Client) -> None:
    """Invoice payments: which PaymentIntent paid which invoice."""
    [payment] = client.get("/v1/invoice_payments", invoice=paid["id"])["data"]

    assert (payment["status"], payment["amount_paid"], payment["is_default"]) == (
        "paid",
        100_000,
        True,
    )
    assert client.get(f"/v1/invoice_payments/{payment['id']}") == payment
    assert amounts(paid) == [100_000]
