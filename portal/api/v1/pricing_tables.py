"""`GET /api/v1/pricing-tables/{key}`: the plans of one group, for a pricing page elsewhere."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from msgspec import Meta
from rest_framework.request import Request

from billing.catalog.pricing_tables import get_pricing_table_of

from ..resource import Resource
from ..schema import PUBLIC, described
from .plans import FOR_EVERYBODY, Plan, PricedAction, present_action, present_plan, public_answer


class PricingTable(msgspec.Struct, frozen=True, kw_only=True):
    """The plans of a group in their order, how they are sold, and what credits buy."""

    key: str
    name: str
    audience: Annotated[str, Meta(description="`organizations` or `individuals`.")]
    plans: list[Plan]
    currencies: list[str]
    intervals: list[str]
    actions: list[PricedAction]


class PricingTableOfKey(Resource):
    """One pricing table."""

    scopes = {"GET": None}

    @described(
        operation_id="get_pricing_table",
        tag="plans",
        summary="Get a pricing table",
        answers={200: PricingTable},
        refusals=PUBLIC.and_also(404),
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """
        The plans of the group with this code. Legacy groups, and those that are not on sale, are
        not found. Needs no key, may be called from any web page, and may be cached for a minute.
        """
        self.headers |= FOR_EVERYBODY
        group, table = get_pricing_table_of(group=key, at=self.now)
        document = PricingTable(
            key=group.code,
            name=group.name,
            audience=group.audience,
            plans=[present_plan(offer) for offer in table.plans],
            currencies=list(table.currencies),
            intervals=list(table.intervals),
            actions=[present_action(action) for action in table.actions],
        )
        return public_answer(self, document)
