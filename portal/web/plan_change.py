"""Change the plan, the interval or the seats: first what it comes to, then exactly that."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.permissions import Permission
from billing.agreements.errors import AgreementEnding, NotEnoughSeats, PaymentOverdue
from billing.invoicing.queries import find_overdue_invoice
from billing.legacy.leaving import LeavesLegacyPlan
from billing.models import Agreement
from billing.repricing.guarantees.endings import would_end_guarantee
from billing.stripe.journeys.changes import ChangePreview, make_change, preview_change, undo_change
from billing.stripe.journeys.errors import (
    ChangeWaiting,
    CheckoutNeeded,
    PaymentIncomplete,
    PreviewOutdated,
)
from billing.stripe.journeys.proposals import Wish
from config.kernel.errors import DomainError, NotFound

from ..billing_forms import ChangeForm, ConsentForm, WishForm
from ..standing import agreement_in_force, change_in_waiting, is_guaranteed
from .access import Visit, organization_page
from .plan import ASK_THEN_DO
from .presenters.blocks import list_blocks
from .presenters.plan_change import present_change
from .refusals import refusals_as_messages


@require_http_methods(ASK_THEN_DO)
@organization_page(Permission.MANAGE_BILLING)
def change(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what a change comes to; asked to, make it if it still comes to that."""
    agreement = agreement_in_force(request)
    form = WishForm(request.POST or request.GET)
    if agreement is None or not form.is_valid():
        messages.error(request, _("A change names another plan, interval or number of seats."))
        return redirect("portal:plan")
    try:
        if request.method == "POST":
            return _make(request, visit, agreement)
        return _show(request, visit, agreement, form.wish)
    except CheckoutNeeded:
        return redirect(f"{reverse('portal:subscribe')}?{form.query}")
    except NotFound as missing:
        raise Http404(missing.detail) from missing
    except (AgreementEnding, ChangeWaiting, NotEnoughSeats, PaymentOverdue) as refusal:
        return _blocked(request, agreement, refusal)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
        return redirect("portal:plan")


@require_POST
@organization_page(Permission.MANAGE_BILLING)
def undo(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let what was going to change stay as it is."""
    agreement = agreement_in_force(request)
    if agreement is not None:
        with refusals_as_messages(request):
            undo_change(agreement=agreement, actor=visit.actor, now=visit.now)
            messages.success(request, _("Your plan stays as it is."))
    return redirect("portal:plan")


def _make(request: HttpRequest, visit: Visit, agreement: Agreement) -> HttpResponse:
    form = ChangeForm(request.POST)
    if not form.is_valid():
        raise PreviewOutdated(_("Have a look at what the change comes to first."))
    try:
        made = make_change(
            agreement=agreement,
            wish=form.wish,
            proration_at=form.proration_at,
            expected=form.expected(agreement.currency),
            leaves_legacy_plan=form.cleaned_data["leaves_legacy_plan"],
            actor=visit.actor,
            now=visit.now,
        )
    except (LeavesLegacyPlan, PreviewOutdated) as seen_too_little:
        messages.warning(request, seen_too_little.detail)
        return _show(request, visit, agreement, form.wish)
    except PaymentIncomplete as incomplete:
        return _unpaid(request, visit, incomplete)
    messages.success(request, _made_words(made))
    return redirect("portal:plan")


def _show(request: HttpRequest, visit: Visit, agreement: Agreement, wish: Wish) -> HttpResponse:
    preview = preview_change(agreement=agreement, wish=wish, now=visit.now)
    page = present_change(agreement, wish, preview)
    ends_guarantee = is_guaranteed(request) and would_end_guarantee(
        agreement=agreement, version_id=preview.proposal.version.pk
    )
    context = {"page": page, "form": ConsentForm(), "ends_guarantee": ends_guarantee}
    return render(request, "portal/plan_change.html", context)


def _blocked(request: HttpRequest, agreement: Agreement, refusal: DomainError) -> HttpResponse:
    """What has to be done first, instead of a change that cannot be made."""
    blocks = list_blocks(agreement, change=change_in_waiting(request), refusal=refusal)
    context = {"blocks": blocks}
    return render(request, "portal/plan_blocked.html", context, status=refusal.status)


def _unpaid(request: HttpRequest, visit: Visit, incomplete: PaymentIncomplete) -> HttpResponse:
    """The invoice of the change waits; it takes effect once that is paid."""
    invoice = find_overdue_invoice(organization=visit.organization)
    context = {
        "detail": incomplete.detail,
        "pay_url": incomplete.extra.get("invoice_url", ""),
        "invoice": invoice,
    }
    return render(request, "portal/plan_unpaid.html", context)


def _made_words(made: ChangePreview) -> str:
    plan = made.proposal.version.plan.name
    if made.is_at_once:
        return _("The change is made. You are on %(plan)s.") % {"plan": plan}
    return _("The change is noted. Nothing changes before your period ends.")
