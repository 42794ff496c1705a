"""`GET /api/v1/guarantees`: promises that a move costs no more."""

import pytest
import time_machine

from accounts.models import Organization
from billing.models import Guarantee, MoneyCredit
from tests.api.conftest import Api, World
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.guarantees import (
    HOUR,
    live_through,
    make_guarantee,
    make_legacy_plan,
    month_start,
)


@pytest.fixture
def larkspur(world: World) -> Organization:
    """An organization that moved from $750 to Professional, three months ago."""
    make_legacy_plan(world.catalog)
    organization = make_organization("Larkspur", external_id="customer-9")
    make_guarantee(organization)
    live_through(organization, 5_000, 6_200, 9_000)
    return organization


def test_each_month_is_told_on_both_terms(world: World, larkspur: Organization) -> None:
    with time_machine.travel(month_start(4) + 2 * HOUR, tick=False):
        own = Api(make_api_key(larkspur, now=month_start(4)).secret).get("guarantees")
        told = world.as_platform.get("guarantees?organization=customer-9")
    assert (own.status, own.body) == (200, told.body)
    [guarantee] = own.body["data"]
    months = guarantee.pop("compared")
    assert guarantee == {
        "id": Guarantee.objects.get().public_id,
        "old_plan": "team_seats",
        "new_plan": "professional",
        "rule": "per_month",
        "months": 6,
        "starts_at": "2026-10-10T08:00:00Z",
        "ended_at": None,
        "end_reason": None,
        "credited": {"amount_minor": 29_00, "currency": "USD"},
    }
    assert [month["month"] for month in months] == [1, 2, 3]
    assert months[2] == {
        "month": 3,
        "starts_at": "2026-12-10T08:00:00Z",
        "ends_at": "2027-01-10T08:00:00Z",
        "before": {"amount_minor": 750_00, "currency": "USD"},
        "now": {"amount_minor": 779_00, "currency": "USD"},
        "credit": {"amount_minor": 29_00, "currency": "USD"},
        "money_credit": MoneyCredit.objects.get().public_id,
    }
    assert months[0]["money_credit"] is None


def test_others_have_none(world: World, larkspur: Organization) -> None:
    assert world.as_acme.get("guarantees").body == {"data": [], "has_more": False}
    answers = [
        world.as_acme.get(f"guarantees?organization={name}", X_Request_ID="a" * 32)
        for name in (larkspur.public_id, "nobody")
    ]
    assert answers[0].raw == answers[1].raw
    assert (answers[0].status, answers[0].body["code"]) == (404, "organization_not_found")
