"""Pages of what actions take, what they should take, and what another price of a model changes."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import staff_member
from accounts.admin.reports import report
from config.kernel.quantities import ZERO

from ..models import PriceReview
from ..price_design.queries import Design, DesignedAction, design_prices, price_to_show
from ..price_design.reviews import find_open_review, next_review_at
from ..price_design.what_if import what_if
from ..rating.margins import in_percent
from .margin_tables import csv_answer, wants_csv
from .price_design_forms import AimForm, CostForm, DesignForm, WhatIfForm

PERMISSION: Final = "billing.view_pricereview"
MAY_SCHEDULE: Final = "billing.add_ratechange"


@report(
    "price_design",
    path="price-design",
    permission=PERMISSION,
    title=gettext_lazy("Credit prices"),
    about=gettext_lazy("What actions take and cost, what they should take, and when that changes."),
)
def overview(request: HttpRequest) -> HttpResponseBase:
    """Every action held against the target margin, and what a credit earns on each plan."""
    form = DesignForm(request.GET or None)
    design = _design(form)
    _say_what_is_usual(form, design)
    if design is not None and wants_csv(request):
        return csv_answer(
            f"credit-prices-{design.meter.code}", _header(), map(_row, design.actions)
        )
    return page(
        request,
        "price_design",
        title=_("Credit prices"),
        form=form,
        design=design,
        priced=_price_of_a_cost(request, design),
        due=find_open_review(),
        next_review=next_review_at(),
        asked=request.GET.urlencode(),
    )


@report("price_design_what_if", path="price-design/what-if", permission=PERMISSION)
def try_price(request: HttpRequest) -> HttpResponseBase:
    """What a new price of a model would do to last quarter's costs."""
    form = WhatIfForm(request.GET or None)
    meter, found, design = form.picked_meter, None, _design(form)
    _say_what_is_usual(form, design)
    if form.is_valid() and meter is not None and design is not None:
        found = what_if(
            meter=meter,
            model=form.cleaned_data["model"].code,
            price=form.tried,
            credit_price=design.price,
            aim=form.aim,
            now=timezone.now(),
        )
    return page(
        request,
        "price_design_what_if",
        title=_("What if a model cost something else?"),
        form=form,
        design=design,
        found=found,
        model=form.cleaned_data["model"] if found else None,
    )


def page(request: HttpRequest, name: str, *, title: str, **shown: Any) -> TemplateResponse:
    """One of the pages of this report, all of which have the same frame."""
    context = {
        **admin.site.each_context(request),
        "title": title,
        "tab": name,
        "currency": settings.REPORTING_CURRENCY,
        "may_schedule": staff_member(request).has_perm(MAY_SCHEDULE),
        "review_is_due": PriceReview.objects.filter(done_at=None).exists(),
        **shown,
    }
    return TemplateResponse(request, f"admin/reports/{name}.html", context)


def _design(form: AimForm) -> Design | None:
    meter = form.picked_meter
    if meter is None:
        return None
    return design_prices(
        meter=meter,
        aim=form.aim,
        now=timezone.now(),
        price=form.picked.get("price"),
        is_pessimistic=form.is_pessimistic,
    )


def _say_what_is_usual(form: AimForm, design: Design | None) -> None:
    """Let a form in which nothing was asked for yet show what the figures are for."""
    form.initial["target"], form.initial["buffer"] = form.aim.target * 100, form.aim.buffer * 100
    if design is not None:
        form.initial["price"] = design.price


def _price_of_a_cost(request: HttpRequest, design: Design | None) -> dict[str, Any] | None:
    """What a cost that somebody typed sells for, or that of an average credit."""
    if design is None or not design.actions:
        return None
    form = CostForm(request.GET)
    typed = form.cleaned_data["cost"] if form.is_valid() else None
    cost = typed or max((item.cost_per_credit or ZERO for item in design.actions), default=ZERO)
    exact, rounded = price_to_show(cost, aim=design.aim, currency=design.currency)
    return {
        "form": CostForm(request.GET if typed else None, initial={"cost": cost}),
        "cost": cost,
        "exact": exact,
        "rounded": rounded,
    }


def _header() -> Sequence[str]:
    return (
        _("Action"),
        _("Name"),
        _("Value to a customer"),
        _("Cost on the rate card"),
        _("Uses in 90 days"),
        _("Mean cost"),
        _("95 % of uses stayed below"),
        _("Credits"),
        _("Suggested credits"),
        _("Margin, %"),
        _("Margin with the buffer, %"),
        _("Misses the target"),
    )


def _row(item: DesignedAction) -> tuple[object, ...]:
    action, spread, margins = item.action, item.spread, item.margins
    return (
        action.code,
        action.name,
        action.customer_value,
        action.unit_cost,
        0 if spread is None else spread.event_count,
        None if spread is None else spread.mean,
        None if spread is None else spread.p95,
        action.credits,
        item.suggested,
        _percent(margins.plain),
        _percent(margins.buffered),
        margins.misses_target,
    )


def _percent(share: Decimal | None) -> Decimal | None:
    return None if share is None else in_percent(share)
