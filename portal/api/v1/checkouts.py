"""Subscribe: visits to the payment page, and what came of them."""

from datetime import datetime
from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.choices import CheckoutStatus
from billing.models import Checkout as StoredCheckout
from billing.stripe.gateway.configuration import require_connection
from billing.stripe.journeys.checkout import Returns, start_checkout
from billing.stripe.journeys.returning import complete_checkout

from ..documents import parse_document, read, read_body, shape
from ..endpoint import json_response
from ..fields import parse_code
from ..idempotency import answered_once
from ..resource import Resource
from ..return_urls import parse_return_url
from ..schema import IDEMPOTENCY_KEY, KEYED, ORGANIZATION, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .agreements import AgreementOrder
from .written import ReturnUrl, read_interval


class CheckoutOrder(AgreementOrder, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The plan to subscribe to, and where people go from the payment page."""

    success_url: ReturnUrl
    cancel_url: ReturnUrl


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """A visit to the payment page. People who pay go to its `url`."""

    id: str
    organization: str
    kind: Annotated[str, Meta(description="What it is for: `agreement`, `top_up` or `card`.")]
    status: Annotated[str, Meta(description="`opening`, `open`, `completed` or `expired`.")]
    url: Annotated[str | None, Meta(description="The payment page; null when it is closed.")]
    plan: str | None
    plan_version: int | None
    interval: str | None
    seats: int | None
    top_up: Annotated[str | None, Meta(description="The order that is paid for.")]
    requested_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None


class Checkouts(Resource):
    """Visits to the payment page."""

    scopes = {"POST": Scope.BILLING_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="create_checkout",
        tag="checkouts",
        summary="Subscribe on the payment page",
        body=body_of(
            CheckoutOrder,
            examples={
                "monthly": {
                    "plan": "professional",
                    "success_url": "https://app.example/welcome",
                    "cancel_url": "https://app.example/plans",
                }
            },
        ),
        answers={201: Checkout},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Open the payment page for a self-serve plan on sale. The agreement begins, and its
        allowance is granted, once the first payment is made or the trial has begun.

        An earlier page of the organization that is still open is closed. A plan that costs
        nothing is 409 `nothing_to_pay`: use `POST agreements`.
        """
        order = _read_order(parse_document(read_body(self.plain_request)))
        return answered_once(
            self.plain_request, lambda: self._start(order), caller=self.caller, now=self.now
        )

    def _start(self, order: CheckoutOrder) -> HttpResponse:
        require_connection()
        checkout = start_checkout(
            organization=self.organization_named(order.organization),
            plan_code=order.plan,
            interval=order.interval,
            currency=order.currency,
            seats=order.seats,
            returns=Returns(order.success_url, order.cancel_url),
            actor=self.actor,
            now=self.now,
        )
        return json_response(present_checkout(checkout), status=201)


class CheckoutOfId(Resource):
    """One visit to the payment page."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_checkout",
        tag="checkouts",
        summary="Get a checkout",
        answers={200: Checkout},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404, 409, 502),
    )
    def get(self, request: Request, checkout_id: str) -> Response:
        """What came of a visit, as Stripe knows it this moment: nobody waits for a webhook."""
        organization = self.organization()
        checkout = complete_checkout(
            organization=organization, checkout_id=checkout_id, now=self.now
        )
        return Response(present_checkout(checkout))


def present_checkout(checkout: StoredCheckout) -> Checkout:
    """Write a visit to the payment page."""
    version, top_up = checkout.plan_version, checkout.top_up
    return Checkout(
        id=checkout.public_id,
        organization=checkout.organization.public_id,
        kind=checkout.kind,
        status=checkout.status,
        url=checkout.url if checkout.status == CheckoutStatus.OPEN else None,
        plan=None if version is None else version.plan.code,
        plan_version=None if version is None else version.number,
        interval=checkout.interval or None,
        seats=checkout.seats,
        top_up=None if top_up is None else top_up.public_id,
        requested_at=checkout.requested_at,
        expires_at=checkout.expires_at,
        ended_at=checkout.ended_at,
    )


def _read_order(document: object) -> CheckoutOrder:
    order = shape(document, CheckoutOrder)
    read(parse_code, order.plan, at="/plan")
    read_interval(order.interval, at="/interval")
    for name in ("success_url", "cancel_url"):
        read(parse_return_url, getattr(order, name), at=f"/{name}")
    return order
