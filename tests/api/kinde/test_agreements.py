"""`/api/v1/billing/agreements`: reading, choosing a plan, cancelling."""

from typing import Any

import pytest

from accounts.models import AuditEntry
from billing.agreements.operations import cancel_agreement
from billing.models import Agreement
from metering.ledger.audit import find_violations
from tests.api.conftest import NOW, Api, World
from tests.api.kinde.test_entitlements import customer_of
from tests.api.shop import Shop, shop, stripe
from tests.factories.accounts import make_api_key, make_organization
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF

__all__ = ["shop", "stripe"]

PATH = "billing/agreements"


def order(organization: Any, plan: str, **more: Any) -> dict[str, Any]:
    """What Kinde's clients send to put a customer on a plan."""
    return {"customer_id": customer_of(organization), "plan_code": plan, **more}


def test_an_agreement_is_told_as_kinde_tells_it(world: World) -> None:
    answer = world.as_acme.get(f"{PATH}?customer_id={customer_of(world.acme)}")
    own = world.acme.public_id.removeprefix("org_")
    assert answer.status == 200
    assert answer.body == {
        "code": "OK",
        "message": "Success",
        "has_more": False,
        "agreements": [
            {
                "id": world.agreement.public_id,
                "plan_code": "professional",
                "expires_on": None,
                "billing_group_id": "sbg_current",
                "current_period_start": "2026-09-10T08:00:00Z",
                "current_period_end": "2026-10-10T08:00:00Z",
                "entitlements": [
                    {"feature_code": code, "entitlement_id": f"entitlement_{own}_{code}"}
                    for code in ("base_price", "advanced_ai", "ai_credits")
                ],
                "status": "active",
                "cancel_at": None,
            }
        ],
    }


def test_what_is_over_says_since_when(world: World) -> None:
    cancel_agreement(agreement=world.agreement, actor=STAFF, reason="test", now=NOW)
    make_agreement(world.acme, "starter", at=NOW)
    path = f"{PATH}?customer_id={customer_of(world.acme)}"
    [starter, professional] = world.as_platform.get(path).body["agreements"]
    assert (starter["plan_code"], starter["expires_on"]) == ("starter", None)
    assert (professional["expires_on"], professional["status"]) == (
        "2026-09-20T12:00:00Z",
        "canceled",
    )
    only = world.as_platform.get(f"{path}&feature_code=advanced_ai").body["agreements"]
    assert [agreement["plan_code"] for agreement in only] == ["professional"]
    page = world.as_platform.get(f"{path}&page_size=1").body
    assert ([agreement["id"] for agreement in page["agreements"]], page["has_more"]) == (
        [starter["id"]],
        True,
    )


def test_an_agreement_of_anothers_is_not_told(world: World) -> None:
    answer = world.as_crane.get(f"{PATH}?customer_id={customer_of(world.acme)}")
    assert (answer.status, answer.body["errors"][0]["code"]) == (404, "CUSTOMER_NOT_FOUND")


def test_a_platform_key_begins_an_agreement(world: World) -> None:
    dune = make_organization("Dune")
    answer = world.as_platform.post(PATH, order(dune, "enterprise"))
    agreement = Agreement.objects.get(organization=dune)
    assert (answer.status, answer.raw) == (
        200,
        f'{{"message":"Success","code":"OK","agreement_id":"{agreement.public_id}"}}'.encode(),
    )
    assert agreement.plan_version.plan.code == "enterprise"


@pytest.mark.parametrize("plan", ["enterprise", "starter"])
def test_a_platform_key_moves_at_once_up_and_down(world: World, plan: str) -> None:
    body = order(world.acme, plan, is_invoice_now=False, is_prorate=False)
    answer = world.as_platform.post(PATH, body)
    assert (answer.status, answer.body["agreement_id"]) == (200, world.agreement.public_id)
    world.agreement.refresh_from_db()
    assert world.agreement.plan_version.plan.code == plan
    assert list(find_violations()) == []


def test_the_plan_that_it_has_is_left_as_it_is(world: World) -> None:
    entries = AuditEntry.objects.count()
    for api in (world.as_platform, world.as_acme):
        answer = api.post(PATH, order(world.acme, "professional"))
        assert (answer.status, answer.body["agreement_id"]) == (200, world.agreement.public_id)
    assert AuditEntry.objects.count() == entries


def test_a_plan_that_costs_something_is_begun_on_the_payment_page(world: World) -> None:
    dune = make_organization("Dune")
    answer = Api(make_api_key(dune, now=NOW).secret).post(PATH, order(dune, "starter"))
    assert (answer.status, answer.body["errors"][0]["code"]) == (409, "CHECKOUT_NEEDED")
    assert not Agreement.objects.filter(organization=dune).exists()


