"""
The routes of every day against every kind of caller; who may not changes nothing.

That no operation is forgotten is for `tests/tenancy` to see to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.api_keys.operations import revoke_api_key
from accounts.choices import Scope
from accounts.models import ApiKey, IdempotencyRecord, Organization
from billing.choices import CheckoutKind, CheckoutStatus, InvoiceStatus
from billing.models import Agreement, Checkout, Invoice, TopUp
from metering.models import CreditGrant, Hold, LedgerTransfer, UsageEvent
from portal.api.admission import buckets, recent_keys
from tests.api.conftest import NOW, Answer, Api, World, revoked_key
from tests.factories.accounts import TESTER, make_api_key, make_organization
from tests.factories.top_ups import make_pack
from tests.factories.top_ups import order as order_pack
from tests.support.counting import count_rows

BAD_KEY = "tb_live_abcdefgh_" + "x" * 49


@dataclass(frozen=True)
class Route:
    """A route, the scope it needs, and a request that it would fulfil."""

    name: str
    scope: Scope
    path: str
    body: Callable[[World], Any] | None = None
    # How a request names an organization.
    named: Callable[[Any, str], Any] | None = None
    success: int = 200
    is_for_platform_only: bool = False

    def send(self, api: Api, world: World, organization: str | None = None) -> Answer:
        """Send the request, about an organization if one is named."""
        path = self.path.format(**ids_of(world, organization))
        if self.body is None:
            if organization is not None:
                path += f"{'&' if '?' in path else '?'}organization={organization}"
            return api.get(path)
        body = self.body(world)
        if organization is not None and self.named is not None:
            body = self.named(body, organization)
        return api.post(path, body, Idempotency_Key=f"about-{organization}")


def ids_of(world: World, organization: str | None) -> dict[str, str]:
    """The hold and the grant that an organization has; Acme's if it is none of the two."""
    names = {world.crane.public_id, "customer-2"}
    owner = world.crane if organization in names else world.acme
    return {
        "hold": Hold.objects.get(organization=owner).public_id,
        "grant": CreditGrant.objects.get(organization=owner).public_id,
        "agreement": Agreement.objects.get(organization=owner).public_id,
        "checkout": Checkout.objects.get(organization=owner).public_id,
        "invoice": Invoice.objects.get(organization=owner).public_id,
        "top_up": TopUp.objects.get(organization=owner).public_id,
    }


def event(world: World) -> dict[str, Any]:
    return {"id": "req-1", "action": "EXTRACT_TEXT"}


def order(world: World) -> dict[str, Any]:
    return {"organization": "customer-3", "plan": "starter"}


def meter_usage(world: World) -> dict[str, Any]:
    return {
        "customer_agreement_id": world.agreement.public_id,
        "billing_feature_code": "ai_credits",
        "meter_value": "5",
    }


def named(body: dict[str, Any], organization: str) -> dict[str, Any]:
    return {**body, "organization": organization}


def grant(world: World) -> dict[str, Any]:
    return {
        "organization": "customer-1",
        "feature": "ai_credits",
        "category": "promotion",
        "amount": 1,
        "reason": "test",
    }


MONTH = "feature=ai_credits&from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z"

READS = [
    Route("usage-summary", Scope.BALANCES_READ, f"usage/summary?{MONTH}"),
    Route("usage-event", Scope.BALANCES_READ, "usage/known"),
    Route("hold", Scope.BALANCES_READ, "holds/{hold}"),
    Route("credit-grant", Scope.BALANCES_READ, "credit-grants/{grant}"),
    Route("ledger", Scope.BALANCES_READ, "ledger?feature=ai_credits"),
    Route("balances", Scope.BALANCES_READ, "balances"),
    Route("entitlements", Scope.ENTITLEMENTS_READ, "entitlements"),
    Route("entitlement", Scope.ENTITLEMENTS_READ, "entitlements/ai_credits"),
    Route("flags", Scope.ENTITLEMENTS_READ, "flags"),
    Route("flag", Scope.ENTITLEMENTS_READ, "flags/advanced_ai"),
    Route("agreements", Scope.AGREEMENTS_READ, "agreements"),
    Route("agreement", Scope.AGREEMENTS_READ, "agreements/{agreement}"),
    Route("checkout", Scope.BILLING_READ, "checkouts/{checkout}"),
    Route("invoices", Scope.BILLING_READ, "invoices"),
    Route("upcoming-invoice", Scope.BILLING_READ, "invoices/upcoming"),
    Route("invoice", Scope.BILLING_READ, "invoices/{invoice}"),
    Route("top-ups", Scope.BILLING_READ, "top-ups"),
    Route("top-up", Scope.BILLING_READ, "top-ups/{top_up}"),
]
USAGE = Route("usage", Scope.USAGE_WRITE, "usage", event, named)
BATCH = Route("usage", Scope.USAGE_WRITE, "usage", lambda world: {"events": [event(world)]}, named)
HOLD = Route("holds", Scope.USAGE_WRITE, "holds", event, named, success=201)
SETTLE = Route(
    "settle-hold", Scope.USAGE_WRITE, "holds/{hold}/settle", lambda world: {"quantity": 1}, named
)
RELEASE = Route("release-hold", Scope.USAGE_WRITE, "holds/{hold}/release", lambda world: {}, named)
REVERSE = Route(
    "reverse-usage",
    Scope.CREDITS_WRITE,
    "usage/known/reverse",
    lambda world: {"reason": "test"},
    named,
)
GRANT = Route(
    "credit-grants",
    Scope.CREDITS_WRITE,
    "credit-grants",
    grant,
    named,
    success=201,
    is_for_platform_only=True,
)
METER_USAGE = Route("kinde-meter-usage", Scope.USAGE_WRITE, "billing/meter_usage", meter_usage)
ORDER = Route(
    "agreements",
    Scope.AGREEMENTS_WRITE,
    "agreements",
    order,
    named,
    success=201,
    is_for_platform_only=True,
)
SHOWN = {"proration_at": "2026-09-20T12:00:00Z", "due_now": {"amount_minor": 0, "currency": "USD"}}
URLS = {"success_url": "https://app.example/", "cancel_url": "https://app.example/"}


