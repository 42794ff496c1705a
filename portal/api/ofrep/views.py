"""`/ofrep/v1/evaluate/flags`: OpenFeature's clients ask for one flag, or for all of them."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from billing.models.flag_override import LONGEST_MEMBER

from ..endpoint import post_endpoint
from ..schema import Refusals, body_of, described
from ..standing import current_standing
from .answers import Bulk, EvaluatedFlag, EvaluatedFlags, evaluate, written
from .context import LONGEST_TARGETING_KEY, read_context
from .errors import ErrorCode, write_ofrep_error

# What clients that listen to event streams send; there are none here.
OF_STREAMS: Final = frozenset({"flagConfigEtag", "flagConfigLastModified"})
IF_NONE_MATCH: Final = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of an answer that you have: 304 if it still holds.",
)


class EvaluationContext(msgspec.Struct, rename={"targeting_key": "targetingKey"}):
    """Whom the flags are for. Further fields are allowed, and not looked at."""

    targeting_key: (
        Annotated[
            str,
            Meta(
                description="The organization: its id or your own id for it. An organization's "
                "key may leave it out.",
                max_length=LONGEST_TARGETING_KEY,
            ),
        ]
        | msgspec.UnsetType
        | None
    ) = msgspec.UNSET
    member: (
        Annotated[
            str,
            Meta(
                description="One of its people, by the name that your app has for them.",
                max_length=LONGEST_MEMBER,
            ),
        ]
        | msgspec.UnsetType
        | None
    ) = msgspec.UNSET


class EvaluationRequest(msgspec.Struct):
    """What OpenFeature's clients send."""

    context: EvaluationContext | msgspec.UnsetType = msgspec.UNSET


class EvaluationError(msgspec.Struct, rename="camel"):
    """Why nothing was evaluated. Where the status says it all, only `errorDetails` is there."""

    error_details: str
    error_code: ErrorCode | msgspec.UnsetType = msgspec.UNSET
    key: str | msgspec.UnsetType = msgspec.UNSET


REFUSALS: Final = Refusals(
    frozenset({400, 401, 403, 429, 503}), EvaluationError, "application/json"
)
BODY: Final = body_of(
    EvaluationRequest,
    examples={
        "an organization": {"context": {"targetingKey": "customer-1"}},
        "one person": {"context": {"targetingKey": "customer-1", "member": "u_17"}},
    },
)


@post_endpoint(scope=Scope.ENTITLEMENTS_READ, write_refusal=write_ofrep_error)
@described(
    operation_id="evaluateFlag",
    tag="ofrep",
    summary="Evaluate a flag",
    body=BODY,
    answers={200: EvaluatedFlag},
    refusals=REFUSALS.and_also(404),
)
def evaluate_flag(request: HttpRequest, caller: CallerKey, now: datetime, key: str) -> HttpResponse:
    """One flag or metered feature, as OpenFeature's server clients ask for it."""
    context = read_context(request)
    standing, now = current_standing(
        caller=caller, reference=context.organization, now=now, member=context.member
    )
    return _answer(written(evaluate(standing, key=key, at=now)))


@post_endpoint(
    scope=Scope.ENTITLEMENTS_READ, parameters=OF_STREAMS, write_refusal=write_ofrep_error
)
@described(
    operation_id="evaluateFlagsBulk",
    tag="ofrep",
    summary="Evaluate all flags",
    body=BODY,
    answers={200: EvaluatedFlags, 304: None},
    parameters=(IF_NONE_MATCH,),
    refusals=REFUSALS,
)
def evaluate_flags(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """
    Every flag and metered feature at once, as OpenFeature's web clients ask for them, with an
    `ETag`; while that holds, the answer to `If-None-Match` is 304 and nothing is evaluated.
    """
    context = read_context(request)
    standing, now = current_standing(
        caller=caller, reference=context.organization, now=now, member=context.member
    )
    bulk = Bulk(standing, at=now)
    etag = bulk.etag
    if _knows(request, etag):
        return _answer(b"", status=HTTPStatus.NOT_MODIFIED, ETag=etag)
    return _answer(written(bulk.evaluate()), ETag=etag)


def _knows(request: HttpRequest, etag: str) -> bool:
    """Whether the client has this answer; a proxy may have weakened the tag on its way."""
    tags = str(request.META.get("HTTP_IF_NONE_MATCH", "")).split(",")
    return etag in (tag.strip().removeprefix("W/") for tag in tags)


def _answer(body: bytes, *, status: int = HTTPStatus.OK, **headers: Any) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="application/json")
    # What clients keep they ask about each time.
    response["Cache-Control"] = "private, no-cache"
    for name, value in headers.items():
        response[name] = value
    return response
