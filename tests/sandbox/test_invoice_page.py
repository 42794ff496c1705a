"""The hosted invoice page, as Stripe's page "Hosted Invoice Page" has it."""

from __future__ import annotations

from typing import Any

import pytest

from billing.sandbox import Sandbox
from tests.sandbox.asking import Client
from tests.sandbox.selling import ALWAYS, LATER, paid_session, typed
from tests.sandbox.visiting import Visitor, text_of


@pytest.fixture
def visitor(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox)


@pytest.fixture
def bill(client: Client) -> dict[str, Any]:
    """An open invoice over $43.21."""
    customer = client.post("/v1/customers", name="Acme", email="alice@acme.example")["id"]
    draft = client.post("/v1/invoices", customer=customer, auto_advance=False)["id"]
    client.post(
        "/v1/invoiceitems",
        customer=customer,
        invoice=draft,
        amount=4321,
        currency="usd",
        description="432 credits beyond <b>the plan</b>",
    )
    return client.post(f"/v1/invoices/{draft}/finalize")


def test_an_open_invoice_shows_what_is_due(visitor: Visitor, bill: dict[str, Any]) -> None:
    shown = visitor.open(bill["hosted_invoice_url"])

    for text in (f"Invoice {bill['number']} Open", "432 credits beyond <b>", "Pay $43.21"):
        assert text in text_of(shown), text
    assert "<b>the plan" not in shown.body.decode()


def test_a_card_pays_it(client: Client, visitor: Visitor, bill: dict[str, Any]) -> None:
    answer = visitor.submit(bill["hosted_invoice_url"], typed())

    paid = client.get(f"/v1/invoices/{bill['id']}")
    assert answer.status == 303
    assert (paid["status"], paid["amount_paid"]) == ("paid", 4321)
    assert "This invoice is paid." in visitor.read(bill["hosted_invoice_url"])
    assert visitor.submit(bill["hosted_invoice_url"], typed()).status == 402
    assert len(client.events("invoice.paid")) == 1


def test_a_declined_card_leaves_its_trace(
    client: Client, visitor: Visitor, bill: dict[str, Any]
) -> None:
    """Testing: a card that is kept and declined when it is charged."""
    answer = visitor.submit(bill["hosted_invoice_url"], typed(LATER))

    assert answer.status == 402
    assert "Your card was declined." in text_of(answer)
    tried = client.get(f"/v1/invoices/{bill['id']}")
    assert (tried["status"], tried["attempt_count"]) == ("open", 1)
    assert len(client.events("invoice.payment_failed")) == 1


def test_a_bank_that_asks_may_be_answered(
    client: Client, visitor: Visitor, bill: dict[str, Any]
) -> None:
    """Testing, "3D Secure authentication"."""
    asked = visitor.submit(bill["hosted_invoice_url"], typed(ALWAYS))
    assert asked.headers["Location"] == f"/i/{bill['id']}/confirm"
    assert "Is it you who pays $43.21?" in visitor.read(asked.headers["Location"])

    failed = visitor.submit(asked.headers["Location"], {"do": "fail"})
    done = visitor.submit(asked.headers["Location"], {"do": "confirm"})

    assert (failed.status, done.status) == (402, 303)
    assert client.get(f"/v1/invoices/{bill['id']}")["status"] == "paid"
    assert len(client.events("invoice.payment_action_required")) == 1


def test_it_can_be_printed(client: Client, visitor: Visitor) -> None:
    session = paid_session(client, visitor)
    invoice = client.get(f"/v1/invoices/{session['invoice']}")

    answer = visitor.open(invoice["invoice_pdf"])

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="{invoice["id"]}.pdf"'
    for text in (f"Invoice {invoice['number']}", "$99.00", "this is not Stripe"):
        assert text.encode("cp1252").hex().encode() in answer.body, text


def test_a_draft_has_no_page(client: Client, visitor: Visitor) -> None:
    customer = client.post("/v1/customers")["id"]
    draft = client.post("/v1/invoices", customer=customer, auto_advance=False)

    assert draft["hosted_invoice_url"] is None
    assert visitor.open(f"/i/{draft['id']}").status == 404
    assert visitor.open(f"/i/{draft['id']}/pdf").status == 404
