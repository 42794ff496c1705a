"""`/api/v1/properties`: which properties organizations have."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import PropertyType, Scope
from accounts.models import PropertyDefinition
from accounts.properties.definitions import (
    PropertyDetails,
    change_property,
    define_property,
    remove_property,
)
from accounts.properties.queries import get_definition, list_definitions

from ..admission import OnlyPlatformKeys
from ..endpoint import json_response
from ..idempotency import answered_once
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, IN_PLACE, KEYED, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .written import read_one_of

Name = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 80})]
Description = Annotated[str, Meta(extra_json_schema={"maxLength": 200})]
Category = Annotated[
    str,
    Meta(description="Under which heading it is shown.", extra_json_schema={"maxLength": 40}),
]
IsPublic = Annotated[bool, Meta(description="Whether organizations may read it themselves.")]
OfType = Annotated[str, Meta(extra_json_schema={"enum": PropertyType.values})]


class PropertyOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A property to define. Key and type stay for good."""

    key: Annotated[str, Meta(description="By which apps know it.", examples=["account_manager"])]
    name: Name
    type: OfType
    description: Description = ""
    category: Category = ""
    is_public: IsPublic = False


class PropertyChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    category: Category | UnsetType = UNSET
    is_public: IsPublic | UnsetType = UNSET


class PropertyKind(msgspec.Struct, frozen=True, kw_only=True):
    """A property that organizations have."""

    key: str
    name: str
    type: OfType
    description: str
    category: str
    is_public: bool


class PropertyKindPage(msgspec.Struct, frozen=True):
    """Properties, by category and key."""

    data: list[PropertyKind]
    has_more: bool


class Properties(Resource):
    """The properties of all organizations."""

    scopes = {"GET": Scope.ORGANIZATIONS_READ, "POST": Scope.ORGANIZATIONS_WRITE}
    parameters = PAGE_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_properties",
        tag="properties",
        summary="List properties",
        answers={200: PropertyKindPage},
        parameters=PAGING,
        refusals=KEYED,
    )
    def get(self, request: Request) -> Response:
        """What is kept about organizations. An organization's key sees what is public."""
        definitions = list_definitions(public_only=not self.caller.is_platform)
        page, has_more = page_of(
            definitions, request=self.plain_request, key=lambda definition: definition.key
        )
        return Response(PropertyKindPage([_present(item) for item in page], has_more))

    @described(
        operation_id="define_property",
        tag="properties",
        summary="Define a property",
        body=body_of(
            PropertyOrder,
            examples={
                "a counter": {"key": "meetings", "name": "Meetings booked", "type": "integer"}
            },
        ),
        answers={201: PropertyKind},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY,
    )
    def post(self, request: Request) -> HttpResponse:
        """Needs a platform key. A key that is taken is 409 `property_key_taken`."""
        _refuse_others(self)
        order = self.written(PropertyOrder)
        read_one_of(PropertyType.values, order.type, what="A type", at="/type")

        def define() -> HttpResponse:
            definition = define_property(
                key=order.key,
                type=order.type,
                details=PropertyDetails(
                    order.name, order.description, order.category, order.is_public
                ),
                actor=self.actor,
                now=self.now,
            )
            return json_response(_present(definition), status=201)

        return answered_once(self.plain_request, define, caller=self.caller, now=self.now)


class PropertyOfKey(Resource):
    """One property."""

    scopes = {"PATCH": Scope.ORGANIZATIONS_WRITE, "DELETE": Scope.ORGANIZATIONS_WRITE}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="change_property",
        tag="properties",
        summary="Change a property",
        body=body_of(PropertyChange, examples={"show it": {"is_public": True}}),
        answers={200: PropertyKind},
        refusals=IN_PLACE.and_also(404),
    )
    def patch(self, request: Request, key: str) -> Response:
        """Needs a platform key."""
        _refuse_others(self)
        change = self.written(PropertyChange)
        current = get_definition(key=key)
        kept = PropertyDetails(
            current.name, current.description, current.category, current.is_public
        )
        changed = change_property(
            definition=current, details=_changed(kept, change), actor=self.actor, now=self.now
        )
        return Response(_present(changed))

    @described(
        operation_id="remove_property",
        tag="properties",
        summary="Remove a property",
        answers={204: None},
        refusals=KEYED.and_also(404, 409),
    )
    def delete(self, request: Request, key: str) -> Response:
        """
        Needs a platform key. One that is set anywhere is 409 `property_in_use`: nothing that is
        known is lost by the way.
        """
        _refuse_others(self)
        remove_property(definition=get_definition(key=key), actor=self.actor, now=self.now)
        return Response(status=204)


def _refuse_others(resource: Resource) -> None:
    if not resource.caller.is_platform:
        raise OnlyPlatformKeys("Properties are defined with a platform key.")


def _changed(kept: PropertyDetails, change: PropertyChange) -> PropertyDetails:
    return PropertyDetails(
        name=kept.name if change.name is UNSET else change.name,
        description=kept.description if change.description is UNSET else change.description,
        category=kept.category if change.category is UNSET else change.category,
        is_public=kept.is_public if change.is_public is UNSET else change.is_public,
    )


def _present(definition: PropertyDefinition) -> PropertyKind:
    return PropertyKind(
        key=definition.key,
        name=definition.name,
        type=definition.type,
        description=definition.description,
        category=definition.category,
        is_public=definition.is_public,
    )
