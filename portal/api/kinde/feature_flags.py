"""Feature flags as Kinde has them: every value is written as text."""

import json
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from billing.choices import ValueType
from billing.entitlements.flags import Flag
from billing.entitlements.queries import get_flag, list_flags
from billing.flags.operations import remove_override, set_override
from billing.flags.queries import list_overrides

from ..admission import OnlyPlatformKeys
from ..documents import parse_document
from ..fields import parse_text
from ..parameters import find_parameter, invalid_parameter, read_parameter
from ..problems import InvalidRequest
from ..schema import described
from .answers import Success
from .errors import READING
from .resource import KindeResource

LONGEST_VALUE: Final = 2_000

_TYPES: Final = {
    ValueType.BOOLEAN: "bool",
    ValueType.STRING: "str",
    ValueType.NUMBER: "int",
    ValueType.JSON: "str",
}
VALUE: Final = OpenApiParameter(
    "value", str, description="`true`, `false`, a number or a text.", required=True
)


class KindeFlag(msgspec.Struct, frozen=True):
    """A flag as it stands."""

    type: Annotated[str, Meta(description="`bool`, `int` or `str`.")]
    value: Annotated[str | None, Meta(description="As text; null where there is none.")]


class KindeFlags(msgspec.Struct, frozen=True, kw_only=True):
    """The flags of an organization, by key."""

    code: str = "OK"
    message: str = "Success"
    feature_flags: dict[str, KindeFlag]


class FlagResource(KindeResource):
    """What is about flags. Only the company overrides them: nobody switches on what they lack."""

    def overridden(self, reference: str | None) -> Organization:
        """Return the organization whose flags are changed. Raises `OnlyPlatformKeys`."""
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Flags are overridden with a platform key.")
        return self.organization_named(reference)


class OrganizationFlags(FlagResource):
    """All flags of an organization."""

    needs = {
        "GET": "read:organization_feature_flags",
        "DELETE": "delete:organization_feature_flags",
    }

    @described(
        operation_id="kinde_list_flags",
        tag="kinde",
        summary="List an organization's flags as at Kinde",
        answers={200: KindeFlags},
        refusals=READING,
    )
    def get(self, request: Request, org_code: str) -> Response:
        """Every flag that the organization is told of, with the value that is in force for it."""
        organization = self.organization_named(org_code)
        flags = list_flags(organization=organization, now=self.now)
        return Response(KindeFlags(feature_flags={flag.key: _present(flag) for flag in flags}))

    @described(
        operation_id="kinde_delete_flag_overrides",
        tag="kinde",
        summary="Remove all of an organization's overrides",
        answers={200: Success},
        refusals=READING,
    )
    def delete(self, request: Request, org_code: str) -> Response:
        """
        Every flag has the value again that the plan gives it. People's own values stay. Needs a
        platform key.
        """
        organization = self.overridden(org_code)
        for override in list_overrides(organization=organization, member=None):
            remove_override(
                organization=organization,
                key=override.key,
                member=None,
                actor=self.actor,
                now=self.now,
            )
        return Response(Success())


class FlagDeed(FlagResource):
    """A flag that is given a value."""

    def override(self, organization: Organization, *, key: str, member: str | None) -> None:
        """Give the flag the value that the query names. Raises `FlagNotFound`."""
        flag = get_flag(organization=organization, key=key, member=member, now=self.now)
        set_override(
            organization=organization,
            key=key,
            member=member,
            value=_read_value(self.plain_request, value_type=flag.type),
            actor=self.actor,
            now=self.now,
        )


class OrganizationFlag(FlagDeed):
    """The value of one flag for an organization."""

    needs = {
        "PATCH": "update:organization_feature_flags",
        "DELETE": "delete:organization_feature_flags",
    }
    asked = {"PATCH": frozenset({"value"})}

    @described(
        operation_id="kinde_override_flag",
        tag="kinde",
        summary="Override a flag for an organization",
        answers={200: Success},
        parameters=(VALUE,),
        refusals=READING,
    )
    def patch(self, request: Request, org_code: str, flag_key: str) -> Response:
        """
        From now on this is the flag's value for the organization, whatever its plan says. Needs a
        platform key.
        """
        self.override(self.overridden(org_code), key=flag_key, member=None)
        return Response(Success())

    @described(
        operation_id="kinde_delete_flag_override",
        tag="kinde",
        summary="Remove an override of a flag",
        answers={200: Success},
        refusals=READING,
    )
    def delete(self, request: Request, org_code: str, flag_key: str) -> Response:
        """The flag has the value again that the plan gives it. Needs a platform key."""
        remove_override(
            organization=self.overridden(org_code),
            key=flag_key,
            member=None,
            actor=self.actor,
            now=self.now,
        )
        return Response(Success())


class UserFlag(FlagDeed):
    """The value of one flag for a person."""

    needs = {"PATCH": "update:user_feature_flags"}
    asked = {"PATCH": frozenset({"value", "org_code"})}

    @described(
        operation_id="kinde_override_flag_of_user",
        tag="kinde",
        summary="Override a flag for a person",
        answers={200: Success},
        parameters=(
            VALUE,
            OpenApiParameter(
                "org_code",
                str,
                description="The person's organization. Not Kinde's, and needed here.",
            ),
        ),
        refusals=READING,
    )
    def patch(self, request: Request, user_id: str, flag_key: str) -> Response:
        """
        From now on this is the flag's value for the person, whatever holds for the organization.

        Needs a platform key. The id is your app's own name for the person, as in reports of usage.
        """
        named = find_parameter(self.plain_request, "org_code")
        self.override(self.overridden(named), key=flag_key, member=user_id)
        return Response(Success())


def _present(flag: Flag) -> KindeFlag:
    value = flag.value
    if value is None or isinstance(value, str):
        return KindeFlag(_TYPES[ValueType(flag.type)], value)
    return KindeFlag(_type_of(flag), json.dumps(value))


def _type_of(flag: Flag) -> str:
    """Kinde has no numbers with decimals: they are texts there."""
    is_whole = not isinstance(flag.value, float) or flag.value.is_integer()
    return _TYPES[ValueType(flag.type)] if is_whole else "str"


def _read_value(request: HttpRequest, *, value_type: str) -> Any:
    """Return the value that the query names, as a flag of the type would have it."""
    written = read_parameter(_parse_text, request, "value")
    if value_type == ValueType.STRING:
        return written
    try:
        return parse_document(written.encode())
    except InvalidRequest as error:
        detail = f"The flag takes a value of type {value_type}."
        raise invalid_parameter("value", "wrong_type", detail) from error


def _parse_text(value: str) -> str:
    return parse_text(value, longest=LONGEST_VALUE)
