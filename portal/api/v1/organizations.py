"""`/api/v1/organizations`: the customers themselves."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization as StoredOrganization
from accounts.organizations.operations import (
    ExternalIdTaken,
    create_organization,
    update_organization,
)
from accounts.organizations.queries import find_by_external_id, list_organizations
from billing.agreements.closing import close_customer

from ..admission import OnlyPlatformKeys
from ..documents import invalid, parse_document_if_any, read, read_given, shape
from ..endpoint import json_response
from ..fields import LONGEST_REASON, LONGEST_TEXT, parse_text
from ..idempotency import REPLAYED, answered_once
from ..kinde.alongside import KINDES_PARAMETERS, cursor_of, with_organizations
from ..organizations import OrganizationNotFound, get_named_organization
from ..pages import PAGE_PARAMETERS
from ..parameters import (
    find_parameter,
    invalid_parameter,
    read_given_parameter,
    read_page_size,
)
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, IN_PLACE, KEYED, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser

LONGEST_NAME: Final = 120

Name = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_NAME})]
TimeZone = Annotated[
    str, Meta(description="A name of the tz database.", examples=["Europe/Berlin"])
]
Language = Annotated[
    str,
    Meta(
        description="Of those of its people who chose none themselves; empty is none.",
        examples=["de"],
    ),
]
BillingEmail = Annotated[str, Meta(description="Where invoices go; empty is nowhere.")]


class OrganizationOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer to create. With an `external_id` a repeated request creates once."""

    name: Name
    external_id: Annotated[
        str | None,
        Meta(
            description="Your own id for it, which it keeps.",
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_TEXT},
        ),
    ] = None
    currency: Annotated[
        str | None,
        Meta(description="ISO 4217; stays for good. The installation's own unless given."),
    ] = None
    time_zone: TimeZone = "UTC"
    billing_email: BillingEmail = ""


class OrganizationChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different. Currency and external id stay."""

    name: Name | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    billing_email: BillingEmail | UnsetType = UNSET


class Closure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the business ends."""

    reason: Annotated[
        str,
        Meta(
            description="For the audit log.",
            extra_json_schema={"maxLength": LONGEST_REASON},
        ),
    ] = ""


class Organization(msgspec.Struct, frozen=True, kw_only=True):
    """A customer."""

    id: str
    name: str
    external_id: str | None
    currency: str
    time_zone: str
    language: str
    billing_email: str
    created_at: datetime
    closed_at: datetime | None


class OrganizationPage(msgspec.Struct, frozen=True):
    """Organizations, newest first."""

    data: list[Organization]
    has_more: bool


