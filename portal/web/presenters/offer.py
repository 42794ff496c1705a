"""What a move to another plan means to a customer: its own months, both bills, the date."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from accounts.memberships.queries import list_names_with
from billing.catalog.queries import list_feature_labels
from billing.choices import OfferStatus, ScheduledChangeStatus
from billing.legacy.leaving import is_on_legacy_plan
from billing.models import RepricingOffer
from billing.repricing.offers.figures import FiguresShown, MonthShown, PlanShown, read_figures
from billing.repricing.offers.queries import date_if_accepted, date_if_waived
from billing.repricing.offers.wording import (
    comparison_words,
    difference_words,
    guarantee_words,
)
from billing.repricing.queries import objection_words
from config.kernel.charts import BarChart, DayOfBars, bar_chart
from config.kernel.money import Money

from ...formatting import credits_text, date_text, money_text
from ..access import Visit

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month in the table: from when to when, what was used, and both bills."""

    starts_at: datetime
    ends_at: datetime
    used: tuple[str, ...]
    now: Money
    then: Money
    is_dearer: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan beside the others. `objections` say why it does not fit."""

    name: str
    seats: int
    average: Money | None
    worst: Money | None
    objections: tuple[str, ...]
    is_offered: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """
    What can be answered, and what comes of it. `moves_at` is the date if it is accepted now;
    `sooner_at` the next renewal, where that comes before the notice has run.
    """

    may_answer: bool
    can_accept: bool
    can_decline: bool
    moves_at: datetime
    sooner_at: datetime | None


@dataclass(frozen=True, slots=True)
class OfferPage:
    """Everything on the page of an offer. `saving` below zero is what the plan costs more."""

    status: str
    must_move: bool
    before: str
    after: str
    headline: str
    comparison: str
    currency: str
    zone: str
    saving: Money
    now_average: Money
    then_average: Money
    now_worst: Money
    then_worst: Money | None
    months: tuple[MonthRow, ...]
    chart: BarChart
    plans: tuple[PlanRow, ...]
    why: str
    guarantee: str
    leaves_legacy_plan: bool
    notice_days: int
    noticed_at: datetime
    effective_at: datetime
    answer_by: datetime | None
    answered_at: datetime | None
    was_waived: bool
    moved_all_the_same: bool
    choices: Choices
    who_may: tuple[str, ...]


def present_offer(visit: Visit, offer: RepricingOffer) -> OfferPage:
    """Lay out an offer that the customer was told of, with the figures that were frozen for it."""
    assert offer.noticed_at is not None and offer.effective_at is not None, offer.public_id
    figures, campaign = read_figures(offer), offer.campaign
    now = Money(offer.current_average_minor, offer.currency)
    then = Money(offer.new_average_minor, offer.currency)
    saving = Money(now.minor - then.minor, offer.currency)
    difference = money_text(Money(abs(saving.minor), offer.currency))
    before, after = offer.from_version.plan.name, offer.to_version.plan.name
    choices = _choices(visit, offer)
    return OfferPage(
        status=offer.status,
        must_move=campaign.must_move,
        before=before,
        after=after,
        headline=difference_words(after=after, difference=difference, saving=saving),
        comparison=comparison_words(
            before=before,
            after=after,
            now=money_text(now),
            then=money_text(then),
            difference=difference,
            months=len(figures.months),
            saving=saving,
        ),
        currency=offer.currency,
        zone=visit.organization.time_zone,
        saving=saving,
        now_average=now,
        then_average=then,
        now_worst=figures.current_worst,
        then_worst=figures.offered.worst,
        months=_months(figures),
        chart=_chart(figures, before=before, after=after, zone=visit.organization.time_zone),
        plans=_plans(figures),
        why=campaign.why,
        guarantee=guarantee_words(months=campaign.guarantee_months, rule=campaign.guarantee_rule),
        leaves_legacy_plan=is_on_legacy_plan(offer.agreement),
        notice_days=offer.notice_days,
        noticed_at=offer.noticed_at,
        effective_at=offer.effective_at,
        answer_by=campaign.answer_by,
        answered_at=offer.answered_at,
        was_waived=offer.waived_at is not None,
        moved_all_the_same=_has_moved_all_the_same(offer),
        choices=choices,
        who_may=()
        if choices.may_answer
        else tuple(
            list_names_with(organization=visit.organization, permission=Permission.MANAGE_BILLING)
        ),
    )


def _choices(visit: Visit, offer: RepricingOffer) -> Choices:
    status, must_move = offer.status, offer.campaign.must_move
    answer_by = offer.campaign.answer_by
    is_in_time = answer_by is None or visit.now < answer_by
    moves_at = date_if_accepted(offer, now=visit.now)
    sooner_at = date_if_waived(offer, now=visit.now)
    can_answer = status in (OfferStatus.OPEN, OfferStatus.DECLINED) and is_in_time
    can_accept = can_answer and not _has_moved_all_the_same(offer)
    return Choices(
        may_answer=visit.may(Permission.MANAGE_BILLING),
        can_accept=can_accept,
        can_decline=status in (OfferStatus.OPEN, OfferStatus.ACCEPTED) and not must_move,
        moves_at=moves_at,
        sooner_at=sooner_at if can_accept and sooner_at < moves_at else None,
    )


def _has_moved_all_the_same(offer: RepricingOffer) -> bool:
    """Whether the move happened although it was declined: Stripe was not reached in time."""
    change = offer.scheduled_change
    is_made = change is not None and change.status == ScheduledChangeStatus.APPLIED
    return is_made and offer.status == OfferStatus.DECLINED


def _months(figures: FiguresShown) -> tuple[MonthRow, ...]:
    codes = sorted({code for month in figures.months for code in month.used})
    labels = list_feature_labels(codes=codes) if codes else {}
    return tuple(
        MonthRow(
            starts_at=month.starts_at,
            ends_at=month.ends_at,
            used=tuple(
                _("%(count)s %(units)s")
                % {"count": credits_text(Decimal(used)), "units": labels[code].unit_plural}
                for code, used in sorted(month.used.items())
                if code in labels
            ),
            now=month.now,
            then=month.then,
            is_dearer=month.then.minor > month.now.minor,
        )
        for month in reversed(figures.months)
    )


def _chart(figures: FiguresShown, *, before: str, after: str, zone: str) -> BarChart:
    """For each month two bars side by side, and a gap: the bill now, and the bill then."""
    bars: list[DayOfBars] = []
    for month in figures.months:
        label = date_text(month.starts_at.astimezone(ZoneInfo(zone)).date(), style="day")
        bars += [
            DayOfBars(label, _title(before, month.now, month, zone=zone), (month.now.amount,)),
            DayOfBars(
                "",
                _title(after, month.then, month, zone=zone),
                (_NOTHING, _NOTHING, month.then.amount),
            ),
            DayOfBars("", "", ()),
        ]
    return bar_chart(bars)


def _title(plan: str, bill: Money, month: MonthShown, *, zone: str) -> str:
    day = month.starts_at.astimezone(ZoneInfo(zone)).date()
    return _("%(plan)s, month from %(day)s: %(amount)s") % {
        "plan": plan,
        "day": date_text(day),
        "amount": money_text(bill),
    }


def _plans(figures: FiguresShown) -> tuple[PlanRow, ...]:
    """The offered one first, then those that fit, then the others."""
    codes = {
        str(facts["feature"])
        for plan in figures.plans
        for facts in plan.objections
        if "feature" in facts
    }
    labels = list_feature_labels(codes=codes) if codes else {}

    def row(plan: PlanShown) -> PlanRow:
        return PlanRow(
            name=plan.name,
            seats=plan.seats,
            average=plan.average,
            worst=plan.worst,
            objections=tuple(objection_words(facts, labels) for facts in plan.objections),
            is_offered=plan.is_offered,
        )

    def order(plan: PlanShown) -> tuple[bool, bool, int]:
        average = 0 if plan.average is None else plan.average.minor
        return (not plan.is_offered, bool(plan.objections), average)

    return tuple(row(plan) for plan in sorted(figures.plans, key=order))
