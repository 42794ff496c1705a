"""
What only some plans have: a page or a resource of which the plan decides.

A refusal names the cheapest plan that has the feature, and where it can be chosen. People read it
as a page, programs as JSON.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import Organization
from billing.entitlements.evaluation import Reason
from billing.entitlements.queries import Entitlement, FeatureNotFound, get_entitlement
from config.kernel.errors import DomainError

if TYPE_CHECKING:
    from .web.access import OrganizationView, Visit

P = ParamSpec("P")

_WITHOUT_A_PLAN_THAT_HELPS: Final = {
    Reason.PAYMENT_OVERDUE: "Not available while a payment is overdue",
    Reason.SPEND_CAP_REACHED: "Not available beyond the spend cap",
}


class FeatureRequired(DomainError):
    """The organization may not use a feature at this moment; `upgrade_plan` would have it."""

    code = "feature_required"
    title = "The plan does not allow this"
    status = 403

    def __init__(self, feature: str, entitlement: Entitlement | None) -> None:
        upgrade = None if entitlement is None else entitlement.upgrade_plan
        error = _sentence(entitlement)
        super().__init__(
            f"{error}.",
            error=error,
            feature=feature,
            upgrade_plan=None if upgrade is None else {"code": upgrade.code, "name": upgrade.name},
            upgrade_url=f"{settings.PUBLIC_URL}{reverse('portal:plan')}",
        )


def check_feature(
    *, organization: Organization, feature: str, now: datetime, member: str | None = None
) -> None:
    """
    Raise `FeatureRequired` unless the organization, or one of its people, may use a feature now.

    What is not a feature at all is nobody's: a typing error closes the gate.
    """
    try:
        entitlement = get_entitlement(
            organization=organization, feature=feature, now=now, member=member
        )
    except FeatureNotFound as error:
        raise FeatureRequired(feature, None) from error
    if not entitlement.allowed:
        raise FeatureRequired(feature, entitlement)


def require_feature(
    feature: str, *, member: "Callable[[Visit], str | None] | None" = None
) -> "Callable[[OrganizationView[P]], OrganizationView[P]]":
    """
    Show a page to people whose organization has a feature; stands below `organization_page`.

    With `member`, which says what your app calls the visitor, what was overridden for that person
    counts as well.
    """

    def decorate(view: "OrganizationView[P]") -> "OrganizationView[P]":
        @wraps(view)
        def gated(
            request: HttpRequest, visit: "Visit", /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            try:
                check_feature(
                    organization=visit.organization,
                    feature=feature,
                    now=visit.now,
                    member=None if member is None else member(visit),
                )
            except FeatureRequired as refusal:
                return _refuse(request, refusal)
            return view(request, visit, *args, **kwargs)

        return gated

    return decorate


def _refuse(request: HttpRequest, refusal: FeatureRequired) -> HttpResponse:
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({**refusal.extra, "code": refusal.code}, status=refusal.status)
    return render(
        request, "portal/feature_required.html", {"refusal": refusal.extra}, status=refusal.status
    )


def _sentence(entitlement: Entitlement | None) -> str:
    if entitlement is not None and entitlement.upgrade_plan is not None:
        return f"Requires {entitlement.upgrade_plan.name} plan"
    if entitlement is None:
        return "Not part of any plan"
    return _WITHOUT_A_PLAN_THAT_HELPS.get(entitlement.reason, "Not part of any plan on sale")
