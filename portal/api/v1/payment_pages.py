"""`POST /api/v1/payment-pages`: where customers keep cards, addresses and tax ids."""

from enum import StrEnum
from typing import Annotated, Final

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from accounts.choices import Scope
from billing.stripe.journeys.cards import PortalPage, open_portal

from ..documents import parse_document, read, read_body, shape
from ..endpoint import json_response
from ..resource import Resource
from ..return_urls import parse_return_url
from ..schema import WITH_BODY, body_of, described
from ..wire import StrictJSONParser
from .written import NamedOrganization, ReturnUrl, read_one_of


class Page(StrEnum):
    """What the page opens with."""

    OVERVIEW = "overview"
    PAYMENT_METHOD = "payment_method"


_AT_STRIPE: Final = {
    Page.OVERVIEW: PortalPage.OVERVIEW,
    Page.PAYMENT_METHOD: PortalPage.PAYMENT_METHOD,
}


class PaymentPageOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the page opens with, and where people go from it."""

    organization: NamedOrganization = None
    return_url: ReturnUrl
    page: Annotated[
        str,
        Meta(
            description="`payment_method` asks for another card at once.",
            extra_json_schema={"enum": [page.value for page in Page]},
        ),
    ] = Page.OVERVIEW.value


class PaymentPage(msgspec.Struct, frozen=True):
    """A page for this customer, for the next minutes. Whoever has its address may use it."""

    url: str


class PaymentPages(Resource):
    """Stripe's pages for customers."""

    scopes = {"POST": Scope.BILLING_WRITE}
    http_method_names = ["post"]
    parser_classes = [StrictJSONParser]

    @described(
        operation_id="create_payment_page",
        tag="checkouts",
        summary="Open the page for cards, addresses and tax ids",
        body=body_of(
            PaymentPageOrder,
            examples={
                "another card": {
                    "return_url": "https://app.example/billing",
                    "page": "payment_method",
                }
            },
        ),
        answers={201: PaymentPage},
        refusals=WITH_BODY.where_money_moves().and_also(404),
    )
    def post(self, request: Request) -> HttpResponse:
        """
        Cards, invoices, the billing address and tax ids are kept there. Plans are not changed
        there. Each call opens a page of its own, and needs no `Idempotency-Key`.
        """
        order = shape(parse_document(read_body(self.plain_request)), PaymentPageOrder)
        return_url = read(parse_return_url, order.return_url, at="/return_url")
        names = [page.value for page in Page]
        page = Page(read_one_of(names, order.page, what="A page", at="/page"))
        url = open_portal(
            organization=self.organization_named(order.organization),
            return_url=return_url,
            now=self.now,
            page=_AT_STRIPE[page],
        )
        return json_response(PaymentPage(url), status=201)
