"""What the company keeps of an organization in fields of its own, as Kinde has it: all text."""

import json
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import PropertyType
from accounts.properties.operations import set_properties
from accounts.properties.queries import Property, PropertyNotFound, list_properties
from accounts.properties.values import Written, write_value

from ..admission import OnlyPlatformKeys
from ..documents import invalid
from ..parameters import find_parameter, invalid_parameter, read_parameter
from ..problems import InvalidRequest
from ..schema import body_of, described
from ..wire import StrictJSONParser
from .answers import Success
from .errors import READING, WRITING
from .paging import read_page_size_or_ten
from .resource import KindeResource

_SWITCHES: Final = {"true": True, "false": False}


class KindeProperty(msgspec.Struct, frozen=True, kw_only=True):
    """A property of an organization."""

    id: str
    name: str
    description: str
    key: str
    value: Annotated[str | None, Meta(description="As text; null where nothing is set.")]


class KindeProperties(msgspec.Struct, frozen=True, kw_only=True):
    """The properties of an organization, by category and key."""

    code: str = "OK"
    message: str = "Success"
    properties: list[KindeProperty]
    next_token: Annotated[
        str | None, Meta(description="Asks for the page after this one; null on the last.")
    ]


class KindePropertyChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the properties shall be, by their keys."""

    properties: dict[str, str | bool | int | None]


class OrganizationProperties(KindeResource):
    """All properties of an organization."""

    needs = {
        "GET": "read:organization_properties",
        "PATCH": "update:organization_properties",
    }
    asked = {"GET": frozenset({"page_size", "next_token"})}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_list_properties",
        tag="kinde",
        summary="List an organization's properties as at Kinde",
        answers={200: KindeProperties},
        parameters=(
            OpenApiParameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": 500, "default": 10}
            ),
            OpenApiParameter("next_token", str, description="From the page before."),
        ),
        refusals=READING,
    )
    def get(self, request: Request, org_code: str) -> Response:
        """An organization's key is told of the public ones, a platform key of all."""
        organization = self.organization_named(org_code)
        properties = list_properties(
            organization=organization, public_only=not self.caller.is_platform
        )
        size = read_page_size_or_ten(self.plain_request)
        first = self._first_of([one.key for one in properties])
        page = properties[first : first + size]
        is_last = first + size >= len(properties)
        return Response(
            KindeProperties(
                properties=[_present(one) for one in page],
                next_token=None if is_last else page[-1].key,
            )
        )

    @described(
        operation_id="kinde_set_properties",
        tag="kinde",
        summary="Set properties of an organization as at Kinde",
        body=body_of(
            KindePropertyChanges, examples={"one": {"properties": {"industry": "Retail"}}}
        ),
        answers={200: Success},
        refusals=WRITING,
    )
    def patch(self, request: Request, org_code: str) -> Response:
        """All of them, or none. Null empties one. Needs a platform key."""
        changes = self.written(KindePropertyChanges).properties
        set_as_written(self, org_code, changes)
        return Response(Success())

    def _first_of(self, keys: list[str]) -> int:
        after = find_parameter(self.plain_request, "next_token")
        if after is None:
            return 0
        if after not in keys:
            detail = "`next_token` is none that an answer told."
            raise invalid_parameter("next_token", "invalid_cursor", detail)
        return keys.index(after) + 1


class OrganizationProperty(KindeResource):
    """One property of an organization."""

    needs = {"PUT": "update:organization_properties"}
    asked = {"PUT": frozenset({"value"})}

    @described(
        operation_id="kinde_set_property",
        tag="kinde",
        summary="Set a property of an organization as at Kinde",
        answers={200: Success},
        parameters=(OpenApiParameter("value", str, required=True),),
        refusals=READING,
    )
    def put(self, request: Request, org_code: str, property_key: str) -> Response:
        """Set one property. Needs a platform key."""
        value = read_parameter(str, self.plain_request, "value")
        set_as_written(self, org_code, {property_key: value})
        return Response(Success())


def set_as_written(
    resource: KindeResource, org_code: str, changes: Mapping[str, Written | None]
) -> None:
    """
    Set properties, written as Kinde writes them: a switch may be text as well.

    Raises `InvalidRequest` for one that does not exist, because Kinde answers 400 then.
    """
    if not resource.caller.is_platform:
        raise OnlyPlatformKeys("Properties are set with a platform key.")
    organization = resource.organization_named(org_code)
    types = {
        one.key: one.type for one in list_properties(organization=organization, public_only=False)
    }
    try:
        set_properties(
            organization=organization,
            values={key: _read(written, type=types.get(key)) for key, written in changes.items()},
            actor=resource.actor,
            now=resource.now,
        )
    except PropertyNotFound as missing:
        raise _unknown(missing) from missing


def _unknown(missing: PropertyNotFound) -> InvalidRequest:
    return invalid("/properties", missing.code, missing.detail)


def _read(written: Written | None, *, type: str | None) -> Written | None:
    if type == PropertyType.BOOLEAN and isinstance(written, str):
        return _SWITCHES.get(written, written)
    return written


def _present(one: Property) -> KindeProperty:
    return KindeProperty(
        id=f"prop_{one.key}",
        name=one.name,
        description=one.description,
        key=one.key,
        value=_text_of(one),
    )


def _text_of(one: Property) -> str | None:
    if one.value is None:
        return None
    written = write_value(one.value, type=one.type)
    return written if isinstance(written, str) else json.dumps(written)
