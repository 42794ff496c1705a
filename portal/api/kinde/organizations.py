"""`/api/v1/organization`: organizations as Kinde has them, each of them a billing customer."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from msgspec import UNSET, Meta, UnsetType
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.organizations.operations import create_organization, update_organization
from billing.agreements.closing import close_customer
from billing.agreements.operations import create_agreement_by_staff
from billing.agreements.queries import find_live_agreement
from billing.choices import BillingInterval

from ..admission import OnlyPlatformKeys
from ..documents import invalid, read_given
from ..fields import parse_code
from ..parameters import find_parameter, invalid_parameter
from ..schema import IDEMPOTENCY_KEY, body_of, described
from ..wire import StrictJSONParser
from .answers import Success
from .errors import READING, WRITING
from .names import customer_id_of
from .resource import KindeResource

TIME_ZONE: Final = "UTC"


class AgreementOfOrganization(msgspec.Struct, frozen=True):
    """The agreement that is in force."""

    plan_code: str
    agreement_id: str


class BillingOfOrganization(msgspec.Struct, frozen=True):
    """An organization as a billing customer."""

    billing_customer_id: str
    agreements: list[AgreementOfOrganization]


class KindeOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization. What Kinde says of its colours and its sign-in page is not known here."""

    code: str
    name: str
    handle: str | None = None
    is_default: bool = False
    external_id: str | None
    is_auto_membership_enabled: bool = False
    created_on: datetime
    is_suspended: bool = False
    suspended_on: datetime | None = None
    billing: Annotated[
        BillingOfOrganization | UnsetType, Meta(description="With `expand=billing`.")
    ] = UNSET


class ListedOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """An organization in a list."""

    code: str
    name: str
    handle: str | None = None
    is_default: bool = False
    external_id: str | None
    is_auto_membership_enabled: bool = False


class Branding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What Kinde's clients may send and we have no use for. It is accepted and has no effect."""

    background_color: str | None = None
    button_color: str | None = None
    button_text_color: str | None = None
    link_color: str | None = None
    background_color_dark: str | None = None
    button_color_dark: str | None = None
    button_text_color_dark: str | None = None
    link_color_dark: str | None = None
    theme_code: str | None = None
    handle: str | None = None
    is_allow_registrations: bool | None = None
    is_auto_membership_enabled: bool | None = None
    sender_name: str | None = None
    sender_email: str | None = None


