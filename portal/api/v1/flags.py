"""
`/api/v1/flags`: the values of the feature flags for an organization or one of its people, and
what is overridden for them.
"""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta

from accounts.api_keys.queries import CallerKey
from accounts.audit.actor import Actor
from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.entitlements import flags
from billing.entitlements.flags import FlagSource, flag_of, flags_of
from billing.flags.member import InvalidMember, check_member
from billing.flags.operations import remove_override, set_override
from billing.flags.values import UnfitValue

from ..admission import OnlyPlatformKeys
from ..documents import invalid, parse_document, read_body, read_given, shape
from ..endpoint import (
    at_one_address,
    delete_endpoint,
    get_endpoint,
    json_response,
    put_endpoint,
)
from ..fields import LONGEST_REASON, InvalidField, parse_reason
from ..organizations import get_named_organization
from ..pages import PAGE_PARAMETERS, page_of
from ..parameters import find_parameter, read_given_parameter
from ..problems import request_id
from ..schema import IN_PLACE, KEYED, ORGANIZATION, PAGING, body_of, described
from ..standing import current_standing, standing_asked_for
from .written import NamedOrganization

MEMBER: Final = OpenApiParameter(
    "member",
    str,
    description=(
        "One of the organization's people, by the name that your app has for them: what is "
        "overridden for this person counts as well."
    ),
)
OF_PERSON: Final = OpenApiParameter(
    "member", str, description="Whose override; unless given, the organization's own."
)
WHY: Final = OpenApiParameter("reason", str, description="For the audit log.")


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A flag and its value for the organization, or for one of its people."""

    key: str
    type: Annotated[str, Meta(description="`boolean`, `string`, `number` or `json`.")]
    value: Any
    source: Annotated[
        FlagSource,
        Meta(description="Where the value comes from; of several, the last in this order."),
    ]


class FlagPage(msgspec.Struct, frozen=True):
    """Flags, in the order of the catalog."""

    data: list[Flag]
    has_more: bool


class FlagOverride(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The value that a flag is to have, whatever the plan says."""

    value: Annotated[Any, Meta(description="Of the type of the flag; never null.")]
    organization: NamedOrganization = None
    member: Annotated[
        str | None,
        Meta(description="For this person only; unless given, for the whole organization."),
    ] = None
    reason: Annotated[
        str | None,
        Meta(
            description="For the audit log.",
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_REASON},
        ),
    ] = None


@get_endpoint(
    scope=Scope.ENTITLEMENTS_READ,
    parameters=frozenset({"organization", "member"}) | PAGE_PARAMETERS,
)
@described(
    operation_id="list_flags",
    tag="flags",
    summary="List flags",
    answers={200: FlagPage},
    parameters=(ORGANIZATION, MEMBER, *PAGING),
    refusals=KEYED.and_also(404),
)
def get_flags(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """
    Every flag that the organization's plan or a plan on sale has, that has a default, or that is
    overridden.
    """
    member = read_given_parameter(parse_member, request, "member")
    standing, now = standing_asked_for(request, caller, now, member=member)
    page, has_more = page_of(flags_of(standing, at=now), request=request, key=lambda flag: flag.key)
    return json_response(FlagPage([_present(flag) for flag in page], has_more))


@get_endpoint(scope=Scope.ENTITLEMENTS_READ, parameters=frozenset({"organization", "member"}))
@described(
    operation_id="get_flag",
    tag="flags",
    summary="Get a flag",
    answers={200: Flag},
    parameters=(ORGANIZATION, MEMBER),
    refusals=KEYED.and_also(404),
)
def get_flag(request: HttpRequest, caller: CallerKey, now: datetime, key: str) -> HttpResponse:
    """The flag's value. An unknown key is 404, so that a typing error shows."""
    member = read_given_parameter(parse_member, request, "member")
    standing, now = standing_asked_for(request, caller, now, member=member)
    return json_response(_present(flag_of(standing, key=key, at=now)))


@put_endpoint(scope=Scope.FLAGS_WRITE)
@described(
    operation_id="override_flag",
    tag="flags",
    summary="Override a flag",
    body=body_of(
        FlagOverride,
        examples={
            "for an organization": {"organization": "customer-1", "value": True},
            "for one person": {
                "organization": "customer-1",
                "member": "u_17",
                "value": True,
                "reason": "Tries it before the others.",
            },
        },
    ),
    answers={200: Flag},
    refusals=IN_PLACE.and_also(404, 409),
)
def put_flag(request: HttpRequest, caller: CallerKey, now: datetime, key: str) -> HttpResponse:
    """
    Give the flag a value for an organization or one of its people, whatever their plan says. The
    next evaluation has it; the answer is what holds now. Needs a platform key.
    """
    _require_platform_key(caller)
    order = shape(parse_document(read_body(request)), FlagOverride)
    member = read_given(parse_member, order.member, at="/member")
    reason = read_given(parse_reason, order.reason, at="/reason") or ""
    organization = get_named_organization(caller=caller, reference=order.organization)
    try:
        set_override(
            organization=organization,
            key=key,
            member=member,
            value=order.value,
            actor=Actor.for_key(caller, request_id=request_id(request)),
            reason=reason,
            now=time_of(organization_id=organization.pk, now=now),
        )
    except UnfitValue as misfit:
        raise invalid("/value", misfit.code, misfit.detail) from misfit
    standing, now = current_standing(
        caller=caller, reference=organization.public_id, now=now, member=member
    )
    return json_response(_present(flag_of(standing, key=key, at=now)))


@delete_endpoint(
    scope=Scope.FLAGS_WRITE, parameters=frozenset({"organization", "member", "reason"})
)
@described(
    operation_id="remove_flag_override",
    tag="flags",
    summary="Remove the override of a flag",
    answers={204: None},
    parameters=(ORGANIZATION, OF_PERSON, WHY),
    refusals=KEYED.and_also(404),
)
def delete_flag(request: HttpRequest, caller: CallerKey, now: datetime, key: str) -> HttpResponse:
    """Let the flag have its value by the plan or by default again. Needs a platform key."""
    _require_platform_key(caller)
    member = read_given_parameter(parse_member, request, "member")
    reason = read_given_parameter(parse_reason, request, "reason") or ""
    organization = get_named_organization(
        caller=caller, reference=find_parameter(request, "organization")
    )
    remove_override(
        organization=organization,
        key=key,
        member=member,
        actor=Actor.for_key(caller, request_id=request_id(request)),
        reason=reason,
        now=time_of(organization_id=organization.pk, now=now),
    )
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response


flag_of_key = at_one_address(get_flag, put_flag, delete_flag)


def parse_member(value: str) -> str:
    """The name that an app has for a person: 1 to 128 characters that can all be seen."""
    try:
        return check_member(value)
    except InvalidMember as error:
        raise InvalidField(error.code, error.detail) from error


def _require_platform_key(caller: CallerKey) -> None:
    if not caller.is_platform:
        raise OnlyPlatformKeys("Flags are overridden with a platform key.")


def _present(flag: flags.Flag) -> Flag:
    return Flag(key=flag.key, type=flag.type, value=flag.value, source=flag.source)
