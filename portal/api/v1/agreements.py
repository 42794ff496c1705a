"""`GET` and `POST /api/v1/agreements`: the contracts of an organization."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.organizations.clock import time_of
from billing.agreements.operations import create_agreement_by_staff
from billing.agreements.queries import (
    describe_agreement,
    find_live_agreement,
    find_scheduled_change,
    get_agreement,
    list_agreements,
)
from billing.stripe.journeys.free import agree_for_free

from ..documents import parse_document, read, read_body, shape
from ..endpoint import json_response
from ..fields import parse_code
from ..idempotency import answered_once
from ..organizations import get_named_organization
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, KEYED, ORGANIZATION, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .agreement_results import Agreement, AgreementPage, present_agreement, whole_agreement
from .written import Interval, NamedOrganization, NamedPlan, Seats, read_interval


class AgreementOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new agreement shall be."""

    organization: NamedOrganization = None
    plan: NamedPlan
    interval: Interval = "month"
    currency: Annotated[
        str | None,
        Meta(
            description="The organization's own unless given.",
            extra_json_schema={"pattern": "^[A-Z]{3}$"},
        ),
    ] = None
    seats: Annotated[
        Seats | None,
        Meta(description="The included ones, or one for each member, unless given."),
    ] = None


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
        organization = self.organization()
        views = list_agreements(organization=organization)
        live = find_live_agreement(organization=organization)
        change = None if live is None else find_scheduled_change(agreement=live)
        page, has_more = page_of(views, request=self.plain_request, key=lambda view: view.id)
        return Response(
            AgreementPage(
                [
                    present_agreement(view, change=None if view.ended_at else change)
                    for view in page
                ],
                has_more,
            )
        )

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
        Agree on a plan from now on, without the payment page.

        With a platform key any published plan will do, not only one that visitors are offered,
        and the money is collected elsewhere. With an organization's key it is a plan on sale that
        costs nothing; one that costs something is 409 `checkout_needed`: use `POST checkouts`.
        """
        order = _read_order(parse_document(read_body(self.plain_request)))
        return answered_once(
            self.plain_request, lambda: self._create(order), caller=self.caller, now=self.now
        )

    def _create(self, order: AgreementOrder) -> HttpResponse:
        organization = get_named_organization(caller=self.caller, reference=order.organization)
        agree = create_agreement_by_staff if self.caller.is_platform else agree_for_free
        created = agree(
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
        return json_response(present_agreement(view, change=None), status=201)


class AgreementOfId(Resource):
    """One agreement."""

    scopes = {"GET": Scope.AGREEMENTS_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_agreement",
        tag="agreements",
        summary="Get an agreement",
        answers={200: Agreement},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, agreement_id: str) -> Response:
        """An agreement as it is now, and what is going to change."""
        agreement = get_agreement(organization=self.organization(), public_id=agreement_id)
        return Response(whole_agreement(agreement))


def _read_order(document: object) -> AgreementOrder:
    order = shape(document, AgreementOrder)
    read_interval(order.interval, at="/interval")
    read(parse_code, order.plan, at="/plan")
    return order