def deed(name: str, path: str, body: Any, scope: Scope = Scope.BILLING_WRITE) -> Route:
    return Route(name, scope, path, lambda world: body, named)


DEEDS = [
    deed(
        "preview-change", "agreements/{agreement}/preview", {"plan": "starter"}, Scope.BILLING_READ
    ),
    deed("change-agreement", "agreements/{agreement}/change", {"plan": "starter", **SHOWN}),
    deed("undo-change", "agreements/{agreement}/undo-change", {}),
    deed("cancel-agreement", "agreements/{agreement}/cancel", {}),
    deed("resume-agreement", "agreements/{agreement}/resume", {}),
    deed("cancel-top-up", "top-ups/{top_up}/cancel", {}),
]
END = replace(
    deed(
        "end-agreement", "agreements/{agreement}/end", {"organization": "customer-1", "reason": "x"}
    ),
    is_for_platform_only=True,
)
# Without Stripe, this is how far whoever may comes.
PAYMENTS = [
    replace(deed(name, path, body), success=409)
    for name, path, body in (
        ("checkouts", "checkouts", {"plan": "starter", **URLS}),
        ("payment-pages", "payment-pages", {"return_url": "https://app.example/"}),
        ("top-ups", "top-ups", {"pack": "small", "pay": "card"}),
        ("pay-top-up", "top-ups/{top_up}/pay", {"pay": "card"}),
    )
]
WRITES = [USAGE, BATCH, HOLD, SETTLE, RELEASE, REVERSE, *DEEDS]
ROUTES = [*READS, *WRITES, *PAYMENTS, METER_USAGE, ORDER, GRANT, END]


def make_bill(organization: Organization) -> None:
    """An invoice, an order, and a visit to the payment page that is over."""
    Checkout.objects.create(
        organization=organization,
        kind=CheckoutKind.CARD,
        status=CheckoutStatus.COMPLETED,
        requested_at=NOW,
        ended_at=NOW,
    )
    Invoice.objects.create(
        organization=organization,
        stripe_id=f"in_{organization.pk}",
        status=InvoiceStatus.PAID,
        currency="USD",
        subtotal_minor=9900,
        total_minor=9900,
        amount_due_minor=9900,
        amount_paid_minor=9900,
        amount_remaining_minor=0,
        issued_at=NOW,
        synced_at=NOW,
    )
    order_pack(organization, at=NOW)


each_route = pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.path}-{route.scope}"
)
each_read = pytest.mark.parametrize("route", READS, ids=lambda route: route.path)


@pytest.fixture(autouse=True)
def _dune(request: pytest.FixtureRequest) -> None:
    if "world" in request.fixturenames:
        world = request.getfixturevalue("world")
        make_organization("Dune", external_id="customer-3")
        for api in (world.as_acme, world.as_crane):
            api.post("usage", {"id": "known", "action": "EXTRACT_TEXT"})
            api.post("holds", {"id": "held", "action": "EXTRACT_TEXT"})
        make_pack(world.catalog.credits)
        for organization in (world.acme, world.crane):
            make_bill(organization)
        for memory in (recent_keys, buckets):
            memory.clear()


def stored() -> tuple[int, ...]:
    """How much there is of everything that the API can make."""
    return count_rows(UsageEvent, LedgerTransfer, Agreement, CreditGrant, Hold, IdempotencyRecord)


def booked() -> tuple[int, ...]:
    """The same without the answers that were kept: a refusal may be one."""
    return stored()[:-1]


@each_route
@pytest.mark.parametrize("caller", ["anonymous", "wrong", "expired", "revoked", "of_closed"])
def test_a_caller_without_a_good_key_is_refused(
    world: World, route: Route, caller: str, clock: time_machine.Traveller
) -> None:
    closed = make_organization("Closed")
    keys = {
        "anonymous": None,
        "wrong": BAD_KEY,
        "expired": make_api_key(world.acme, expires_at=NOW + timedelta(hours=1), now=NOW).secret,
        "revoked": revoked_key(world.acme),
        "of_closed": make_api_key(closed, now=NOW).secret,
    }
    closed.closed_at = NOW
    closed.save(update_fields=["closed_at"])
    clock.shift(timedelta(hours=1))
    before = stored()
    answer = route.send(Api(keys[caller]), world)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Tallybook"'
    assert stored() == before


