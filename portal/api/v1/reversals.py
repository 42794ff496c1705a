"""`POST /api/v1/usage/{id}/reverse`: take one event back."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.usage.operations import reverse_usage
from metering.operations import Reversal

from ..documents import parse_document, read, read_body, shape
from ..endpoint import json_response
from ..fields import LONGEST_REASON, DecimalText, decimal_text, parse_reason
from ..idempotency import answered_once
from ..organizations import get_named_organization
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .written import NamedOrganization


class ReversalOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an event is taken back."""

    reason: Annotated[
        str,
        Meta(
            description="It stands beside the event for ever.",
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_REASON},
            examples=["The report could not be made."],
        ),
    ]
    organization: NamedOrganization = None


class ReversedUsage(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was taken back."""

    id: str
    feature: str
    credits: Annotated[DecimalText, Meta(description="What the event had taken.")]
    overage: Annotated[
        DecimalText, Meta(description="The part of it that nothing had paid for by then.")
    ]
    settled: Annotated[
        bool,
        Meta(
            description="Whether its period was settled already: what was charged for it is then "
            "owed to the organization, and stands in a settlement of its own."
        ),
    ]
    reason: str
    reversed_at: datetime


class ReverseUsage(Resource):
    """Takes an event back."""

    scopes = {"POST": Scope.CREDITS_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="reverse_usage",
        tag="usage",
        summary="Take an event back",
        body=body_of(
            ReversalOrder,
            examples={"the action failed": {"reason": "The report could not be made."}},
        ),
        answers={200: ReversedUsage},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, event_id: str) -> HttpResponse:
        """
        Take one event back, wholly and once. Its credits return to the grants that paid for it; on
        grants whose time is over they expire.

        Only for features whose reports are summed or counted; of the others, report the new value.
        """
        order = shape(parse_document(read_body(self.plain_request)), ReversalOrder)
        reason = read(parse_reason, order.reason, at="/reason")

        def answer() -> HttpResponse:
            return self._reverse(event_id, reference=order.organization, reason=reason)

        return answered_once(self.plain_request, answer, caller=self.caller, now=self.now)

    def _reverse(self, event_id: str, *, reference: str | None, reason: str) -> HttpResponse:
        organization = get_named_organization(caller=self.caller, reference=reference)
        reversal = reverse_usage(
            organization_id=organization.pk,
            event_id=event_id,
            reason=reason,
            now=time_of(organization_id=organization.pk, now=self.now),
        )
        return json_response(_present(reversal, reason=reason))


def _present(reversal: Reversal, *, reason: str) -> ReversedUsage:
    return ReversedUsage(
        id=reversal.event_id,
        feature=reversal.meter,
        credits=decimal_text(reversal.credits),
        overage=decimal_text(reversal.overage),
        settled=reversal.is_settled,
        reason=reason,
        reversed_at=reversal.reversed_at,
    )
