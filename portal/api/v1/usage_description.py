"""How the schema shows `POST /api/v1/usage`."""

from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import PolymorphicProxySerializer
from msgspec import Meta
from rest_framework.views import APIView

from metering.usage.reports import LARGEST_BATCH

from ..schema import WITH_BODY, body_of, described
from ..wire import StrictJSONParser
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
_ANSWER = PolymorphicProxySerializer(
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


class UsageDescription(APIView):
    """Stands in the schema for the plain view of `portal.api.v1.usage`."""

    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="report_usage",
        tag="usage",
        summary="Report usage, one event or a batch",
        body=body_of(_REPORT, examples=_EXAMPLES),
        answers={200: _ANSWER},
        refusals=WITH_BODY.and_also(402, 404, 422),
    )
    def post(self) -> HttpResponse:
        """
        One event answers 200 when it is `accepted`, `late` or a `duplicate`, 409 when its id
        belongs to another event, 422 when it cannot be booked, and with `enforce` 402 when the plan
        does not allow it. A batch answers 200 with a result for each event; a wrong one never keeps
        the others back. An event's id is its identity for ever, so sending it again is always safe
        and an `Idempotency-Key` is not needed.
        """
        raise NotImplementedError
