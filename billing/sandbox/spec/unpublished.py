"""
Two calls that Stripe's description leaves out, although Stripe's own command line makes them.

`stripe trigger checkout.session.completed` pays for a session with them, as Stripe's page does.
What they take is read off that script; they answer the session, checked as any other answer.
"""

from __future__ import annotations

from typing import Any, Final

_SESSION: Final = {"$ref": "#/components/schemas/checkout.session"}
_PAYMENT: Final = {
    "type": "object",
    "properties": {
        "expected_amount": {"type": "integer"},
        "payment_method": {"type": "string"},
    },
    "required": ["payment_method", "expected_amount"],
}
_NOTHING: Final[dict[str, Any]] = {"type": "object", "properties": {}}

# (method, path): what it takes, what it answers
CALLS: Final[dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]]] = {
    ("GET", "/v1/payment_pages/{session}"): (_NOTHING, _SESSION),
    ("POST", "/v1/payment_pages/{session}/confirm"): (_PAYMENT, _SESSION),
}
