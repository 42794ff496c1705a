"""Orders of packs: place one, pay for it, take it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.permissions import Permission
from billing.models import TopUp
from billing.stripe.gateway.configuration import is_connected
from billing.stripe.journeys.top_ups import pay_with_card, start_payment, take_back
from billing.top_ups.errors import TopUpNotFound
from billing.top_ups.operations import order_top_up
from billing.top_ups.queries import describe_top_up, get_top_up
from config.kernel.errors import DomainError

from ..forms import PackOrderForm
from ..standing import agreement_in_force, customer_at_stripe
from .access import Visit, organization_page
from .credits import back_to_credits
from .plan import ASK_THEN_DO
from .plan_checkout import SeeOther, returns_to
from .presenters.credits import order_line, review_order
from .refusals import refusals_as_messages


@require_http_methods(ASK_THEN_DO)
@organization_page(Permission.MANAGE_BILLING)
def order_packs(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what an order comes to, then order exactly that, and have it paid for."""
    form = PackOrderForm(request.POST or request.GET)
    if not form.is_valid():
        messages.error(request, _("An order names a pack, and how many of it."))
        return redirect("portal:credits")
    code, count = form.cleaned_data["pack"], form.cleaned_data["packs"]
    agreement = agreement_in_force(request)
    if agreement is None:
        raise Http404
    review = review_order(
        visit,
        agreement=agreement,
        customer=customer_at_stripe(request),
        code=code,
        count=count,
    )
    if review is None:
        raise Http404
    if request.method != "POST":
        return render(request, "portal/credits_order.html", {"review": review})
    with refusals_as_messages(request):
        top_up = order_top_up(
            organization=visit.organization,
            pack_code=code,
            pack_count=count,
            reviewed=form.cleaned_data["reviewed"],
            actor=visit.actor,
            now=visit.now,
        )
        if is_connected():
            return _pay(request, visit, top_up)
        messages.success(request, _("Ordered. The credits are added once it is paid."))
    return back_to_credits(review.feature)


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def pay_order(request: HttpRequest, visit: Visit, top_up_id: str) -> HttpResponse:
    """Pay for an order that waits."""
    top_up = _top_up(visit, top_up_id)
    try:
        return _pay(request, visit, top_up)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return back_to_credits(top_up.feature.code)


@require_http_methods(ASK_THEN_DO)
@organization_page(Permission.MANAGE_BILLING)
def cancel_order(request: HttpRequest, visit: Visit, top_up_id: str) -> HttpResponse:
    """Ask, then take an order back that is not paid."""
    top_up = _top_up(visit, top_up_id)
    order = describe_top_up(top_up=top_up)
    if request.method != "POST":
        return render(request, "portal/credits_cancel.html", {"order": order_line(order)})
    with refusals_as_messages(request):
        take_back(top_up=top_up, actor=visit.actor, reason="", now=visit.now)
        messages.success(request, _("The order is canceled."))
    return back_to_credits(order.feature)


def _pay(request: HttpRequest, visit: Visit, top_up: TopUp) -> HttpResponse:
    """With the card on file if that is asked for, else on the payment page."""
    if request.POST.get("pay") == "card":
        pay_with_card(top_up=top_up, now=visit.now)
        messages.success(request, _("Paid. The credits are there."))
        return back_to_credits(top_up.feature.code)
    back = f"{reverse('portal:credits')}?feature={top_up.feature.code}"
    return SeeOther(
        start_payment(top_up=top_up, returns=returns_to(request, back=back), now=visit.now).url
    )


def _top_up(visit: Visit, top_up_id: str) -> TopUp:
    try:
        return get_top_up(organization=visit.organization, public_id=top_up_id)
    except TopUpNotFound as missing:
        raise Http404(missing.detail) from missing
