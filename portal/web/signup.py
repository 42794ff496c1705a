"""From the pricing page into an account and an organization on a plan."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organization
from accounts.organizations.operations import create_organization
from billing.agreements.operations import create_agreement
from billing.agreements.queries import find_live_agreement
from billing.stripe.gateway.configuration import is_connected
from config.kernel.errors import DomainError

from ..forms import ORGANIZATION_NAME_IN_SESSION, StartForm
from ..tenancy import choose_organization, tenancy_of
from ..visiting import person_of
from .access import Person, person_page
from .plan_checkout import Beginning, address_of, begin
from .presenters.plan_checkout import OpenPlans, list_open_plans
from .refusals import refusals_on_form
from .wishes import Wish

_INTEREST: Final = "plan_interest"


@require_safe
def signup(request: HttpRequest) -> HttpResponse:
    """
    Remember what brought the visitor here, then ask who they are.

    A table without a plan is looked at first: its cards lead back here.
    """
    wish = Wish.read(request.GET, at=timezone.now())
    if wish.is_of_a_table_alone:
        return redirect(_address_of_table(wish.table))
    if wish.kept():
        request.session[_INTEREST] = wish.kept()
    if person_of(request) is None:
        return redirect("account_signup")
    membership = tenancy_of(request).membership
    if membership is None or wish.for_new_organization:
        return redirect("portal:start")
    return redirect(_where_plans_are_agreed(membership.organization, wish.terms))


def _address_of_table(key: str) -> str:
    return reverse("portal:pricing_table", args=[key]) if key else reverse("portal:pricing")


def _where_plans_are_agreed(organization: Organization, wish: dict[str, Any]) -> str:
    """A customer changes the plan; whoever has none yet, or a free one, begins."""
    agreement = find_live_agreement(organization=organization)
    if agreement is None or not wish:
        return address_of(wish)
    return f"{reverse('portal:change_plan')}?{urlencode(wish)}"


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def start(request: HttpRequest, person: Person) -> HttpResponse:
    """Create an organization, and agree on the chosen plan."""
    interest = request.session.get(_INTEREST, {})
    plans = list_open_plans(
        now=person.now, table_key=interest.get("table", ""), plan_code=interest.get("plan", "")
    )
    form = StartForm(
        request.POST or None,
        initial=_initial(request, plans, interest),
        plans=[(plan.code, plan.name) for plan in plans.offers],
        currencies=plans.currencies,
        intervals=plans.intervals,
        sells_seats=plans.sells_seats,
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            return _begin(request, person, form.cleaned_data)
    context = {"form": form, "plans": plans.offers, "is_connected": is_connected()}
    return render(request, "portal/start.html", context)


def _begin(request: HttpRequest, person: Person, wanted: dict[str, Any]) -> HttpResponse:
    if is_connected():
        organization = _create(person, wanted)
        _look_at(request, organization)
        return _go_and_pay(request, person, organization, wanted)
    with transaction.atomic():
        organization = _create(person, wanted)
        create_agreement(
            organization=organization,
            plan_code=wanted["plan"],
            interval=wanted["interval"],
            currency=wanted["currency"],
            seats=wanted.get("seats"),
            actor=person.actor,
            now=person.now,
        )
    _look_at(request, organization)
    messages.success(request, _("%(organization)s is ready.") % {"organization": organization.name})
    return redirect("portal:overview")


def _go_and_pay(
    request: HttpRequest, person: Person, organization: Organization, wanted: dict[str, Any]
) -> HttpResponse:
    """The organization is there now, whatever becomes of the payment: it can be tried again."""
    try:
        return begin(request, Beginning(organization, person.actor, person.now), wanted)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect(address_of(wanted))


def _create(person: Person, wanted: dict[str, Any]) -> Organization:
    return create_organization(
        name=wanted["name"],
        currency=wanted["currency"],
        time_zone=wanted["time_zone"],
        owner=person.user,
        billing_email=person.user.email,
        actor=person.actor,
        now=person.now,
    )


def _look_at(request: HttpRequest, organization: Organization) -> None:
    request.session.pop(_INTEREST, None)
    request.session.pop(ORGANIZATION_NAME_IN_SESSION, None)
    choose_organization(request, organization)


def _initial(request: HttpRequest, plans: OpenPlans, interest: dict[str, str]) -> dict[str, Any]:
    """What is known already: the plan of the pricing page, the name of the sign-up page."""
    codes = [plan.code for plan in plans.offers]
    interval = interest.get("interval")
    return {
        "name": request.session.get(ORGANIZATION_NAME_IN_SESSION, ""),
        "plan": interest.get("plan") if interest.get("plan") in codes else next(iter(codes), ""),
        "interval": interval if interval in plans.intervals else next(iter(plans.intervals), ""),
        "currency": next(iter(plans.currencies), ""),
        "time_zone": "UTC",
    }
