"""The plan: what is agreed, and its end."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.permissions import Permission
from billing.stripe.journeys.endings import end_at_period_end, go_on

from ..billing_forms import CancelForm, IntervalQuery
from ..standing import (
    agreement_in_force,
    change_in_waiting,
    customer_at_stripe,
    is_guaranteed,
    is_offered_a_plan,
)
from .access import Visit, organization_page
from .presenters.offered_plans import list_offer_cards
from .presenters.plan_end import present_end
from .presenters.plan_page import present_plan
from .refusals import refusals_as_messages, refusals_on_form

ASK_THEN_DO: Final = ["GET", "HEAD", "POST"]


@require_safe
@organization_page(Permission.VIEW_BILLING)
def plan(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is agreed, what is going to change, and the other plans beside it."""
    agreement = agreement_in_force(request)
    if agreement is None:
        offers = list_offer_cards(visit, agreement=None)
        context = {"offers": offers, "may_take": visit.may(Permission.MANAGE_BILLING)}
        return render(request, "portal/no_plan.html", context)
    query = IntervalQuery(request.GET)
    query.is_valid()
    page = present_plan(
        visit,
        agreement=agreement,
        change=change_in_waiting(request),
        customer=customer_at_stripe(request),
        interval=query.cleaned_data.get("interval") or "",
        is_offered_a_plan=is_offered_a_plan(request),
    )
    context = {
        "page": page,
        "has_guarantee": is_guaranteed(request),
        "tells_of_plan": True,
    }
    return render(request, "portal/plan.html", context)


@require_http_methods(ASK_THEN_DO)
@organization_page(Permission.MANAGE_BILLING)
def cancel(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what ends and when, ask why, then let the plan end with its period."""
    agreement = agreement_in_force(request)
    if agreement is None or agreement.cancel_at is not None:
        return redirect("portal:plan")
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on_form(form):
            end_at_period_end(
                agreement=agreement,
                feedback=form.cleaned_data["feedback"],
                comment=form.cleaned_data["comment"],
                leaves_legacy_plan=form.cleaned_data["leaves_legacy_plan"],
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("Your plan goes on until its period ends, then it ends."))
            return redirect("portal:plan")
    page = present_end(visit, agreement=agreement, change=change_in_waiting(request))
    return render(request, "portal/plan_cancel.html", {"page": page, "form": form})


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def resume(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Go on after all."""
    agreement = agreement_in_force(request)
    if agreement is not None:
        with refusals_as_messages(request):
            go_on(agreement=agreement, actor=visit.actor, now=visit.now)
            messages.success(request, _("Your plan goes on."))
    return redirect("portal:plan")
