"""The public pricing page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.choices import BillingInterval

from ..forms import PricingQuery
from .presenters.pricing import PricingQuestion, present_pricing


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """Plans on sale. The address holds what is asked about, so that it can be shared."""
    query = PricingQuery(request.GET)
    query.is_valid()
    question = PricingQuestion(
        interval=query.cleaned_data.get("interval") or BillingInterval.MONTH,
        currency=(query.cleaned_data.get("currency") or "").upper(),
        credits=query.cleaned_data.get("credits"),
    )
    page = present_pricing(question=question, now=timezone.now())
    return render(request, "portal/pricing.html", {"page": page})
