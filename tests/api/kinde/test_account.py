"""Kinde's Account API: Alice's app asks with the access token that it got when she signed in."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, PortalLink
from accounts.oauth.people import name_for_apps
from billing.flags.operations import set_override
from portal.api.kinde.signed_in import people as buckets
from portal.oauth.token import failures
from tests.api.test_oauth_sign_in import People, Visit, people
from tests.factories.accounts import TESTER
from tests.factories.agreements import make_agreement
from tests.factories.catalog import make_article_catalog
from tests.factories.oauth import make_app

__all__ = ["people"]


@pytest.fixture(autouse=True)
def _fresh(db: None) -> None:
    buckets.clear()
    failures.clear()
    cache.clear()


@pytest.fixture
def token(people: People) -> str:
    """Alice's, for Acme, which is on Professional since yesterday."""
    make_article_catalog()
    make_agreement(people.acme, at=timezone.now() - timedelta(days=1))
    return Visit(people.alice, make_app()).sign_in().token


def get(path: str, token: str | None) -> Any:
    """GET below `/account_api/v1/`."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return Client().get(f"/account_api/v1/{path}", headers=headers)


def test_entitlements_say_key_where_others_say_code(people: People, token: str) -> None:
    response = get("entitlements", token)
    own = people.acme.public_id.removeprefix("org_")
    body = json.loads(response.content)
    assert response.status_code == 200
    assert body["metadata"] == {"has_more": False, "next_page_starting_after": None}
    assert body["data"]["org_code"] == people.acme.public_id
    assert [plan["key"] for plan in body["data"]["plans"]] == ["professional"]
    assert body["data"]["entitlements"][0] == {
        "id": f"entitlement_{own}_base_price",
        "fixed_charge": 29_900,
        "price_name": "Professional",
        "unit_amount": None,
        "feature_key": "base_price",
        "feature_name": "Professional",
        "entitlement_limit_max": None,
        "entitlement_limit_min": None,
    }
    page = json.loads(get("entitlements?page_size=1", token).content)
    after = page["metadata"]["next_page_starting_after"]
    assert (page["metadata"]["has_more"], after) == (True, f"entitlement_{own}_base_price")
    rest = json.loads(get(f"entitlements?starting_after={after}", token).content)
    assert rest["data"]["entitlements"] == body["data"]["entitlements"][1:]


def test_one_entitlement_is_told_or_not_there(people: People, token: str) -> None:
    one = json.loads(get("entitlement/ai_credits", token).content)
    assert one["data"]["entitlement"]["unit_amount"] == 12
    assert (one["data"]["org_code"], one["metadata"]) == (people.acme.public_id, {})
    missing = get("entitlement/documents", token)
    assert missing.status_code == 404
    assert json.loads(missing.content)["errors"][0]["code"] == "FEATURE_NOT_FOUND"


def test_flags_have_the_persons_own_values(people: People, token: str) -> None:
    def flags() -> dict[str, Any]:
        body = json.loads(get("feature_flags", token).content)
        return {flag["key"]: flag for flag in body["data"]["feature_flags"]}

    assert flags()["advanced_ai"] == {
        "id": "flag_advanced_ai",
        "name": "Advanced AI",
        "key": "advanced_ai",
        "type": "boolean",
        "value": True,
    }
    for member, value in ((name_for_apps(people.bob), True), (name_for_apps(people.alice), False)):
        set_override(
            organization=people.acme,
            key="advanced_ai",
            member=member,
            value=value,
            actor=TESTER,
            now=timezone.now(),
        )
    assert flags()["advanced_ai"]["value"] is False


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", "/overview/"),
        ("?subnav=organization_plan_details", "/plan/"),
        ("?subnav=payment_details&return_url=https://app.example/", "/payment/"),
        ("?subnav=api_keys", "/developers/keys/"),
    ],
)
def test_the_portal_is_opened_once_by_whoever_signed_in(
    people: People, token: str, settings: Settings, query: str, place: str
) -> None:
    settings.PORTAL_RETURN_URLS = ["https://app.example"]
    [(name, url)] = json.loads(get(f"portal_link{query}", token).content).items()
    link = PortalLink.objects.get()
    assert (name, link.membership.user, link.membership.organization) == (
        "url",
        people.alice,
        people.acme,
    )
    assert link.made_by == people.alice.email
    path = url.removeprefix("http://127.0.0.1:8000")
    assert Client().post(f"{path}enter/")["Location"] == place
    assert Client().post(f"{path}enter/").status_code == 410


def test_a_way_back_to_somebody_else_is_refused(token: str) -> None:
    refused = get("portal_link?return_url=https://evil.example/", token)
    assert refused.status_code == 400
    assert json.loads(refused.content)["errors"][0]["code"] == "RETURN_URL_NOT_ALLOWED"
    assert not PortalLink.objects.exists()


def test_an_unknown_part_of_the_portal_is_refused(token: str) -> None:
    refused = get("portal_link?subnav=kitchen", token)
    assert refused.status_code == 400
    assert json.loads(refused.content)["errors"][0]["code"] == "INVALID_PARAMETER"


def test_whoever_left_is_told_nothing(people: People) -> None:
    bobs = Visit(people.bob, make_app()).sign_in().token
    assert get("feature_flags", bobs).status_code == 200
    Membership.objects.filter(user=people.bob).delete()
    assert get("feature_flags", bobs).status_code == 401


@pytest.mark.parametrize("shown", [None, "", "nothing", "tb_live_nothing"])
def test_without_a_persons_token_nothing_is_told(shown: str | None) -> None:
    refused = get("feature_flags", shown)
    assert refused.status_code == 401
    assert json.loads(refused.content)["errors"][0]["code"] == "INVALID_CREDENTIALS"


def test_what_is_not_there_is_told_as_by_kinde() -> None:
    answer = get("permissions", None)
    assert (answer.status_code, json.loads(answer.content)) == (
        404,
        {
            "errors": {
                "code": "ROUTE_NOT_FOUND",
                "message": "The requested API route does not exist",
            }
        },
    )