@each_route
def test_a_key_without_the_scope_is_told_which_one(world: World, route: Route) -> None:
    others = [scope for scope in Scope.values if scope != route.scope]
    before = stored()
    for organization in (world.acme, None):
        api = Api(make_api_key(organization, scopes=others, now=NOW).secret)
        answer = route.send(api, world, None if organization else world.acme.public_id)
        assert answer.status == 403
        assert route.scope.value in answer.raw.decode()
    assert stored() == before


@each_route
def test_a_key_with_only_the_scope_may(world: World, route: Route) -> None:
    organization = None if route.is_for_platform_only else world.acme
    api = Api(make_api_key(organization, scopes=[route.scope], now=NOW).secret)
    assert route.send(api, world).status == route.success


@each_route
def test_a_platform_key_may_for_every_organization(world: World, route: Route) -> None:
    for organization in (world.acme.public_id, "customer-2"):
        if route is METER_USAGE or route is ORDER:
            continue
        answer = route.send(world.as_platform, world, organization)
        assert answer.status == route.success, answer.raw


@pytest.mark.parametrize("route", [*READS, *WRITES], ids=lambda route: route.path)
def test_a_foreign_organization_looks_like_a_missing_one(world: World, route: Route) -> None:
    before = booked()
    answers = [
        route.send(world.as_acme, world, name)
        for name in (world.crane.public_id, "customer-2", "org_missing", "nobody")
    ]
    for answer in answers:
        assert (answer.status, answer.body.pop("request_id") != "") == (404, True)
        assert answer.body == answers[0].body
    assert booked() == before


def test_a_foreign_agreement_takes_no_usage(world: World) -> None:
    before = booked()
    assert METER_USAGE.send(world.as_crane, world).status == 404
    assert booked() == before


@pytest.mark.parametrize("route", WRITES[2:], ids=lambda route: route.path)
def test_a_platform_key_must_name_whose_it_is(world: World, route: Route) -> None:
    before = booked()
    answer = route.send(world.as_platform, world)
    assert (answer.status, answer.body["code"]) == (400, "organization_required")
    assert booked() == before


def test_an_organization_key_makes_no_agreement_for_others(world: World) -> None:
    before = stored()
    for name in ("customer-2", "customer-3", "nobody"):
        answer = world.as_acme.post("agreements", {"organization": name, "plan": "starter"})
        assert (answer.status, answer.body["code"]) == (404, "organization_not_found")
    assert stored() == before


@each_read
def test_an_organization_key_sees_its_own_whether_it_names_it_or_not(
    world: World, route: Route
) -> None:
    unnamed = route.send(world.as_acme, world)
    assert unnamed.status == 200
    for name in (world.acme.public_id, "customer-1"):
        assert route.send(world.as_acme, world, name).raw == unnamed.raw
    assert world.crane.public_id not in unnamed.raw.decode()


@each_read
def test_a_platform_key_must_name_whom_it_asks_about(world: World, route: Route) -> None:
    answer = route.send(world.as_platform, world)
    assert (answer.status, answer.body["code"]) == (400, "organization_required")


def test_a_key_may_be_sent_as_x_api_key(world: World) -> None:
    assert Api().get("balances", X_API_Key=world.acme_key).status == 200


@pytest.mark.parametrize(
    "header",
    [
        "Basic abc",
        "Bearer",
        "Bearer ",
        "bearer",
        "Token abc",
        "Bearer a b",
        "Bearer é",
        "Bearer " + "x" * 60_000,
    ],
)
def test_an_authorization_that_is_no_key_is_refused(world: World, header: str) -> None:
    assert Api().get("balances", Authorization=header).status == 401


def test_two_keys_at_once_are_refused(world: World) -> None:
    answer = world.as_acme.get("balances", X_API_Key=world.crane_key)
    assert (answer.status, answer.body["code"]) == (400, "invalid_request")


def test_a_revoked_key_is_refused_once_it_is_looked_up_again(
    world: World, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr("portal.api.admission.monotonic", lambda: seconds[0])
    api = world.as_acme
    assert api.get("balances").status == 200
    api_key = ApiKey.objects.get(organization=world.acme)
    revoke_api_key(api_key=api_key, actor=TESTER, now=NOW)
    assert api.get("balances").status == 200
    seconds[0] += 1
    assert api.get("balances").status == 401


def test_the_last_use_of_a_key_is_remembered(world: World) -> None:
    world.as_acme.get("balances")
    assert ApiKey.objects.get(organization=world.acme).last_used_at == NOW


def test_a_key_is_looked_up_once_for_many_requests(
    world: World, django_assert_num_queries: Any
) -> None:
    world.as_acme.get("flags")
    with django_assert_num_queries(0):  # what the flags depend on is one statement, written out
        world.as_acme.get("flags")
