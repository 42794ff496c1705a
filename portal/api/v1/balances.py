"""`GET /api/v1/balances`: what an organization has, used and owes on each metered feature."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from billing.usage.queries import FeatureBalance, list_feature_balances
from metering.queries import GrantBalance

from ..fields import DecimalText, decimal_text, optional_decimal_text
from ..pages import PAGE_PARAMETERS, page_of
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, PAGING, described
from .money import Amount, present_money


class CreditGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Credits that were given and can be spent now."""

    id: str
    category: str
    amount: DecimalText
    remaining: DecimalText
    effective_at: datetime
    expires_at: Annotated[datetime | None, Meta(description="Null: they never expire.")]


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
        DecimalText, Meta(description="The size of all credits that can be spent now.")
    ]
    remaining: Annotated[
        DecimalText | None, Meta(description="What they still hold; null is unlimited.")
    ]
    used: Annotated[DecimalText, Meta(description="What this period has taken.")]
    overage: Annotated[DecimalText, Meta(description="The part of it that no credits paid.")]
    overage_unit_price: Annotated[
        DecimalText | None,
        Meta(description="In major units; null: overage is not sold."),
    ]
    overage_amount: Amount | None
    period_starts_at: datetime | None
    resets_at: datetime | None
    rollover: Annotated[str, Meta(description="What becomes of unused credits, in words.")]
    grants: Annotated[list[CreditGrant], Meta(description="In the order in which they are spent.")]


class BalancePage(msgspec.Struct, frozen=True):
    """Balances, in the order of the plan."""

    data: list[Balance]
    has_more: bool


class Balances(Resource):
    """The balances of an organization."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization"}) | PAGE_PARAMETERS

    @described(
        operation_id="list_balances",
        tag="balances",
        summary="List balances",
        answers={200: BalancePage},
        parameters=(ORGANIZATION, *PAGING),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """One entry for each metered feature of the live agreement; none without an agreement."""
        balances = list_feature_balances(organization=self.organization(), now=self.now)
        page, has_more = page_of(
            balances, request=self.plain_request, key=lambda balance: balance.feature
        )
        return Response(BalancePage([_present(balance) for balance in page], has_more))


def _present(balance: FeatureBalance) -> Balance:
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
        used=decimal_text(balance.used),
        overage=decimal_text(balance.overage),
        overage_unit_price=optional_decimal_text(unit_price),
        overage_amount=None if amount is None else present_money(amount),
        period_starts_at=balance.period_starts_at,
        resets_at=balance.resets_at,
        rollover=balance.rollover_sentence,
        grants=[_present_grant(grant) for grant in balance.grants],
    )


def _present_grant(grant: GrantBalance) -> CreditGrant:
    return CreditGrant(
        id=grant.public_id,
        category=grant.category,
        amount=decimal_text(grant.amount),
        remaining=decimal_text(grant.remaining),
        effective_at=grant.effective_at,
        expires_at=grant.expires_at,
    )
