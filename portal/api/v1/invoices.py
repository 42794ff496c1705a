"""`GET /api/v1/invoices`: what was billed, what is to be paid, and what comes next."""

import re
from typing import Final

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from billing.invoicing.queries import (
    InvoiceNotFound,
    describe_invoice,
    get_invoice,
    list_invoice_lines,
    list_invoices,
)
from billing.models import Invoice as StoredInvoice
from billing.stripe.invoices.upcoming import upcoming

from ..pages import PAGE_PARAMETERS
from ..parameters import find_parameter, invalid_parameter, read_page_size
from ..problems import Refusal
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, PAGING, described
from .invoice_results import (
    InvoicePage,
    InvoiceWithLines,
    UpcomingInvoice,
    present_invoice,
    present_upcoming,
    present_with_lines,
)

_ID: Final = re.compile(StoredInvoice.id_prefix + "_[0-9a-z]{26}")


class NothingUpcoming(Refusal):
    """Without an agreement nothing is going to be invoiced."""

    code = "nothing_upcoming"
    title = "No invoice is to come"
    status = 404


class Invoices(Resource):
    """The invoices of an organization."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_invoices",
        tag="invoices",
        summary="List invoices",
        answers={200: InvoicePage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """The organization's invoices, newest first. Drafts are not among them."""
        page_size = read_page_size(self.plain_request)
        organization = self.organization()
        views = list_invoices(
            organization=organization,
            limit=page_size,
            after=_find_last_seen(self.plain_request, organization),
        )
        has_more = len(views) == page_size and _goes_on(organization, after_id=views[-1].id)
        return Response(InvoicePage([present_invoice(view) for view in views], has_more))


class InvoiceOfId(Resource):
    """One invoice."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_invoice",
        tag="invoices",
        summary="Get an invoice with its lines",
        answers={200: InvoiceWithLines},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request, invoice_id: str) -> Response:
        """An invoice, line by line; `settlement` names the settled usage behind a line."""
        invoice = get_invoice(organization=self.organization(), public_id=invoice_id)
        lines = list_invoice_lines(invoice=invoice)
        return Response(present_with_lines(describe_invoice(invoice=invoice), lines))


class InvoiceToCome(Resource):
    """What the next invoice will be."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"})

    @described(
        operation_id="get_upcoming_invoice",
        tag="invoices",
        summary="Get the next invoice, as it would be",
        answers={200: UpcomingInvoice},
        parameters=(ORGANIZATION,),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        The next invoice if nothing more is used: the base price, overage so far, discount and
        tax. 404 `nothing_upcoming` without an agreement.
        """
        organization = self.organization()
        estimate = upcoming(organization=organization, now=self.now)
        if estimate is None:
            raise NothingUpcoming("There is no agreement, so nothing is going to be invoiced.")
        return Response(present_upcoming(estimate))


def _find_last_seen(request: HttpRequest, organization: Organization) -> StoredInvoice | None:
    """The invoice after which a page begins, if the request names one."""
    after = find_parameter(request, "starting_after")
    if after is None:
        return None
    try:
        if _ID.fullmatch(after) is None:
            raise InvoiceNotFound("That is not the id of an invoice.")
        return get_invoice(organization=organization, public_id=after)
    except InvoiceNotFound as missing:
        detail = "`starting_after` names no invoice: send the id of the last one seen."
        raise invalid_parameter("starting_after", "invalid_cursor", detail) from missing


def _goes_on(organization: Organization, *, after_id: str) -> bool:
    last = get_invoice(organization=organization, public_id=after_id)
    return bool(list_invoices(organization=organization, limit=1, after=last))
