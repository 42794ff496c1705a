"""Whatever is asked of the staff's pages, the answer is a page or a clear refusal."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import make_organization, make_person

NO_KEYS = ("abc", "\0", "1.5", "99999999999999999999999", "NaN", "'")
FIND_CUSTOMERS = (
    "accounts_apikey",
    "accounts_invitation",
    "accounts_signinapp",
    "accounts_webhookendpoint",
    "billing_agreement",
    "billing_customercost",
    "billing_privateoffer",
)


@pytest.fixture
def staff(client: Client, db: None) -> Client:
    """Sam's browser."""
    client.force_login(
        make_person("Sam", email="sam@tallybook.example", is_staff=True, is_superuser=True)
    )
    return client


def pages(name: str) -> list[str]:
    """The page `name` of everything that is ours."""
    return [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}")
        for model in admin.site._registry
        if model._meta.app_label in ("accounts", "billing", "metering")
    ]


@pytest.mark.parametrize("name", FIND_CUSTOMERS)
@pytest.mark.parametrize("value", NO_KEYS)
def test_what_cannot_be_a_customer_chooses_none(staff: Client, name: str, value: str) -> None:
    address = reverse(f"admin:{name}_add")
    asked = staff.get(address, {"organization": value})
    assert asked.status_code == (400 if value == "\0" else 200)
    assert staff.post(address, {"organization": value}).status_code == 200


def test_a_customer_who_is_named_in_the_address_is_chosen(staff: Client) -> None:
    acme = make_organization("Acme")
    page = staff.get(reverse("admin:accounts_invitation_add"), {"organization": acme.pk})
    assert f'<option value="{acme.pk}" selected>Acme' in page.content.decode()


@pytest.mark.parametrize("value", NO_KEYS)
def test_nothing_is_done_to_rows_that_cannot_be(staff: Client, value: str) -> None:
    done = set()
    for address in pages("changelist"):
        offered = staff.get(address).context.get("action_form")
        for action, _label in offered.fields["action"].choices if offered else ():
            answer = staff.post(address, {"action": action, ACTION_CHECKBOX_NAME: value})
            assert answer.status_code in {200, 302, 400}, (address, action)
            done.add(action)
    assert done >= {"revoke", "resend", "mark_seen_to", "send_again", "try_again"}


@pytest.mark.parametrize("query", ["type__exact=%00", "status__exact=%00", "q=%00", "x=%00"])
def test_nobody_asks_for_a_nul(staff: Client, query: str) -> None:
    for address in pages("changelist"):
        assert staff.get(f"{address}?{query}").status_code == 400, address


@pytest.mark.parametrize("query", ["p=abc", "p=99999999999", "o=99.x", "x=1", "id__in=abc", "all="])
def test_a_list_is_not_put_out_by_its_address(staff: Client, query: str) -> None:
    for address in pages("changelist"):
        assert staff.get(f"{address}?{query}").status_code in {200, 302, 400}, address
