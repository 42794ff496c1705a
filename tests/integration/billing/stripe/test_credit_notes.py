"""What is given back of a line that had a discount is what was paid for it, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.models import Agreement
from billing.stripe.gateway.client import ask
from billing.usage.operations import reverse_usage
from tests.factories.agreements import SUBSCRIBED, use
from tests.factories.catalog import STAFF, ArticleCatalog

from .collecting import Collecting, charges

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


def give_back_after_the_end(collecting: Collecting, agreement: Agreement, event_id: str) -> None:
    """Let the renewal be paid, the agreement end, and some of its usage be taken back."""
    for at in (OCTOBER + MINUTE, OCTOBER + HOUR + MINUTE, OCTOBER + 3 * HOUR):
        collecting.move_to(at)
        collecting.sweep()
    collecting.move_to(OCTOBER + DAY)
    collecting.cancel(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="asked for", now=collecting.now)
    reverse_usage(
        organization_id=agreement.organization_id,
        event_id=event_id,
        reason="a mistake",
        now=collecting.now,
    )
    collecting.move_to(OCTOBER + 2 * DAY)
    collecting.sweep()


@pytest.mark.parametrize(
    ("percent_off", "given_back"), [(10, 5_40), (33, 4_02), (50, 3_00)], ids=str
)
def test_a_paid_invoice_with_a_coupon(
    collecting: Collecting,
    catalog: ArticleCatalog,
    acme: Organization,
    percent_off: int,
    given_back: int,
) -> None:
    coupon = collecting.send("coupons.create", {"percent_off": percent_off, "duration": "forever"})
    agreement = collecting.sell(acme, catalog.starter, discounts=[{"coupon": coupon["id"]}])
    use(acme, "evt_1", 1_420, at=SUBSCRIBED + DAY)
    use(acme, "evt_2", 40, at=SUBSCRIBED + 2 * DAY)

    give_back_after_the_end(collecting, agreement, "evt_2")

    assert charges() == [("invoiced", 69_00), ("invoiced", -6_00)]
    [note] = ask("credit_notes.list")["data"]
    assert (note["subtotal"], note["total"]) == (6_00, given_back)
    assert collecting.balance(agreement) == -given_back
    collecting.sweep()
    assert collecting.balance(agreement) == -given_back
