"""`/api/v1/organizations/{id}/properties`: what is kept about one organization."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from accounts.properties import queries
from accounts.properties.operations import increment_property, set_properties
from accounts.properties.queries import list_properties
from accounts.properties.values import write_value

from ..admission import OnlyPlatformKeys
from ..documents import invalid
from ..endpoint import json_response
from ..idempotency import answered_once
from ..kinde.alongside import (
    KINDES_PARAMETERS,
    cursor_of,
    with_properties,
    with_success,
)
from ..pages import PAGE_PARAMETERS, page_of
from ..parameters import find_parameter
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, IN_PLACE, KEYED, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .properties import OfType

MOST_AT_ONCE = 100

Written = Annotated[
    str | bool | int,
    Meta(
        description="Of the property's type: a text; true or false; a whole number; a decimal "
        "number or a date (2026-11-22) as text."
    ),
]


class PropertyValues(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to set, by key. Null empties a property."""

    properties: Annotated[
        dict[str, Written | None],
        Meta(extra_json_schema={"minProperties": 1, "maxProperties": MOST_AT_ONCE}),
    ]


class NewValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to set it to. Null empties it."""

    value: Written | None


class Increment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much to add."""

    by: Annotated[
        str | int,
        Meta(description="A whole or decimal number; below zero it counts down.", examples=[1]),
    ] = 1


class Property(msgspec.Struct, frozen=True, kw_only=True):
    """A property, and what it is for the organization."""

    key: str
    name: str
    type: OfType
    description: str
    category: str
    is_public: bool
    value: Annotated[Any, Meta(description="Null: it is not set. Decimals and dates are text.")]
    changed_at: datetime | None


class PropertyPage(msgspec.Struct, frozen=True):
    """Properties, by category and key."""

    data: list[Property]
    has_more: bool


class _OrganizationProperties(Resource):
    """What all of these have in common: writing needs a platform key."""

    scopes = {}
    http_method_names: list[str] = []
    parser_classes = [StrictJSONParser]

    def organization_to_write(self, organization_id: str) -> Organization:
        """
        Return the organization whose properties are to change.

        Raises `OnlyPlatformKeys`, then `OrganizationNotFound`.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Properties are set with a platform key.")
        return self.organization_named(organization_id)


class OrganizationProperties(_OrganizationProperties):
    """The properties of one organization."""

    scopes = {"GET": Scope.ORGANIZATIONS_READ, "PATCH": Scope.ORGANIZATIONS_WRITE}
    http_method_names = ["get", "head", "patch"]
    parameters = PAGE_PARAMETERS | KINDES_PARAMETERS

    @described(
        operation_id="list_organization_properties",
        tag="properties",
        summary="List the properties of an organization",
        answers={200: PropertyPage},
        parameters=PAGING,
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, organization_id: str) -> Response:
        """Every property, set or not. The organization's own key sees what is public."""
        found = list_properties(
            organization=self.organization_named(organization_id),
            public_only=not self.caller.is_platform,
        )
        page, has_more = page_of(
            found,
            request=self.plain_request,
            key=lambda item: item.key,
            cursor=cursor_of(self.plain_request),
        )
        answer = PropertyPage([_present(item) for item in page], has_more)
        last_seen = page[-1].key if has_more else None
        return Response(with_properties(answer, page, last_seen=last_seen))

    @described(
        operation_id="set_organization_properties",
        tag="properties",
        summary="Set properties of an organization",
        body=body_of(
            PropertyValues,
            examples={"two of them": {"properties": {"account_manager": "Zoe", "meetings": 17}}},
        ),
        answers={200: PropertyPage},
        refusals=IN_PLACE.and_also(404),
    )
    def patch(self, request: Request, organization_id: str) -> Response:
        """Set these, all or none; the others stay. Answers with those that were sent."""
        values = self.written(PropertyValues).properties
        if not 1 <= len(values) <= MOST_AT_ONCE:
            detail = f"Send 1 to {MOST_AT_ONCE} properties."
            raise invalid("/properties", "invalid_properties", detail)
        changed = set_properties(
            organization=self.organization_to_write(organization_id),
            values=values,
            actor=self.actor,
            now=self.now,
        )
        answer = PropertyPage([_present(item) for item in changed], has_more=False)
        return Response(with_properties(answer, changed, last_seen=None))


class OrganizationProperty(_OrganizationProperties):
    """One property of one organization."""

    scopes = {"PUT": Scope.ORGANIZATIONS_WRITE}
    http_method_names = ["put"]

    @described(
        operation_id="set_organization_property",
        tag="properties",
        summary="Set a property of an organization",
        body=body_of(NewValue, examples={"a text": {"value": "Zoe"}}),
        answers={200: Property},
        refusals=IN_PLACE.and_also(404),
    )
    def put(self, request: Request, organization_id: str, key: str) -> Response:
        """Needs a platform key. Kinde's clients have the value in the query, and no body."""
        value: Written | None = find_parameter(self.plain_request, "value")
        if value is None:
            value = self.written(NewValue).value
        [changed] = set_properties(
            organization=self.organization_to_write(organization_id),
            values={key: value},
            actor=self.actor,
            now=self.now,
        )
        return Response(with_success(_present(changed)))

    def parameters_of(self, method: str) -> frozenset[str]:
        """Kinde's."""
        return frozenset({"value"})


class IncrementProperty(_OrganizationProperties):
    """A counter of one organization."""

    scopes = {"POST": Scope.ORGANIZATIONS_WRITE}
    http_method_names = ["post"]

    @described(
        operation_id="increment_organization_property",
        tag="properties",
        summary="Count a property up",
        body=body_of(Increment, examples={"one more": {}, "two and a half": {"by": "2.5"}}),
        answers={200: Property},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, organization_id: str, key: str) -> HttpResponse:
        """
        Add to a number; what is not set counts as 0. However many add at once, nothing is lost.
        Needs a platform key. Send an `Idempotency-Key`, so that a repeated request adds once.
        """
        by = self.written(Increment).by

        def count_up() -> HttpResponse:
            counted = increment_property(
                organization=self.organization_to_write(organization_id),
                key=key,
                by=by,
                actor=self.actor,
                now=self.now,
            )
            return json_response(_present(counted))

        return answered_once(self.plain_request, count_up, caller=self.caller, now=self.now)


def _present(found: queries.Property) -> Property:
    return Property(
        key=found.key,
        name=found.name,
        type=found.type,
        description=found.description,
        category=found.category,
        is_public=found.is_public,
        value=None if found.value is None else write_value(found.value, type=found.type),
        changed_at=found.changed_at,
    )
