"""Limits: when to be told of usage, and the most to spend on overage."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from billing.choices import CapAction
from billing.limits import operations
from config.kernel.money import Money

from ..forms import LimitsQuery, SpendCapForm, ThresholdForm
from ..standing import agreement_in_force
from .access import Visit, organization_page
from .presenters.limits import (
    CapWarning,
    LimitsPage,
    cap_warning,
    is_reached_at_once,
    present_limits,
)
from .refusals import refusals_as_messages, refusals_on_form


@require_safe
@organization_page(Permission.VIEW_USAGE)
def limits(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The levels at which people are told, the spend cap, and which of them were reached."""
    return _page(request, visit)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def add_threshold(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask to be told at a further level."""
    page = _present(request, visit)
    if page is None:
        return redirect("portal:limits")
    form = ThresholdForm(request.POST, choices=page.choices, currency=page.currency)
    if form.is_valid():
        with refusals_on_form(form):
            operations.set_threshold(
                organization=visit.organization,
                **form.cleaned_data["threshold"],
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("The level is added."))
            return redirect("portal:limits")
    return _page(request, visit, threshold_form=form)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def remove_threshold(request: HttpRequest, visit: Visit, threshold_id: str) -> HttpResponse:
    """Stop telling at a level."""
    with refusals_as_messages(request):
        operations.remove_threshold(
            organization=visit.organization,
            threshold_id=threshold_id,
            actor=visit.actor,
            now=visit.now,
        )
        messages.success(request, _("The level is removed."))
    return redirect("portal:limits")


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def set_spend_cap(request: HttpRequest, visit: Visit) -> HttpResponse:
    """
    Cap what is spent on overage in a period.

    Whoever sets a cap that is reached already is told first what that does at once.
    """
    page = _present(request, visit)
    if page is None:
        return redirect("portal:limits")
    form = SpendCapForm(request.POST, currency=page.currency)
    if form.is_valid():
        amount = Money(form.cleaned_data["amount"], page.currency)
        if is_reached_at_once(page, amount) and not form.is_confirmed:
            warning = cap_warning(page, amount, form.cleaned_data["action"])
            return _page(request, visit, cap_form=form, cap_warning=warning)
        with refusals_on_form(form):
            operations.set_spend_cap(
                organization=visit.organization,
                amount_minor=amount.minor,
                action=form.cleaned_data["action"],
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("The spend cap is set."))
            return redirect("portal:limits")
    return _page(request, visit, cap_form=form)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def remove_spend_cap(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take the spend cap away."""
    with refusals_as_messages(request):
        operations.remove_spend_cap(
            organization=visit.organization, actor=visit.actor, now=visit.now
        )
        messages.success(request, _("There is no spend cap any more."))
    return redirect("portal:limits")


def _present(request: HttpRequest, visit: Visit) -> LimitsPage | None:
    agreement = agreement_in_force(request)
    if agreement is None:
        return None
    query = LimitsQuery(request.GET)
    query.is_valid()
    return present_limits(visit, agreement=agreement, before_id=query.cleaned_data.get("before"))


def _page(
    request: HttpRequest,
    visit: Visit,
    *,
    threshold_form: ThresholdForm | None = None,
    cap_form: SpendCapForm | None = None,
    cap_warning: CapWarning | None = None,
) -> HttpResponse:
    page = _present(request, visit)
    if page is None:
        return render(request, "portal/no_plan.html")
    context = {
        "page": page,
        "threshold_form": threshold_form
        or ThresholdForm(choices=page.choices, currency=page.currency),
        "cap_warning": cap_warning,
        "cap_form": cap_form or SpendCapForm(initial=_cap_now(page), currency=page.currency),
    }
    return render(request, "portal/limits.html", context)


def _cap_now(page: LimitsPage) -> dict[str, Any]:
    """What the form of the cap begins with: what is set."""
    if page.cap is None:
        return {"action": CapAction.STOP}
    now: dict[str, Any] = {"action": page.cap.action}
    if page.cap.applies:
        now["amount"] = page.cap.amount.amount
    return now
