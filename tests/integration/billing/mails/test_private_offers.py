"""A plan that staff offer to one customer: its people are mailed and its apps told, once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.audit.actor import Actor
from accounts.models import Organization, User, WebhookEvent
from billing.agreements.changes import change_plan
from billing.legacy.offers import (
    OfferOrder,
    let_offers_lapse,
    make_private_offer,
    withdraw_private_offer,
)
from billing.models import Agreement, PrivateOffer
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.mails import addresses_of, send_due

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    """The clock on the wall, without which nothing is news."""
    return timezone.now()


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization, now: datetime) -> Agreement:
    """Acme is on Professional; of what came before nobody is told any more."""
    made = make_agreement(acme, at=now - DAY)
    send_due(now=now)
    return made


def offer(organization: Organization, *, now: datetime, **order: Any) -> PrivateOffer:
    terms: dict[str, Any] = {"expires_at": now + 14 * DAY, "seats": 7, "message": "Welcome back."}
    return make_private_offer(
        organization=organization,
        order=OfferOrder("per_seat", **terms | order),
        actor=STAFF,
        now=now,
    )


def said() -> list[tuple[str, dict[str, Any]]]:
    events = WebhookEvent.objects.filter(type__startswith="private_offer.").order_by("pk")
    return list(events.values_list("type", "data"))


def test_those_who_look_after_the_billing_are_mailed_what_it_costs_and_until_when(
    acme: Organization, agreement: Agreement, now: datetime
) -> None:
    offer(acme, now=now)
    [message] = send_due(now=now)
    assert addresses_of([message]) == ["alice@acme.example"]
    assert message.subject == "Acme is offered Per seat"
    assert "Seats: 7\n" in message.body
    assert "Price before tax: $700.00 a month\n" in message.body
    assert "Welcome back." in message.body
    assert send_due(now=now + DAY) == []


def test_an_offer_that_is_taken_back_before_the_mail_leaves_is_told_to_nobody(
    acme: Organization, agreement: Agreement, now: datetime
) -> None:
    made = offer(acme, now=now)
    withdraw_private_offer(offer=made, actor=STAFF, reason="A mistake", now=now)
    assert send_due(now=now) == []


def test_apps_are_told_what_is_offered_and_what_becomes_of_it(
    acme: Organization, agreement: Agreement, alice: User, now: datetime
) -> None:
    first = offer(acme, now=now)
    second = offer(acme, now=now, seats=9)
    change_plan(
        agreement=agreement, plan_code="per_seat", seats=9, actor=Actor.for_user(alice), now=now
    )
    told = said()
    assert [(type_, data["id"]) for type_, data in told] == [
        ("private_offer.made", first.public_id),
        ("private_offer.withdrawn", first.public_id),
        ("private_offer.made", second.public_id),
        ("private_offer.accepted", second.public_id),
    ]
    facts = told[2][1]
    assert (facts["plan"], facts["plan_name"]) == ("per_seat", "Per seat")
    assert (facts["interval"], facts["seats"], facts["status"]) == (None, 9, "open")
    assert (told[3][1]["status"], facts["message"]) == ("accepted", "Welcome back.")


def test_that_nobody_takes_it_is_told_once(
    acme: Organization, agreement: Agreement, now: datetime
) -> None:
    offer(acme, now=now)
    assert let_offers_lapse(now=now + 16 * DAY) == 1
    assert let_offers_lapse(now=now + 17 * DAY) == 0
    assert [type_ for type_, _data in said()] == ["private_offer.made", "private_offer.lapsed"]
