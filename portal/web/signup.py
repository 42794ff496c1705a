"""From the pricing page into an account and an organization on a plan."""

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.organizations.operations import create_organization
from billing.agreements.operations import create_agreement
from billing.catalog.offers import PlanOffer, PricingTable
from billing.catalog.queries import find_offer, get_pricing_table

from ..forms import ORGANIZATION_NAME_IN_SESSION, PlanInterest, StartForm
from ..tenancy import choose_organization
from .access import Person, person_page
from .refusals import refusals_on_form

_INTEREST: Final = "plan_interest"


@require_safe
def signup(request: HttpRequest) -> HttpResponse:
    """Remember which plan brought the visitor here, then ask who they are."""
    interest = PlanInterest(request.GET)
    if interest.is_valid():
        plan = interest.cleaned_data["plan_interest"]
        offer = find_offer(plan_code=plan, at=timezone.now())
        if offer is not None and offer.is_self_serve:
            interval = interest.cleaned_data["interval"]
            request.session[_INTEREST] = {"plan": offer.code, "interval": interval}
    return redirect("portal:start" if request.user.is_authenticated else "account_signup")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def start(request: HttpRequest, person: Person) -> HttpResponse:
    """Create an organization on the chosen plan. No money is collected, and the page says so."""
    table = get_pricing_table(at=person.now)
    plans = [plan for plan in table.plans if plan.is_self_serve]
    form = StartForm(
        request.POST or None,
        initial=_initial(request, plans, table),
        plans=[(plan.code, plan.name) for plan in plans],
        currencies=table.currencies,
        intervals=table.intervals,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            return _begin(request, person, form.cleaned_data)
    return render(request, "portal/start.html", {"form": form, "plans": plans})


def _begin(request: HttpRequest, person: Person, wanted: dict[str, Any]) -> HttpResponse:
    with transaction.atomic():
        organization = create_organization(
            name=wanted["name"],
            currency=wanted["currency"],
            time_zone=wanted["time_zone"],
            owner=person.user,
            billing_email=person.user.email,
            actor=person.actor,
            now=person.now,
        )
        create_agreement(
            organization=organization,
            plan_code=wanted["plan"],
            interval=wanted["interval"],
            currency=wanted["currency"],
            actor=person.actor,
            now=person.now,
        )
    request.session.pop(_INTEREST, None)
    request.session.pop(ORGANIZATION_NAME_IN_SESSION, None)
    choose_organization(request, organization)
    messages.success(request, _("%(organization)s is ready.") % {"organization": organization.name})
    return redirect("portal:overview")


def _initial(request: HttpRequest, plans: list[PlanOffer], table: PricingTable) -> dict[str, Any]:
    """What is known already: the plan of the pricing page, the name of the sign-up page."""
    interest = request.session.get(_INTEREST, {})
    chosen = next((plan for plan in plans if plan.code == interest.get("plan")), None)
    interval = interest.get("interval")
    return {
        "name": request.session.get(ORGANIZATION_NAME_IN_SESSION, ""),
        "plan": chosen.code if chosen else next((plan.code for plan in plans), ""),
        "interval": interval if interval in table.intervals else next(iter(table.intervals), ""),
        "currency": next(iter(table.currencies), ""),
        "time_zone": "UTC",
    }
