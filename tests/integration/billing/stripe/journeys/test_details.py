"""Who is billed, kept by Stripe: the last wish counts, whatever is lost on the way."""

from datetime import timedelta
from typing import Any

import pytest

from billing.models import StripeIntent
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.gateway.facts import AddressFacts
from billing.stripe.intents import finish_open_intents
from billing.stripe.journeys.customers import ensure_customer, find_customer
from billing.stripe.journeys.details import (
    add_tax_id,
    change_details,
    find_details,
    remove_tax_id,
)

from .conftest import Acme

BERLIN = AddressFacts(line1="Torstraße 1", postal_code="10119", city="Berlin", country="DE")
PARIS = AddressFacts(line1="12 rue du Bac", postal_code="75007", city="Paris", country="FR")


def change(acme: Acme, address: AddressFacts) -> None:
    change_details(
        organization=acme.organization,
        name="Acme",
        address=address,
        actor=acme.alice,
        now=acme.stripe.now,
    )


def city(acme: Acme) -> str:
    found = find_details(customer=find_customer(organization=acme.organization))
    assert found is not None
    return found.address.city


def tax_ids(acme: Acme) -> list[str]:
    found = find_details(customer=find_customer(organization=acme.organization))
    assert found is not None
    return [tax_id.value for tax_id in found.tax_ids]


def test_an_address_that_did_not_get_through_never_takes_the_place_of_a_later_one(
    acme: Acme,
) -> None:
    ensure_customer(organization=acme.organization, now=acme.stripe.now)
    acme.stripe.break_with(server_error=100)
    with pytest.raises(StripeUnavailable):
        change(acme, BERLIN)
    acme.stripe.break_with(server_error=0)
    change(acme, PARIS)
    acme.stripe.now += timedelta(hours=1)
    finish_open_intents(now=acme.stripe.now)
    assert city(acme) == "Paris"


def test_an_address_that_did_not_get_through_is_brought_there(acme: Acme) -> None:
    ensure_customer(organization=acme.organization, now=acme.stripe.now)
    acme.stripe.break_with(server_error=100)
    with pytest.raises(StripeUnavailable):
        change(acme, BERLIN)
    acme.stripe.break_with(server_error=0)
    acme.stripe.now += timedelta(hours=1)
    finish_open_intents(now=acme.stripe.now)
    assert city(acme) == "Berlin"


@pytest.mark.parametrize("hours", [1, 25])
def test_a_tax_id_whose_answer_was_lost_is_there_once(acme: Acme, hours: int) -> None:
    ensure_customer(organization=acme.organization, now=acme.stripe.now)
    acme.stripe.break_with(timeout_after=100)
    with pytest.raises(StripeUnavailable):
        add_tax_id(
            organization=acme.organization,
            kind="eu_vat",
            value="DE123456789",
            actor=acme.alice,
            now=acme.stripe.now,
        )
    acme.stripe.break_with(timeout_after=0)
    assert tax_ids(acme) == ["DE123456789"]

    acme.stripe.now += timedelta(hours=hours)
    finish_open_intents(now=acme.stripe.now)

    assert tax_ids(acme) == ["DE123456789"]
    assert not StripeIntent.objects.filter(status="open").exists()


def test_a_tax_id_can_be_added_again_after_it_was_removed(acme: Acme) -> None:
    asked: dict[str, Any] = {
        "organization": acme.organization,
        "actor": acme.alice,
        "now": acme.stripe.now,
    }
    for _ in range(2):
        add_tax_id(kind="ch_vat", value="CHE-123.456.789", **asked)
        found = find_details(customer=find_customer(organization=acme.organization))
        assert found is not None
        [tax_id] = found.tax_ids
        remove_tax_id(tax_id=tax_id.id, **asked)
    assert tax_ids(acme) == []


def test_nothing_is_asked_about_nobody(acme: Acme) -> None:
    assert find_details(customer=None) is None
