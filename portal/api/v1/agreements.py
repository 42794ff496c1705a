"""`GET` and `POST /api/v1/agreements`: the contracts of an organization."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.agreements.operations import create_agreement_by_staff
from billing.agreements.queries import (
    AgreementView,
    describe_agreement,
    get_agreement,
    list_agreements,
)
from billing.choices import BillingInterval

from ..admission import OnlyPlatformKeys
from ..documents import invalid, parse_document, read, read_body, shape
from ..endpoint import json_response
from ..fields import parse_code
from ..idempotency import answered_once
from ..organizations import get_named_organization
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, KEYED, ORGANIZATION, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .money import Amount, present_money

MOST_SEATS: Final = 1_000_000


class AgreementOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new agreement shall be."""

    organization: Annotated[str, Meta(description="Its id or your own id for it.")]
    plan: Annotated[
        str, Meta(description="The code of a published plan.", examples=["professional"])
    ]
    interval: Annotated[str, Meta(extra_json_schema={"enum": BillingInterval.values})] = "month"
    currency: Annotated[
        str | None,
        Meta(
            description="The organization's own unless given.",
            extra_json_schema={"pattern": "^[A-Z]{3}$"},
        ),
    ] = None
    seats: Annotated[
        Annotated[int, Meta(ge=1, le=MOST_SEATS)] | None,
        Meta(description="The included ones, or one for each member, unless given."),
    ] = None


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A contract: which plan, from when, at what price."""

    id: str
    organization: str
    plan: str
    plan_name: str
    plan_version: int
    status: str
    collection: Annotated[str, Meta(description="How the money is collected.")]
    currency: str
    interval: str
    seats: int
    included_seats: Annotated[int | None, Meta(description="Null is unlimited.")]
    base_price: Annotated[Amount, Meta(description="What each period costs before overage.")]
    anchor_at: Annotated[datetime, Meta(description="All periods are counted from here.")]
    current_period_start: datetime
    current_period_end: datetime
    ended_at: datetime | None


class AgreementPage(msgspec.Struct, frozen=True):
    """Agreements, newest first."""

    data: list[Agreement]
    has_more: bool


class Agreements(Resource):
    """The agreements of an organization."""

    scopes = {"GET": Scope.AGREEMENTS_READ, "POST": Scope.AGREEMENTS_WRITE}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_agreements",
        tag="agreements",
        summary="List agreements",
        answers={200: AgreementPage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """The organization's agreements, newest first; at most one of them is active."""
        views = list_agreements(organization=self.organization())
        page, has_more = page_of(views, request=self.plain_request, key=lambda view: view.id)
        return Response(AgreementPage([present_agreement(view) for view in page], has_more))

    @described(
        operation_id="create_agreement",
        tag="agreements",
        summary="Create an agreement",
        body=body_of(
            AgreementOrder,
            examples={
                "monthly": {
                    "organization": "org_06f4hxw2k3n5p7r9t1v3x5z7a9",
                    "plan": "professional",
                    "interval": "month",
                }
            },
        ),
        answers={201: Agreement},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Agree on a plan for an organization from now on.

        Needs a platform key. Any published plan will do, not only one that visitors are offered.
        """
        if not self.caller.is_platform:
            raise OnlyPlatformKeys("Agreements are created with a platform key.")
        order = _read_order(parse_document(read_body(self.plain_request)))
        return answered_once(
            self.plain_request, lambda: self._create(order), caller=self.caller, now=self.now
        )

    def _create(self, order: AgreementOrder) -> HttpResponse:
        organization = get_named_organization(caller=self.caller, reference=order.organization)
        created = create_agreement_by_staff(
            organization=organization,
            plan_code=order.plan,
            interval=order.interval,
            currency=order.currency,
            seats=order.seats,
            actor=self.actor,
            now=time_of(organization_id=organization.pk, now=self.now),
        )
        agreement = get_agreement(organization=organization, public_id=created.public_id)
        view = describe_agreement(agreement=agreement)
        return json_response(present_agreement(view), status=201)


def present_agreement(view: AgreementView) -> Agreement:
    """Write an agreement."""
    return Agreement(
        id=view.id,
        organization=view.organization_id,
        plan=view.plan_code,
        plan_name=view.plan_name,
        plan_version=view.version,
        status=view.status,
        collection=view.collection,
        currency=view.currency,
        interval=view.interval,
        seats=view.seats,
        included_seats=view.included_seats,
        base_price=present_money(view.base),
        anchor_at=view.anchor_at,
        current_period_start=view.period_starts_at,
        current_period_end=view.period_ends_at,
        ended_at=view.ended_at,
    )


def _read_order(document: object) -> AgreementOrder:
    order = shape(document, AgreementOrder)
    if order.interval not in BillingInterval.values:
        known = ", ".join(BillingInterval.values)
        raise invalid("/interval", "invalid_interval", f"An interval is one of {known}.")
    read(parse_code, order.plan, at="/plan")
    return order
