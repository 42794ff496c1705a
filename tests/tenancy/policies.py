"""The policy of every operation of the API, by the name of its address and its method."""

from typing import Any, Final

from accounts.choices import Scope

from .kinde_policies import KINDE
from .policy import CREATED, NOT_FOUND, OK, Policy, does, reads
from .resource_policies import RESOURCES
from .webhook_policies import FLAGS, OFREP, WEBHOOKS

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
    **WEBHOOKS,
    **FLAGS,
    **OFREP,
}
