"""Set credits aside before something happens; settle or release them afterwards."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.usage.operations import hold_usage, release_hold, settle_hold
from metering.choices import HoldOutcome
from metering.operations import (
    HoldReceipt,
    HoldRefused,
    UsageRejected,
    describe_hold,
    find_hold,
    is_of_platform,
)
from metering.usage.reports import Outcome

from ..admission import OnlyPlatformKeys
from ..documents import parse_document, parse_document_if_any, read_body, shape
from ..endpoint import json_response, post_endpoint
from ..idempotency import REPLAYED
from ..organizations import find_tenant, get_named_organization
from ..parameters import find_parameter
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, WITH_BODY, body_of, described
from .hold_requests import HoldOrder, Release, Settlement, read_hold_order, read_settlement
from .hold_results import Hold, SettledHold, hold_refused, hold_rejected, present_hold
from .usage import present_receipts
from .usage_results import refusal_of


@post_endpoint(scope=Scope.USAGE_WRITE)
@described(
    operation_id="create_hold",
    tag="holds",
    summary="Set credits aside",
    body=body_of(
        HoldOrder,
        examples={
            "an action": {"id": "job-17", "action": "GENERATE_REPORT", "member": "u_17"},
            "a feature": {
                "id": "job-18",
                "feature": "ai_credits",
                "value": "120",
                "expires_in_seconds": 3600,
            },
        },
    ),
    answers={201: Hold, 200: Hold},
    refusals=WITH_BODY.and_also(402, 404, 422),
)
def post_hold(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """
    Before something happens whose credits must be there. Answers 201 with the hold, 402 if the
    plan does not allow it, and 200 with the same hold, as it stands now, when it is sent again;
    409 if the id belongs to a hold with other content.
    """
    reference, order = read_hold_order(parse_document(read_body(request)))
    organization_id = find_tenant(caller=caller, reference=reference)
    now = time_of(organization_id=organization_id, now=now)
    try:
        receipt = hold_usage(
            organization_id=organization_id,
            request=order,
            api_key_id=caller.id,
            received_at=now,
        )
    except HoldRefused as refused:
        raise hold_refused(refused) from refused
    except UsageRejected as rejected:
        raise hold_rejected(rejected) from rejected
    response = json_response(
        present_hold(receipt, now=now), status=200 if receipt.is_replay else 201
    )
    if receipt.is_replay:
        response[REPLAYED] = "true"
    return response


@post_endpoint(scope=Scope.USAGE_WRITE)
@described(
    operation_id="settle_hold",
    tag="holds",
    summary="Settle a hold with what was really used",
    body=body_of(Settlement, examples={"as held": {"quantity": 1}, "a value": {"value": "87.5"}}),
    answers={200: SettledHold},
    refusals=WITH_BODY.and_also(404, 422),
)
def post_settlement(
    request: HttpRequest, caller: CallerKey, now: datetime, *, hold_id: str
) -> HttpResponse:
    """
    Books an event for what was really used and ends the hold. The credits that were set aside
    pay first, even if they have expired meanwhile; what was not needed returns, and more than
    was held is paid like any usage. Sent again with the same content it is a `duplicate`; with
    other content, or for a hold that has ended in another way, 409. An event that cannot be
    booked (422) leaves the hold open. What a platform key holds, platform keys end (403).
    """
    written = shape(parse_document(read_body(request)), Settlement)
    organization_id = find_tenant(caller=caller, reference=written.organization)
    now = time_of(organization_id=organization_id, now=now)
    _check_may_end(organization_id, hold_id, caller=caller)
    hold = _get_hold(organization_id, hold_id)
    report = read_settlement(written, hold=hold)
    receipt = settle_hold(
        organization_id=organization_id,
        hold_id=hold_id,
        report=report,
        api_key_id=caller.id,
        received_at=now,
    )
    [result] = present_receipts([receipt])
    if (refusal := refusal_of(result)) is not None:
        raise refusal
    ended = (
        _get_hold(organization_id, hold_id)
        if receipt.outcome is Outcome.DUPLICATE
        else replace(hold, outcome=HoldOutcome.SETTLED, event_id=receipt.event_id, ended_at=now)
    )
    return json_response(SettledHold(usage=result, hold=present_hold(ended, now=now)))


@post_endpoint(scope=Scope.USAGE_WRITE)
@described(
    operation_id="release_hold",
    tag="holds",
    summary="Release a hold",
    body=body_of(Release, examples={"nothing happened": {}}),
    answers={200: Hold},
    refusals=WITH_BODY.and_also(404),
)
def post_release(
    request: HttpRequest, caller: CallerKey, now: datetime, *, hold_id: str
) -> HttpResponse:
    """
    Returns everything that was set aside, because nothing was used. Releasing again answers the
    same; 409 for a hold that was settled or has expired, 403 for one of a platform key.
    """
    written = shape(parse_document_if_any(request), Release)
    organization_id = find_tenant(caller=caller, reference=written.organization)
    now = time_of(organization_id=organization_id, now=now)
    _check_may_end(organization_id, hold_id, caller=caller)
    receipt = release_hold(organization_id=organization_id, hold_id=hold_id, now=now)
    return json_response(present_hold(receipt, now=now))


class HoldOfId(Resource):
    """One hold."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_hold",
        tag="holds",
        summary="Get a hold",
        answers={200: Hold},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, hold_id: str) -> Response:
        """Where a hold stands."""
        organization = get_named_organization(
            caller=self.caller, reference=find_parameter(self.plain_request, "organization")
        )
        now = time_of(organization_id=organization.pk, now=self.now)
        return Response(present_hold(_get_hold(organization.pk, hold_id), now=now))


def _get_hold(organization_id: int, hold_id: str) -> HoldReceipt:
    return describe_hold(find_hold(organization_id=organization_id, hold_id=hold_id))


def _check_may_end(organization_id: int, hold_id: str, *, caller: CallerKey) -> None:
    """Raise `OnlyPlatformKeys` for what the company holds: ended too early, its use is free."""
    if not caller.may_take_usage_back and is_of_platform(
        organization_id=organization_id, hold_id=hold_id
    ):
        raise OnlyPlatformKeys(
            "A platform key holds this. Another key that ends it has the scope credits:write."
        )
