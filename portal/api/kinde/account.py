"""Kinde's Account API: what an app learns with the access token of a person who signed in."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.audit.actor import Actor
from accounts.models import Organization
from accounts.organizations.clock import time_of
from accounts.visits.links import make_portal_link
from billing.agreements.operations import bring_current
from billing.agreements.queries import find_live_agreement
from billing.catalog.queries import list_feature_labels
from billing.choices import ValueType
from billing.entitlements.queries import FeatureNotFound, list_flags
from billing.models import Agreement

from ...portal_pages import FIRST_PAGE, PAGES
from ..parameters import find_parameter, invalid_parameter
from ..problems import request_id
from ..resource import Resource
from ..schema import described
from .entitlement_results import KindeEntitlement
from .errors import READING
from .paging import page_of
from .parts import entitlements_of
from .portal_links import PortalUrl
from .resource import answer_exception
from .signed_in import SignedIn, admit_person

_FLAG_TYPES: Final = {
    ValueType.BOOLEAN: "boolean",
    ValueType.STRING: "string",
    ValueType.NUMBER: "integer",
    ValueType.JSON: "json",
}


class AccountEntitlement(msgspec.Struct, frozen=True, kw_only=True):
    """An entitlement; here Kinde says *key* for what is a *code* elsewhere."""

    id: str
    fixed_charge: int | None
    price_name: str
    unit_amount: int | None
    feature_key: str
    feature_name: str
    entitlement_limit_max: int | None
    entitlement_limit_min: int | None


class AccountPlan(msgspec.Struct, frozen=True):
    """The plan of the organization."""

    key: str
    subscribed_on: datetime


class AccountEntitlements(msgspec.Struct, frozen=True):
    """What the organization is entitled to."""

    org_code: str
    plans: list[AccountPlan]
    entitlements: list[AccountEntitlement]


class OneAccountEntitlement(msgspec.Struct, frozen=True):
    """One entitlement."""

    org_code: str
    entitlement: AccountEntitlement


class AccountFlag(msgspec.Struct, frozen=True, kw_only=True):
    """A flag as it stands for the person."""

    id: str
    name: str
    key: str
    type: Annotated[str, Meta(description="`boolean`, `string`, `integer` or `json`.")]
    value: Any


class AccountFlags(msgspec.Struct, frozen=True):
    """All flags."""

    feature_flags: list[AccountFlag]


class PageMetadata(msgspec.Struct, frozen=True):
    """Where a list goes on."""

    has_more: bool
    next_page_starting_after: str | None


class AccountEntitlementsAnswer(msgspec.Struct, frozen=True):
    """A page of entitlements."""

    data: AccountEntitlements
    metadata: PageMetadata


class OneAccountEntitlementAnswer(msgspec.Struct, frozen=True):
    """One entitlement."""

    data: OneAccountEntitlement
    metadata: dict[str, Any]


class AccountFlagsAnswer(msgspec.Struct, frozen=True):
    """All flags."""

    data: AccountFlags
    metadata: PageMetadata


class AccountResource(Resource):
    """What is served to a person's access token. Whatever is told is about their organization."""

    scopes = {}
    signed_in: SignedIn

    def admit(self) -> None:
        """Check everything that does not depend on what is asked for, or raise a refusal."""
        super().admit()
        self.signed_in, standing = admit_person(self.plain_request, now=self.now)
        self.headers |= standing.headers()

    def get_exception_handler(self) -> Callable[..., HttpResponse | None]:
        """Answer refusals in Kinde's envelope."""
        return answer_exception

    def organization_signed_in_for(self) -> Organization:
        """Return the organization of the token, up to date with the clock."""
        organization = self.signed_in.membership.organization
        self.now = time_of(organization_id=organization.pk, now=self.now)
        bring_current(organization=organization, now=self.now)
        return organization


class AccountEntitlementList(AccountResource):
    """What the person's organization is entitled to."""

    scopes = {"GET": None}
    parameters = frozenset({"page_size", "starting_after"})

    @described(
        operation_id="kinde_account_entitlements",
        tag="kinde",
        summary="List a person's entitlements",
        answers={200: AccountEntitlementsAnswer},
        parameters=(
            OpenApiParameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": 500, "default": 10}
            ),
            OpenApiParameter("starting_after", str),
        ),
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """Needs the access token of a person who signed in."""
        organization = self.organization_signed_in_for()
        agreement = find_live_agreement(organization=organization)
        page, has_more = page_of(
            entitlements_of(organization, agreement, now=self.now),
            request=self.plain_request,
            key=lambda entitlement: entitlement.id,
        )
        data = AccountEntitlements(
            org_code=organization.public_id,
            plans=_plans_of(agreement),
            entitlements=[_present(entitlement) for entitlement in page],
        )
        goes_on_after = page[-1].id if has_more else None
        return Response(AccountEntitlementsAnswer(data, PageMetadata(has_more, goes_on_after)))


