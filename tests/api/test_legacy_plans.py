"""Leaving a legacy plan by API: only whoever says that they know; and taking a private offer."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.legacy.offers import OfferOrder, make_private_offer
from billing.models import Agreement, PrivateOffer, ScheduledChange
from tests.api.conftest import NOW, Answer, Api, World
from tests.factories.accounts import make_member, make_organization, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF
from tests.factories.offers import make_offer, offer_of

CONSENT = {"leaves_legacy_plan": True}


@pytest.fixture
def legacy(world: World) -> Agreement:
    """Globex has ten seats of the plan that is not sold any more."""
    globex = make_organization("Globex", external_id="customer-3")
    return make_agreement(globex, "per_seat", seats=10, at=NOW - timedelta(days=10))


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def order(api: Api, agreement: Agreement, **wish: Any) -> dict[str, Any]:
    """A change as it was shown."""
    named = {"organization": "customer-3", **wish}
    shown = api.post(f"agreements/{agreement.public_id}/preview", named)
    assert (shown.status, shown.body["leaves_legacy_plan"]) == (200, True), shown
    return {**named, "proration_at": shown.body["proration_at"], "due_now": shown.body["due_now"]}


def test_a_change_needs_consent(world: World, legacy: Agreement, clock: object) -> None:
    api = world.as_platform
    asked, path = order(api, legacy, plan="starter"), f"agreements/{legacy.public_id}/change"
    assert refused(api.post(path, asked)) == (409, "leaves_legacy_plan")
    assert not ScheduledChange.objects.exists()
    assert refused(api.post(path, asked | {"leaves_legacy_plan": False}))[0] == 409
    assert refused(api.post(path, asked | {"leaves_legacy_plan": "yes"}))[0] == 400
    made = api.post(path, asked | CONSENT)
    assert (made.status, made.body["scheduled_change"]["plan"]) == (200, "starter")
    assert AuditEntry.objects.filter(action="agreement.legacy_plan_given_up").count() == 1


def test_accepting_an_offer_of_another_plan_needs_consent(world: World, legacy: Agreement) -> None:
    make_member(legacy.organization, make_person("Gina"), "billing")
    offer = make_offer(legacy, world.catalog.professional, at=NOW)
    path, asked = f"repricing-offers/{offer.public_id}/accept", {"organization": "customer-3"}
    assert refused(world.as_platform.post(path, asked)) == (409, "leaves_legacy_plan")
    assert offer_of(legacy.organization).status == "open"
    accepted = world.as_platform.post(path, asked | CONSENT)
    assert (accepted.status, accepted.body["status"]) == (200, "accepted")
    entry = AuditEntry.objects.get(action="agreement.legacy_plan_given_up")
    assert entry.changes == {"plan": ["per_seat", "professional"]}


@pytest.mark.parametrize(("deed", "more"), [("cancel", {}), ("end", {"reason": "Asked for it"})])
def test_an_end_needs_consent(
    world: World, legacy: Agreement, clock: object, deed: str, more: dict[str, str]
) -> None:
    path, asked = f"agreements/{legacy.public_id}/{deed}", {"organization": "customer-3", **more}
    assert refused(world.as_platform.post(path, asked)) == (409, "leaves_legacy_plan")
    before = Agreement.objects.get(pk=legacy.pk)
    assert (before.cancel_at, before.ended_at) == (None, None)
    done = world.as_platform.post(path, asked | CONSENT)
    assert done.status == 200
    assert done.body["cancel_at"] or done.body["ended_at"]


def test_kinde_s_dialect_asks_too(world: World, legacy: Agreement, clock: object) -> None:
    api = world.as_platform
    moved = {
        "customer_id": legacy.organization.public_id.replace("org_", "customer_"),
        "plan_code": "starter",
    }
    assert api.post("billing/agreements", moved).status == 409
    path = f"billing/agreements?agreement_id={legacy.public_id}"
    assert api.send("DELETE", path, None).status == 409
    assert Agreement.objects.get(pk=legacy.pk).plan_version.plan.code == "per_seat"
    assert api.post("billing/agreements", moved | CONSENT).status == 200
    assert Agreement.objects.get(pk=legacy.pk).plan_version.plan.code == "starter"


def test_kinde_s_dialect_ends_it_for_whoever_knows(
    world: World, legacy: Agreement, clock: object
) -> None:
    path = f"billing/agreements?agreement_id={legacy.public_id}&leaves_legacy_plan=true"
    assert world.as_platform.send("DELETE", path, None).status == 200
    assert Agreement.objects.get(pk=legacy.pk).ended_at is not None


def test_what_is_offered_is_taken_by_the_normal_change(world: World, clock: object) -> None:
    make_private_offer(
        organization=world.acme,
        order=OfferOrder("per_seat", expires_at=NOW + timedelta(days=14), seats=10),
        actor=STAFF,
        now=NOW,
    )
    path = f"agreements/{world.agreement.public_id}"
    wish = {"plan": "per_seat"}
    shown = world.as_acme.post(f"{path}/preview", wish)
    assert (shown.status, shown.body["seats"]) == (200, 10)
    assert refused(world.as_acme.post(f"{path}/preview", wish | {"seats": 3})) == (
        400,
        "offered_otherwise",
    )
    asked = {name: shown.body[name] for name in ("proration_at", "due_now")}
    made = world.as_acme.post(f"{path}/change", wish | asked)
    assert (made.status, made.body["plan"], made.body["is_legacy_plan"]) == (200, "per_seat", True)
    assert PrivateOffer.objects.get().status == "accepted"
    other = f"agreements/{world.crane_agreement.public_id}/preview"
    assert refused(world.as_crane.post(other, wish)) == (404, "plan_not_offered")
