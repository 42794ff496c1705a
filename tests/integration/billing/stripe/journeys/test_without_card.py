"""A renewal of somebody who has taken their card away."""

from __future__ import annotations

import pytest

from billing.choices import AgreementStatus
from billing.invoicing.queries import find_overdue_invoice
from billing.stripe.gateway.client import send

from .conftest import Acme

pytestmark = pytest.mark.django_db


def test_they_are_told_what_to_pay_and_why_it_was_not_paid(acme: Acme) -> None:
    acme.subscribe("starter")
    customer = acme.stripe.ask("customers.list")["data"][0]["id"]
    for card in acme.stripe.ask("customers.payment_methods.list", target=customer)["data"]:
        send("payment_methods.detach", target=card["id"], key=card["id"])

    acme.wait(days=30, hours=2)
    acme.sweep()
    acme.wait(hours=1)

    assert acme.agreement.status == AgreementStatus.PAST_DUE
    overdue = find_overdue_invoice(organization=acme.organization)
    assert overdue is not None
    assert overdue.amount_remaining.minor == 9900
    assert overdue.status_words == "Payment failed"
    assert overdue.dunning is not None
    assert overdue.dunning.last_error == "There is no payment method on file."
    assert overdue.dunning.next_attempt_at is not None
