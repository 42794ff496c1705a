"""
What the OpenAPI document is made of.

Bodies and answers are the msgspec types that the views read and write, so the document says
what the code does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from http import HTTPStatus
from typing import Annotated, Any, Final, Self, TypeVar

import msgspec
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiRequest,
    OpenApiResponse,
    extend_schema,
)
from msgspec import Meta

from .fields import DecimalText
from .pages import PAGE_PARAMETERS
from .parameters import LARGEST_PAGE
from .problems import CONTENT_TYPE, FieldError

F = TypeVar("F", bound=Callable[..., Any])

# The framework's types know only the names of schemes; an empty one means no key at all.
EVERYBODY: Final[Any] = [{}]

ORGANIZATION: Final = OpenApiParameter(
    "organization",
    str,
    description=(
        "Its id or your own id for it. A platform key must name it; other keys may only name "
        "their own."
    ),
)
FEATURE: Final = OpenApiParameter(
    "feature", str, description="A metered feature that the organization has.", required=True
)
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII characters; the same request is then done once.",
)


def paging(largest: int = LARGEST_PAGE) -> tuple[OpenApiParameter, ...]:
    """The parameters of a list that answers in pages."""
    return (
        OpenApiParameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": largest, "default": largest},
            description="How many items at most.",
        ),
        OpenApiParameter(
            "starting_after", str, description="The key of the last item of the page before."
        ),
    )


def instant_parameter(name: str, description: str, *, required: bool = False) -> OpenApiParameter:
    """A query parameter that is an instant."""
    return OpenApiParameter(
        name, {"type": "string", "format": "date-time"}, description=description, required=required
    )


def choice_parameter(
    name: str, kind: type[Enum], *, default: Enum | None = None
) -> OpenApiParameter:
    """A query parameter that names one of a few."""
    return OpenApiParameter(
        name,
        str,
        enum=[choice.value for choice in kind],
        default=None if default is None else default.value,
    )


PAGING: Final = paging()
assert {parameter.name for parameter in PAGING} == PAGE_PARAMETERS


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A problem document (RFC 9457). Some problems have further members."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[FieldError] | msgspec.UnsetType = msgspec.UNSET


class Shortage(Problem, frozen=True, kw_only=True):
    """Why enforced use is refused: what it would take, what it could take, and what would help."""

    required: DecimalText
    available: Annotated[DecimalText | None, Meta(description="Null is unlimited.")]
    resets_at: Annotated[datetime | None, Meta(description="When the next period begins.")]
    upgrade_url: Annotated[
        str | None, Meta(description="Where plans are compared; null if none would help.")
    ]


class PaymentProblem(Problem, frozen=True, kw_only=True):
    """Why a payment was not made. Which members there are depends on the code."""

    decline_code: Annotated[
        str | msgspec.UnsetType,
        Meta(description="Of a card that was declined: why, as far as its bank told."),
    ] = msgspec.UNSET
    invoice_url: Annotated[
        str | msgspec.UnsetType,
        Meta(description="Of a payment that is not complete: where it can be made."),
    ] = msgspec.UNSET
    top_up: Annotated[
        str | msgspec.UnsetType, Meta(description="The order that still waits for its payment.")
    ] = msgspec.UNSET


class StructExtension(OpenApiSerializerExtension):
    """Lets msgspec types stand where the framework expects serializers."""

    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:
        return str(self.target.__name__)

    def get_identity(self, auto_schema: AutoSchema, direction: str) -> str:
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        _, components = msgspec.json.schema_components(
            [self.target], ref_template="#/components/schemas/{name}"
        )
        own: dict[str, Any] = components.pop(self.target.__name__)
        for name, schema in components.items():
            component = ResolvedComponent(
                name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name
            )
            auto_schema.registry.register_on_missing(component)
        return own


@dataclass(frozen=True, slots=True)
class Refusals:
    """The statuses with which an operation may refuse, and what it says then."""

    statuses: frozenset[int]
    document: type[msgspec.Struct] = Problem
    content_type: str = CONTENT_TYPE
    on_payment: type[msgspec.Struct] = Shortage

    def and_also(self, *statuses: int) -> Self:
        """The same with more statuses."""
        return replace(self, statuses=self.statuses | set(statuses))

    def document_of(self, status: int) -> type[msgspec.Struct]:
        """What an answer with this status says."""
        return self.on_payment if status == HTTPStatus.PAYMENT_REQUIRED else self.document

    def where_money_moves(self) -> Self:
        """The same for what Stripe has a say in: it may refuse, or the payment may fail."""
        return replace(self.and_also(402, 502), on_payment=PaymentProblem)


PUBLIC: Final = Refusals(frozenset({400, 503}))
KEYED: Final = PUBLIC.and_also(401, 403, 429)
# PUT and PATCH come to the same however often they are sent; a POST may be on its way twice.
IN_PLACE: Final = KEYED.and_also(413, 415)
WITH_BODY: Final = IN_PLACE.and_also(409)


def body_of(document: Any, *, examples: Mapping[str, Any]) -> OpenApiRequest:
    """Describe the body of an operation."""
    return OpenApiRequest(
        document,
        examples=[
            OpenApiExample(name, value=value, request_only=True) for name, value in examples.items()
        ],
    )


def described(
    *,
    operation_id: str,
    tag: str,
    summary: str,
    answers: Mapping[int, Any],
    refusals: Refusals,
    body: OpenApiRequest | Mapping[str, OpenApiRequest] | None = None,
    parameters: Sequence[OpenApiParameter] = (),
) -> Callable[[F], F]:
    """Describe one operation; its docstring says the rest."""
    responses: dict[Any, Any] = {
        status: OpenApiResponse(answer, description=HTTPStatus(status).phrase)
        for status, answer in answers.items()
    }
    for status in sorted(refusals.statuses):
        responses[status, refusals.content_type] = OpenApiResponse(
            refusals.document_of(status), description=HTTPStatus(status).phrase
        )
    return extend_schema(
        operation_id=operation_id,
        tags=[tag],
        summary=summary,
        request=body,
        responses=responses,
        parameters=list(parameters),
        auth=None if HTTPStatus.UNAUTHORIZED in refusals.statuses else EVERYBODY,
    )