class Organizations(Resource):
    """All customers, or the caller's own organization."""

    scopes = {"GET": Scope.ORGANIZATIONS_READ, "POST": Scope.ORGANIZATIONS_WRITE}
    parameters = frozenset({"external_id"}) | PAGE_PARAMETERS | KINDES_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_organizations",
        tag="organizations",
        summary="List organizations",
        answers={200: OrganizationPage},
        parameters=(
            OpenApiParameter("external_id", str, description="Only the one with this id of yours."),
            *PAGING,
        ),
        refusals=KEYED,
    )
    def get(self, request: Request) -> Response:
        """Newest first. An organization's key sees its own. Closed ones are not there any more."""
        page_size = read_page_size(self.plain_request)
        found = list_organizations(
            only=self.caller.organization_id,
            external_id=read_given_parameter(parse_text, self.plain_request, "external_id"),
            after=self._last_seen(),
            limit=page_size + 1,
        )
        page, has_more = found[:page_size], len(found) > page_size
        answer = OrganizationPage([_present(organization) for organization in page], has_more)
        last_seen = page[-1].public_id if has_more else None
        return Response(with_organizations(answer, page, last_seen=last_seen))

    @described(
        operation_id="create_organization",
        tag="organizations",
        summary="Create an organization",
        body=body_of(
            OrganizationOrder,
            examples={
                "a customer": {
                    "name": "Acme",
                    "external_id": "customer-17",
                    "currency": "USD",
                    "time_zone": "Europe/Berlin",
                    "billing_email": "invoices@acme.example",
                }
            },
        ),
        answers={201: Organization, 200: Organization},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY,
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Needs a platform key. The same `external_id` with the same facts is the same organization:
        200 with `Idempotent-Replayed: true`. With other facts it is 409 `external_id_taken`.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Organizations are created with a platform key.")
        order = _read_order(self.written(OrganizationOrder))
        return answered_once(
            self.plain_request, lambda: self._create(order), caller=self.caller, now=self.now
        )

    def _create(self, order: OrganizationOrder) -> HttpResponse:
        try:
            created = create_organization(
                name=order.name,
                currency=order.currency or settings.REPORTING_CURRENCY,
                time_zone=order.time_zone,
                owner=None,
                billing_email=order.billing_email,
                external_id=order.external_id,
                actor=self.actor,
                now=self.now,
            )
        except ExternalIdTaken as taken:
            known = find_by_external_id(external_id=order.external_id or "")
            if known is None or not _is_as_ordered(known, order):
                raise taken
            response = json_response(_present(known))
            response[REPLAYED] = "true"
            return response
        return json_response(_present(created), status=201)

    def _last_seen(self) -> StoredOrganization | None:
        cursor = cursor_of(self.plain_request)
        after = find_parameter(self.plain_request, cursor)
        if after is None:
            return None
        try:
            return get_named_organization(caller=self.caller, reference=after)
        except OrganizationNotFound as missing:
            detail = f"`{cursor}` names no organization: send the id of the last one seen."
            raise invalid_parameter(cursor, "invalid_cursor", detail) from missing


class OrganizationOfId(Resource):
    """One customer."""

    scopes = {"GET": Scope.ORGANIZATIONS_READ, "PATCH": Scope.ORGANIZATIONS_WRITE}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="get_organization",
        tag="organizations",
        summary="Get an organization",
        answers={200: Organization},
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, organization_id: str) -> Response:
        """What an organization says about itself."""
        return Response(_present(self.organization_named(organization_id)))

    @described(
        operation_id="update_organization",
        tag="organizations",
        summary="Change an organization",
        body=body_of(OrganizationChange, examples={"another name": {"name": "Acme Ltd"}}),
        answers={200: Organization},
        refusals=IN_PLACE.and_also(404),
    )
    def patch(self, request: Request, organization_id: str) -> Response:
        """Change what is sent; an organization's key may change its own."""
        change = self.written(OrganizationChange)
        if change.name is not UNSET:
            _check_name(change.name)
        organization = self.organization_named(organization_id)
        changed = update_organization(
            organization=organization,
            name=_or(change.name, organization.name),
            time_zone=_or(change.time_zone, organization.time_zone),
            language=_or(change.language, organization.language),
            billing_email=_or(change.billing_email, organization.billing_email),
            actor=self.actor,
            now=self.now,
        )
        return Response(_present(changed))


class CloseOrganization(Resource):
    """The end of business with a customer."""

    scopes = {"POST": Scope.ORGANIZATIONS_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="close_organization",
        tag="organizations",
        summary="Close an organization",
        body=body_of(Closure, examples={"a reason": {"reason": "Moved to another provider"}}),
        answers={200: Organization},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request, organization_id: str) -> HttpResponse:
        """
        Its people and apps see it no more; its history stays. Needs a platform key. One that has
        an agreement is 409 `agreement_in_force`: end that first.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Organizations are closed with a platform key.")
        written = shape(parse_document_if_any(self.plain_request), Closure)
        reason = read(
            lambda text: parse_text(text, longest=LONGEST_REASON), written.reason, at="/reason"
        )

        def close() -> HttpResponse:
            organization = self.organization_named(organization_id)
            close_customer(organization=organization, actor=self.actor, reason=reason, now=self.now)
            organization.closed_at = self.now
            return json_response(_present(organization))

        return answered_once(self.plain_request, close, caller=self.caller, now=self.now)


def _read_order(order: OrganizationOrder) -> OrganizationOrder:
    """The order as it is stored. Raises `InvalidRequest`."""
    if order.external_id == "":
        raise invalid("/external_id", "invalid_text", "An external id is not empty.")
    return msgspec.structs.replace(
        order,
        name=_check_name(order.name),
        external_id=read_given(parse_text, order.external_id, at="/external_id"),
        billing_email=order.billing_email.strip().lower(),
    )


def _check_name(name: str) -> str:
    return read(lambda text: parse_text(text, longest=LONGEST_NAME), name, at="/name")


def _is_as_ordered(known: StoredOrganization, order: OrganizationOrder) -> bool:
    return (known.name, known.currency, known.time_zone, known.billing_email) == (
        order.name,
        order.currency or settings.REPORTING_CURRENCY,
        order.time_zone,
        order.billing_email,
    )


def _or(written: str | UnsetType, current: str) -> str:
    return current if written is UNSET else written


def _present(organization: StoredOrganization) -> Organization:
    return Organization(
        id=organization.public_id,
        name=organization.name,
        external_id=organization.external_id,
        currency=organization.currency,
        time_zone=organization.time_zone,
        language=organization.language,
        billing_email=organization.billing_email,
        created_at=organization.created_at,
        closed_at=organization.closed_at,
    )
