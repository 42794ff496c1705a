"""How the schema shows `POST /api/v1/usage`."""

from typing import Annotated, Any, Final

import msgspec
from drf_spectacular.utils import PolymorphicProxySerializer
from msgspec import Meta

from metering.usage.reports import LARGEST_BATCH

from ..schema import body_of
from .reported_event import ReportedEvent
from .usage_results import BatchResult, EventResult


class UsageBatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 1,000 events. Each is booked, or not, on its own."""

    events: Annotated[list[ReportedEvent], Meta(min_length=1, max_length=LARGEST_BATCH)]
    organization: Annotated[
        str | None, Meta(description="For the events that do not name one themselves.")
    ] = None


# The framework's types expect serializers here; ours are resolved by `StructExtension`.
_ONE_OR_MANY: Any = [ReportedEvent, UsageBatch]
_ONE_RESULT_OR_MANY: Any = [EventResult, BatchResult]
_REPORT = PolymorphicProxySerializer(
    component_name="UsageReport",
    serializers=_ONE_OR_MANY,
    resource_type_field_name=None,
)
USAGE_ANSWER: Final = PolymorphicProxySerializer(
    component_name="UsageAnswer",
    serializers=_ONE_RESULT_OR_MANY,
    resource_type_field_name=None,
)
_EXAMPLES = {
    "one event": {"id": "req-8f14e45f", "action": "GENERATE_REPORT", "member": "u_17"},
    "only if it is covered": {"id": "req-45c48cce", "action": "GENERATE_REPORT", "enforce": True},
    "the total of the period": {
        "id": "total-2026-11-22",
        "feature": "ai_credits",
        "value": "1250",
        "mode": "absolute",
    },
    "a batch": {
        "organization": "org_06f4hxw2k3n5p7r9t1v3x5z7a9",
        "events": [
            {"id": "req-8f14e45f", "action": "GENERATE_REPORT"},
            {"id": "req-c9f0f895", "feature": "ai_credits", "value": "12.5"},
        ],
    },
}
USAGE_BODY: Final = body_of(_REPORT, examples=_EXAMPLES)
