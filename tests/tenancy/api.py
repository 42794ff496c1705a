"""Which apps may call which operation: the policy of each, and every cell of the matrix."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.urls import reverse

from accounts.choices import Scope

from .cells import Reply, fingerprint_of, new_client, read_reply, undone
from .inventory import Operation
from .world import CANARY, TwoCustomers

Body = Callable[[Mapping[str, str]], Any]
Query = str | Callable[[Mapping[str, str]], str]
OK, CREATED, NOT_FOUND = 200, 201, 404
NOWHERE: Final = {"organization": "org_" + "0" * 26, "external": "of-nobody"}


@dataclass(frozen=True)
class Policy:
    """
    What holds for one operation.

    `scope` is what a caller needs; None leaves it open to everybody. `body` is what is sent about
    the ids that are given, `query` what is asked. Who may is answered with `success`.
    `names_organization` says whether a request can name an organization, in its body if it has
    one, else in its query.
    """

    scope: Scope | None
    body: Body | None = None
    success: int = OK
    query: Query = ""
    names_organization: bool = True
    is_for_platform_only: bool = False
    # It gets no further than this before it looks at what it is about: Stripe is not connected.
    goes_no_further: bool = False
    # What a platform key gets that names no organization.
    unnamed: int = 400
    # What a platform key gets for what is an organization's own; as others do unless given.
    of_the_platform: int | None = None
    others: Mapping[str, str] = field(default_factory=dict)


def reads(scope: Scope, query: Query = "", **facts: Any) -> Policy:
    """Something to read."""
    return Policy(scope, query=query, **facts)


def does(scope: Scope, document: Mapping[str, Any] | Body, **facts: Any) -> Policy:
    """Something to do, with this document."""
    body = document if callable(document) else lambda _ids: dict(document)
    return Policy(scope, body=body, **facts)


MONTH: Final = "feature=ai_credits&from=2026-09-01T00:00:00Z&to=2026-10-01T00:00:00Z"
EVENT: Final = {"id": "new", "action": "EXTRACT_TEXT"}
BACK: Final = {"success_url": "https://app.example/", "cancel_url": "https://app.example/"}
SHOWN: Final = {
    "proration_at": "2026-09-20T12:00:00Z",
    "due_now": {"amount_minor": 0, "currency": "USD"},
}
GRANT: Final = {
    "feature": "ai_credits",
    "category": "promotion",
    "amount": 1,
    "reason": "test",
}
NOT_CONNECTED: Final[dict[str, Any]] = {"success": 409, "unnamed": 409, "goes_no_further": True}

# Kinde's operations name the organization in their own ways, which the ids below stand for.
ELSEWHERE: Final[dict[str, Any]] = {"names_organization": False}
PLATFORM: Final[dict[str, Any]] = {"is_for_platform_only": True, **ELSEWHERE}
WEBHOOK: Final = {
    "endpoint": "https://127.0.0.1/webhooks",
    "event_types": ["customer.plan_changed"],
    "name": "test",
}
FLAG: Final[dict[str, Any]] = {"others": {"flag_key": "advanced_ai"}, **ELSEWHERE}
KINDE: Final[dict[tuple[str, str], Policy]] = {
    ("kinde-agreements", "GET"): reads(
        Scope.AGREEMENTS_READ, lambda ids: f"customer_id={ids['customer_id']}", **ELSEWHERE
    ),
    ("kinde-agreements", "POST"): does(
        Scope.BILLING_WRITE,
        lambda ids: {"customer_id": ids["customer_id"], "plan_code": "starter"},
        **ELSEWHERE,
    ),
    ("kinde-agreements", "DELETE"): reads(
        Scope.BILLING_WRITE, lambda ids: f"agreement_id={ids['agreement_id']}", **ELSEWHERE
    ),
    ("kinde-entitlements", "GET"): reads(
        Scope.ENTITLEMENTS_READ, lambda ids: f"customer_id={ids['customer_id']}", **ELSEWHERE
    ),
    ("kinde-organization", "GET"): reads(
        Scope.ORGANIZATIONS_READ, lambda ids: f"code={ids['org_code']}", **ELSEWHERE
    ),
    ("kinde-organization", "POST"): does(Scope.ORGANIZATIONS_WRITE, {"name": "New"}, **PLATFORM),
    ("kinde-organization-of-code", "PATCH"): does(
        Scope.ORGANIZATIONS_WRITE, {"name": "Other"}, **ELSEWHERE
    ),
    # They have agreements.
    ("kinde-organization-of-code", "DELETE"): reads(
        Scope.ORGANIZATIONS_WRITE, success=409, **PLATFORM
    ),
    ("kinde-flags", "GET"): reads(Scope.ENTITLEMENTS_READ, **ELSEWHERE),
    ("kinde-flags", "DELETE"): reads(Scope.FLAGS_WRITE, **ELSEWHERE),
    ("kinde-flag", "PATCH"): reads(Scope.FLAGS_WRITE, "value=false", **FLAG),
    # It is not overridden.
    ("kinde-flag", "DELETE"): reads(Scope.FLAGS_WRITE, success=NOT_FOUND, **FLAG),
    ("kinde-flag-of-user", "PATCH"): reads(
        Scope.FLAGS_WRITE,
        lambda ids: f"value=false&org_code={ids['org_code']}",
        names_organization=False,
        others={"flag_key": "advanced_ai", "user_id": "bob"},
    ),
    ("kinde-webhooks", "GET"): reads(Scope.WEBHOOKS_READ, **ELSEWHERE),
    ("kinde-webhooks", "POST"): does(Scope.WEBHOOKS_WRITE, WEBHOOK, **ELSEWHERE),
    ("kinde-webhook", "PATCH"): does(
        Scope.WEBHOOKS_WRITE, {"name": "other"}, of_the_platform=NOT_FOUND, **ELSEWHERE
    ),
    ("kinde-webhook", "DELETE"): reads(
        Scope.WEBHOOKS_WRITE, of_the_platform=NOT_FOUND, **ELSEWHERE
    ),
    ("kinde-event-types", "GET"): reads(Scope.WEBHOOKS_READ, **ELSEWHERE),
    ("kinde-event", "GET"): reads(Scope.WEBHOOKS_READ, **ELSEWHERE),
    ("kinde-verify-api-key", "POST"): does(
        Scope.ORGANIZATIONS_READ, {"api_key": "nothing"}, **ELSEWHERE
    ),
}

NO_SUCH_PROPERTY: Final[dict[str, Any]] = {
    "success": NOT_FOUND,
    "others": {"key": "industry"},
    **PLATFORM,
}
RESOURCES: Final[dict[tuple[str, str], Policy]] = {
    # CloudEvents are told by their content type; what they name is asked in their own tests.
    ("events", "POST"): does(Scope.USAGE_WRITE, {}, success=415, **ELSEWHERE),
    ("estimates", "GET"): reads(Scope.BALANCES_READ, "action=EXTRACT_TEXT"),
    ("pricing-table", "GET"): Policy(None, others={"key": "current"}),
    ("credit-packs", "GET"): reads(Scope.BILLING_READ),
    ("outcomes", "GET"): reads(Scope.OUTCOMES_READ),
    ("outcomes", "POST"): does(
        Scope.OUTCOMES_WRITE, {"code": "meeting_booked", "reference": "new"}, success=CREATED
    ),
    ("outcome", "GET"): reads(Scope.OUTCOMES_READ),
    ("confirm-outcome", "POST"): does(Scope.OUTCOMES_WRITE, {}),
    ("reverse-outcome", "POST"): does(Scope.OUTCOMES_WRITE, {"reason": "test"}),
    ("organizations", "GET"): reads(Scope.ORGANIZATIONS_READ, **ELSEWHERE),
    ("organizations", "POST"): does(
        Scope.ORGANIZATIONS_WRITE, {"name": "New"}, success=CREATED, **PLATFORM
    ),
    ("organization", "GET"): reads(Scope.ORGANIZATIONS_READ, **ELSEWHERE),
    ("organization", "PATCH"): does(Scope.ORGANIZATIONS_WRITE, {"name": "Other"}, **ELSEWHERE),
    # They have agreements.
    ("close-organization", "POST"): does(Scope.ORGANIZATIONS_WRITE, {}, success=409, **PLATFORM),
    ("organization-properties", "GET"): reads(Scope.ORGANIZATIONS_READ, **ELSEWHERE),
    ("organization-properties", "PATCH"): does(
        Scope.ORGANIZATIONS_WRITE, {"properties": {"industry": "a"}}, success=NOT_FOUND, **PLATFORM
    ),
    ("organization-property", "PUT"): does(
        Scope.ORGANIZATIONS_WRITE, {"value": "a"}, **NO_SUCH_PROPERTY
    ),
    ("increment-property", "POST"): does(Scope.ORGANIZATIONS_WRITE, {}, **NO_SUCH_PROPERTY),
    ("properties", "GET"): reads(Scope.ORGANIZATIONS_READ, **ELSEWHERE),
    ("properties", "POST"): does(
        Scope.ORGANIZATIONS_WRITE,
        {"key": "industry", "name": "Industry", "type": "text"},
        success=CREATED,
        **PLATFORM,
    ),
    ("property", "PATCH"): does(Scope.ORGANIZATIONS_WRITE, {"name": "a"}, **NO_SUCH_PROPERTY),
    ("property", "DELETE"): reads(Scope.ORGANIZATIONS_WRITE, **NO_SUCH_PROPERTY),
    ("memberships", "GET"): reads(Scope.ORGANIZATIONS_READ),
    # Nobody made the keys, so that they decide about no people.
    ("membership", "DELETE"): reads(
        Scope.ORGANIZATIONS_WRITE, success=403, of_the_platform=400, **ELSEWHERE
    ),
    ("invitations", "GET"): reads(Scope.ORGANIZATIONS_READ),
    ("invitations", "POST"): does(
        Scope.ORGANIZATIONS_WRITE, {"email": "new@acme.example", "role": "member"}, success=403
    ),
}

POLICIES: Final[dict[tuple[str, str], Policy]] = {
    ("plans", "GET"): Policy(None),
    ("schema", "GET"): Policy(None),
    ("docs", "GET"): Policy(None),
    ("nothing-here", "GET"): Policy(None, success=NOT_FOUND),
    ("usage", "POST"): does(Scope.USAGE_WRITE, EVENT, success=OK),
    ("usage-summary", "GET"): reads(Scope.BALANCES_READ, MONTH),
    ("usage-event", "GET"): reads(Scope.BALANCES_READ),
    ("reverse-usage", "POST"): does(Scope.CREDITS_WRITE, {"reason": "test"}),
    ("holds", "POST"): does(Scope.USAGE_WRITE, EVENT, success=CREATED),
    ("hold", "GET"): reads(Scope.BALANCES_READ),
    ("settle-hold", "POST"): does(Scope.USAGE_WRITE, {"quantity": 1}),
    ("release-hold", "POST"): does(Scope.USAGE_WRITE, {}),
    ("balances", "GET"): reads(Scope.BALANCES_READ),
    ("credit-grants", "POST"): does(
        Scope.CREDITS_WRITE, GRANT, success=CREATED, is_for_platform_only=True
    ),
    ("credit-grant", "GET"): reads(Scope.BALANCES_READ),
    ("ledger", "GET"): reads(Scope.BALANCES_READ, "feature=ai_credits"),
    ("entitlements", "GET"): reads(Scope.ENTITLEMENTS_READ),
    ("entitlement", "GET"): reads(Scope.ENTITLEMENTS_READ, others={"feature": "ai_credits"}),
    ("flags", "GET"): reads(Scope.ENTITLEMENTS_READ),
    ("flag", "GET"): reads(Scope.ENTITLEMENTS_READ, others={"key": "advanced_ai"}),
    ("agreements", "GET"): reads(Scope.AGREEMENTS_READ),
    # Acme has an agreement already.
    ("agreements", "POST"): does(Scope.AGREEMENTS_WRITE, {"plan": "starter"}, success=409),
    ("agreement", "GET"): reads(Scope.AGREEMENTS_READ),
    ("preview-change", "POST"): does(Scope.BILLING_READ, {"plan": "starter"}),
    ("change-agreement", "POST"): does(Scope.BILLING_WRITE, {"plan": "starter", **SHOWN}),
    ("undo-change", "POST"): does(Scope.BILLING_WRITE, {}),
    ("cancel-agreement", "POST"): does(Scope.BILLING_WRITE, {}),
    ("resume-agreement", "POST"): does(Scope.BILLING_WRITE, {}),
    ("end-agreement", "POST"): does(
        Scope.BILLING_WRITE, {"reason": "test"}, is_for_platform_only=True
    ),
    ("checkouts", "POST"): does(Scope.BILLING_WRITE, {"plan": "starter", **BACK}, **NOT_CONNECTED),
    ("checkout", "GET"): reads(Scope.BILLING_READ),
    ("payment-pages", "POST"): does(
        Scope.BILLING_WRITE, {"return_url": "https://app.example/"}, success=409
    ),
    ("invoices", "GET"): reads(Scope.BILLING_READ),
    ("upcoming-invoice", "GET"): reads(Scope.BILLING_READ),
    ("invoice", "GET"): reads(Scope.BILLING_READ),
    ("top-ups", "GET"): reads(Scope.BILLING_READ),
    ("top-ups", "POST"): does(
        Scope.BILLING_WRITE, {"pack": "small", "pay": "card"}, **NOT_CONNECTED
    ),
    ("top-up", "GET"): reads(Scope.BILLING_READ),
    ("pay-top-up", "POST"): does(Scope.BILLING_WRITE, {"pay": "card"}, **NOT_CONNECTED),
    ("cancel-top-up", "POST"): does(Scope.BILLING_WRITE, {}),
    ("kinde-meter-usage", "POST"): does(
        Scope.USAGE_WRITE,
        lambda ids: {
            "customer_agreement_id": ids["agreement_id"],
            "billing_feature_code": "ai_credits",
            "meter_value": "5",
        },
        names_organization=False,
        unnamed=OK,
    ),
    **KINDE,
    **RESOURCES,
}


@dataclass(frozen=True)
class App:
    """A program, and what it shows."""

    name: str
    secret: str | None
    is_platform: bool = False


@dataclass(frozen=True)
class Apps:
    """Every kind of caller. `lacking` and `having` make one by the scope of the operation."""

    refused: tuple[App, ...]
    own: tuple[App, ...]
    platform: App
    lacking: Callable[[Scope], App]
    having: Callable[[Scope], App]


@dataclass(frozen=True)
class Matrix:
    """All cells of one operation."""

    operation: Operation
    policy: Policy
    world: TwoCustomers
    apps: Apps

    def list_findings(self) -> Iterator[str]:
        """Ask as everybody, about what is Acme's, what is Crane's, and what is nobody's."""
        if self.policy.scope is None:
            yield from self._expect(self.apps.platform, self._own, self.policy.success)
            yield from self._expect(App("nobody", None), self._own, self.policy.success)
            return
        for app in self.apps.refused:
            yield from self._same_for_all(app, status=401)
        yield from self._same_for_all(self.apps.lacking(self.policy.scope), status=403)
        yield from self._of_acme()
        yield from self._of_the_platform()

    def _of_acme(self) -> Iterator[str]:
        assert self.policy.scope is not None
        for app in (*self.apps.own, self.apps.having(self.policy.scope)):
            if self.policy.is_for_platform_only:
                yield from self._same_for_all(app, status=None)
                continue
            yield from self._expect(app, self._own, self.policy.success)
            if self.policy.names_organization:
                own = self.world.acme.ids["organization"]
                yield from self._expect(app, self._own, self.policy.success, naming=own)
                yield from self._alike(app, self._own, self._foreign_name, self._missing_name)
            if self._has_ids:
                yield from self._alike(app, self._own_name, self._foreign, self._missing)

    def _of_the_platform(self) -> Iterator[str]:
        app = self.apps.platform
        if not self.policy.names_organization:
            status = self.policy.of_the_platform or self.policy.success
            yield from self._expect(app, self._own, status)
            return
        for customer in (self.world.acme, self.world.crane):
            name = customer.ids["organization"]
            yield from self._expect(app, customer.ids, self.policy.success, naming=name)
        yield from self._expect(app, self._own, self.policy.unnamed)
        if self._has_ids:
            naming = self.world.acme.ids["organization"]
            foreign = self._ask(app, self._foreign, naming=naming)
            missing = self._ask(app, self._missing, naming=naming)
            if self._bare(foreign) != self._bare(missing):
                yield f"{self.operation} by {app.name}: Crane's looks other than missing"

    # --- what is asked about --------------------------------------------------------------------

    @property
    def _own(self) -> Mapping[str, str]:
        return self.world.acme.ids

    @property
    def _foreign(self) -> Mapping[str, str]:
        return self.world.crane.ids

    @property
    def _missing(self) -> Mapping[str, str]:
        return self.world.missing

    @property
    def _own_name(self) -> None:
        return None

    @property
    def _foreign_name(self) -> str:
        return self.world.crane.ids["organization"]

    @property
    def _missing_name(self) -> str:
        return NOWHERE["organization"]

    @property
    def _has_ids(self) -> bool:
        """Whether the request speaks of something that belongs to an organization."""
        return self._spoken(self._own) != self._spoken(self._missing)

    def _spoken(self, ids: Mapping[str, str]) -> tuple[str, Any]:
        body = self.policy.body(ids) if self.policy.body is not None else None
        query = self.policy.query(ids) if callable(self.policy.query) else self.policy.query
        address = self._address(ids)
        return f"{address}?{query}" if query else address, body

    # --- what has to hold -----------------------------------------------------------------------

    def _expect(
        self, app: App, ids: Mapping[str, str], status: int, *, naming: str | None = None
    ) -> Iterator[str]:
        reply = self._ask(app, ids, naming=naming)
        if reply.status != status:
            yield f"{self.operation} by {app.name}: {reply.status} {reply.body[:200]!r}"

    def _same_for_all(self, app: App, *, status: int | None) -> Iterator[str]:
        """Whoever may not learns nothing of what there is."""
        replies = [
            self._bare(self._ask(app, ids)) for ids in (self._own, self._foreign, self._missing)
        ]
        if any(reply != replies[0] for reply in replies):
            yield f"{self.operation} by {app.name}: own, foreign and missing differ"
        if replies[0].status != status if status else replies[0].status not in {403, NOT_FOUND}:
            yield f"{self.operation} by {app.name}: {replies[0].status} {replies[0].body[:200]!r}"

    def _alike(self, app: App, given: Any, foreign: Any, missing: Any) -> Iterator[str]:
        """What is Crane's is not found, like what does not exist."""
        if given is None:
            replies = [self._ask(app, foreign), self._ask(app, missing)]
        else:
            replies = [self._ask(app, given, naming=foreign), self._ask(app, given, naming=missing)]
        bare = [self._bare(reply) for reply in replies]
        if bare[0] != bare[1]:
            yield f"{self.operation} by {app.name}: {bare[0].body!r} or {bare[1].body!r}"
        expected = self.policy.success if self.policy.goes_no_further else NOT_FOUND
        if bare[0].status != expected:
            yield f"{self.operation} by {app.name}: {bare[0].status} for what is Crane's"

    # --- asking ---------------------------------------------------------------------------------

    def _address(self, ids: Mapping[str, str]) -> str:
        in_address = {
            name: value for name, value in ids.items() if f":{name}>" in self.operation.route
        }
        return reverse(self.operation.name, kwargs={**in_address, **self.policy.others})

    def _ask(self, app: App, ids: Mapping[str, str], *, naming: str | None = None) -> Reply:
        address, body = self._spoken(ids)
        if naming is not None and body is not None:
            body = {**body, "organization": naming}
        elif naming is not None:
            address += f"{'&' if '?' in address else '?'}organization={naming}"
        headers = {} if app.secret is None else {"Authorization": f"Bearer {app.secret}"}
        with undone():
            response = new_client().generic(
                self.operation.method,
                address,
                "" if body is None else json.dumps(body),
                content_type="application/json",
                headers=headers,
            )
            reply = read_reply(response)
            after = fingerprint_of(self.world.crane.organization.pk)
        if not app.is_platform:
            assert after == self.world.crane.fingerprint, (
                f"{self.operation}: {app.name} changed Crane"
            )
            told_itself = any(CANARY in str(part) for part in (address, body))
            assert told_itself or not reply.tells(CANARY), f"{self.operation} told {app.name}"
        return reply

    def _bare(self, reply: Reply) -> Reply:
        worlds = (self._own, self._foreign, self._missing)
        ids = [value for ids in worlds for value in ids.values()]
        return reply.without(*ids, *NOWHERE.values())
