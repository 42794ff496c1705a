"""What Stripe refused to collect is collected once its cause is mended and staff try again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Organization
from billing.agreements.operations import cancel_agreement
from billing.choices import IntentStatus
from billing.models import Agreement, StripeIntent
from billing.stripe.gateway.client import send
from billing.stripe.gateway.errors import StripeRefused
from billing.stripe.intents import performing
from billing.usage.operations import reverse_usage
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED, use
from tests.factories.catalog import STAFF, ArticleCatalog

from .collecting import Collecting, charges

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def agreement(collecting: Collecting, catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme's, on Starter, with 460 credits beyond the 1,000 of its first month."""
    sold = collecting.sell(acme, catalog.starter)
    use(acme, "evt_1", 1_420, at=SUBSCRIBED + DAY)
    use(acme, "evt_2", 40, at=SUBSCRIBED + DAY)
    return sold


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def refuse(moment: pytest.MonkeyPatch, operation: str) -> None:
    """Have Stripe refuse an operation."""

    def refusing(asked: str, params: Mapping[str, Any], *, target: str, key: str) -> dict[str, Any]:
        if asked == operation:
            raise StripeRefused("There is no tax location.")
        return send(asked, params, target=target, key=key)

    moment.setattr(performing, "send", refusing)


def end_with_overage(collecting: Collecting, agreement: Agreement) -> None:
    """End it after two days: its usage is collected by an invoice of its own."""
    collecting.move_to(SUBSCRIBED + 2 * DAY)
    collecting.cancel(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="asked for", now=collecting.now)
    collecting.move_to(SUBSCRIBED + 2 * DAY + 2 * HOUR)


def try_again(client: Client, operation: str, *, at: datetime) -> str:
    [intent] = StripeIntent.objects.filter(operation=operation, status=IntentStatus.REFUSED)
    with time_machine.travel(at, tick=False):
        answer = client.post(
            reverse("admin:billing_stripeintent_changelist"),
            {"action": "try_again", "_selected_action": intent.pk},
            follow=True,
        )
    return answer.content.decode()


@pytest.mark.parametrize("operation", ["invoices.create", "invoices.finalize_invoice"])
def test_an_invoice_of_its_own(
    collecting: Collecting,
    agreement: Agreement,
    staff: Client,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
) -> None:
    end_with_overage(collecting, agreement)
    with monkeypatch.context() as moment:
        refuse(moment, operation)
        with pytest.raises(ExceptionGroup):
            collecting.sweep()
    with pytest.raises(ExceptionGroup):
        collecting.sweep()

    assert "no tax location" not in try_again(staff, operation, at=collecting.now)
    collecting.sweep()
    collecting.move_to(SUBSCRIBED + 3 * DAY)

    assert [(line.status, line.amount) for line in collecting.lines_of_overage(agreement)] == [
        ("paid", 69_00)
    ]
    assert charges() == [("invoiced", 69_00)]
    assert not StripeIntent.objects.exclude(status=IntentStatus.DONE).exists()


def test_what_is_given_back(
    collecting: Collecting, agreement: Agreement, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_with_overage(collecting, agreement)
    collecting.sweep()
    collecting.move_to(SUBSCRIBED + 3 * DAY)
    reverse_usage(
        organization_id=agreement.organization_id,
        event_id="evt_2",
        reason="a mistake",
        now=collecting.now,
    )
    collecting.move_to(SUBSCRIBED + 4 * DAY)
    with monkeypatch.context() as moment:
        refuse(moment, "credit_notes.create")
        with pytest.raises(ExceptionGroup):
            collecting.sweep()

    try_again(staff, "credit_notes.create", at=collecting.now)
    collecting.sweep()

    assert charges() == [("invoiced", 69_00), ("invoiced", -6_00)]
    assert collecting.balance(agreement) == -6_00


def test_whoever_is_refused_again_is_told_so(
    collecting: Collecting, agreement: Agreement, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_with_overage(collecting, agreement)
    refuse(monkeypatch, "invoices.create")
    with pytest.raises(ExceptionGroup):
        collecting.sweep()

    assert "There is no tax location." in try_again(staff, "invoices.create", at=collecting.now)

    intent = StripeIntent.objects.get(operation="invoices.create")
    assert (intent.status, intent.refusals_set_aside) == (IntentStatus.REFUSED, 1)
