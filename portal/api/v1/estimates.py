"""`GET /api/v1/estimates`: what an action would take, before it is done."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.choices import Scope
from accounts.models import Organization
from billing.usage.estimates import UseEstimate, estimate_words, get_estimate, shortage_words

from ..fields import (
    DecimalText,
    decimal_text,
    optional_decimal_text,
    parse_code,
    parse_quantity,
)
from ..language import LANGUAGE, spoken_as_asked
from ..parameters import read_given_parameter, read_parameter
from ..resource import Resource
from ..schema import KEYED, ORGANIZATION, described
from .money import Amount, present_money

ACTION: Final = OpenApiParameter("action", str, description="An action.", required=True)
QUANTITY: Final = OpenApiParameter("quantity", str, description="How many of it; 1 unless given.")


class CustomerValue(msgspec.Struct, frozen=True, kw_only=True):
    """What it is about worth to the customer."""

    amount: Annotated[DecimalText, Meta(description="In major units.")]
    currency: str
    note: Annotated[str, Meta(description="In words, such as how much time it saves.")]


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What an action would take, be worth and cost now. Nothing is booked or held."""

    action: str
    name: str
    quantity: DecimalText
    feature: str
    credits: DecimalText
    allowance: Annotated[
        DecimalText | None, Meta(description="Included per month; null is unlimited.")
    ]
    percent_of_allowance: Annotated[
        DecimalText | None, Meta(description="To six decimals; null where there is no allowance.")
    ]
    customer_value: CustomerValue | None
    remaining: Annotated[DecimalText | None, Meta(description="Before it; null is unlimited.")]
    overage: Annotated[DecimalText, Meta(description="The part that no credits are left for.")]
    overage_amount: Annotated[
        Amount | None,
        Meta(description="What that part would add to the charge; null: overage is not sold."),
    ]
    amount_without_credits: Annotated[
        Amount | None,
        Meta(description="What all of it would add if no credits were left; null as above."),
    ]
    sentence: Annotated[
        str, Meta(examples=["50 credits • 1 % of monthly allowance • about $150 of value"])
    ]
    shortage: Annotated[
        str,
        Meta(
            description="The part that no credits are left for, in words; empty if there is none.",
            examples=["30 credits beyond what is left, for $3.60"],
        ),
    ]
    resets_at: datetime | None


class Estimates(Resource):
    """The estimate for one action."""

    scopes = {"GET": Scope.BALANCES_READ}
    parameters = frozenset({"organization", "action", "quantity", "language"})

    @described(
        operation_id="get_estimate",
        tag="usage",
        summary="Estimate what an action would take",
        answers={200: Estimate},
        parameters=(
            ORGANIZATION,
            ACTION,
            QUANTITY,
            LANGUAGE,
        ),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        For a button that says what it takes: credits, the share of the month's allowance, what it
        is worth, and what it would cost where no credits are left. As data, and as a sentence.
        """
        with spoken_as_asked(self.plain_request):
            organization = self.organization()
            estimate = estimate_asked_for(
                self.plain_request, organization=organization, now=self.now
            )
            return Response(_present(estimate))


def estimate_asked_for(
    request: HttpRequest, *, organization: Organization, now: datetime
) -> UseEstimate:
    """Return what the query asks for. Raises `InvalidRequest`, and as `get_estimate` does."""
    action = read_parameter(parse_code, request, "action")
    quantity = read_given_parameter(parse_quantity, request, "quantity")
    return get_estimate(organization=organization, action=action, quantity=quantity, now=now)


def _present(estimate: UseEstimate) -> Estimate:
    overage, in_full = estimate.overage_cost, estimate.cost_without_credits
    return Estimate(
        action=estimate.action.code,
        name=estimate.action.name,
        quantity=decimal_text(estimate.quantity),
        feature=estimate.action.meter,
        credits=decimal_text(estimate.credits),
        allowance=optional_decimal_text(estimate.allowance),
        percent_of_allowance=optional_decimal_text(estimate.percent_of_allowance),
        customer_value=present_worth(estimate),
        remaining=optional_decimal_text(estimate.remaining),
        overage=decimal_text(estimate.overage),
        overage_amount=None if overage is None else present_money(overage),
        amount_without_credits=None if in_full is None else present_money(in_full),
        sentence=estimate_words(estimate),
        shortage=shortage_words(estimate, with_amounts=True),
        resets_at=estimate.resets_at,
    )


def present_worth(estimate: UseEstimate) -> CustomerValue | None:
    """Write what it is worth to the customer, if anybody said so."""
    if estimate.worth is None:
        return None
    return CustomerValue(
        amount=decimal_text(estimate.worth),
        currency=estimate.worth_currency,
        note=estimate.action.value_note,
    )
