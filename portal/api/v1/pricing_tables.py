"""`GET /api/v1/pricing-tables/{key}`: what visitors are shown, for a pricing page elsewhere."""

from typing import Annotated, Final

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request

from billing.pricing_tables.content import CardContent
from billing.pricing_tables.queries import ShownTable, get_shown_table

from ..parameters import find_parameter, invalid_parameter
from ..resource import Resource
from ..schema import PUBLIC, described
from .plans import FOR_EVERYBODY, Plan, PricedAction, present_actions, present_plan, public_answer

LANGUAGE: Final = OpenApiParameter(
    "language",
    str,
    description="A language of the installation, such as `de`; its own one otherwise.",
)


class PricingTableCard(msgspec.Struct, frozen=True, kw_only=True):
    """What staff say of a plan. Texts that nobody wrote are empty: the plan's own words stand."""

    plan: Annotated[str, Meta(description="The code of one of `plans`.")]
    is_highlighted: bool
    heading: str
    description: str
    call_to_action: str
    highlight: Annotated[str, Meta(description="Such as “Most popular”.")]
    features_heading: str
    features: list[str]


class PricingTable(msgspec.Struct, frozen=True, kw_only=True):
    """Plans in their order, how they are sold, what credits buy, and what staff say of them."""

    key: str
    name: str
    audience: Annotated[str, Meta(description="`organizations` or `individuals`.")]
    plans: list[Plan]
    currencies: list[str]
    intervals: list[str]
    actions: list[PricedAction]
    version: Annotated[
        int | None, Meta(description="What was published last; null for a bare plan group.")
    ]
    language: str
    heading: str
    description: str
    cards: list[PricingTableCard]


class PricingTableOfKey(Resource):
    """One pricing table."""

    scopes = {"GET": None}
    parameters = frozenset({"language"})

    @described(
        operation_id="get_pricing_table",
        tag="plans",
        summary="Get a pricing table",
        answers={200: PricingTable},
        parameters=(LANGUAGE,),
        refusals=PUBLIC.and_also(404),
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """
        The live pricing table with this key, or the plans on sale of the group with this code.
        Drafts and legacy plans are not found. Needs no key, may be called from any web page, and
        may be cached for a minute.
        """
        self.headers |= FOR_EVERYBODY
        language = _asked_language(self.plain_request)
        # Sentences that are made of terms are in the language of the texts beside them.
        with translation.override(language):
            shown = get_shown_table(key=key, at=self.now)
            return public_answer(self, _present(shown, language=language))


def _asked_language(request: HttpRequest) -> str:
    """Return the language that the query asks for. Raises `InvalidRequest` for one unknown."""
    asked = find_parameter(request, "language")
    if asked is None:
        return settings.LANGUAGE_CODE
    if asked not in dict(settings.LANGUAGES):
        known = ", ".join(f"`{code}`" for code, _name in settings.LANGUAGES)
        raise invalid_parameter("language", "unknown_language", f"`language` is one of {known}.")
    return asked


def _present(shown: ShownTable, *, language: str) -> PricingTable:
    texts, offered = shown.content.said_in(language), shown.offered
    cards = [shown.card_of(offer.code) or CardContent(offer.code) for offer in offered.plans]
    return PricingTable(
        key=shown.key,
        name=shown.name,
        audience=shown.audience,
        plans=[present_plan(offer) for offer in offered.plans],
        currencies=list(offered.currencies),
        intervals=list(offered.intervals),
        actions=present_actions(offered),
        version=shown.version,
        language=language,
        heading=texts.heading,
        description=texts.description,
        cards=[_present_card(card, language=language) for card in cards],
    )


def _present_card(card: CardContent, *, language: str) -> PricingTableCard:
    texts = card.said_in(language)
    return PricingTableCard(
        plan=card.plan_code,
        is_highlighted=card.is_highlighted,
        heading=texts.heading,
        description=texts.description,
        call_to_action=texts.call_to_action,
        highlight=texts.highlight,
        features_heading=texts.features_heading,
        features=list(texts.features),
    )
