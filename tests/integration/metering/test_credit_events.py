"""Apps are told what becomes of credits, each time once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Organization, WebhookEvent
from metering import operations
from metering.choices import GrantCategory
from metering.credits.grace import GRACE
from metering.credits.rollover import Basis, RolloverPolicy
from metering.models import CreditGrant, Meter
from tests.factories.metering import (
    ANCHOR,
    close,
    grant,
    open_through,
    record,
    report,
    terms,
)

DAY = timedelta(days=1)
END_OF_MONTH = ANCHOR.replace(month=10)
A_QUARTER = RolloverPolicy(basis=Basis.UNUSED, percent=25, term_periods=1)


def said(type: str) -> list[dict[str, Any]]:
    """What the events of a type say, in the order in which they were told."""
    events = WebhookEvent.objects.filter(type=type).order_by("pk")
    return list(events.values_list("data", flat=True))


def test_an_allowance_is_told_once_with_its_period(acme: Organization, meter: Meter) -> None:
    for _ in range(2):
        open_through(acme, terms(meter), at=ANCHOR)
    given = CreditGrant.objects.get()
    event = WebhookEvent.objects.get()
    assert (event.type, event.organization) == ("credits.granted", acme)
    assert event.occurred_at == given.effective_at
    assert event.data == {
        "id": given.public_id,
        "feature": "ai_credits",
        "category": "allowance",
        "amount": "5000",
        "remaining": "5000",
        "effective_at": ANCHOR.isoformat().replace("+00:00", "Z"),
        "expires_at": END_OF_MONTH.isoformat().replace("+00:00", "Z"),
        "parent": None,
    }


def test_credits_that_pay_for_overage_at_once_are_told_with_what_is_left(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("e", 5_300), terms=terms(meter), at=ANCHOR + DAY)
    grant(acme, meter, 1_000, category=GrantCategory.PURCHASE)
    assert [(told["amount"], told["remaining"]) for told in said("credits.granted")] == [
        ("5000", "5000"),
        ("1000", "700"),
    ]


def test_a_grant_that_is_rolled_back_is_not_told(acme: Organization, meter: Meter) -> None:
    with transaction.atomic():
        grant(acme, meter, 10)
        assert len(said("credits.granted")) == 1
        transaction.set_rollback(True)
    assert not WebhookEvent.objects.exists()


def test_a_closed_period_tells_what_expired_and_what_rolled_over(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("e", 1_000), terms=terms(meter), at=ANCHOR + DAY)
    for _ in range(2):
        close(acme, at=END_OF_MONTH + GRACE, policy=A_QUARTER)
    parent = CreditGrant.objects.get(category=GrantCategory.ALLOWANCE)
    [expired] = said("credits.expired")
    assert (expired["id"], expired["expired"], expired["remaining"]) == (
        parent.public_id,
        "3000",
        "0",
    )
    allowance, rolled = said("credits.granted")
    assert allowance["id"] == parent.public_id
    assert (rolled["category"], rolled["amount"], rolled["parent"]) == (
        "rollover",
        "1000",
        parent.public_id,
    )


def test_credits_that_end_by_themselves_are_told_once(acme: Organization, meter: Meter) -> None:
    given = grant(acme, meter, 10, expires_at=ANCHOR + DAY)
    for _ in range(2):
        operations.expire_credits(now=ANCHOR + DAY + GRACE)
    [told] = said("credits.expired")
    assert (told["id"], told["category"], told["expired"]) == (given.public_id, "promotion", "10")
    event = WebhookEvent.objects.get(type="credits.expired")
    assert event.occurred_at == ANCHOR + DAY


@pytest.mark.parametrize(
    "category", [GrantCategory.PROMOTION, GrantCategory.PURCHASE, GrantCategory.ADJUSTMENT]
)
def test_credits_are_told_of_a_week_before_they_expire(
    acme: Organization, meter: Meter, category: GrantCategory
) -> None:
    given = grant(acme, meter, 10, category=category, expires_at=ANCHOR + 30 * DAY)
    assert operations.announce_expiring_credits(now=ANCHOR + 22 * DAY) == 0
    assert operations.announce_expiring_credits(now=ANCHOR + 23 * DAY) == 1
    assert operations.announce_expiring_credits(now=ANCHOR + 24 * DAY) == 0
    [told] = said("credits.expiring")
    assert (told["id"], told["remaining"]) == (given.public_id, "10")


def test_nobody_is_told_of_what_is_used_up_is_over_or_comes_again(
    acme: Organization, meter: Meter
) -> None:
    grant(acme, meter, 10, expires_at=ANCHOR + 5 * DAY)
    record(acme, report("e", 10), terms=terms(meter), at=ANCHOR + DAY)
    grant(acme, meter, 10, expires_at=ANCHOR + 2 * DAY)
    grant(acme, meter, 10)
    assert operations.announce_expiring_credits(now=ANCHOR + 3 * DAY) == 0
    assert operations.announce_expiring_credits(now=END_OF_MONTH - DAY) == 0