class AccountEntitlementOfKey(AccountResource):
    """One entitlement of the person's organization."""

    scopes = {"GET": None}

    @described(
        operation_id="kinde_account_entitlement",
        tag="kinde",
        summary="Get one of a person's entitlements",
        answers={200: OneAccountEntitlementAnswer},
        refusals=READING,
    )
    def get(self, request: Request, feature_key: str) -> Response:
        """Needs the access token of a person who signed in. 404 for what they have not."""
        organization = self.organization_signed_in_for()
        agreement = find_live_agreement(organization=organization)
        for entitlement in entitlements_of(organization, agreement, now=self.now):
            if entitlement.feature_code == feature_key:
                data = OneAccountEntitlement(organization.public_id, _present(entitlement))
                return Response(OneAccountEntitlementAnswer(data, {}))
        raise FeatureNotFound("The organization is not entitled to this.")


class AccountFlagList(AccountResource):
    """The flags of the person."""

    scopes = {"GET": None}
    parameters = frozenset({"page_size", "starting_after"})

    @described(
        operation_id="kinde_account_flags",
        tag="kinde",
        summary="List a person's flags",
        answers={200: AccountFlagsAnswer},
        parameters=(
            OpenApiParameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": 500, "default": 10}
            ),
            OpenApiParameter("starting_after", str),
        ),
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """With the person's own values. Needs the access token of a person who signed in."""
        organization = self.organization_signed_in_for()
        flags = list_flags(organization=organization, member=self.signed_in.member, now=self.now)
        page, has_more = page_of(
            flags, request=self.plain_request, key=lambda flag: _flag_id(flag.key)
        )
        labels = list_feature_labels(codes=[flag.key for flag in page])
        data = AccountFlags(
            [
                AccountFlag(
                    id=_flag_id(flag.key),
                    name=labels[flag.key].name,
                    key=flag.key,
                    type=_FLAG_TYPES[ValueType(flag.type)],
                    value=flag.value,
                )
                for flag in page
            ]
        )
        goes_on_after = _flag_id(page[-1].key) if has_more else None
        return Response(AccountFlagsAnswer(data, PageMetadata(has_more, goes_on_after)))


class AccountPortalLink(AccountResource):
    """Where the person manages what the organization pays for."""

    scopes = {"GET": None}
    parameters = frozenset({"subnav", "return_url"})

    @described(
        operation_id="kinde_account_portal_link",
        tag="kinde",
        summary="Get the way to the portal",
        answers={200: PortalUrl},
        parameters=(
            OpenApiParameter("subnav", str, enum=list(PAGES)),
            OpenApiParameter(
                "return_url",
                str,
                description="Where `Back to ...` leads, at an origin of `PORTAL_RETURN_URLS`.",
            ),
        ),
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """
        An address that lets the person in without signing in, once and within ten minutes. Each
        call makes another.
        """
        subnav = find_parameter(self.plain_request, "subnav") or FIRST_PAGE
        if subnav not in PAGES:
            detail = f"`subnav` is one of {', '.join(PAGES)}."
            raise invalid_parameter("subnav", "invalid_parameter", detail)
        membership = self.signed_in.membership
        made = make_portal_link(
            membership=membership,
            page=PAGES[subnav],
            return_url=find_parameter(self.plain_request, "return_url") or "",
            actor=Actor.for_user(membership.user, request_id=request_id(self.plain_request)),
            now=self.now,
        )
        return Response(PortalUrl(made.url))


def _plans_of(agreement: Agreement | None) -> list[AccountPlan]:
    if agreement is None:
        return []
    return [AccountPlan(agreement.plan_version.plan.code, agreement.started_at)]


def _present(entitlement: KindeEntitlement) -> AccountEntitlement:
    return AccountEntitlement(
        id=entitlement.id,
        fixed_charge=entitlement.fixed_charge,
        price_name=entitlement.price_name,
        unit_amount=entitlement.unit_amount,
        feature_key=entitlement.feature_code,
        feature_name=entitlement.feature_name,
        entitlement_limit_max=entitlement.entitlement_limit_max,
        entitlement_limit_min=entitlement.entitlement_limit_min,
    )


def _flag_id(key: str) -> str:
    return f"flag_{key}"
