"""Staff define kinds of outcomes, and read what was reported."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization
from billing.models import Outcome, OutcomeDefinition
from billing.outcomes.definitions import OutcomeDetails, define_outcome
from billing.outcomes.operations import OutcomeFacts, record_outcome
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import STAFF

FORM = {
    "code": "meeting_booked",
    "name": "Meeting booked",
    "description": "Somebody has accepted",
    "confirmation_days": "3",
}


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    return client


def page(model: type, name: str, *args: object) -> str:
    return reverse(f"admin:billing_{model.__name__.lower()}_{name}", args=args)


def test_a_kind_is_defined_and_its_code_stays(staff: Client) -> None:
    assert staff.post(page(OutcomeDefinition, "add"), FORM).status_code == 302
    defined = OutcomeDefinition.objects.get()
    assert (defined.code, defined.confirmation_days) == ("meeting_booked", 3)
    change = page(OutcomeDefinition, "change", defined.pk)
    staff.post(change, FORM | {"code": "other", "confirmation_days": "5"})
    defined.refresh_from_db()
    assert (defined.code, defined.confirmation_days) == ("meeting_booked", 5)
    entries = AuditEntry.objects.filter(target="meeting_booked").order_by("pk")
    assert [(entry.action, entry.changes["confirmation_days"]) for entry in entries] == [
        ("outcome_definition.created", [None, 3]),
        ("outcome_definition.updated", [3, 5]),
    ]


@pytest.mark.parametrize(
    "wrong", [{"code": "Not A Code"}, {"confirmation_days": "366"}, {"name": ""}]
)
def test_a_wrong_kind_is_not_defined(staff: Client, wrong: dict[str, str]) -> None:
    staff.post(page(OutcomeDefinition, "add"), FORM | wrong)
    assert not OutcomeDefinition.objects.exists()


def test_another_window_is_for_what_comes_later(staff: Client, acme: Organization) -> None:
    details = OutcomeDetails("Meeting", confirmation_days=3)
    kind = define_outcome(code="meeting_booked", details=details, actor=STAFF, now=SUBSCRIBED)
    facts = OutcomeFacts(reference="conversation-17")
    first = record_outcome(
        organization=acme, code="meeting_booked", facts=facts, now=SUBSCRIBED
    ).outcome
    staff.post(page(OutcomeDefinition, "change", kind.pk), FORM | {"confirmation_days": "9"})
    again = record_outcome(organization=acme, code="meeting_booked", facts=facts, now=SUBSCRIBED)
    assert (again.is_new, again.outcome.confirms_at) == (False, first.confirms_at)
    listed = staff.get(page(Outcome, "changelist")).content.decode()
    assert "conversation-17" in listed
    assert staff.get(page(Outcome, "change", first.pk)).status_code == 200
    assert staff.get(page(Outcome, "add")).status_code == 403
    assert staff.post(page(Outcome, "change", first.pk), {"status": "x"}).status_code == 403
