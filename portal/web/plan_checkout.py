"""Agree on a plan: on the payment page, or at once where nothing is to be paid."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access.permissions import Permission
from accounts.audit.actor import Actor
from accounts.models import Organization
from billing.agreements.operations import create_agreement
from billing.choices import Collection
from billing.stripe.gateway.configuration import is_connected
from billing.stripe.gateway.errors import StripeUnavailable
from billing.stripe.journeys.checkout import SESSION_ID, Returns, start_checkout
from billing.stripe.journeys.errors import CheckoutNotFound, NothingToPay
from billing.stripe.journeys.returning import complete_checkout
from config.kernel.errors import DomainError

from ..billing_forms import WishForm
from ..forms import PlanForm
from ..standing import agreement_in_force, see_to_what_is_due
from .access import Visit, organization_page
from .plan import ASK_THEN_DO
from .presenters.plan_checkout import OpenPlans, list_open_plans, present_checkout
from .refusals import refusals_on_form


class SeeOther(HttpResponseRedirect):
    """What was sent is done; look there next."""

    status_code = 303


@dataclass(frozen=True, slots=True)
class Beginning:
    """An organization that is about to agree on a plan, and who does so."""

    organization: Organization
    actor: Actor
    now: datetime


@require_http_methods(ASK_THEN_DO)
@organization_page(Permission.MANAGE_BILLING)
def subscribe(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Choose a plan for an organization that has none, or one that costs nothing."""
    agreement = agreement_in_force(request)
    if agreement is not None and agreement.collection != Collection.FREE:
        return redirect("portal:plan")
    plans = list_open_plans(
        now=visit.now,
        currency=visit.organization.currency,
        plan_code=request.GET.get("plan", "").replace("\x00", ""),
        organization=visit.organization,
        live=agreement,
    )
    form = PlanForm(
        request.POST or None,
        initial=_initial(request, plans),
        plans=[(plan.code, plan.name) for plan in plans.offers],
        intervals=plans.intervals,
        sells_seats=plans.sells_seats,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            beginning = Beginning(visit.organization, visit.actor, visit.now)
            return begin(request, beginning, form.cleaned_data)
    return render(request, "portal/plan_start.html", {"form": form, "plans": plans.offers})


@require_safe
@organization_page(Permission.MANAGE_BILLING)
def checkout(request: HttpRequest, visit: Visit, checkout_id: str) -> HttpResponse:
    """Where people come back to from the payment page: what came of it."""
    try:
        done = complete_checkout(
            organization=visit.organization, checkout_id=checkout_id, now=visit.now
        )
    except CheckoutNotFound as missing:
        raise Http404(missing.detail) from missing
    except StripeUnavailable:
        return render(request, "portal/plan_checkout.html", {"page": None})
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect("portal:overview")
    # A plan may have begun.
    see_to_what_is_due(request, organization=visit.organization, now=visit.now)
    page = present_checkout(visit, done)
    return render(request, "portal/plan_checkout.html", {"page": page})


def begin(request: HttpRequest, beginning: Beginning, wanted: dict[str, Any]) -> HttpResponse:
    """
    Agree on what was chosen: send whoever has to pay to the payment page.

    Raises what `start_checkout` and `create_agreement` raise.
    """
    chosen = {
        "organization": beginning.organization,
        "plan_code": wanted["plan"],
        "interval": wanted["interval"],
        "seats": wanted.get("seats"),
        "actor": beginning.actor,
        "now": beginning.now,
    }
    if is_connected():
        try:
            returns = returns_to(request, back=address_of(wanted))
            return SeeOther(start_checkout(**chosen, returns=returns).url)
        except NothingToPay:
            # Then there is nothing to wait for.
            pass
    create_agreement(**chosen)
    ready = {"organization": beginning.organization.name}
    messages.success(request, _("%(organization)s is ready.") % ready)
    return redirect("portal:overview")


def returns_to(request: HttpRequest, *, back: str) -> Returns:
    """Where the payment page sends people: on to what came of it, or back to where they were."""
    place = "session"
    done = request.build_absolute_uri(reverse("portal:checkout", args=[place]))
    return Returns(
        success_url=done.removesuffix(f"{place}/") + f"{SESSION_ID}/",
        cancel_url=request.build_absolute_uri(back),
    )


def _initial(request: HttpRequest, plans: OpenPlans) -> dict[str, Any]:
    """What the address asks for, where that is on sale."""
    query = WishForm(request.GET)
    query.is_valid()
    asked = query.cleaned_data
    codes = [plan.code for plan in plans.offers]
    interval = asked.get("interval")
    return {
        "plan": asked["plan"] if asked.get("plan") in codes else next(iter(codes), ""),
        "interval": interval if interval in plans.intervals else next(iter(plans.intervals), ""),
        "seats": asked.get("seats"),
    }


def address_of(wanted: dict[str, Any]) -> str:
    """The page on which this was chosen."""
    parts = {name: wanted.get(name) for name in ("plan", "interval", "seats")}
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{reverse('portal:subscribe')}?{query}"
