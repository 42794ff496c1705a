"""What holds for the operations of Kinde's dialect."""

from typing import Any, Final

from accounts.choices import Scope

from .policy import (
    ELSEWHERE,
    NOT_FOUND,
    OK,
    PLATFORM,
    Policy,
    does,
    reads,
)

# Kinde's operations name the organization in their own ways, which the ids below stand for.
WEBHOOK: Final = {
    "endpoint": "https://127.0.0.1/webhooks",
    "event_types": ["customer.plan_changed"],
    "name": "test",
}
FLAG: Final[dict[str, Any]] = {"others": {"flag_key": "advanced_ai"}, **PLATFORM}
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
    ("kinde-flags", "DELETE"): reads(Scope.FLAGS_WRITE, **PLATFORM),
    ("kinde-flag", "PATCH"): reads(Scope.FLAGS_WRITE, "value=false", **FLAG),
    # It is not overridden.
    ("kinde-flag", "DELETE"): reads(Scope.FLAGS_WRITE, success=NOT_FOUND, **FLAG),
    ("kinde-flag-of-user", "PATCH"): reads(
        Scope.FLAGS_WRITE,
        lambda ids: f"value=false&org_code={ids['org_code']}",
        others={"flag_key": "advanced_ai", "user_id": "bob"},
        **PLATFORM,
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
    # Nobody made the keys, so that they let nobody in.
    ("kinde-portal-url", "POST"): does(
        Scope.ORGANIZATIONS_WRITE,
        lambda ids: {"organization_code": ids["org_code"], "user_id": ids["membership_id"]},
        success=403,
        of_the_platform=OK,
        **ELSEWHERE,
    ),
    ("kinde-verify-api-key", "POST"): does(
        Scope.ORGANIZATIONS_READ, {"api_key": "nothing"}, **ELSEWHERE
    ),
}
