"""`GET /api/v1/balances`: what an organization has, used and owes on each metered feature."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from drf_spectacular.utils import PolymorphicProxySerializer
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from billing.usage.queries import FeatureBalance, list_feature_balances
from metering.queries import get_balance_at

from ...meter_words import meter_words
from ..fields import DecimalText, decimal_text, optional_decimal_text, parse_timestamp
from ..language import LANGUAGE, spoken_as_asked
from ..pages import PAGE_PARAMETERS, page_of
from ..parameters import invalid_parameter, read_given_parameter
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, PAGING, described, instant_parameter
from .credit_grant_results import CreditGrant, present_grant
from .money import Amount, present_money


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """Where the organization stands on one metered feature, in its current period."""

    feature: str
    name: str
    unit: str
    unit_plural: str
    unlimited: bool
    allowance: Annotated[
        DecimalText | None, Meta(description="Included per month; null is unlimited.")
    ]
    limit: Annotated[DecimalText | None, Meta(description="The most per month; null is none.")]
    granted: Annotated[
        DecimalText,
        Meta(
            description="What there was to spend in this period: what it took from credits, what "
            "is held, and what remains."
        ),
    ]
    remaining: Annotated[
        DecimalText | None,
        Meta(
            description="What credits still hold, for every action; null is unlimited. Credits "
            "that may pay for some actions only are in the grants, and not in here."
        ),
    ]
    held: Annotated[DecimalText, Meta(description="What open holds have set aside.")]
    used: Annotated[DecimalText, Meta(description="What this period has taken.")]
    overage: Annotated[DecimalText, Meta(description="The part of it that no credits paid.")]
    overage_unit_price: Annotated[
        DecimalText | None,
        Meta(
            description="In major units; null: overage is not sold, or not at one price for each."
        ),
    ]
    overage_price: Annotated[
        str, Meta(description="What overage costs, in words; empty: it is not sold.")
    ]
    overage_amount: Amount | None
    sentence: Annotated[
        str,
        Meta(examples=["3,912 of 5,000 credits used • 1,088 left • resets on 10 Oct 2026"]),
    ]
    period_starts_at: datetime | None
    resets_at: datetime | None
    rollover: Annotated[str, Meta(description="What becomes of unused credits, in words.")]
    grants: Annotated[
        list[CreditGrant],
        Meta(
            description="In the order in which they are spent. Empty ones are left out, but for "
            "the allowance and the rollover of this period."
        ),
    ]


class PastBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What the organization could spend on one metered feature at a moment in the past."""

    feature: str
    at: datetime
    remaining: Annotated[
        DecimalText | None, Meta(description="Null where the feature is unlimited today.")
    ]
    grants: Annotated[list[CreditGrant], Meta(description="With what they still held then.")]


class PastBalancePage(msgspec.Struct, frozen=True):
    """Balances at a moment, in the order of the plan."""

    data: list[PastBalance]
    has_more: bool


class BalancePage(msgspec.Struct, frozen=True):
    """Balances, in the order of the plan."""

    data: list[Balance]
    has_more: bool


_PAGES: Any = [BalancePage, PastBalancePage]
_NOW_OR_THEN = PolymorphicProxySerializer(
    component_name="Balances", serializers=_PAGES, resource_type_field_name=None
)


class Balances(Resource):
    """The balances of an organization."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization", "at", "language"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_balances",
        tag="balances",
        summary="List balances",
        answers={200: _NOW_OR_THEN},
        parameters=(
            ORGANIZATION,
            instant_parameter("at", "A moment in the past at which to look; now unless given."),
            LANGUAGE,
            *PAGING,
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        One entry for each metered feature of the live agreement; none without an agreement. With
        `at`, what could be spent at that moment on the features of today's plan, as the books tell
        it today.
        """
        at = read_given_parameter(parse_timestamp, self.plain_request, "at")
        if at is not None and at > self.now:
            raise invalid_parameter("at", "in_the_future", "The books know only the past.")
        with spoken_as_asked(self.plain_request):
            return self._answer(at)

    def _answer(self, at: datetime | None) -> Response:
        organization = self.organization()
        balances = list_feature_balances(organization=organization, now=self.now)
        page, has_more = page_of(
            balances, request=self.plain_request, key=lambda balance: balance.feature
        )
        if at is None:
            return Response(
                BalancePage([_present(balance, organization) for balance in page], has_more)
            )
        past = [_look_back(balance, organization=organization, at=at) for balance in page]
        return Response(PastBalancePage(past, has_more))


def _look_back(balance: FeatureBalance, *, organization: Organization, at: datetime) -> PastBalance:
    past = get_balance_at(organization_id=organization.pk, meter_id=balance.meter_id, at=at)
    return PastBalance(
        feature=balance.feature,
        at=at,
        remaining=None if balance.unlimited else decimal_text(past.remaining),
        grants=[present_grant(grant, feature=balance.feature) for grant in past.grants],
    )


def _present(balance: FeatureBalance, organization: Organization) -> Balance:
    amount, unit_price = balance.overage_amount, balance.overage_unit_price
    return Balance(
        feature=balance.feature,
        name=balance.name,
        unit=balance.unit,
        unit_plural=balance.unit_plural,
        unlimited=balance.unlimited,
        allowance=optional_decimal_text(balance.allowance),
        limit=optional_decimal_text(balance.limit),
        granted=decimal_text(balance.granted),
        remaining=None if balance.unlimited else decimal_text(balance.remaining),
        held=decimal_text(balance.held),
        used=decimal_text(balance.used),
        overage=decimal_text(balance.overage),
        overage_unit_price=optional_decimal_text(unit_price),
        overage_price=balance.overage_sentence,
        overage_amount=None if amount is None else present_money(amount),
        sentence=meter_words(balance, organization=organization),
        period_starts_at=balance.period_starts_at,
        resets_at=balance.resets_at,
        rollover=balance.rollover_sentence,
        grants=[present_grant(grant, feature=balance.feature) for grant in balance.grants],
    )
