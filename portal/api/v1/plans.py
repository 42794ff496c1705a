"""`GET /api/v1/plans`: the price list, for everybody and from any web page."""

from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag
from msgspec import Meta
from rest_framework.request import Request

from billing.catalog.offers import FeatureOffer, PlanOffer, PricingTable
from billing.catalog.overage_words import overage_words
from billing.catalog.queries import get_pricing_table
from billing.catalog.rate_card import ComingRate
from billing.catalog.terms import PriceOffer
from billing.rating.pricing import OveragePricing
from metering.expiry_words import expiry_sentence
from metering.rate_card.queries import ActionOnCard

from ..endpoint import json_response
from ..fields import DecimalText, decimal_text, optional_decimal_text
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import PAGING, PUBLIC, described

CACHED_FOR_SECONDS: Final = 60
FOR_EVERYBODY: Final = {"Access-Control-Allow-Origin": "*"}


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A base price, due at the start of each interval."""

    kind: Annotated[str, Meta(description="`fixed` or `per_seat`.")]
    interval: str
    amount_minor: int
    currency: str


class OverageTier(msgspec.Struct, frozen=True, kw_only=True):
    """The quantities above the tier before it, up to and including `up_to`."""

    up_to: Annotated[DecimalText | None, Meta(description="Null for the last tier: no end.")]
    unit_price: Annotated[DecimalText, Meta(description="Of one unit, in major units.")]
    flat_price: Annotated[
        DecimalText,
        Meta(description="Due once when the tier is reached, in major units; the first always is."),
    ]


class OveragePrice(msgspec.Struct, frozen=True, kw_only=True):
    """What the usage of a month beyond the allowance costs in one currency."""

    currency: str
    model: Annotated[
        str,
        Meta(
            description=(
                "`per_unit`; `percentage` of the reported value; `package`: each one begun; "
                "`graduated`: each unit in its own tier; `volume`: all units in the tier reached."
            )
        ),
    ]
    unit_price: Annotated[
        DecimalText | None,
        Meta(
            description=(
                "Of one unit or package, in major units; the share for a percentage (0.015 is "
                "1.5 %); null where there are tiers."
            )
        ),
    ]
    package_size: Annotated[DecimalText | None, Meta(description="Units in a package.")]
    free_quantity: Annotated[DecimalText, Meta(description="Units before the first package.")]
    tiers: Annotated[list[OverageTier], Meta(description="Ascending; empty without tiers.")]
    minimum_minor: Annotated[
        int | None, Meta(description="The least charged for a month, even without overage.")
    ]
    maximum_minor: Annotated[int | None, Meta(description="The most charged for a month.")]
    sentence: Annotated[str, Meta(description="The price in words.")]


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
        dict[str, DecimalText],
        Meta(
            description=(
                "One unit beyond the allowance, by currency, where that is the whole price."
            )
        ),
    ]
    overage_prices: Annotated[
        list[OveragePrice],
        Meta(description="One for each currency; empty where overage is not sold."),
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
    trial_days: Annotated[int, Meta(description="Free of charge for a new customer; 0 is none.")]
    trial_needs_card: Annotated[
        bool, Meta(description="Whether a trial begins with a payment method.")
    ]
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
    next_credits: Annotated[
        DecimalText | None, Meta(description="What it takes later, once that is announced.")
    ]
    next_credits_from: Annotated[datetime | None, Meta(description="From when on.")]
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
        return public_answer(
            self,
            PlanPage(
                data=[present_plan(offer) for offer in plans],
                has_more=has_more,
                currencies=list(table.currencies),
                actions=present_actions(table),
            ),
        )


def public_answer(resource: Resource, document: msgspec.Struct) -> HttpResponse:
    """Answer with what anybody may read and keep for a minute; 304 to who has it already."""
    resource.headers |= FOR_EVERYBODY | {"Cache-Control": f"public, max-age={CACHED_FOR_SECONDS}"}
    response = json_response(document)
    set_response_etag(response)
    etag, request = response["ETag"], resource.plain_request
    return get_conditional_response(request, etag=etag, response=response) or response


def present_plan(offer: PlanOffer) -> Plan:
    """Write a plan as it is offered."""
    return Plan(
        code=offer.code,
        name=offer.name,
        tagline=offer.tagline,
        highlight=offer.highlight,
        is_self_serve=offer.is_self_serve,
        included_seats=offer.included_seats,
        trial_days=offer.trial_days,
        trial_needs_card=offer.trial_needs_card,
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
            currency: decimal_text(pricing.only_price)
            for currency, pricing in feature.overage.items()
            if pricing.only_price is not None
        },
        overage_prices=[_present_overage(pricing, feature) for pricing in feature.overage.values()],
        rollover=(
            expiry_sentence(feature.rollover, unit_plural=feature.unit_plural)
            if has_rollover_rule
            else None
        ),
    )


def _present_overage(pricing: OveragePricing, feature: FeatureOffer) -> OveragePrice:
    return OveragePrice(
        currency=pricing.currency,
        model=pricing.model,
        unit_price=optional_decimal_text(pricing.unit_price),
        package_size=optional_decimal_text(pricing.package_size),
        free_quantity=decimal_text(pricing.free_quantity),
        tiers=[
            OverageTier(
                up_to=optional_decimal_text(tier.up_to),
                unit_price=decimal_text(tier.unit_price),
                flat_price=decimal_text(tier.flat_price),
            )
            for tier in pricing.tiers
        ],
        minimum_minor=None if pricing.minimum is None else pricing.minimum.minor,
        maximum_minor=None if pricing.maximum is None else pricing.maximum.minor,
        sentence=overage_words(pricing, unit=feature.unit, unit_plural=feature.unit_plural),
    )


def present_actions(table: PricingTable) -> list[PricedAction]:
    """Write what each action takes, and is going to take."""
    return [_present_action(action, table.coming.get(action.code)) for action in table.actions]


def _present_action(action: ActionOnCard, coming: ComingRate | None) -> PricedAction:
    # What an action costs us stays inside.
    return PricedAction(
        code=action.code,
        name=action.name,
        name_plural=action.name_plural,
        description=action.description,
        feature=action.meter,
        credits=decimal_text(action.credits),
        next_credits=None if coming is None else decimal_text(coming.credits),
        next_credits_from=None if coming is None else coming.effective_at,
        value_note=action.value_note,
    )
