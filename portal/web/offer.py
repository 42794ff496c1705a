"""A move to another plan: the customer's own numbers, and the answer."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from billing.repricing.offers.operations import accept_offer, decline_offer, note_seen
from billing.repricing.offers.queries import find_offer_in_view

from ..visiting import staff_visit_of
from .access import Visit, organization_page
from .presenters.offer import present_offer
from .refusals import refusals_as_messages


class AnswerForm(forms.Form):
    """The date that was shown, and whether the customer asks for less notice."""

    effective_at = forms.DateTimeField(required=False)
    waives_notice = forms.BooleanField(required=False)


@require_safe
@organization_page(Permission.VIEW_BILLING)
def offer(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the months, both bills, every plan, the guarantee and the dates."""
    found = find_offer_in_view(organization=visit.organization)
    if found is None:
        messages.info(request, _("There is no offer for you to answer."))
        return redirect("portal:plan")
    if staff_visit_of(request) is None:
        note_seen(offer=found, now=visit.now)
    context = {"page": present_offer(visit, found), "tells_of_offer": True}
    return render(request, "portal/offer.html", context)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def accept(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Accept the offer for the date that was shown, or say why not."""
    found = find_offer_in_view(organization=visit.organization)
    form = AnswerForm(request.POST)
    if found is None or not form.is_valid():
        messages.error(request, _("Have a look at the offer first."))
        return redirect("portal:offer")
    with refusals_as_messages(request):
        accept_offer(
            offer=found,
            actor=visit.actor,
            now=visit.now,
            waives_notice=form.cleaned_data["waives_notice"],
            effective_at=form.cleaned_data["effective_at"],
        )
        messages.success(request, _("You have accepted. Until the move everything stays as it is."))
    return redirect("portal:offer")


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def decline(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Decline the offer, or take back that it was accepted."""
    found = find_offer_in_view(organization=visit.organization)
    if found is not None:
        with refusals_as_messages(request):
            decline_offer(offer=found, actor=visit.actor, now=visit.now)
            messages.success(request, _("Your plan stays as it is."))
    return redirect("portal:offer")
