"""`GET /api/v1/embed/estimate` and `/usage`: what the components in other products show."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec
from django.http import HttpRequest
from django.utils import timezone
from msgspec import Meta
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.oauth.embed_tokens import Allowed, EmbedPass
from accounts.organizations.clock import time_of
from billing.agreements.operations import bring_current
from billing.entitlements.queries import FeatureNotFound
from billing.usage.estimates import UseEstimate, estimate_words, shortage_words
from billing.usage.queries import FeatureBalance, find_feature_balance
from config.kernel.money import Money

from ...meter_words import meter_words
from ..fields import DecimalText, decimal_text, optional_decimal_text, parse_code
from ..language import LANGUAGE, spoken_as_asked
from ..parameters import read_parameter, refuse_unknown_parameters
from ..problems import MethodNotAllowed
from ..resource import Resource
from ..schema import FEATURE, KEYED, described
from ..v1.estimates import ACTION, QUANTITY, CustomerValue, estimate_asked_for, present_worth
from ..v1.money import Amount, present_money
from .admission import admit_page

# Browsers show no cookie and no password here, so the token is all that counts, and any page may
# read what it is good for. Which pages may show a token stands in the token.
FOR_BROWSERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After, X-Request-ID",
}
BEFORE_ASKING: Final = FOR_BROWSERS | {
    "Access-Control-Allow-Methods": "GET",
    "Access-Control-Allow-Headers": "Authorization",
    "Access-Control-Max-Age": "86400",
}

# Left out unless the token allows amounts.
Told = Amount | None | msgspec.UnsetType


class EmbeddedEstimate(msgspec.Struct, frozen=True, kw_only=True):
    """What an action would take now, as far as a page may know; see `Estimate`."""

    action: str
    name: str
    quantity: DecimalText
    feature: str
    credits: DecimalText
    percent_of_allowance: DecimalText | None
    customer_value: CustomerValue | None
    remaining: DecimalText | None
    overage: DecimalText
    overage_amount: Annotated[
        Told, Meta(description="Only if the token allows amounts; null: overage is not sold.")
    ] = msgspec.UNSET
    sentence: str
    shortage: str
    resets_at: datetime | None


class EmbeddedUsage(msgspec.Struct, frozen=True, kw_only=True):
    """What was used and is left, as far as a page may know; see `Balance`."""

    feature: str
    name: str
    unit: str
    unit_plural: str
    unlimited: bool
    granted: DecimalText
    used: DecimalText
    remaining: DecimalText | None
    overage: DecimalText
    overage_amount: Annotated[
        Told, Meta(description="Only if the token allows amounts; null: overage is not sold.")
    ] = msgspec.UNSET
    sentence: str
    resets_at: datetime | None


class ForPages(Resource):
    """A resource for pages that show an embed token which allows `needed`."""

    scopes = {"OPTIONS": None}
    http_method_names = ["get", "head", "options"]

    needed: ClassVar[Allowed]
    page: EmbedPass

    @property
    def default_response_headers(self) -> dict[str, str]:
        return super().default_response_headers | FOR_BROWSERS

    def admit(self) -> None:
        """Check everything that does not depend on what is asked for, or raise a refusal."""
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        if method not in self.scopes:
            raise MethodNotAllowed(allowed=sorted(self.scopes))
        if method == "OPTIONS":
            return
        received_at = timezone.now()
        self.page, standing = admit_page(self.plain_request, needed=self.needed, now=received_at)
        self.headers |= standing.headers()
        refuse_unknown_parameters(self.plain_request, known=self.parameters)
        self.now = time_of(organization_id=self.page.organization.pk, now=received_at)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """What a browser asks before it lets a page of another origin send a token."""
        self.headers |= BEFORE_ASKING
        return Response(status=204)

    def organization(self) -> Organization:
        """Return the organization of the token, up to date with the clock."""
        bring_current(organization=self.page.organization, now=self.now)
        return self.page.organization

    def told(self, amount: Money | None) -> Told:
        """Write an amount, if the page may know it."""
        if Allowed.AMOUNTS not in self.page.allow:
            return msgspec.UNSET
        return None if amount is None else present_money(amount)


class EmbeddedEstimates(ForPages):
    """The estimate for one action."""

    scopes = {"GET": None, "OPTIONS": None}
    needed = Allowed.ESTIMATES
    parameters = frozenset({"action", "quantity", "language"})

    @described(
        operation_id="get_embedded_estimate",
        tag="embed",
        summary="Say at a button what it takes",
        answers={200: EmbeddedEstimate},
        parameters=(ACTION, QUANTITY, LANGUAGE),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        For pages, which show an embed token that allows `estimates` as their bearer token. The
        numbers and words of `GET /api/v1/estimates`.
        """
        with spoken_as_asked(self.plain_request):
            estimate = estimate_asked_for(
                self.plain_request, organization=self.organization(), now=self.now
            )
            return Response(self._present(estimate))

    def _present(self, estimate: UseEstimate) -> EmbeddedEstimate:
        with_amounts = Allowed.AMOUNTS in self.page.allow
        return EmbeddedEstimate(
            action=estimate.action.code,
            name=estimate.action.name,
            quantity=decimal_text(estimate.quantity),
            feature=estimate.action.meter,
            credits=decimal_text(estimate.credits),
            percent_of_allowance=optional_decimal_text(estimate.percent_of_allowance),
            customer_value=present_worth(estimate),
            remaining=optional_decimal_text(estimate.remaining),
            overage=decimal_text(estimate.overage),
            overage_amount=self.told(estimate.overage_cost),
            sentence=estimate_words(estimate),
            shortage=shortage_words(estimate, with_amounts=with_amounts),
            resets_at=estimate.resets_at,
        )


class EmbeddedMeter(ForPages):
    """The usage meter of one feature."""

    scopes = {"GET": None, "OPTIONS": None}
    needed = Allowed.USAGE
    parameters = frozenset({"feature", "language"})

    @described(
        operation_id="get_embedded_usage",
        tag="embed",
        summary="Show what was used and is left",
        answers={200: EmbeddedUsage},
        parameters=(FEATURE, LANGUAGE),
        refusals=KEYED.and_also(404),
    )
    def get(self, request: Request) -> Response:
        """
        For pages, which show an embed token that allows `usage` as their bearer token. The numbers
        and words of `GET /api/v1/balances`.
        """
        feature = read_parameter(parse_code, self.plain_request, "feature")
        with spoken_as_asked(self.plain_request):
            organization = self.organization()
            balance = find_feature_balance(organization=organization, feature=feature, now=self.now)
            if balance is None:
                raise FeatureNotFound(f"The plan does not have the feature “{feature}”.")
            return Response(self._present(balance, organization))

    def _present(self, balance: FeatureBalance, organization: Organization) -> EmbeddedUsage:
        with_amounts = Allowed.AMOUNTS in self.page.allow
        return EmbeddedUsage(
            feature=balance.feature,
            name=balance.name,
            unit=balance.unit,
            unit_plural=balance.unit_plural,
            unlimited=balance.unlimited,
            granted=decimal_text(balance.granted),
            used=decimal_text(balance.used),
            remaining=None if balance.unlimited else decimal_text(balance.remaining),
            overage=decimal_text(balance.overage),
            overage_amount=self.told(balance.overage_amount),
            sentence=meter_words(balance, organization=organization, with_amounts=with_amounts),
            resets_at=balance.resets_at,
        )
