"""Credits: what there is, packs to buy, and automatic top-up."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from billing.models import Agreement
from billing.top_ups import operations
from billing.top_ups.operations import AutomaticSettings
from billing.usage.queries import FeatureBalance

from ..forms import CreditsQuery
from ..standing import agreement_in_force, customer_at_stripe, standing_of
from .access import Visit, organization_page
from .presenters.credits import (
    CreditsPage,
    automatic_form,
    list_counted_balances,
    present_credits,
)
from .refusals import refusals_as_messages, refusals_on_form


@require_safe
@organization_page(Permission.VIEW_BILLING)
def credits(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Where the credits of one feature come from, and how to get more."""
    query = CreditsQuery(request.GET)
    query.is_valid()
    standing = standing_of(request)
    if standing is None:
        return render(request, "portal/no_plan.html")
    agreement = standing.agreement
    balances = list_counted_balances(visit, agreement, labels=standing.labels)
    if not balances:
        return render(request, "portal/credits_none.html")
    wanted = query.cleaned_data.get("feature")
    balance = next((one for one in balances if one.feature == wanted), balances[0])
    return _page(request, _present(request, visit, agreement, balances, balance))


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def set_automatic(request: HttpRequest, visit: Visit, feature: str) -> HttpResponse:
    """Have packs ordered when credits run low, or change how."""
    agreement = agreement_in_force(request)
    balances = [] if agreement is None else list_counted_balances(visit, agreement)
    balance = next((one for one in balances if one.feature == feature), None)
    if agreement is None or balance is None:
        raise Http404
    page = _present(request, visit, agreement, balances, balance)
    form = automatic_form(page, request.POST)
    if form is None:
        raise Http404
    if form.is_valid():
        entered = form.cleaned_data
        with refusals_on_form(form):
            operations.set_automatic_top_up(
                organization=visit.organization,
                settings=AutomaticSettings(
                    pack_code=entered["pack"],
                    threshold=entered["threshold"],
                    target=entered["target"],
                    limit_minor=entered["limit"].minor,
                ),
                actor=visit.actor,
                now=visit.now,
            )
            messages.success(request, _("Automatic top-up is on."))
            return back_to_credits(feature)
    return _page(request, page, form)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def remove_automatic(request: HttpRequest, visit: Visit, feature: str) -> HttpResponse:
    """Order nothing without being asked any more."""
    with refusals_as_messages(request):
        operations.remove_automatic_top_up(
            organization=visit.organization, feature=feature, actor=visit.actor, now=visit.now
        )
        messages.success(request, _("Automatic top-up is off."))
    return back_to_credits(feature)


def _present(
    request: HttpRequest,
    visit: Visit,
    agreement: Agreement,
    balances: Sequence[FeatureBalance],
    balance: FeatureBalance,
) -> CreditsPage:
    return present_credits(
        visit,
        agreement=agreement,
        customer=customer_at_stripe(request),
        balances=balances,
        balance=balance,
    )


def _page(request: HttpRequest, page: CreditsPage, form: Form | None = None) -> HttpResponse:
    context = {"page": page, "form": form or automatic_form(page)}
    return render(request, "portal/credits.html", context)


def back_to_credits(feature: str) -> HttpResponse:
    """The credits page of a feature."""
    return redirect(reverse("portal:credits") + "?" + urlencode({"feature": feature}))
