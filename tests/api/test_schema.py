"""The OpenAPI document is committed, complete and true."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from tests.api.conftest import Answer, Api, World, make_customer
from tests.api.shop import RETURNS, STARTER, Shop, clock, money, shop, stripe
from tests.factories.accounts import make_organization
from tests.factories.top_ups import make_pack
from tests.support.paying import pay

__all__ = ["clock", "shop", "stripe"]

COMMITTED = Path(settings.PROJECT_FOLDER) / "docs" / "openapi.yaml"
PUBLIC = {"/api/v1/plans", "/api/v1/pricing-tables/{key}"}
OPERATIONS = {
    "GET /api/v1/repricing-offers",
    "GET /api/v1/repricing-offers/{repricing_offer_id}",
    "POST /api/v1/repricing-offers/{repricing_offer_id}/accept",
    "POST /api/v1/repricing-offers/{repricing_offer_id}/decline",
    "POST /api/v1/usage",
    "GET /api/v1/usage/summary",
    "GET /api/v1/usage/{event_id}",
    "POST /api/v1/usage/{event_id}/reverse",
    "POST /api/v1/holds",
    "GET /api/v1/holds/{hold_id}",
    "POST /api/v1/holds/{hold_id}/settle",
    "POST /api/v1/holds/{hold_id}/release",
    "GET /api/v1/balances",
    "POST /api/v1/credit-grants",
    "GET /api/v1/credit-grants/{grant_id}",
    "GET /api/v1/ledger",
    "GET /api/v1/entitlements",
    "GET /api/v1/entitlements/{feature}",
    "GET /api/v1/flags",
    "GET /api/v1/flags/{key}",
    "POST /api/v1/embed-tokens",
    "GET /api/v1/embed/estimate",
    "GET /api/v1/embed/usage",
    "GET /api/v1/plans",
    "GET /api/v1/margins",
    "GET /api/v1/costs",
    "GET /api/v1/agreements",
    "POST /api/v1/agreements",
    "GET /api/v1/agreements/{agreement_id}",
    "POST /api/v1/agreements/{agreement_id}/preview",
    "POST /api/v1/agreements/{agreement_id}/change",
    "POST /api/v1/agreements/{agreement_id}/undo-change",
    "POST /api/v1/agreements/{agreement_id}/cancel",
    "POST /api/v1/agreements/{agreement_id}/resume",
    "POST /api/v1/agreements/{agreement_id}/end",
    "POST /api/v1/checkouts",
    "GET /api/v1/checkouts/{checkout_id}",
    "POST /api/v1/payment-pages",
    "GET /api/v1/invoices",
    "GET /api/v1/invoices/upcoming",
    "GET /api/v1/invoices/{invoice_id}",
    "GET /api/v1/top-ups",
    "POST /api/v1/top-ups",
    "GET /api/v1/top-ups/{top_up_id}",
    "POST /api/v1/top-ups/{top_up_id}/pay",
    "POST /api/v1/top-ups/{top_up_id}/cancel",
    "POST /api/v1/billing/meter_usage",
    "GET /api/v1/billing/agreements",
    "POST /api/v1/billing/agreements",
    "DELETE /api/v1/billing/agreements",
    "GET /api/v1/billing/entitlements",
    "GET /api/v1/organization",
    "POST /api/v1/organization",
    "PATCH /api/v1/organization/{org_code}",
    "DELETE /api/v1/organization/{org_code}",
    "GET /api/v1/organizations/{org_code}/feature_flags",
    "DELETE /api/v1/organizations/{org_code}/feature_flags",
    "PATCH /api/v1/organizations/{org_code}/feature_flags/{flag_key}",
    "DELETE /api/v1/organizations/{org_code}/feature_flags/{flag_key}",
    "PATCH /api/v1/users/{user_id}/feature_flags/{flag_key}",
    "GET /api/v1/webhooks",
    "POST /api/v1/webhooks",
    "PATCH /api/v1/webhooks/{webhook_id}",
    "DELETE /api/v1/webhooks/{webhook_id}",
    "GET /api/v1/event_types",
    "GET /api/v1/events/{webhook_event_id}",
    "POST /api/v1/api_keys/verify",
    "GET /api/v1/webhook-endpoints",
    "POST /api/v1/webhook-endpoints",
    "GET /api/v1/webhook-endpoints/{endpoint_id}",
    "PATCH /api/v1/webhook-endpoints/{endpoint_id}",
    "DELETE /api/v1/webhook-endpoints/{endpoint_id}",
    "POST /api/v1/webhook-endpoints/{endpoint_id}/enable",
    "POST /api/v1/webhook-endpoints/{endpoint_id}/disable",
    "POST /api/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
    "POST /api/v1/webhook-endpoints/{endpoint_id}/test",
    "POST /api/v1/webhook-endpoints/{endpoint_id}/resend-failed",
    "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries",
    "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}",
    "POST /api/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/resend",
    "GET /api/v1/webhook-events",
    "GET /api/v1/webhook-events/{webhook_event_id}",
    "GET /api/v1/webhook-event-types",
    "GET /account_api/v1/entitlement/{feature_key}",
    "GET /account_api/v1/entitlements",
    "GET /account_api/v1/feature_flags",
    "GET /account_api/v1/portal_link",
    "GET /api/v1/credit-packs",
    "GET /api/v1/guarantees",
    "GET /api/v1/estimates",
    "POST /api/v1/events",
    "PUT /api/v1/flags/{key}",
    "DELETE /api/v1/flags/{key}",
    "GET /api/v1/memberships",
    "DELETE /api/v1/memberships/{membership_id}",
    "GET /api/v1/memberships/invitations",
    "POST /api/v1/memberships/invitations",
    "GET /api/v1/organizations",
    "POST /api/v1/organizations",
    "GET /api/v1/organizations/{organization_id}",
    "PATCH /api/v1/organizations/{organization_id}",
    "POST /api/v1/organizations/{organization_id}/close",
    "GET /api/v1/organizations/{organization_id}/properties",
    "PATCH /api/v1/organizations/{organization_id}/properties",
    "PUT /api/v1/organizations/{organization_id}/properties/{key}",
    "POST /api/v1/organizations/{organization_id}/properties/{key}/increment",
    "GET /api/v1/outcomes",
    "POST /api/v1/outcomes",
    "GET /api/v1/outcomes/{outcome_id}",
    "POST /api/v1/outcomes/{outcome_id}/confirm",
    "POST /api/v1/outcomes/{outcome_id}/reverse",
    "POST /api/v1/outcomes/{outcome_id}/dispute",
    "POST /api/v1/portal-links",
    "POST /api/v1/portal/generate_url",
    "GET /api/v1/pricing-tables/{key}",
    "GET /api/v1/properties",
    "POST /api/v1/properties",
    "PATCH /api/v1/properties/{key}",
    "DELETE /api/v1/properties/{key}",
    "POST /ofrep/v1/evaluate/flags",
    "POST /ofrep/v1/evaluate/flags/{key}",
}


@pytest.fixture(scope="module")
def schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_committed_document_is_the_one_that_the_code_makes(schema: Any) -> None:
    validate_schema(schema)
    made = OpenApiYamlRenderer().render(schema, renderer_context={}).decode()
    assert COMMITTED.read_text() == made, "Run: manage.py spectacular --file docs/openapi.yaml"


def test_every_resource_is_described(schema: Any) -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
    }
    assert operations == OPERATIONS


def test_only_prices_need_no_key(schema: Any) -> None:
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            is_open = operation["security"] == [{}]
            assert is_open is (path in PUBLIC)
            assert "401" in operation["responses"] or is_open


def test_what_is_answered_is_what_is_described(world: World, schema: Any) -> None:
    make_organization("Elm", external_id="customer-4")
    event = {"id": "a", "action": "EXTRACT_TEXT"}
    meter_usage = {
        "customer_agreement_id": world.agreement.public_id,
        "billing_feature_code": "ai_credits",
        "meter_value": "5",
    }
    acme, platform = world.as_acme, world.as_platform
    order = {"organization": "customer-4", "plan": "starter"}
    batch = {"events": [event, {"id": "b c"}, {"id": "a", "action": "GENERATE_REPORT"}]}
    answers = [
        ("post", "/usage", acme.post("usage", event)),
        ("post", "/usage", acme.post("usage", batch)),
        ("post", "/usage", acme.post("usage", {**event, "quantity": "2"})),
        ("post", "/usage", acme.post("usage", {"id": "a", "action": "NOTHING"})),
        ("post", "/usage", acme.post("usage", {})),
        ("get", "/balances", acme.get("balances")),
        ("get", "/balances", platform.get("balances?organization=nobody")),
        ("get", "/balances", Api().get("balances")),
        ("get", "/entitlements", acme.get("entitlements")),
        ("get", "/entitlements/{feature}", acme.get("entitlements/ai_credits")),
        ("get", "/flags", acme.get("flags")),
        ("get", "/flags/{key}", acme.get("flags/support")),
        ("get", "/plans", Api().get("plans")),
        ("get", "/agreements", acme.get("agreements")),
        ("post", "/agreements", platform.post("agreements", order)),
        ("post", "/agreements", acme.post("agreements", order)),
        ("post", "/billing/meter_usage", platform.post("billing/meter_usage", meter_usage)),
        ("post", "/billing/meter_usage", platform.post("billing/meter_usage", {})),
    ]
    check_described(schema, [*answers, *answers_about_credits(world), *answers_to_pages(world)])


def answers_to_pages(world: World) -> list[tuple[str, str, Answer]]:
    """What pages of other products are answered, and the server that sends them there."""
    issued = [
        world.as_acme.post("embed-tokens", {"allow": ["estimates", "usage", *more]})
        for more in ([], ["amounts"])
    ]
    pages = [Api(answer.body["token"]) for answer in issued]
    return [
        *(("post", "/embed-tokens", answer) for answer in issued),
        ("post", "/embed-tokens", world.as_acme.post("embed-tokens", {})),
        *(
            ("get", f"/embed/{path.partition('?')[0]}", page.get(f"embed/{path}"))
            for page in (*pages, world.as_acme)
            for path in ("estimate?action=EXTRACT_TEXT", "usage?feature=ai_credits", "usage")
        ),
    ]


def test_what_is_answered_about_money_is_what_is_described(shop: Shop, schema: Any) -> None:
    check_described(schema, [*answers_about_agreements(shop), *answers_about_payments(shop)])


def check_described(schema: Any, answers: Sequence[tuple[str, str, Answer]]) -> None:
    """Every answer is as the document says."""
    for method, path, answer in answers:
        responses = schema["paths"][f"/api/v1{path}"][method]["responses"]
        content = responses[str(answer.status)]["content"][answer.headers["Content-Type"]]
        described = {**content["schema"], "components": schema["components"]}
        errors = list(Draft202012Validator(described).iter_errors(answer.body))
        assert errors == [], (path, answer)


def answers_about_agreements(shop: Shop) -> list[tuple[str, str, Answer]]:
    """What the routes for subscribing, changing and ending answer."""
    acme, starter = shop.as_acme, {"plan": "starter"}
    opened = acme.post("checkouts", {**STARTER, "plan": "professional"})
    pay(shop.stripe, opened.body["url"])
    one, paid = "/agreements/{agreement_id}", acme.get(f"checkouts/{opened.body['id']}")
    path = f"agreements/{shop.agreement()['id']}"
    preview = acme.post(f"{path}/preview", starter)
    order = {**starter, **{name: preview.body[name] for name in ("proration_at", "due_now")}}
    wrong = {**order, "plan": "professional", "seats": 20, "due_now": money(1)}
    end = {"organization": "customer-1", "reason": "test"}
    return [
        ("post", "/checkouts", opened),
        ("post", "/checkouts", acme.post("checkouts", STARTER)),
        ("post", "/checkouts", acme.post("checkouts", {})),
        ("get", "/checkouts/{checkout_id}", paid),
        ("get", "/checkouts/{checkout_id}", shop.as_crane.get(f"checkouts/{opened.body['id']}")),
        ("post", f"{one}/preview", preview),
        ("post", f"{one}/preview", acme.post(f"{path}/preview", {})),
        ("post", f"{one}/change", acme.post(f"{path}/change", wrong)),
        ("post", f"{one}/change", acme.post(f"{path}/change", order)),
        ("get", one, acme.get(path)),
        ("post", f"{one}/undo-change", acme.post(f"{path}/undo-change", {})),
        ("post", f"{one}/cancel", acme.post(f"{path}/cancel", {})),
        ("post", f"{one}/resume", acme.post(f"{path}/resume", {})),
        ("post", f"{one}/end", acme.post(f"{path}/end", end)),
        ("post", f"{one}/end", shop.as_platform.post(f"{path}/end", end)),
    ]


def answers_about_payments(shop: Shop) -> list[tuple[str, str, Answer]]:
    """What the routes for invoices, payment pages and top-ups answer."""
    make_pack(shop.catalog.credits)
    acme, card = shop.as_acme, {"pack": "small", "pay": "card"}
    shop.subscribe()
    shop.stripe.deliver()
    invoice = acme.get("invoices").body["data"][0]["id"]
    back = {"return_url": RETURNS["cancel_url"]}
    bought = acme.post("top-ups", card)
    shop.use_card("pm_card_chargeCustomerFail")
    refused = acme.post("top-ups", card)
    order = refused.body["top_up"]
    return [
        ("get", "/invoices", acme.get("invoices")),
        ("get", "/invoices/{invoice_id}", acme.get(f"invoices/{invoice}")),
        ("get", "/invoices/upcoming", acme.get("invoices/upcoming")),
        ("get", "/invoices/upcoming", shop.as_crane.get("invoices/upcoming")),
        ("post", "/payment-pages", acme.post("payment-pages", back)),
        ("post", "/payment-pages", acme.post("payment-pages", {})),
        ("post", "/top-ups", bought),
        ("post", "/top-ups", refused),
        ("post", "/top-ups", acme.post("top-ups", card)),
        ("get", "/top-ups", acme.get("top-ups")),
        ("get", "/top-ups/{top_up_id}", acme.get(f"top-ups/{order}")),
        ("post", "/top-ups/{top_up_id}/pay", acme.post(f"top-ups/{order}/pay", RETURNS)),
        ("post", "/top-ups/{top_up_id}/cancel", acme.post(f"top-ups/{order}/cancel", {})),
    ]


def answers_about_credits(world: World) -> list[tuple[str, str, Answer]]:
    """What the routes for holds, reversals, grants and the books answer."""
    acme, platform, strict = world.as_acme, world.as_platform, make_customer(world, 10)
    order = {"id": "job-1", "action": "EXTRACT_TEXT"}
    enforced = {"id": "e", "action": "GENERATE_REPORT", "enforce": True}
    grant = {"organization": "customer-1", "feature": "ai_credits", "category": "promotion"}
    first = acme.post("holds", order)
    hold = first.body["id"]
    given = platform.post("credit-grants", {**grant, "amount": 10, "reason": "test"})
    month = "feature=ai_credits&from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z"
    why = {"reason": "test"}
    return [
        ("post", "/usage", strict.post("usage", enforced)),
        ("post", "/usage", strict.post("usage", {"events": [enforced, {**enforced, "id": "f"}]})),
        ("post", "/holds", first),
        ("post", "/holds", acme.post("holds", order)),
        ("post", "/holds", acme.post("holds", {**order, "quantity": 2})),
        ("post", "/holds", strict.post("holds", {**order, "quantity": 3})),
        ("post", "/holds", acme.post("holds", {"id": "x", "action": "NOTHING"})),
        ("get", "/holds/{hold_id}", acme.get(f"holds/{hold}")),
        ("post", "/holds/{hold_id}/settle", acme.post(f"holds/{hold}/settle", {"value": 1})),
        ("post", "/holds/{hold_id}/settle", acme.post(f"holds/{hold}/settle", {"quantity": 1})),
        ("post", "/holds/{hold_id}/release", acme.post(f"holds/{hold}/release", {})),
        ("get", "/usage/{event_id}", acme.get("usage/job-1")),
        ("post", "/usage/{event_id}/reverse", acme.post("usage/job-1/reverse", why)),
        ("get", "/usage/{event_id}", acme.get("usage/job-1")),
        ("post", "/usage/{event_id}/reverse", acme.post("usage/job-1/reverse", why)),
        ("post", "/credit-grants", given),
        ("post", "/credit-grants", acme.post("credit-grants", {})),
        ("get", "/credit-grants/{grant_id}", acme.get(f"credit-grants/{given.body['id']}")),
        ("get", "/usage/summary", acme.get(f"usage/summary?{month}")),
        ("get", "/usage/summary", acme.get(f"usage/summary?{month}&by=action")),
        ("get", "/usage/summary", acme.get("usage/summary")),
        ("get", "/ledger", acme.get("ledger?feature=ai_credits")),
        ("get", "/balances", acme.get("balances?at=2026-09-15T00:00:00Z")),
    ]


@pytest.mark.django_db
def test_the_document_is_served_as_yaml_and_as_json(client: Client, schema: Any) -> None:
    served = client.get("/api/schema/")
    assert served.status_code == 200
    assert yaml.safe_load(served.content) == yaml.safe_load(COMMITTED.read_text())
    as_json = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert as_json.json()["paths"].keys() == schema["paths"].keys()


@pytest.mark.django_db
def test_the_page_needs_nothing_from_elsewhere_and_nothing_inline(client: Client) -> None:
    page = client.get("/api/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "<style" not in html
    assert "<script>" not in html
    assert "https://" not in html
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "img-src 'self' data:" in policy
    assert "unsafe" not in policy
    script = client.get("/api/docs/?script=")
    assert script.headers["Content-Type"].startswith("application/javascript")


@pytest.mark.parametrize("query", ["version=1%0d%0aX:%20y", "format=nonsense", "lang=de&lang=fr"])
def test_the_document_takes_no_hostile_question(client: Client, query: str) -> None:
    answer = client.get(f"/api/schema/?{query}")
    assert answer.status_code in {400, 404}
    assert answer["Content-Type"] == "application/problem+json"
