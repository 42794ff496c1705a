"""`manage.py stripe_setup`: one command that may be given again and again."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from billing.models import StripeCustomer, StripeEndpoint, StripeEvent, StripeProduct
from billing.stripe.endpoint import find_endpoint, secret_of
from billing.stripe.inbox.handlers import CLOCK_TYPES, TYPES
from config.payments import stripe_settings
from tests.factories.accounts import make_organization
from tests.factories.catalog import make_article_catalog
from tests.support.stripe_at_hand import NOW, StripeAtHand

from .letters import Letter

URL = "http://127.0.0.1:8000/stripe/webhook"


def set_up(**options: Any) -> list[str]:
    told = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("stripe_setup", stdout=told, **options)
    return told.getvalue().splitlines()


def endpoints(stripe: StripeAtHand) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stripe.ask("webhook_endpoints.list")["data"]
    return found


@pytest.fixture
def fresh(stripe: StripeAtHand) -> StripeAtHand:
    """An account that nobody has prepared."""
    for each in endpoints(stripe):
        stripe.ask("webhook_endpoints.delete", target=each["id"])
    StripeEndpoint.objects.all().delete()
    stripe.requests.clear()
    return stripe


def test_it_makes_the_account_ready_and_says_what_it_did(fresh: StripeAtHand) -> None:
    account = fresh.ask("accounts.retrieve_current")["id"]

    told = set_up()

    assert told == [
        f"The key is good: the sandbox, {account}, API version 2026-05-27.dahlia.",
        f"Events are sent to {URL} from now on.",
        "0 plans were published.",
        "0 open calls were seen to.",
        "0 events had been missed.",
    ]
    [endpoint] = endpoints(fresh)
    assert endpoint["url"] == URL
    assert endpoint["api_version"] == "2026-05-27.dahlia"
    assert endpoint["enabled_events"] == sorted(TYPES + CLOCK_TYPES)
    kept = StripeEndpoint.objects.get()
    assert (kept.stripe_id, kept.url, kept.is_active) == (endpoint["id"], endpoint["url"], True)


def test_the_secret_is_kept_encrypted_and_opens_the_door(fresh: StripeAtHand) -> None:
    set_up()
    kept = find_endpoint()
    assert kept is not None

    secret = secret_of(kept)

    assert secret.startswith("whsec_")
    assert secret.encode() not in bytes(kept.encrypted_secret)
    assert Letter().post().status_code == 200


def test_again_it_changes_nothing(fresh: StripeAtHand) -> None:
    set_up()
    before = endpoints(fresh)
    fresh.requests.clear()

    told = set_up()

    assert told[1] == f"The endpoint {URL} is as it should be."
    assert endpoints(fresh) == before
    assert {method for method, _ in fresh.requests} == {"GET"}


def test_events_that_were_not_asked_for_are_asked_for(fresh: StripeAtHand) -> None:
    set_up()
    [old] = endpoints(fresh)
    fresh.ask(
        "webhook_endpoints.update", target=old["id"], enabled_events=["price.created"],
        disabled=True,
    )  # fmt: skip

    told = set_up()

    assert (
        told[1] == "The endpoint http://127.0.0.1:8000/stripe/webhook is sent what we ask for now."
    )
    [mended] = endpoints(fresh)
    assert (mended["id"], mended["status"]) == (old["id"], "enabled")
    assert mended["enabled_events"] == sorted(TYPES + CLOCK_TYPES)


def test_an_address_that_has_changed_gets_an_endpoint(
    fresh: StripeAtHand, settings: Settings
) -> None:
    set_up()
    settings.PUBLIC_URL = "https://billing.example"

    set_up()

    kept = find_endpoint()
    assert kept is not None
    assert kept.url == "https://billing.example/stripe/webhook"
    assert StripeEndpoint.objects.filter(is_active=True).count() == 1


@pytest.mark.parametrize("trouble", ["deleted at Stripe", "unknown here", "unreadable here"])
def test_an_endpoint_that_is_of_no_use_is_replaced(
    fresh: StripeAtHand, settings: Settings, trouble: str
) -> None:
    set_up()
    [old] = endpoints(fresh)
    if trouble == "deleted at Stripe":
        fresh.ask("webhook_endpoints.delete", target=old["id"])
    elif trouble == "unknown here":
        StripeEndpoint.objects.all().delete()
    else:
        settings.SECRET_KEY = "another" * 10

    set_up()

    [new] = endpoints(fresh)
    kept = find_endpoint()
    assert kept is not None
    assert new["id"] != old["id"]
    assert kept.stripe_id == new["id"]
    assert Letter().post().status_code == 200


def test_an_endpoint_of_somebody_else_is_left_alone(fresh: StripeAtHand) -> None:
    others = [
        fresh.ask("webhook_endpoints.create", url=url, enabled_events=["*"])["id"]
        for url in ("https://else.example/hook", URL)
    ]

    set_up()

    assert set(others) < {each["id"] for each in endpoints(fresh)}


def test_a_secret_of_an_older_key_is_encrypted_anew(
    fresh: StripeAtHand, settings: Settings
) -> None:
    set_up()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    set_up()
    settings.SECRET_KEY_FALLBACKS = []

    assert Letter().post().status_code == 200


def test_on_a_laptop_the_command_line_clients_secret_is_taken(fresh: StripeAtHand) -> None:
    told = set_up(listener_secret="whsec_of_the_cli")

    assert told[1] == "Events are taken from `stripe listen`."
    assert endpoints(fresh) == []
    assert Letter(secret="whsec_of_the_cli").post().status_code == 200


def test_what_was_missed_is_taken_in(fresh: StripeAtHand) -> None:
    fresh.ask("products.create", name="Team")

    assert set_up()[-1] == "1 events had been missed."
    assert StripeEvent.objects.get().type == "product.created"


def test_a_key_that_stripe_refuses_is_said_plainly(fresh: StripeAtHand, settings: Settings) -> None:
    settings.STRIPE_KEY = "sk_test_short"

    with pytest.raises(CommandError, match="Invalid API Key"):
        set_up()


def test_without_key_and_sandbox_it_says_so(fresh: StripeAtHand, settings: Settings) -> None:
    for name, value in stripe_settings(secret_key="", sandbox_url="").items():
        setattr(settings, name, value)

    with pytest.raises(CommandError, match="Payments are not set up here"):
        set_up()


class TestADatabaseOfAnotherAccount:
    """The sandbox's, or a test key's, where now a live one is given."""

    @pytest.fixture
    def elsewhere(self, fresh: StripeAtHand) -> StripeAtHand:
        """What was made in an account that this key does not open."""
        plan = make_article_catalog().starter.plan
        StripeProduct.objects.create(plan=plan, stripe_id="prod_elsewhere", name="Starter")
        StripeCustomer.objects.create(
            organization=make_organization(), stripe_id="cus_elsewhere", synced_at=NOW
        )
        return fresh

    def test_it_is_refused_and_nothing_is_made(self, elsewhere: StripeAtHand) -> None:
        with pytest.raises(CommandError) as refusal:
            set_up()

        assert (
            "This database is of another account or mode of Stripe's: the key finds none of "
            "prod_elsewhere, cus_elsewhere. Use the key of before, or another database: one for "
            "each account and mode."
        ) in str(refusal.value)
        assert {method for method, _ in elsewhere.requests} == {"GET"}

    def test_one_that_was_deleted_there_is_no_reason(self, elsewhere: StripeAtHand) -> None:
        made = elsewhere.ask("customers.create", name="Acme")["id"]
        StripeCustomer.objects.update(stripe_id=made)
        elsewhere.ask("customers.delete", target=made)

        assert set_up()[1] == f"Events are sent to {URL} from now on."
