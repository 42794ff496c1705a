"""The public pricing pages: the default table, and each live one under its key."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.choices import BillingInterval
from billing.pricing_tables.queries import find_shown_table, get_default_table

from ..pricing_forms import FrameQuery, PricingQuery
from .presenters.pricing import PricingQuestion, present_pricing


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """Plans on sale. The address holds what is asked about, so that it can be shared."""
    question = asked_in(PricingQuery(request.GET))
    page = present_pricing(get_default_table(at=timezone.now()), question)
    return render(request, "portal/pricing.html", {"page": page})


@require_safe
def pricing_table(request: HttpRequest, key: str) -> HttpResponse:
    """One live table. Whoever follows the link of one that is over finds the plans on sale."""
    shown = find_shown_table(key=key, at=timezone.now())
    if shown is None:
        return redirect("portal:pricing")
    page = present_pricing(shown, asked_in(PricingQuery(request.GET)))
    return render(request, "portal/pricing.html", {"page": page})


def asked_in(query: PricingQuery | FrameQuery) -> PricingQuestion:
    """What an address asks for; anything unreadable counts as not asked."""
    query.is_valid()
    asked = query.cleaned_data
    return PricingQuestion(
        interval=asked.get("interval") or BillingInterval.MONTH,
        currency=(asked.get("currency") or "").upper(),
        credits=asked.get("credits"),
        language=asked.get("language") or "",
        theme=asked.get("theme") or "",
    )
