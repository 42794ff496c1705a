"""What holds for webhooks, flags and OpenFeature's dialect."""

from collections.abc import Mapping
from typing import Any, Final

from accounts.choices import Scope

from .policy import (
    CREATED,
    ELSEWHERE,
    GONE,
    NOT_FOUND,
    OK,
    Policy,
    does,
    reads,
)

# A platform key that names nobody means the installation, which has no such endpoint.
OR_OURS: Final[dict[str, Any]] = {"unnamed": NOT_FOUND}
SEE, CHANGE = Scope.WEBHOOKS_READ, Scope.WEBHOOKS_WRITE
WEBHOOKS: Final[dict[tuple[str, str], Policy]] = {
    ("webhook-event-types", "GET"): reads(SEE, **ELSEWHERE),
    ("webhook-events", "GET"): reads(SEE, unnamed=OK),
    # The installation's endpoints are told of everybody.
    ("webhook-event", "GET"): reads(SEE, unnamed=OK),
    ("webhook-endpoints", "GET"): reads(SEE, unnamed=OK),
    ("webhook-endpoints", "POST"): does(
        CHANGE, {"url": "https://127.0.0.1/webhooks"}, success=CREATED, unnamed=CREATED
    ),
    ("webhook-endpoint", "GET"): reads(SEE, **OR_OURS),
    ("webhook-endpoint", "PATCH"): does(CHANGE, {"description": "other"}, **OR_OURS),
    ("webhook-endpoint", "DELETE"): reads(CHANGE, success=GONE, **OR_OURS),
    ("enable-webhook-endpoint", "POST"): does(CHANGE, {}, **OR_OURS),
    ("disable-webhook-endpoint", "POST"): does(CHANGE, {}, **OR_OURS),
    ("rotate-webhook-secret", "POST"): does(CHANGE, {}, **OR_OURS),
    ("test-webhook-endpoint", "POST"): does(CHANGE, {}, success=CREATED, **OR_OURS),
    ("webhook-deliveries", "GET"): reads(SEE, **OR_OURS),
    ("webhook-delivery", "GET"): reads(SEE, **OR_OURS),
    ("resend-webhook", "POST"): does(CHANGE, {}, **OR_OURS),
    ("resend-webhooks", "POST"): does(CHANGE, {"since": "2026-09-01T00:00:00Z"}, **OR_OURS),
}

FLAG: Final[dict[str, Any]] = {"is_for_platform_only": True, "others": {"key": "advanced_ai"}}
FLAGS: Final[dict[tuple[str, str], Policy]] = {
    ("flag", "PUT"): does(Scope.FLAGS_WRITE, {"value": True}, **FLAG),
    # It is not overridden.
    ("flag", "DELETE"): reads(Scope.FLAGS_WRITE, success=NOT_FOUND, **FLAG),
}


def _of(ids: Mapping[str, str]) -> dict[str, Any]:
    return {"context": {"targetingKey": ids["organization"]}}


OFREP: Final[dict[tuple[str, str], Policy]] = {
    ("ofrep:flags", "POST"): does(Scope.ENTITLEMENTS_READ, _of, not_theirs=403, **ELSEWHERE),
    ("ofrep:flag", "POST"): does(
        Scope.ENTITLEMENTS_READ, _of, not_theirs=403, others={"key": "advanced_ai"}, **ELSEWHERE
    ),
    ("ofrep:nothing-here", "GET"): Policy(None, success=NOT_FOUND),
}
