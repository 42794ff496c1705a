"""The audit log: what is in it, what is kept from it, and the CSV of exactly what is shown."""

import ast
import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.audit.actor import SYSTEM, Actor
from accounts.audit.operations import record
from accounts.models import AuditEntry, Membership, Organization, User
from accounts.properties.definitions import PropertyDetails, define_property
from accounts.properties.operations import set_properties
from billing.models import Agreement
from portal.audit_words import AREAS
from tests.factories.accounts import TESTER, make_organization, make_person
from tests.support.source import dotted_name, modules
from tests.support.statements import at_most

from .conftest import NOW, SignIn
from .reading import text_of

LOG = "/settings/audit/"


def write(
    organization: Organization,
    action: str,
    *,
    by: Actor = SYSTEM,
    at: datetime = NOW,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    record(
        actor=by,
        action=action,
        target="tgt_1",
        organization=organization,
        changes=dict(changes or {}),
        reason=reason,
        now=at,
    )


@pytest.fixture
def staff(db: None) -> User:
    return make_person("Sam Support", email="sam@tallybook.example", is_staff=True)


@pytest.fixture
def log(acme: Organization, alice: User, bob: User, staff: User) -> None:
    """Four deeds on four days, each by somebody else."""
    key = Actor("API key key_1")
    write(acme, "api_key.issued", by=Actor.for_user(alice), at=NOW - timedelta(days=4))
    write(acme, "webhook_endpoint.tested", by=key, at=NOW - timedelta(days=3))
    write(acme, "spend_cap.set", by=Actor.for_user(staff), at=NOW - timedelta(days=2), reason="x")
    write(acme, "agreement.period_advanced", at=NOW - timedelta(days=1))
    write(acme, "invitation.sent", by=Actor.for_user(bob))
    write(make_organization("Crane"), "spend_cap.removed")


def actions_in(client: Client, query: Mapping[str, str]) -> list[str]:
    """The codes of what the CSV holds; the page has to show as many."""
    answer = client.get(f"{LOG}entries.csv", query)
    table = csv.DictReader(io.StringIO(answer.getvalue().decode(), newline=""))
    found = [row["action_code"] for row in table]
    assert client.get(LOG, query).content.count(b'<th scope="row">') == len(found)
    return found


def test_everything_is_listed_newest_first(alice: User, log: None, sign_in: SignIn) -> None:
    client = sign_in(alice)
    assert actions_in(client, {}) == [
        "invitation.sent",
        "agreement.period_advanced",
        "spend_cap.set",
        "webhook_endpoint.tested",
        "api_key.issued",
    ]
    words = text_of(client.get(LOG))
    assert "Invitation sent tgt_1 bob@acme.example 20 Sep 2026, 12:00 UTC" in words
    assert "New period begun tgt_1 Automatic 19 Sep 2026, 12:00 UTC" in words
    assert "Webhook endpoint tested tgt_1 API key key_1" in words


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"who": "person"}, ["invitation.sent", "api_key.issued"]),
        ({"who": "staff"}, ["spend_cap.set"]),
        ({"who": "key"}, ["webhook_endpoint.tested"]),
        ({"who": "system"}, ["agreement.period_advanced"]),
        ({"action": "api_key.issued"}, ["api_key.issued"]),
        ({"action": "api_key.issued", "who": "staff"}, []),
        ({"since": "2026-09-19"}, ["invitation.sent", "agreement.period_advanced"]),
        ({"until": "2026-09-17"}, ["webhook_endpoint.tested", "api_key.issued"]),
        ({"since": "2026-09-18", "until": "2026-09-18"}, ["spend_cap.set"]),
    ],
    ids=str,
)
def test_the_filter_narrows_page_and_csv_alike(
    query: dict[str, str], actions: list[str], alice: User, log: None, sign_in: SignIn
) -> None:
    assert actions_in(sign_in(alice), query) == actions


@pytest.mark.parametrize(
    "query",
    [
        {"who": "mbr_nobody"},
        {"who": "a\0b"},
        {"action": "'; --"},
        {"since": "yesterday"},
        {"until": "9999-12-31"},
        {"before": "-1"},
        {"before": "9" * 30},
    ],
    ids=str,
)
def test_what_cannot_be_read_counts_as_not_asked(
    query: dict[str, str], alice: User, log: None, sign_in: SignIn
) -> None:
    assert len(actions_in(sign_in(alice), query)) == 5


