"""How the organization pays: its card, and the pages where that is changed."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access.permissions import Permission
from billing.stripe.gateway.configuration import is_connected
from billing.stripe.gateway.errors import StripeRefused, StripeUnavailable
from billing.stripe.journeys.cards import PortalPage, bring_card_of, open_portal
from billing.stripe.journeys.details import find_details
from config.kernel.errors import DomainError

from ..standing import customer_at_stripe
from .access import Visit, organization_page
from .plan_checkout import SeeOther
from .presenters.payment import present_payment
from .refusals import refusals_as_messages

# Whoever comes back from Stripe's pages may have another card.
BACK: Final = "back"


@require_safe
@organization_page(Permission.VIEW_BILLING)
def payment(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The card on file and who is billed, and where either is changed."""
    if not is_connected():
        return redirect("portal:plan")
    if BACK in request.GET:
        with refusals_as_messages(request):
            bring_card_of(organization=visit.organization, now=visit.now)
        return redirect("portal:payment")
    customer = customer_at_stripe(request)
    try:
        details, is_unreachable = find_details(customer=customer), False
    except (StripeUnavailable, StripeRefused):
        # The card is known without asking.
        details, is_unreachable = None, True
    page = present_payment(visit, customer, details=details, is_unreachable=is_unreachable)
    return render(request, "portal/payment.html", {"page": page})


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def change_payment(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Go to the pages on which cards, addresses and tax ids are kept."""
    is_card = request.POST.get("what") == "card"
    try:
        address = open_portal(
            organization=visit.organization,
            return_url=request.build_absolute_uri(f"{reverse('portal:payment')}?{BACK}"),
            now=visit.now,
            page=PortalPage.PAYMENT_METHOD if is_card else PortalPage.OVERVIEW,
        )
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect("portal:payment")
    return SeeOther(address)
