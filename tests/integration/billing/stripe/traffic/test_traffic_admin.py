"""What staff see of Stripe's traffic, and what they may do about it."""

from __future__ import annotations

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from djstripe.models import Customer, Invoice

from accounts.models import Organization
from billing.choices import InboxStatus, IntentStatus
from billing.models import StripeEndpoint, StripeEvent, StripeIntent
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.inbox import handling
from billing.stripe.intents import Call, perform
from billing.stripe.mirror.copying import COPIED
from tests.factories.accounts import make_person
from tests.support.stripe_at_hand import NOW, StripeAtHand

from .letters import Letter

KEY = "customer:org_1"


def make_customer(organization: Organization) -> None:
    perform(
        Call(
            operation="customers.create",
            params={"name": "Acme"},
            key=KEY,
            organization_id=organization.pk,
        ),
        now=NOW,
    )


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    """Sam's browser."""
    sam = make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    client.force_login(sam)
    return client


def page(model: type, name: str, *args: object) -> str:
    options = model._meta  # type: ignore[attr-defined]  # every model has one
    return reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=args)


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def try_again(client: Client, model: type, *pks: int) -> str:
    chosen = {"action": "try_again", "_selected_action": pks}
    with time_machine.travel(NOW, tick=False):
        return client.post(page(model, "changelist"), chosen, follow=True).content.decode()


def test_the_pages_tell_what_went_and_came(
    stripe: StripeAtHand, staff: Client, acme: Organization
) -> None:
    make_customer(acme)
    stripe.deliver()
    intent, event = StripeIntent.objects.get(), StripeEvent.objects.get()

    assert "customer:org_1" in text_of(staff, page(StripeIntent, "change", intent.pk))
    assert "&quot;Acme&quot;" in text_of(staff, page(StripeEvent, "change", event.pk))
    assert intent.public_id in text_of(staff, page(StripeIntent, "changelist"))
    assert event.event_id in text_of(staff, page(StripeEvent, "changelist"))


def test_the_endpoints_secret_is_on_no_page(stripe: StripeAtHand, staff: Client) -> None:
    endpoint = StripeEndpoint.objects.get()

    assert "ecret" not in text_of(staff, page(StripeEndpoint, "change", endpoint.pk))


def test_an_open_call_is_tried_again(
    stripe: StripeAtHand, staff: Client, acme: Organization
) -> None:
    stripe.break_with(timeout_before=100)
    with pytest.raises(StripeUnavailable):
        make_customer(acme)
    intent = StripeIntent.objects.get()

    assert "does not answer" in try_again(staff, StripeIntent, intent.pk)
    stripe.break_with(timeout_before=0)
    try_again(staff, StripeIntent, intent.pk)

    intent.refresh_from_db()
    assert intent.status == IntentStatus.DONE


def test_an_event_that_failed_is_tried_again(
    stripe: StripeAtHand, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(event_type: str) -> list[object]:
        raise RuntimeError("Nobody is in.")

    with monkeypatch.context() as moment:
        moment.setattr(handling, "handlers_of", fail)
        Letter().post()
    event = StripeEvent.objects.get()
    assert event.status == InboxStatus.FAILED
    assert "Nobody is in." in text_of(staff, page(StripeEvent, "change", event.pk))

    try_again(staff, StripeEvent, event.pk)

    event.refresh_from_db()
    assert event.status in (InboxStatus.HANDLED, InboxStatus.IGNORED)


def test_only_who_may_change_them_may_try_again(
    stripe: StripeAtHand, client: Client, acme: Organization
) -> None:
    stripe.break_with(timeout_before=100)
    with pytest.raises(StripeUnavailable):
        make_customer(acme)
    stripe.break_with(timeout_before=0)
    intent = StripeIntent.objects.get()
    viewer = make_person("Vera", email="vera@tallybook.example", is_staff=True)
    client.force_login(viewer)

    client.post(
        page(StripeIntent, "changelist"), {"action": "try_again", "_selected_action": intent.pk}
    )

    intent.refresh_from_db()
    assert intent.status == IntentStatus.OPEN


@pytest.mark.parametrize("model", [StripeEvent, StripeIntent, StripeEndpoint, Customer, Invoice])
def test_nothing_is_added_by_hand(staff: Client, db: None, model: type) -> None:
    assert staff.get(page(model, "add")).status_code == 403


class TestCopies:
    def test_every_kind_has_a_list_and_a_page(self, stripe: StripeAtHand, staff: Client) -> None:
        stripe.ask("customers.create", name="Acme")
        stripe.deliver()
        for model, _operation in COPIED.values():
            assert staff.get(page(model, "changelist")).status_code == 200

        copied = Customer.objects.get()
        assert "&quot;Acme&quot;" in text_of(staff, page(Customer, "change", copied.pk))

    def test_invoices_can_be_looked_at(self, stripe: StripeAtHand, staff: Client) -> None:
        owner = stripe.ask("customers.create", name="Acme")["id"]
        stripe.ask("invoice_items.create", customer=owner, amount=500, currency="usd")
        stripe.ask("invoices.create", customer=owner, pending_invoice_items_behavior="include")
        stripe.deliver()

        copied = Invoice.objects.get()
        assert copied.id in text_of(staff, page(Invoice, "changelist"))
        assert "500" in text_of(staff, page(Invoice, "change", copied.pk))

    def test_keys_and_webhook_secrets_have_no_page(self) -> None:
        pages = {model.__name__ for model in admin.site._registry if is_of_djstripe(model)}

        assert pages == {model.__name__ for model, _operation in COPIED.values()}
        assert not pages & {"APIKey", "WebhookEndpoint", "WebhookEventTrigger", "Account", "Event"}


def is_of_djstripe(model: type) -> bool:
    return model.__module__.startswith("djstripe.")