def test_a_members_deeds_are_found_by_their_place(
    alice: User, bobs_place: Membership, log: None, sign_in: SignIn
) -> None:
    found = actions_in(sign_in(alice), {"who": bobs_place.public_id})
    assert found == ["invitation.sent"]


def test_days_begin_at_midnight_of_the_organization(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    Organization.objects.update(time_zone="Asia/Tokyo")
    write(acme, "spend_cap.set", at=datetime.fromisoformat("2026-09-17T14:59:59+00:00"))
    write(acme, "spend_cap.removed", at=datetime.fromisoformat("2026-09-17T15:00:00+00:00"))
    found = actions_in(sign_in(alice), {"since": "2026-09-18", "until": "2026-09-18"})
    assert found == ["spend_cap.removed"]


def test_staff_have_no_name_and_keep_their_reasons(
    alice: User, log: None, acme: Organization, staff: User, sign_in: SignIn
) -> None:
    sam = Actor.for_user(staff)
    write(acme, "credit_grant.created", by=sam, reason="They were about to leave")
    write(acme, "staff_visit.started", by=sam, reason="Ticket 4711")
    client = sign_in(alice)
    for told in (text_of(client.get(LOG)), client.get(f"{LOG}entries.csv").getvalue().decode()):
        assert "sam@tallybook.example" not in told
        assert "about to leave" not in told
        assert "Our staff" in told
        assert "Ticket 4711" in told


def test_who_left_the_company_is_still_its_staff_here(
    alice: User, log: None, acme: Organization, staff: User, sign_in: SignIn
) -> None:
    sam = Actor.for_user(staff)
    write(acme, "organization.created", by=sam, changes={"owner": "alice@acme.example"})
    write(acme, "credit_grant.created", by=sam, reason="They were about to leave")
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    client = sign_in(alice)
    for told in (text_of(client.get(LOG)), client.get(f"{LOG}entries.csv").getvalue().decode()):
        assert "sam@tallybook.example" not in told
        assert "about to leave" not in told
    assert len(actions_in(client, {"who": "staff"})) == 3


@pytest.mark.parametrize(
    ("action", "changes"),
    [
        ("invitation.accepted", {"membership": "mbr_1", "role": "member"}),
        ("organization.created", {"owner": "carl@acme.example"}),
        ("membership.removed", {"person": "carl@acme.example", "role": "member"}),
    ],
)
def test_a_former_member_is_a_person(
    action: str,
    changes: dict[str, Any],
    alice: User,
    acme: Organization,
    sign_in: SignIn,
) -> None:
    carl = Actor.for_user(make_person("Carl", email="carl@acme.example"))
    write(acme, "invitation.sent", by=carl)
    write(acme, action, by=carl, changes=changes)
    client = sign_in(alice)
    assert actions_in(client, {"who": "person"}) == [action, "invitation.sent"]
    assert actions_in(client, {"who": "staff"}) == []


def test_one_of_the_staff_who_is_a_member_is_a_member_here(
    alice: User, log: None, acme: Organization, sign_in: SignIn
) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert actions_in(sign_in(alice), {"who": "staff"}) == ["spend_cap.set"]
    assert "alice@acme.example" in text_of(sign_in(alice).get(LOG))


def test_what_the_company_keeps_to_itself_is_not_told(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    for key, is_public in (("partner_since", True), ("churn_risk", False)):
        details = PropertyDetails(name=key, is_public=is_public)
        define_property(key=key, type="text", details=details, actor=TESTER, now=NOW)
    set_properties(
        organization=acme,
        values={"partner_since": "2024", "churn_risk": "high"},
        actor=TESTER,
        now=NOW,
    )
    set_properties(organization=acme, values={"churn_risk": "higher"}, actor=TESTER, now=NOW)
    client = sign_in(alice)
    assert actions_in(client, {}) == ["organization.properties_changed"]
    [row] = csv.DictReader(io.StringIO(client.get(f"{LOG}entries.csv").getvalue().decode()))
    assert json.loads(row["changes"]) == {"partner_since": [None, "2024"]}
    assert "churn" not in text_of(client.get(LOG))


def test_the_csv_is_exact_and_runs_nothing(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    Organization.objects.update(time_zone="Europe/Berlin")
    write(
        acme,
        "organization.updated",
        by=Actor("=cmd|' /C calc'!A0", user_id=alice.pk, request_id="req-1"),
        changes={"name": ["Acme", "Ä"]},
        reason="+1",
    )
    answer = sign_in(alice).get(f"{LOG}entries.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="audit-log.csv"'
    assert list(csv.reader(io.StringIO(answer.getvalue().decode(), newline=""))) == [
        [
            "time_utc",
            "time_local",
            "actor",
            "action",
            "action_code",
            "target",
            "changes",
            "reason",
            "request_id",
        ],
        [
            "2026-09-20T12:00:00+00:00",
            "2026-09-20T14:00:00+02:00",
            "'=cmd|' /C calc'!A0",
            "Settings changed",
            "organization.updated",
            "tgt_1",
            '{"name": ["Acme", "Ä"]}',
            "'+1",
            "req-1",
        ],
    ]


def test_pages_follow_each_other_and_the_csv_has_all(
    alice: User, acme: Organization, sign_in: SignIn
) -> None:
    for _ in range(51):
        write(acme, "spend_cap.set")
    write(acme, "spend_cap.removed")
    client = sign_in(alice)
    first = client.get(LOG, {"action": "spend_cap.set"})
    assert first.content.count(b'<th scope="row">') == 50
    oldest = AuditEntry.objects.earliest("pk")
    older = f"?action=spend_cap.set&amp;before={oldest.pk + 1}"
    assert older in first.content.decode()
    second = client.get(f"{LOG}?action=spend_cap.set&before={oldest.pk + 1}")
    assert second.content.count(b'<th scope="row">') == 1
    assert 'href="?action=spend_cap.set"' in second.content.decode()
    assert len(client.get(f"{LOG}entries.csv").getvalue().splitlines()) == 53


@pytest.mark.parametrize("path", [LOG, f"{LOG}entries.csv"])
def test_a_member_is_told_who_may_read_it(
    path: str, bob: User, acme: Organization, sign_in: SignIn
) -> None:
    answer = sign_in(bob).get(path)
    assert answer.status_code == 403
    assert "Alice" in text_of(answer)


def test_the_page_costs_little_however_much_was_done(
    alice: User,
    log: None,
    agreement: Agreement,
    sign_in: SignIn,
    no_query_in_templates: None,
) -> None:
    client = sign_in(alice)
    client.get(LOG)
    with at_most(12):
        client.get(LOG)


def test_there_are_words_for_everything_that_is_noted_down() -> None:
    known = {action for area in AREAS.values() for action in area}
    assert set(noted_for_organizations()) <= known


def test_what_staff_decide_among_themselves_is_theirs(
    alice: User, acme: Organization, staff: User, sign_in: SignIn
) -> None:
    """A credit that was asked for and declined was never promised; what is given is noted apart."""
    for actor in (Actor.for_user(staff), Actor("API key key_1")):
        for deed in ("requested", "approved", "declined"):
            write(acme, f"manual_credit.{deed}", by=actor, reason="They are about to leave")
    write(acme, "money_credit.granted", by=Actor.for_user(staff))
    client = sign_in(alice)
    assert actions_in(client, {}) == ["money_credit.granted"]
    assert actions_in(client, {"action": "manual_credit.declined"}) == ["money_credit.granted"]
    assert not any(
        action.startswith("manual_credit.") for area in AREAS.values() for action in area
    )


def noted_for_organizations() -> Iterator[str]:
    """The actions that are written out where an entry of an organization is recorded."""
    for module in modules("accounts", "billing", "metering"):
        for call in module.nodes(ast.Call):
            assert isinstance(call, ast.Call)
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            action = given.get("action")
            is_noted = (
                dotted_name(call.func) in ("record", "audit.record") and "organization" in given
            )
            if is_noted and isinstance(action, ast.Constant):
                yield str(action.value)
