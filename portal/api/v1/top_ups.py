"""`/api/v1/top-ups`: order packs of credits, pay for them, take orders back."""

import re
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from billing.models import TopUp as StoredTopUp
from billing.stripe.gateway.configuration import require_connection
from billing.stripe.journeys.checkout import Returns
from billing.stripe.journeys.top_ups import pay_with_card, start_payment, take_back
from billing.top_ups.errors import TopUpNotFound
from billing.top_ups.operations import order_top_up
from billing.top_ups.queries import describe_top_up, get_top_up, list_top_ups
from config.kernel.errors import DomainError

from ..documents import parse_document, parse_document_if_any, read, read_body, shape
from ..endpoint import json_response
from ..fields import LONGEST_REASON, parse_code, parse_text
from ..idempotency import answered_once
from ..pages import PAGE_PARAMETERS
from ..parameters import find_parameter, invalid_parameter, read_given_parameter, read_page_size
from ..resource import Resource
from ..schema import IDEMPOTENCY_KEY, KEYED, ORGANIZATION, PAGING, WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .top_up_orders import Payment, TopUpOrder, Withdrawal, read_payment
from .top_up_results import (
    TopUp,
    TopUpPage,
    TopUpToPay,
    present_top_up,
    present_top_up_to_pay,
)

_ID: Final = re.compile(StoredTopUp.id_prefix + "_[0-9a-z]{26}")
_RETURNS: Final = {
    "success_url": "https://app.example/credits",
    "cancel_url": "https://app.example/credits",
}


class TopUps(Resource):
    """The orders of an organization."""

    scopes = {"GET": Scope.BILLING_READ, "POST": Scope.BILLING_WRITE}
    parameters = frozenset({"organization", "feature"}) | PAGE_PARAMETERS
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="list_top_ups",
        tag="top-ups",
        summary="List orders of packs",
        answers={200: TopUpPage},
        parameters=(
            ORGANIZATION,
            OpenApiParameter("feature", str, description="Only packs of this metered feature."),
            *PAGING,
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """The organization's orders, also the automatic ones, newest first."""
        page_size = read_page_size(self.plain_request)
        feature = read_given_parameter(parse_code, self.plain_request, "feature")
        organization = self.organization()
        views = list_top_ups(
            organization=organization,
            feature=feature,
            limit=page_size + 1,
            after=_find_last_seen(self.plain_request, organization),
        )
        page = [present_top_up(view) for view in views[:page_size]]
        return Response(TopUpPage(page, len(views) > page_size))

    @described(
        operation_id="create_top_up",
        tag="top-ups",
        summary="Order packs, and pay for them",
        body=body_of(
            TopUpOrder,
            examples={
                "on the payment page": {"pack": "small", **_RETURNS},
                "with the card": {"pack": "small", "count": 2, "pay": "card"},
            },
        ),
        answers={201: TopUpToPay},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Order packs at today's price. The credits are granted by the payment: when the page at
        `url` has been paid, or at once with the card on file.

        If the payment fails (402, 502, 503) the order waits: pay it with
        `POST top-ups/{id}/pay`, or take it back. While it waits, another order of the same pack
        is 409 `order_waiting`. Both refusals name it in `top_up`.
        """
        order = shape(parse_document(read_body(self.plain_request)), TopUpOrder)
        read(parse_code, order.pack, at="/pack")
        returns = read_payment(order)
        return answered_once(
            self.plain_request,
            lambda: self._order(order, returns),
            caller=self.caller,
            now=self.now,
        )

    def _order(self, order: TopUpOrder, returns: Returns | None) -> HttpResponse:
        require_connection()
        top_up = order_top_up(
            organization=self.organization_named(order.organization),
            pack_code=order.pack,
            pack_count=order.count,
            actor=self.actor,
            now=self.now,
        )
        return json_response(_pay(top_up, returns, now=self.now), status=201)


class TopUpOfId(Resource):
    """One order."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_top_up",
        tag="top-ups",
        summary="Get an order of packs",
        answers={200: TopUp},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, top_up_id: str) -> Response:
        """Where an order stands."""
        top_up = get_top_up(organization=self.organization(), public_id=top_up_id)
        return Response(present_top_up(describe_top_up(top_up=top_up)))


class PayTopUp(Resource):
    """The payment of an order that waits."""

    scopes = {"POST": Scope.BILLING_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="pay_top_up",
        tag="top-ups",
        summary="Pay for an order that waits",
        body=body_of(
            Payment,
            examples={"on the payment page": _RETURNS, "with the card": {"pay": "card"}},
        ),
        answers={200: TopUpToPay},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, top_up_id: str) -> HttpResponse:
        """Open a payment page for it, or charge the card on file. It is paid once."""
        written = shape(parse_document(read_body(self.plain_request)), Payment)
        returns = read_payment(written)

        def pay() -> HttpResponse:
            require_connection()
            organization = self.organization_named(written.organization)
            top_up = get_top_up(organization=organization, public_id=top_up_id)
            return json_response(_pay(top_up, returns, now=self.now))

        return answered_once(self.plain_request, pay, caller=self.caller, now=self.now)


class CancelTopUp(Resource):
    """The end of an order that is not paid."""

    scopes = {"POST": Scope.BILLING_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="cancel_top_up",
        tag="top-ups",
        summary="Take an order back",
        body=body_of(Withdrawal, examples={"a reason": {"reason": "Ordered by mistake"}}),
        answers={200: TopUp},
        parameters=(IDEMPOTENCY_KEY,),
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request, top_up_id: str) -> HttpResponse:
        """It cannot be paid for any more: its payment page is closed, its invoice is void."""
        written = shape(parse_document_if_any(self.plain_request), Withdrawal)
        reason = read(
            lambda text: parse_text(text, longest=LONGEST_REASON), written.reason, at="/reason"
        )

        def cancel() -> HttpResponse:
            organization = self.organization_named(written.organization)
            top_up = get_top_up(organization=organization, public_id=top_up_id)
            take_back(top_up=top_up, actor=self.actor, reason=reason, now=self.now)
            ended = get_top_up(organization=organization, public_id=top_up_id)
            return json_response(present_top_up(describe_top_up(top_up=ended)))

        return answered_once(self.plain_request, cancel, caller=self.caller, now=self.now)


def _pay(top_up: StoredTopUp, returns: Returns | None, *, now: datetime) -> TopUpToPay:
    """Raises what paying raises; the refusal names the order, because it still waits."""
    url = None
    try:
        if returns is None:
            pay_with_card(top_up=top_up, now=now)
        else:
            url = start_payment(top_up=top_up, returns=returns, now=now).url
    except DomainError as refusal:
        refusal.extra = {**refusal.extra, "top_up": top_up.public_id}
        raise
    paid = get_top_up(organization=top_up.organization, public_id=top_up.public_id)
    return present_top_up_to_pay(describe_top_up(top_up=paid), url=url)


def _find_last_seen(request: HttpRequest, organization: Organization) -> StoredTopUp | None:
    """The order after which a page begins, if the request names one."""
    after = find_parameter(request, "starting_after")
    if after is None:
        return None
    try:
        if _ID.fullmatch(after) is None:
            raise TopUpNotFound("That is not the id of a top-up.")
        return get_top_up(organization=organization, public_id=after)
    except TopUpNotFound as missing:
        detail = "`starting_after` names no order: send the id of the last one seen."
        raise invalid_parameter("starting_after", "invalid_cursor", detail) from missing
