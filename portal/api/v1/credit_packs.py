"""`GET /api/v1/credit-packs`: the packs that an organization can order."""

from typing import Annotated

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.top_ups.offers import PackOffer
from billing.top_ups.queries import list_packs

from ..fields import DecimalText, decimal_text
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, PAGING, described
from .money import Amount, present_money


class CreditPack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack of credits as it is sold to the organization."""

    code: str
    name: str
    feature: str
    credits: DecimalText
    price: Amount
    expires_after_months: Annotated[
        int | None, Meta(description="Counted from when they are granted; null: never.")
    ]


class CreditPackPage(msgspec.Struct, frozen=True):
    """Packs, in their order."""

    data: list[CreditPack]
    has_more: bool


class CreditPacks(Resource):
    """The packs that an organization can order."""

    scopes = {"GET": Scope.BILLING_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_credit_packs",
        tag="top-ups",
        summary="List packs of credits",
        answers={200: CreditPackPage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        What `POST top-ups` takes, in the currency of the organization's agreement. Empty without
        an agreement, and for what its plan does not count.
        """
        packs = list_packs(organization=self.organization())
        page, has_more = page_of(packs, request=self.plain_request, key=lambda pack: pack.code)
        return Response(CreditPackPage([_present(pack) for pack in page], has_more))


def _present(pack: PackOffer) -> CreditPack:
    return CreditPack(
        code=pack.code,
        name=pack.name,
        feature=pack.feature,
        credits=decimal_text(pack.credits),
        price=present_money(pack.price),
        expires_after_months=pack.expires_after_months,
    )
