"""The overview: used and left, overage, whether the period is normal, the next invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.access.permissions import Permission
from accounts.memberships.queries import count_members, list_names_with
from billing.invoicing.queries import InvoiceEstimate, estimate_next_invoice
from billing.models import Agreement
from billing.usage.queries import FeatureBalance, list_feature_balances
from config.kernel.periods import Period
from config.kernel.quantities import ZERO
from metering.choices import GrantCategory
from metering.queries import get_used_between, list_daily_usage, list_periods
from metering.rate_card.queries import ActionOnCard, list_actions

from ...charts import CurveChart, curve_chart
from ...formatting import credits_text, moment_text
from ..access import Visit
from .actions import Buys, CostNow, costs_as_overage, what_credits_buy
from .pace import RECENT, Pace, measure_pace
from .plan import PlanFeature, find_seat_limit, list_plan_features
from .samples import usage_call
from .spans import in_days, running_total, sum_by_day


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What one day took, and the running total after it."""

    day: date
    used: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class GrantChip:
    """One part of the balance: what is left of a grant, and until when."""

    label: str
    remaining: Decimal
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeterCard:
    """One metered feature: the figures of the first three questions, and the curve beside them."""

    balance: FeatureBalance
    grants: tuple[GrantChip, ...]
    used_share: Decimal | None
    buys: tuple[Buys, ...]
    costs_now: tuple[CostNow, ...]
    pace: Pace
    chart: CurveChart
    chart_summary: str
    days: tuple[DayTotal, ...]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything on the overview."""

    plan_name: str
    currency: str
    zone: str
    meter: MeterCard | None
    other_balances: tuple[FeatureBalance, ...]
    invoice: InvoiceEstimate | None
    may_see_amounts: bool
    ask_about_amounts: tuple[str, ...]
    seats_used: int
    seats: int | None
    features: tuple[PlanFeature, ...]
    has_usage: bool
    sample_call: str


def present_overview(visit: Visit, *, agreement: Agreement) -> OverviewPage:
    """Read the overview of an organization with a live agreement."""
    balances = list_feature_balances(organization=visit.organization, now=visit.now)
    balances = sorted(balances, key=lambda balance: balance.unlimited)
    may_see_amounts = visit.may(Permission.VIEW_BILLING)
    actions = list_actions(at=visit.now)
    return OverviewPage(
        plan_name=agreement.plan_version.plan.name,
        currency=agreement.currency,
        zone=visit.organization.time_zone,
        meter=_meter_card(visit, balances[0], actions) if balances else None,
        other_balances=tuple(balances[1:]),
        invoice=estimate_next_invoice(organization=visit.organization, now=visit.now)
        if may_see_amounts
        else None,
        may_see_amounts=may_see_amounts,
        ask_about_amounts=()
        if may_see_amounts
        else tuple(
            list_names_with(organization=visit.organization, permission=Permission.VIEW_BILLING)
        ),
        seats_used=count_members(organization=visit.organization),
        seats=find_seat_limit(agreement),
        features=list_plan_features(organization=visit.organization, now=visit.now),
        has_usage=any(balance.used > ZERO for balance in balances),
        sample_call=usage_call(organization=visit.organization, actions=actions),
    )


@dataclass(frozen=True, slots=True)
class _History:
    """Usage by day of the period and of the one before."""

    period: Period
    by_day: dict[date, Decimal]
    used_recently: Decimal
    previous: Period | None
    previous_by_day: dict[date, Decimal]
    previous_used: Decimal | None


def _meter_card(
    visit: Visit, balance: FeatureBalance, actions: Sequence[ActionOnCard]
) -> MeterCard | None:
    if balance.period_starts_at is None or balance.resets_at is None:
        return None
    period = Period(balance.period_starts_at, balance.resets_at)
    history = _history(visit, balance, period)
    pace = measure_pace(
        period=period,
        now=visit.now,
        used=balance.used,
        used_recently=history.used_recently,
        remaining=None if balance.unlimited else balance.remaining,
        previous_used=history.previous_used,
    )
    actions = [action for action in actions if action.meter == balance.feature]
    return MeterCard(
        balance=balance,
        grants=_grant_chips(balance),
        used_share=balance.used / balance.granted if balance.granted else None,
        buys=what_credits_buy(balance.remaining, actions=actions) if balance.remaining else (),
        costs_now=()
        if balance.unlimited or balance.overage_pricing is None
        else costs_as_overage(
            actions=actions, pricing=balance.overage_pricing, overage=balance.overage
        ),
        pace=pace,
        chart=_chart(visit, balance, history, pace),
        chart_summary=_summary(balance, pace),
        days=_day_totals(history.by_day),
    )


def _grant_chips(balance: FeatureBalance) -> tuple[GrantChip, ...]:
    return tuple(
        GrantChip(
            str(GrantCategory(grant.category).label).lower(), grant.remaining, grant.expires_at
        )
        for grant in balance.grants
    )


def _history(visit: Visit, balance: FeatureBalance, period: Period) -> _History:
    organization, meter_id = visit.organization, balance.meter_id

    def by_day(starts_at: datetime, ends_at: datetime) -> dict[date, Decimal]:
        rows = list_daily_usage(
            organization_id=organization.pk,
            meter_id=meter_id,
            starts_at=starts_at,
            ends_at=ends_at,
            time_zone=organization.time_zone,
        )
        return sum_by_day((row.day, row.credits) for row in rows)

    def used_between(starts_at: datetime, ends_at: datetime) -> Decimal:
        return get_used_between(
            organization_id=organization.pk, meter_id=meter_id, starts_at=starts_at, ends_at=ends_at
        )

    earlier = [
        Period(totals.starts_at, totals.ends_at)
        for totals in list_periods(organization_id=organization.pk, meter_id=meter_id)
        if totals.ends_at <= period.starts_at
    ]
    previous = earlier[0] if earlier else None
    same_point = (
        min(previous.starts_at + (visit.now - period.starts_at), previous.ends_at)
        if previous
        else None
    )
    return _History(
        period=period,
        by_day=by_day(period.starts_at, visit.now),
        used_recently=used_between(max(period.starts_at, visit.now - RECENT), visit.now),
        previous=previous,
        previous_by_day=by_day(previous.starts_at, previous.ends_at) if previous else {},
        previous_used=used_between(previous.starts_at, same_point)
        if previous and same_point
        else None,
    )


def _chart(visit: Visit, balance: FeatureBalance, history: _History, pace: Pace) -> CurveChart:
    zone = ZoneInfo(visit.organization.time_zone)
    period, previous = history.period, history.previous
    length = in_days(period.ends_at - period.starts_at)
    today = in_days(visit.now - period.starts_at)
    labels = [(ZERO, moment_text(period.starts_at, zone=zone, style="day"))]
    if Decimal("0.15") < today / length < Decimal("0.85"):
        labels.append((today, _("today")))
    labels.append((length, moment_text(period.ends_at, zone=zone, style="day")))
    return curve_chart(
        length=length,
        used=running_total(history.by_day, period=period, until=visit.now, zone=zone),
        previous=running_total(
            history.previous_by_day, period=previous, until=previous.ends_at, zone=zone
        )
        if previous
        else (),
        projected=pace.projected,
        allowance=None if balance.unlimited else balance.granted,
        labels=labels,
    )


def _summary(balance: FeatureBalance, pace: Pace) -> str:
    """The chart in a sentence, for those who do not see it."""
    said = _("%(used)s %(units)s used so far in this period.") % {
        "used": credits_text(balance.used),
        "units": balance.unit_plural,
    }
    if pace.projected is not None:
        said += " " + _("On course for %(total)s by its end.") % {
            "total": credits_text(pace.projected)
        }
    return said


def _day_totals(by_day: dict[date, Decimal]) -> tuple[DayTotal, ...]:
    days, total = [], ZERO
    for day in sorted(by_day):
        total += by_day[day]
        days.append(DayTotal(day, by_day[day], total))
    return tuple(days)
