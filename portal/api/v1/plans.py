"""`GET /api/v1/plans`: the price list, for everybody and from any web page."""

from typing import Annotated, Any, Final

import msgspec
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from msgspec import Meta
from rest_framework.request import Request

from billing.catalog.offers import FeatureOffer, PlanOffer
from billing.catalog.queries import get_pricing_table
from billing.catalog.terms import PriceOffer
from metering.credits.rollover import expiry_sentence
from metering.rate_card.queries import ActionOnCard

from ..endpoint import json_response
from ..fields import DecimalText, decimal_text, optional_decimal_text
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import PAGING, PUBLIC, described

CACHED_FOR_SECONDS: Final = 60


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A base price, due at the start of each interval."""

    kind: Annotated[str, Meta(description="`fixed` or `per_seat`.")]
    interval: str
    amount_minor: int
    currency: str


class PlanFeature(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan grants of one feature."""

    code: str
    name: str
    description: str
    kind: str
    value: Annotated[Any, Meta(description="The flag's value; null for a metered feature.")]
    unit: str
    unit_plural: str
    unlimited: bool
    allowance: Annotated[DecimalText | None, Meta(description="Included per month.")]
    limit: Annotated[DecimalText | None, Meta(description="The most per month; null is none.")]
    overage_unit_prices: Annotated[
        dict[str, DecimalText], Meta(description="One unit beyond the allowance, by currency.")
    ]
    rollover: Annotated[str | None, Meta(description="What becomes of unused credits, in words.")]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan on sale."""

    code: str
    name: str
    tagline: str
    highlight: str
    is_self_serve: bool
    included_seats: Annotated[int | None, Meta(description="Null is unlimited.")]
    prices: list[Price]
    features: list[PlanFeature]
    summary: str


class PricedAction(msgspec.Struct, frozen=True, kw_only=True):
    """What credits buy."""

    code: str
    name: str
    name_plural: str
    description: str
    feature: str
    credits: DecimalText
    value_note: str


class PlanPage(msgspec.Struct, frozen=True, kw_only=True):
    """The plans on sale, in their order, and what credits buy."""

    data: list[Plan]
    has_more: bool
    currencies: list[str]
    actions: list[PricedAction]


class Plans(Resource):
    """The plans on sale."""

    scopes = {"GET": None}
    parameters = PAGE_PARAMETERS

    @described(
        operation_id="list_plans",
        tag="plans",
        summary="List the plans on sale",
        answers={200: PlanPage},
        parameters=PAGING,
        refusals=PUBLIC,
    )
    def get(self, request: Request) -> HttpResponse:
        """Needs no key, may be called from any web page, and may be cached for a minute."""
        table = get_pricing_table(at=self.now)
        plans, has_more = page_of(
            table.plans, request=self.plain_request, key=lambda offer: offer.code
        )
        response = json_response(
            PlanPage(
                data=[_present(offer) for offer in plans],
                has_more=has_more,
                currencies=list(table.currencies),
                actions=[_present_action(action) for action in table.actions],
            )
        )
        self.headers |= {
            "Cache-Control": f"public, max-age={CACHED_FOR_SECONDS}",
            "Access-Control-Allow-Origin": "*",
        }
        set_response_etag(response)
        etag = response["ETag"]
        return (
            get_conditional_response(self.plain_request, etag=etag, response=response) or response
        )


def _present(offer: PlanOffer) -> Plan:
    return Plan(
        code=offer.code,
        name=offer.name,
        tagline=offer.tagline,
        highlight=offer.highlight,
        is_self_serve=offer.is_self_serve,
        included_seats=offer.included_seats,
        prices=[_present_price(price) for price in offer.prices],
        features=[_present_feature(feature) for feature in offer.features],
        summary=offer.summary,
    )


def _present_price(price: PriceOffer) -> Price:
    return Price(
        kind=price.kind,
        interval=price.interval,
        amount_minor=price.unit_amount_minor,
        currency=price.currency,
    )


def _present_feature(feature: FeatureOffer) -> PlanFeature:
    has_rollover_rule = feature.is_metered and not feature.is_unlimited
    return PlanFeature(
        code=feature.code,
        name=feature.name,
        description=feature.description,
        kind=feature.kind,
        value=feature.value,
        unit=feature.unit,
        unit_plural=feature.unit_plural,
        unlimited=feature.is_unlimited,
        allowance=optional_decimal_text(feature.allowance),
        limit=optional_decimal_text(feature.limit),
        overage_unit_prices={
            currency: decimal_text(price) for currency, price in feature.overage.items()
        },
        rollover=(
            expiry_sentence(feature.rollover, unit_plural=feature.unit_plural)
            if has_rollover_rule
            else None
        ),
    )


def _present_action(action: ActionOnCard) -> PricedAction:
    # What an action costs us stays inside.
    return PricedAction(
        code=action.code,
        name=action.name,
        name_plural=action.name_plural,
        description=action.description,
        feature=action.meter,
        credits=decimal_text(action.credits),
        value_note=action.value_note,
    )