class KindeOrganizationOrder(Branding, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new organization."""

    name: str
    external_id: str | None = None
    is_create_billing_customer: Annotated[
        bool | None, Meta(description="Every organization is a billing customer.")
    ] = None
    billing_email: str | None = None
    billing_plan_code: Annotated[
        str | None, Meta(description="The plan that it begins with; none unless given.")
    ] = None


class CreatedOrganization(msgspec.Struct, frozen=True):
    """What was made."""

    code: str
    billing_customer_id: str


class OrganizationCreated(Success, frozen=True, kw_only=True):
    """The organization is there."""

    organization: CreatedOrganization


class KindeOrganizationChange(Branding, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shall be different. Whatever is left out stays as it is."""

    name: str | None = None
    external_id: str | None = None
    is_auto_join_domain_list: bool | None = None
    allowed_domains: list[str] | None = None
    is_enable_advanced_orgs: bool | None = None
    is_enforce_mfa: bool | None = None
    is_suspended: bool | None = None


class NamedOrganization(KindeResource):
    """An organization that is named in the query, and new ones."""

    needs = {"GET": "read:organizations", "POST": "create:organizations"}
    asked = {"GET": frozenset({"code", "expand"})}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_get_organization",
        tag="kinde",
        summary="Get an organization as at Kinde",
        answers={200: KindeOrganization},
        parameters=(
            OpenApiParameter("code", str, description="Its id or your own id for it."),
            OpenApiParameter("expand", str, enum=["billing"]),
        ),
        refusals=READING,
    )
    def get(self, request: Request) -> Response:
        """One organization, with its agreement if `expand=billing` asks for it."""
        expand = find_parameter(self.plain_request, "expand")
        if expand not in (None, "billing"):
            raise invalid_parameter("expand", "invalid_parameter", "`expand` is `billing`.")
        organization = self.organization_named(find_parameter(self.plain_request, "code"))
        billing = _billing_of(organization) if expand else UNSET
        return Response(
            KindeOrganization(
                code=organization.public_id,
                name=organization.name,
                external_id=organization.external_id,
                created_on=organization.created_at,
                billing=billing,
            )
        )

    @described(
        operation_id="kinde_create_organization",
        tag="kinde",
        summary="Create an organization as at Kinde",
        body=body_of(
            KindeOrganizationOrder,
            examples={
                "on a plan": {
                    "name": "Acme",
                    "external_id": "customer-1",
                    "is_create_billing_customer": True,
                    "billing_email": "billing@acme.example",
                    "billing_plan_code": "starter",
                }
            },
        ),
        answers={200: OrganizationCreated},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WRITING,
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Store a new organization, on a plan if one is named. Needs a platform key.

        It pays in the reporting currency, for good.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Organizations are created with a platform key.")
        order = _read_order(self.written(KindeOrganizationOrder))
        return self.done_once(lambda: self._create(order))

    @transaction.atomic
    def _create(self, order: KindeOrganizationOrder) -> OrganizationCreated:
        organization = create_organization(
            name=order.name,
            currency=settings.REPORTING_CURRENCY,
            time_zone=TIME_ZONE,
            owner=None,
            billing_email=order.billing_email or "",
            external_id=order.external_id,
            actor=self.actor,
            now=self.now,
        )
        if order.billing_plan_code is not None:
            create_agreement_by_staff(
                organization=organization,
                plan_code=order.billing_plan_code,
                interval=BillingInterval.MONTH,
                actor=self.actor,
                now=self.now,
            )
        return OrganizationCreated(
            organization=CreatedOrganization(organization.public_id, customer_id_of(organization))
        )


class OrganizationOfCode(KindeResource):
    """An organization that is named in the address."""

    needs = {"PATCH": "update:organizations", "DELETE": "delete:organizations"}
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="kinde_update_organization",
        tag="kinde",
        summary="Change an organization as at Kinde",
        body=body_of(KindeOrganizationChange, examples={"another name": {"name": "Acme Ltd"}}),
        answers={200: Success},
        refusals=WRITING,
    )
    def patch(self, request: Request, org_code: str) -> Response:
        """Change what the organization is called."""
        change = self.written(KindeOrganizationChange)
        if change.is_suspended:
            raise invalid("/is_suspended", "not_supported", "Organizations are not suspended here.")
        organization = self.organization_named(org_code)
        update_organization(
            organization=organization,
            name=organization.name if change.name is None else change.name,
            time_zone=organization.time_zone,
            billing_email=organization.billing_email,
            actor=self.actor,
            now=self.now,
        )
        return Response(Success())

    @described(
        operation_id="kinde_delete_organization",
        tag="kinde",
        summary="Close an organization as Kinde deletes it",
        answers={200: Success},
        refusals=READING.and_also(409),
    )
    def delete(self, request: Request, org_code: str) -> Response:
        """
        Its people and apps see it no more; its history stays. Needs a platform key.

        An organization that has an agreement is 409 `AGREEMENT_IN_FORCE`: cancel that first.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Organizations are closed with a platform key.")
        close_customer(
            organization=self.organization_named(org_code), actor=self.actor, now=self.now
        )
        return Response(Success())


def describe_in_list(organization: Organization) -> ListedOrganization:
    """Write an organization as Kinde does in lists."""
    return ListedOrganization(
        code=organization.public_id,
        name=organization.name,
        external_id=organization.external_id,
    )


def _billing_of(organization: Organization) -> BillingOfOrganization:
    agreement = find_live_agreement(organization=organization)
    agreements = (
        []
        if agreement is None
        else [AgreementOfOrganization(agreement.plan_version.plan.code, agreement.public_id)]
    )
    return BillingOfOrganization(customer_id_of(organization), agreements)


def _read_order(order: KindeOrganizationOrder) -> KindeOrganizationOrder:
    read_given(parse_code, order.billing_plan_code, at="/billing_plan_code")
    if order.is_create_billing_customer and not order.billing_email:
        raise invalid("/billing_email", "missing", "A billing customer needs a `billing_email`.")
    if order.billing_plan_code is not None and not order.is_create_billing_customer:
        detail = "A plan is for a billing customer: send `is_create_billing_customer` with it."
        raise invalid("/billing_plan_code", "not_a_billing_customer", detail)
    return order
