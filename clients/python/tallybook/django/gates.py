"""A page that only some plans include."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render

from .._core.models import Entitlement
from ..client import Tallybook
from .clients import client_of_environment

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def require_feature(
    feature: str,
    *,
    client: Callable[[HttpRequest], Tallybook] = client_of_environment,
    template: str | None = None,
) -> Callable[[View[P]], View[P]]:
    """
    Let a view be seen by organizations that may use the feature now; asked at every request, so
    that an upgrade opens it with the next one.

    Everybody else gets 403 with `{error, code, feature, upgrade_plan, upgrade_url}`: as JSON, or
    as your `template`, which is given the same. `client` returns a client that speaks of the
    organization that asks, such as `lambda request: tallybook.for_organization(request.tenant.id)`.
    While Tallybook cannot be reached, the view raises `TemporaryFailure`.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def gated(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            tallybook = client(request)
            entitlement = tallybook.entitlements.check(feature)
            if entitlement.allowed:
                return view(request, *args, **kwargs)
            refusal = _refusal(entitlement, url=tallybook.url)
            if template is None:
                return JsonResponse(refusal, status=403)
            return render(request, template, refusal, status=403)

        return gated

    return decorate


def _refusal(entitlement: Entitlement, *, url: str) -> dict[str, Any]:
    plan = entitlement.upgrade_plan
    return {
        "error": f"Requires {plan.name} plan" if plan else "Not included in your plan",
        "code": "feature_required",
        "feature": entitlement.feature,
        "upgrade_plan": plan and {"code": plan.code, "name": plan.name},
        "upgrade_url": f"{url}/plan/",
    }
