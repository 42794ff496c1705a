"""Staff define properties and read what they are; their keys and types stay."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization, PropertyDefinition, PropertyValue
from accounts.properties.definitions import PropertyDetails, define_property
from accounts.properties.operations import set_properties
from tests.factories.accounts import NOON, TESTER, make_person

FORM = {
    "key": "discount",
    "type": "decimal",
    "name": "Discount",
    "description": "What was agreed",
    "category": "Sales",
    "is_public": "on",
}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:accounts_{model.__name__.lower()}_{name}", args=args)


def test_a_property_is_defined_and_its_key_stays(staff: Client) -> None:
    assert staff.post(page(PropertyDefinition, "add"), FORM).status_code == 302
    defined = PropertyDefinition.objects.get()
    assert (defined.key, defined.type, defined.is_public) == ("discount", "decimal", True)
    change = page(PropertyDefinition, "change", defined.pk)
    assert staff.post(change, FORM | {"key": "other", "name": "Rebate"}).status_code == 302
    defined.refresh_from_db()
    assert (defined.key, defined.name) == ("discount", "Rebate")
    entries = AuditEntry.objects.filter(target="discount").order_by("pk")
    assert [(entry.action, entry.changes.get("name")) for entry in entries] == [
        ("property.created", [None, "Discount"]),
        ("property.updated", ["Discount", "Rebate"]),
    ]


@pytest.mark.parametrize("wrong", [{"key": "Not A Key"}, {"type": "money"}, {"name": ""}])
def test_a_wrong_property_is_not_defined(staff: Client, wrong: dict[str, str]) -> None:
    staff.post(page(PropertyDefinition, "add"), FORM | wrong)
    assert not PropertyDefinition.objects.exists()


def test_values_are_read_and_not_written(staff: Client, acme: Organization) -> None:
    define_property(
        key="discount", type="decimal", details=PropertyDetails("Rate"), actor=TESTER, now=NOON
    )
    set_properties(organization=acme, values={"discount": "12.50"}, actor=TESTER, now=NOON)
    listed = staff.get(page(PropertyValue, "changelist")).content.decode()
    assert "12.5<" in listed
    stored = PropertyValue.objects.get()
    assert staff.get(page(PropertyValue, "change", stored.pk)).status_code == 200
    assert staff.get(page(PropertyValue, "add")).status_code == 403
    assert staff.post(page(PropertyValue, "change", stored.pk), {"number": 1}).status_code == 403
    counted = staff.get(page(PropertyDefinition, "changelist")).content.decode()
    assert '<td class="field-organization_count">1</td>' in counted
