"""Staff override flags by hand, and say why."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization
from billing.flags.operations import set_override
from billing.models import FlagOverride
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import STAFF, ArticleCatalog

LIST = reverse("admin:billing_flagoverride_changelist")
ADD = reverse("admin:billing_flagoverride_add")


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


def order(acme: Organization, catalog: ArticleCatalog, **entered: str) -> dict[str, str]:
    return {
        "organization": str(acme.pk),
        "feature": str(catalog.advanced_ai.pk),
        "member": "",
        "value": "true",
        "reason": "Beta customer",
    } | entered


def test_an_override_is_set_seen_and_taken_away(
    staff: Client, acme: Organization, catalog: ArticleCatalog
) -> None:
    made = staff.post(ADD, order(acme, catalog, member="u_17", value="false"))
    assert made.headers["Location"] == LIST
    override = FlagOverride.objects.get()
    assert (override.member, override.value) == ("u_17", False)
    assert "u_17" in staff.get(LIST).content.decode()
    page = reverse("admin:billing_flagoverride_change", args=[override.pk])
    remove = reverse("admin:billing_flagoverride_remove", args=[override.pk])
    assert remove in staff.get(page).content.decode()
    assert staff.get(remove).status_code == 200
    assert staff.post(remove, {"reason": "Beta is over"}).headers["Location"] == LIST
    assert not FlagOverride.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="flag_override.").order_by("pk")
    assert [(entry.action, entry.reason) for entry in entries] == [
        ("flag_override.set", "Beta customer"),
        ("flag_override.removed", "Beta is over"),
    ]


@pytest.mark.parametrize(
    "entered",
    [
        {"value": '"true"'},
        {"value": "tru"},
        {"value": ""},
        {"value": "null"},
        {"member": "\u202e"},
        {"reason": ""},
        {"feature": "0"},
        {"organization": "0"},
    ],
)
def test_what_cannot_be_is_said_on_the_form(
    staff: Client, acme: Organization, catalog: ArticleCatalog, entered: dict[str, str]
) -> None:
    answer = staff.post(ADD, order(acme, catalog, **entered))
    assert (answer.status_code, b"errornote" in answer.content) == (200, True)
    assert not FlagOverride.objects.exists()


def test_what_is_counted_is_not_offered(
    staff: Client, acme: Organization, catalog: ArticleCatalog
) -> None:
    answer = staff.post(ADD, order(acme, catalog, feature=str(catalog.credits.pk)))
    assert answer.status_code == 200
    assert "AI credits" not in staff.get(ADD).content.decode()


def test_who_may_only_look_changes_nothing(
    client: Client, acme: Organization, catalog: ArticleCatalog
) -> None:
    set_override(
        organization=acme, key="advanced_ai", member=None, value=True, actor=STAFF, now=SUBSCRIBED
    )
    client.force_login(make_person("Sue", is_staff=True))
    remove = reverse("admin:billing_flagoverride_remove", args=[FlagOverride.objects.get().pk])
    assert client.post(ADD, order(acme, catalog)).status_code == 403
    assert client.post(remove, {"reason": "No"}).status_code == 403
    assert FlagOverride.objects.count() == 1
