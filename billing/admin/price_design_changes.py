"""Pages on which staff change what an action takes, and close the quarterly review."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from babel import Locale
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.admin.base import actor_of, staff_member
from accounts.admin.reports import report
from config.kernel.errors import DomainError
from config.kernel.number_fields import read_number
from config.kernel.quantities import ZERO
from metering.models import Action, ActionRate

from ..models import PriceReview, RateChange
from ..price_design.aims import usual_aim
from ..price_design.customers import count_customers
from ..price_design.queries import DesignedAction, Part, design_prices, part_of
from ..price_design.reviews import close_review, find_open_review, next_review_at
from ..price_design.scheduling import schedule_rate, withdraw_change
from .price_design import MAY_SCHEDULE, PERMISSION, page
from .price_design_forms import DecisionForm, RatePage, meters_with_actions

MAY_CLOSE: Final = "billing.change_pricereview"
MAY_WITHDRAW: Final = "billing.delete_ratechange"
WAITING: Final = "waiting"
IN_FORCE: Final = "in_force"
PAST: Final = "past"
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate of an action, what it costs, and who knows of it."""

    rate: ActionRate
    parts: tuple[Part, ...]
    state: str
    change: RateChange | None
    told_count: int

    @property
    def cost(self) -> Decimal:
        """What one costs us by this rate."""
        return sum((part.unit_cost for part in self.parts), ZERO)

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to come into force."""
        return self.state == WAITING

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether nobody knows of it yet."""
        return self.is_waiting and self.change is not None and self.told_count == 0


@report("price_design_action", path="price-design/actions/<str:code>", permission=PERMISSION)
def action_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """What an action has taken and will take, and the form of its next rate."""
    action = Action.objects.select_related("meter").filter(code=code).first()
    if action is None:
        raise Http404
    now = timezone.now()
    rows = _rows(action, now=now)
    in_force = next((row for row in rows if not row.is_waiting), None)
    if in_force is None:
        raise Http404
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdraw(request, action, now=now)
    if request.method == "POST":
        _require(request, MAY_SCHEDULE)
        form = RatePage.sent(request.POST, parts=in_force.parts)
        if form.is_valid() and (answer := _schedule(request, action, form, now=now)):
            return answer
    else:
        form = _blank(request, in_force, now=now)
    return page(
        request,
        "price_design_action",
        title=action.name,
        action=action,
        rows=rows,
        in_force=in_force,
        form=form,
        customers=count_customers(meter_id=action.meter_id),
        notice_days=settings.RATE_NOTICE_DAYS,
        earliest=now + timedelta(days=settings.RATE_NOTICE_DAYS),
        may_withdraw=staff_member(request).has_perm(MAY_WITHDRAW),
        design=_designed(action, now=now),
    )


@report("price_design_reviews", path="price-design/reviews", permission=PERMISSION)
def reviews_page(request: HttpRequest) -> HttpResponseBase:
    """The review that is due, with the figures to look at, and those that were closed."""
    now = timezone.now()
    designs = [
        design_prices(meter=meter, aim=usual_aim(), now=now) for meter in meters_with_actions()
    ]
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _require(request, MAY_CLOSE)
        if form.is_valid() and designs:
            try:
                close_review(
                    designs=designs,
                    decision=form.cleaned_data["decision"],
                    actor=actor_of(request),
                    now=now,
                )
            except DomainError as refusal:
                form.add_error(None, refusal.detail)
            else:
                messages.success(request, _("The review is closed, and kept below."))
                return HttpResponseRedirect(reverse("admin:report_price_design_reviews"))
    return page(
        request,
        "price_design_reviews",
        title=_("Reviews of prices"),
        form=form,
        designs=designs,
        due=find_open_review(),
        next_review=next_review_at(),
        closed=PriceReview.objects.filter(done_at__isnull=False).order_by("-done_at")[:_SHOWN],
        may_close=staff_member(request).has_perm(MAY_CLOSE),
    )


def _rows(action: Action, *, now: datetime) -> list[RateRow]:
    """The rates of an action, the newest first."""
    rates = ActionRate.objects.filter(action=action).order_by("-effective_at")
    changes = {
        change.rate_id: change
        for change in RateChange.objects.filter(rate__action=action).annotate(told=Count("notices"))
    }
    rows: list[RateRow] = []
    is_found = False
    for rate in rates.prefetch_related("cost_components__model"):
        is_waiting = rate.effective_at > now
        state = WAITING if is_waiting else (PAST if is_found else IN_FORCE)
        is_found = is_found or not is_waiting
        change = changes.get(rate.pk)
        told = 0 if change is None else int(getattr(change, "told", 0))
        parts = tuple(part_of(part) for part in rate.cost_components.all())
        rows.append(RateRow(rate, parts, state, change, told))
    return rows


def _blank(request: HttpRequest, in_force: RateRow, *, now: datetime) -> RatePage:
    """The form as it opens: what is in force, but the credits that a link asks for."""
    wanted = read_number(request.GET.get("credits", ""), locale=Locale("en"))
    begins = (now + timedelta(days=settings.RATE_NOTICE_DAYS + 1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return RatePage.blank(
        credits=in_force.rate.credits if wanted is None else wanted,
        at=begins,
        days=settings.RATE_NOTICE_DAYS,
        parts=in_force.parts,
        customer_value=in_force.rate.customer_value,
        value_note=in_force.rate.value_note,
    )


def _schedule(
    request: HttpRequest, action: Action, form: RatePage, *, now: datetime
) -> HttpResponseBase | None:
    """Do what the form asks for; after a refusal, which it shows, None."""
    try:
        change = schedule_rate(action=action, order=form.order(), actor=actor_of(request), now=now)
    except DomainError as refusal:
        form.rate.add_error(None, refusal.detail)
        return None
    if change is None:
        messages.success(request, _("The costs change. It takes as many credits as before."))
    else:
        messages.success(request, _("The change is scheduled, and customers will be told of it."))
    return HttpResponseRedirect(_address(action))


def _withdraw(request: HttpRequest, action: Action, *, now: datetime) -> HttpResponseBase:
    _require(request, MAY_WITHDRAW)
    changes = RateChange.objects.filter(rate__action=action)
    change = changes.filter(public_id=request.POST["withdraw"]).first()
    if change is None:
        raise Http404
    try:
        withdraw_change(change=change, actor=actor_of(request), now=now)
    except DomainError as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, _("The change is withdrawn."))
    return HttpResponseRedirect(_address(action))


def _designed(action: Action, *, now: datetime) -> DesignedAction | None:
    """The action held against the usual aim."""
    design = design_prices(meter=action.meter, aim=usual_aim(), now=now)
    return next((item for item in design.actions if item.action.code == action.code), None)


def _address(action: Action) -> str:
    return reverse("admin:report_price_design_action", args=[action.code])


def _require(request: HttpRequest, permission: str) -> None:
    if not staff_member(request).has_perm(permission):
        raise PermissionDenied
