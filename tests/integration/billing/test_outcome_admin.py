"""Staff define kinds of outcomes, and read what was reported."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, Organization
from billing.models import Outcome, OutcomeDefinition, OutcomeDispute
from billing.outcomes.definitions import OutcomeDetails, define_outcome
from billing.outcomes.disputes import open_dispute
from billing.outcomes.operations import OutcomeFacts, record_outcome
from config.kernel.errors import Invalid
from metering.choices import Aggregation
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED
from tests.factories.catalog import STAFF
from tests.factories.metering import make_meter
from tests.factories.outcomes import report_outcome, sell_outcomes

FORM = {
    "code": "meeting_booked",
    "name": "Meeting booked",
    "description": "Somebody has accepted",
    "confirmation_days": "3",
    "confirmation_hours": "0",
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
    "wrong",
    [
        {"code": "Not A Code"},
        {"confirmation_days": "366"},
        {"confirmation_days": "364", "confirmation_hours": "25"},
        {"reversal_days": "0"},
        {"reversal_days": "366"},
        {"name": ""},
    ],
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


def test_only_sums_and_counts_are_charged_for(staff: Client, acme: Organization) -> None:
    meetings = make_meter("meetings", unit="meeting")
    highest = make_meter("highest", unit="seat", aggregation=Aggregation.MAX)
    staff.post(page(OutcomeDefinition, "add"), FORM | {"meter": str(highest.pk)})
    with pytest.raises(Invalid):
        define_outcome(
            code="other",
            details=OutcomeDetails("Other", meter=highest),
            actor=STAFF,
            now=SUBSCRIBED,
        )
    assert not OutcomeDefinition.objects.exists()
    staff.post(page(OutcomeDefinition, "add"), FORM | {"meter": str(meetings.pk)})
    [entry] = AuditEntry.objects.filter(action="outcome_definition.created")
    assert entry.changes["meter"] == [None, "meetings"]
    listed = staff.get(page(OutcomeDefinition, "changelist")).content.decode()
    assert "3 days" in listed and "meetings" in listed


@pytest.mark.parametrize("deed", ["uphold", "reject"])
def test_staff_decide_a_dispute_once_with_a_reason(
    staff: Client, acme: Organization, deed: str
) -> None:
    sell_outcomes(acme)
    outcome = report_outcome(acme)
    dispute = open_dispute(outcome=outcome, reason="Nobody came", actor=STAFF, now=SUBSCRIBED)
    shown = staff.get(page(OutcomeDispute, "change", dispute.pk)).content.decode()
    assert "Nobody came" in shown and page(OutcomeDispute, deed, dispute.pk) in shown
    ask = page(OutcomeDispute, deed, dispute.pk)
    assert dispute.public_id in staff.get(ask).content.decode()
    assert staff.post(ask, {"reason": ""}).status_code == 200
    assert staff.post(ask, {"reason": "We looked at it"}).status_code == 302
    assert staff.post(ask, {"reason": "Again"}).status_code == 302
    dispute.refresh_from_db()
    outcome.refresh_from_db()
    assert (dispute.decision, dispute.decided_by) == ("We looked at it", "sam@acme.example")
    expected = ("upheld", "reversed") if deed == "uphold" else ("rejected", "confirmed")
    assert (dispute.status, outcome.status) == expected


def test_whoever_may_only_look_decides_nothing(client: Client, acme: Organization) -> None:
    sell_outcomes(acme)
    dispute = open_dispute(
        outcome=report_outcome(acme), reason="Nobody came", actor=STAFF, now=SUBSCRIBED
    )
    viewer = make_person("Vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_outcomedispute"))
    client.force_login(viewer)
    shown = client.get(page(OutcomeDispute, "change", dispute.pk))
    assert shown.status_code == 200 and "uphold" not in shown.content.decode()
    answer = client.post(page(OutcomeDispute, "uphold", dispute.pk), {"reason": "Mine"})
    assert answer.status_code == 403
