"""
Tallybook for Python: report usage, hold credits, ask for entitlements, verify webhooks.

    tallybook = Tallybook()
    tallybook.usage.report(action="GENERATE_REPORT", member="u_17")
"""

from ._core.models import Entitlement, EventResult, Flag
from .buffer import BufferFull, RefusedEvent, UsageBuffer
from .client import Tallybook
from .errors import (
    Conflict,
    HoldEnded,
    InsufficientCredits,
    InvalidRequest,
    LimitReached,
    NotAuthenticated,
    NotBookable,
    NotFound,
    NotPermitted,
    PaymentOverdue,
    Refused,
    ServerError,
    SpendCapReached,
    TallybookError,
    TemporaryFailure,
    TooManyRequests,
    UnexpectedAnswer,
    Unreachable,
    UseRefused,
)
from .holds import Hold, HoldOrder
from .usage import Event
from .webhooks import InvalidWebhook, WebhookEvent, verify_webhook

__all__ = [
    "BufferFull",
    "Conflict",
    "Entitlement",
    "Event",
    "EventResult",
    "Flag",
    "Hold",
    "HoldEnded",
    "HoldOrder",
    "InsufficientCredits",
    "InvalidRequest",
    "InvalidWebhook",
    "LimitReached",
    "NotAuthenticated",
    "NotBookable",
    "NotFound",
    "NotPermitted",
    "PaymentOverdue",
    "Refused",
    "RefusedEvent",
    "ServerError",
    "SpendCapReached",
    "Tallybook",
    "TallybookError",
    "TemporaryFailure",
    "TooManyRequests",
    "UnexpectedAnswer",
    "Unreachable",
    "UsageBuffer",
    "UseRefused",
    "WebhookEvent",
    "verify_webhook",
]
