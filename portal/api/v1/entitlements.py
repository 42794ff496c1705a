"""`GET /api/v1/entitlements`: may this organization use a feature now, and why not?"""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from accounts.api_keys.queries import CallerKey
from accounts.choices import Scope
from billing.entitlements import queries
from billing.entitlements.evaluation import Reason

from ..endpoint import get_endpoint, json_response
from ..fields import DecimalText, optional_decimal_text
from ..pages import PAGE_PARAMETERS, page_of
from ..schema import KEYED, ORGANIZATION, PAGING, described
from ..standing import standing_asked_for


class UpgradePlan(msgspec.Struct, frozen=True):
    """The cheapest plan on sale that would allow the feature."""

    code: str
    name: str


class Entitlement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer for one feature. A flag has a `value`, a metered feature has quantities."""

    feature: str
    name: str
    kind: str
    allowed: bool
    reason: Reason
    value: Annotated[Any, Meta(description="The flag's value; null for a metered feature.")]
    unlimited: bool
    limit: Annotated[DecimalText | None, Meta(description="The most per month; null is none.")]
    allowance: Annotated[DecimalText | None, Meta(description="Included per month.")]
    used: DecimalText | None
    remaining: DecimalText | None
    overage: DecimalText | None
    resets_at: datetime | None
    upgrade_plan: UpgradePlan | None


class EntitlementPage(msgspec.Struct, frozen=True):
    """Entitlements, in the order of the catalog."""

    data: list[Entitlement]
    has_more: bool


@get_endpoint(
    scope=Scope.ENTITLEMENTS_READ, parameters=frozenset({"organization"}) | PAGE_PARAMETERS
)
@described(
    operation_id="list_entitlements",
    tag="entitlements",
    summary="List entitlements",
    answers={200: EntitlementPage},
    parameters=(ORGANIZATION, *PAGING),
    refusals=KEYED.and_also(404),
)
def get_entitlements(request: HttpRequest, caller: CallerKey, now: datetime) -> HttpResponse:
    """The features of the organization's plan, and those that the plans on sale would add."""
    standing, now = standing_asked_for(request, caller, now)
    page, has_more = page_of(
        queries.entitlements_of(standing, now=now), request=request, key=lambda item: item.feature
    )
    return json_response(EntitlementPage([_present(item) for item in page], has_more))


@get_endpoint(scope=Scope.ENTITLEMENTS_READ, parameters=frozenset({"organization"}))
@described(
    operation_id="get_entitlement",
    tag="entitlements",
    summary="Get an entitlement",
    answers={200: Entitlement},
    parameters=(ORGANIZATION,),
    refusals=KEYED.and_also(404),
)
def get_entitlement(
    request: HttpRequest, caller: CallerKey, now: datetime, feature: str
) -> HttpResponse:
    """Whether the organization may use the feature at this moment."""
    standing, now = standing_asked_for(request, caller, now)
    return json_response(_present(queries.entitlement_of(standing, feature=feature, now=now)))


def _present(found: queries.Entitlement) -> Entitlement:
    upgrade = found.upgrade_plan
    return Entitlement(
        feature=found.feature,
        name=found.name,
        kind=found.kind,
        allowed=found.allowed,
        reason=found.reason,
        value=found.value,
        unlimited=found.unlimited,
        limit=optional_decimal_text(found.limit),
        allowance=optional_decimal_text(found.allowance),
        used=optional_decimal_text(found.used),
        remaining=optional_decimal_text(found.remaining),
        overage=optional_decimal_text(found.overage),
        resets_at=found.resets_at,
        upgrade_plan=None if upgrade is None else UpgradePlan(upgrade.code, upgrade.name),
    )
