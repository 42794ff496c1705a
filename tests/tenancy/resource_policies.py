"""What holds for organizations, their people, properties and outcomes."""

from typing import Any, Final

from accounts.choices import Scope

from .policy import (
    CREATED,
    ELSEWHERE,
    NOT_FOUND,
    PLATFORM,
    Policy,
    does,
    reads,
)

NO_SUCH_PROPERTY: Final[dict[str, Any]] = {
    "success": NOT_FOUND,
    "others": {"key": "industry"},
    **PLATFORM,
}
RESOURCES: Final[dict[tuple[str, str], Policy]] = {
    # CloudEvents are told by their content type; what they name is asked in their own tests.
    ("events", "POST"): does(Scope.USAGE_WRITE, {}, success=415, **ELSEWHERE),
    ("estimates", "GET"): reads(Scope.BALANCES_READ, "action=EXTRACT_TEXT"),
    ("embed-tokens", "POST"): does(Scope.BALANCES_READ, {"allow": ["usage"]}, success=CREATED),
    # For the tokens of pages, whose tests are in `tests/api/test_embedding.py`: no key opens them.
    ("embedded-estimate", "GET"): Policy(None, success=401),
    ("embedded-usage", "GET"): Policy(None, success=401),
    ("pricing-table", "GET"): Policy(None, others={"key": "current"}),
    ("credit-packs", "GET"): reads(Scope.BILLING_READ),
    ("guarantees", "GET"): reads(Scope.BILLING_READ),
    ("repricing-offers", "GET"): reads(Scope.BILLING_READ),
    ("repricing-offer", "GET"): reads(Scope.BILLING_READ),
    # They have moved already.
    ("accept-repricing-offer", "POST"): does(Scope.BILLING_WRITE, {}, success=409),
    ("decline-repricing-offer", "POST"): does(Scope.BILLING_WRITE, {}, success=409),
    ("margins", "GET"): reads(Scope.ANALYTICS_READ, **PLATFORM),
    ("costs", "GET"): reads(Scope.ANALYTICS_READ, **PLATFORM),
    ("outcomes", "GET"): reads(Scope.OUTCOMES_READ),
    ("outcomes", "POST"): does(
        Scope.OUTCOMES_WRITE, {"code": "meeting_booked", "reference": "new"}, success=CREATED
    ),
    ("outcome", "GET"): reads(Scope.OUTCOMES_READ),
    ("confirm-outcome", "POST"): does(Scope.OUTCOMES_WRITE, {}),
    ("reverse-outcome", "POST"): does(Scope.OUTCOMES_WRITE, {"reason": "test"}),
    ("dispute-outcome", "POST"): does(Scope.OUTCOMES_WRITE, {"reason": "test"}),
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
    ("portal-links", "POST"): does(
        Scope.ORGANIZATIONS_WRITE,
        lambda ids: {"organization": ids["organization"], "member": ids["membership_id"]},
        success=403,
        of_the_platform=CREATED,
        **ELSEWHERE,
    ),
    ("invitations", "GET"): reads(Scope.ORGANIZATIONS_READ),
    ("invitations", "POST"): does(
        Scope.ORGANIZATIONS_WRITE, {"email": "new@acme.example", "role": "member"}, success=403
    ),
}
