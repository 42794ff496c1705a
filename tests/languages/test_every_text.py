"""No page says a thing in English to somebody who reads another language."""

import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import available_timezones

import pytest
import time_machine
from babel import Locale
from django.apps import apps
from django.contrib import admin
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import reverse
from django.utils.text import capfirst

from accounts.choices import Role
from tests.api.conftest import NOW
from tests.factories.accounts import make_person
from tests.tenancy.cells import new_client
from tests.tenancy.inventory import Operation, list_operations
from tests.tenancy.pages import BACKEND, POLICIES
from tests.tenancy.world import TwoCustomers, make_two_customers

from .marking import forgotten, marked_german, words

OURS = {"accounts", "billing", "metering"}
OF_PEOPLE = (
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/2fa/totp/activate/",
    "/account/sessions/",
    "/account/logout/",
)
# Not for people to read: the style guide, and what answers apps and machines.
UNREAD = {"components"}
NOT_PAGES = {"healthz", "readyz", "portal:stripe_webhook"}
# Written the same in every language.
EVERYWHERE = words(
    "Tallybook API OAuth Stripe JavaScript curl Idempotency Key Authorization Bearer JSON CSV ZIP",
    "UTC CET CEST English Deutsch Visa Mastercard Kinde OFREP OpenFeature Swagger Python",
    "TypeScript webhook evt true false null XCG ZWG",
)
# A browser reads 12.5 in these, whatever its reader does.
FIGURE = re.compile(r'\b(?:[xyr][12]?|c[xy]|width|height|min|max|step|value)="-?[\d.]*\d,\d+"')


@pytest.fixture
def world(db: None) -> Iterator[TwoCustomers]:
    with time_machine.travel(NOW, tick=False):
        yield make_two_customers()


def test_every_text_of_every_page_is_translated(world: TwoCustomers) -> None:
    names = names_in_use()
    found = []
    with marked_german():
        for address, browser in list_addresses(world):
            html = html_of(browser.get(address, headers={"accept-language": "de"}))
            found += [f"{address}: {line}" for line in forgotten(html, names=names)]

    assert sorted(set(found)) == []


def test_every_text_that_staff_read_is_translated(world: TwoCustomers) -> None:
    staff = new_client()
    staff.force_login(make_person("Stella", is_staff=True, is_superuser=True), backend=BACKEND)
    names = names_in_use() | words(*names_of_the_mirror(), *names_of_rows())
    found = []
    with marked_german():
        for address in list_staff_pages():
            html = html_of(staff.get(address, headers={"accept-language": "de"}))
            found += [f"{address}: {line}" for line in forgotten(html, names=names)]

    assert sorted(set(found)) == []


def test_no_figure_of_a_drawing_or_a_form_is_written_for_people(world: TwoCustomers) -> None:
    found = [
        f"{address}: {match}"
        for address, browser in list_addresses(world)
        for match in FIGURE.findall(
            html_of(browser.get(address, headers={"accept-language": "de"}))
        )
    ]

    assert found == []


def list_addresses(world: TwoCustomers) -> Iterator[tuple[str, Client]]:
    """Every page that can be looked at, by the owner of Acme or by a visitor."""
    owner = new_client()
    owner.force_login(world.acme.people[Role.OWNER], backend=BACKEND)
    for operation in list_operations():
        if is_page(operation):
            page = POLICIES[operation.short_name]
            ids = {
                name: world.acme.ids[name] for name in page.ids if f":{name}>" in operation.route
            }
            address = reverse(operation.name, kwargs={**ids, **page.others}) + page.query
            yield address, new_client() if page.is_public else owner
    for address in OF_PEOPLE:
        yield address, new_client()
        yield address, owner


def html_of(response: Any) -> str:
    """The page; empty if it is a file to take away."""
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return response.content.decode() if is_page else ""


def list_staff_pages() -> Iterator[str]:
    """Of each model of ours: the list, the form for a new one, and the page of one."""
    for model in admin.site._registry:
        options = model._meta
        if options.app_label in OURS:
            page = f"admin:{options.app_label}_{options.model_name}"
            yield reverse(f"{page}_changelist")
            yield reverse(f"{page}_add")
            one = model._default_manager.first()
            if one is not None:
                yield reverse(f"{page}_change", args=[one.pk])


def names_of_rows() -> Iterator[str]:
    """What rows call themselves, there as in logs."""
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            yield from map(str, model._default_manager.all())


def names_of_the_mirror() -> Iterator[str]:
    """What Stripe calls its objects."""
    for model in apps.get_app_config("djstripe").get_models():
        yield capfirst(str(model._meta.verbose_name_plural))
    yield "Djstripe"


def is_page(operation: Operation) -> bool:
    return (
        operation.method == "GET"
        and not operation.is_for_apps
        and operation.name not in NOT_PAGES
        and operation.short_name in POLICIES
        and operation.short_name not in UNREAD
    )


def names_in_use() -> set[str]:
    """What companies and people have called things, and what no language translates."""
    german = Locale("de")
    calendar = [
        names[width]
        for kind in (german.months, german.days)
        for names in kind.values()
        for width in names
    ]
    dates = words(*(name for names in calendar for name in names.values()))
    codes = words(*german.currencies, *available_timezones())
    stored = words(*stored_texts())
    # A unit may begin a line.
    capitalized = {word[0].upper() + word[1:] for word in stored}
    return EVERYWHERE | dates | codes | stored | capitalized


def stored_texts() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label in OURS:
            texts = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, CharField | TextField | JSONField) and not field.choices
            ]
            for row in model._default_manager.values_list(*texts) if texts else ():
                yield from (str(text) for text in row if text)