def test_the_same_request_is_done_once(world: World) -> None:
    dune = make_organization("Dune")
    body = order(dune, "starter")
    first = world.as_platform.post(PATH, body, Idempotency_Key="begin-1")
    again = world.as_platform.post(PATH, body, Idempotency_Key="begin-1")
    assert (again.status, again.raw) == (200, first.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = world.as_platform.post(PATH, order(dune, "enterprise"), Idempotency_Key="begin-1")
    assert (other.status, other.body["errors"][0]["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"plan_code": "no_such_plan"}, 404, "PLAN_NOT_OFFERED"),
        ({"plan_code": "not a code"}, 400, "INVALID_CODE"),
        ({"plan_code": 5}, 400, "WRONG_TYPE"),
        ({"customer_id": "customer_none"}, 404, "CUSTOMER_NOT_FOUND"),
        ({"is_prorate": "yes"}, 400, "WRONG_TYPE"),
        ({"colour": "red"}, 400, "UNKNOWN_FIELD"),
    ],
)
def test_a_wrong_order_is_refused_in_the_envelope(
    world: World, change: dict[str, Any], status: int, code: str
) -> None:
    answer = world.as_platform.post(PATH, order(world.acme, "starter") | change)
    assert (answer.status, answer.body["errors"][0]["code"]) == (status, code)
    world.agreement.refresh_from_db()
    assert world.agreement.plan_version.plan.code == "professional"


def test_a_platform_key_cancels_at_once(world: World) -> None:
    path = f"{PATH}?agreement_id={world.agreement.public_id}"
    answer = world.as_platform.send("DELETE", path, None)
    assert (answer.status, answer.raw) == (200, b'{"message":"Success","code":"OK"}')
    world.agreement.refresh_from_db()
    assert (world.agreement.status, world.agreement.ended_at) == ("canceled", NOW)
    again = world.as_platform.send("DELETE", path, None)
    assert (again.status, again.body["errors"][0]["code"]) == (409, "AGREEMENT_ENDED")


def test_an_organizations_key_cancels_for_the_end_of_the_period(world: World) -> None:
    path = f"{PATH}?agreement_id={world.agreement.public_id}"
    assert world.as_crane.send("DELETE", path, None).status == 404
    assert world.as_acme.send("DELETE", path, None).status == 200
    told = world.as_acme.get(f"{PATH}?customer_id={customer_of(world.acme)}").body["agreements"]
    assert (told[0]["expires_on"], told[0]["cancel_at"]) == (None, "2026-10-10T08:00:00Z")


def test_cancelling_nothing_is_refused(world: World) -> None:
    assert world.as_platform.send("DELETE", PATH, None).status == 400
    missing = world.as_platform.send("DELETE", f"{PATH}?agreement_id=agr_none", None)
    assert (missing.status, missing.body["errors"][0]["code"]) == (404, "AGREEMENT_NOT_FOUND")


def test_a_customer_who_pays_upgrades_for_the_difference(shop: Shop) -> None:
    shop.subscribe("starter")
    body = order(shop.acme, "professional", is_prorate=True)
    answer = shop.as_acme.post(PATH, body)
    assert answer.status == 200
    assert shop.agreement()["plan"] == "professional"
    shop.stripe.deliver()
    newest = shop.as_acme.get("invoices").body["data"][0]
    assert (newest["status"], newest["total"]["amount_minor"]) == ("paid", 20_000)


def test_a_customer_who_pays_downgrades_when_the_period_ends(shop: Shop) -> None:
    shop.subscribe("professional")
    assert shop.as_acme.post(PATH, order(shop.acme, "starter")).status == 200
    agreement = shop.agreement()
    assert (agreement["plan"], agreement["scheduled_change"]["plan"]) == ("professional", "starter")


@pytest.mark.parametrize("caller", ["as_acme", "as_platform"])
def test_asking_for_the_plan_that_it_has_takes_a_waiting_change_back(
    shop: Shop, caller: str
) -> None:
    shop.subscribe("professional")
    assert shop.as_acme.post(PATH, order(shop.acme, "starter")).status == 200
    api: Api = getattr(shop, caller)
    assert api.post(PATH, order(shop.acme, "professional")).status == 200
    agreement = shop.agreement()
    assert (agreement["plan"], agreement["scheduled_change"]) == ("professional", None)


@pytest.mark.parametrize(("is_prorate", "charged"), [(True, 20_000), (False, 9_900)])
def test_a_platform_key_charges_the_difference_if_it_says_so(
    shop: Shop, *, is_prorate: bool, charged: int
) -> None:
    shop.subscribe("starter")
    body = order(shop.acme, "professional", is_prorate=is_prorate)
    assert shop.as_platform.post(PATH, body).status == 200
    assert shop.agreement()["plan"] == "professional"
    shop.stripe.deliver()
    newest = shop.as_acme.get("invoices").body["data"][0]
    assert newest["total"]["amount_minor"] == charged
