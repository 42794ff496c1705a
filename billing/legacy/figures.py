"""How many customers the plans of each group have, what they pay a month, and what they use."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from config.kernel.money import Money
from config.kernel.periods import Interval, boundary
from metering.models import DailyUsage

from ..catalog.queries import get_plan_version_terms, list_feature_labels
from ..choices import AgreementStatus, CampaignStatus, Visibility
from ..models import Agreement, Plan, PlanGroup, RepricingCampaign
from ..models.repricing import SHORTEST_NOTICE_DAYS
from ..rating.charges import base_charge

NOTICE: Final = timedelta(days=SHORTEST_NOTICE_DAYS)


class GroupState(StrEnum):
    """Where a group stands with the day until which its customers were told that they stay."""

    ON_SALE = "on_sale"
    NO_DAY = "no_day"
    HONOURED = "honoured"
    CAMPAIGN_DUE = "campaign_due"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a metered feature was used, in its unit."""

    feature: str
    unit_plural: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """
    The live customers of a plan, how many of them are going to end, what their base prices come to
    a month by currency, and what they used in the last complete month of the calendar.

    Nobody on trial pays. A yearly price counts a twelfth. Each sum is rounded once, half up.
    """

    plan_id: int
    code: str
    name: str
    customer_count: int
    leaving_count: int
    monthly: tuple[Money, ...]
    used: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """
    A group, where it stands, and its plans. `campaign` is the one that is running, or is being
    prepared, to move its customers.
    """

    group: PlanGroup
    state: GroupState
    honoured_months: int
    campaign: RepricingCampaign | None
    plans: tuple[PlanFigures, ...]
    customer_count: int
    monthly: tuple[Money, ...]

    @property
    def campaign_due_on(self) -> date | None:
        """The last day to tell customers of a move that may happen when their time is over."""
        until = self.group.grandfathered_until
        return None if until is None else until - NOTICE

    @property
    def needs_campaign(self) -> bool:
        """Whether customers wait for word of what follows, and nobody prepares it."""
        is_due = self.state in (GroupState.CAMPAIGN_DUE, GroupState.OVER)
        return is_due and self.campaign is None and self.customer_count > 0


@dataclass(frozen=True, slots=True)
class _Sold:
    """So many live agreements that are alike."""

    plan_id: int
    version_id: int
    interval: str
    currency: str
    seats: int
    pays: bool
    count: int
    leaving: int

    @property
    def monthly(self) -> Fraction:
        """What they pay a month, in minor units, exact."""
        terms = get_plan_version_terms(plan_version_id=self.version_id)
        price = terms.base_price(currency=self.currency, interval=self.interval)
        if price is None or not self.pays:
            return Fraction(0)
        each = base_charge(price=price, seats=self.seats).minor
        return Fraction(each * self.count, Interval(self.interval).months)


def list_group_figures(*, now: datetime) -> list[GroupFigures]:
    """
    Return the figures of every group, legacy ones first. The number of queries is always the same.

    Nobody is moved when the day of a group comes: from 90 days before it a campaign is due, so
    that customers hear of a move in time.
    """
    sold = defaultdict(list)
    for each in _list_sold():
        sold[each.plan_id].append(each)
    used = _used_by_plan(*last_month(now))
    campaigns = _campaigns_by_group()
    plans = defaultdict(list)
    for plan in Plan.objects.order_by("position", "code"):
        plans[plan.group_id].append(_plan_figures(plan, sold[plan.pk], used.get(plan.pk, ())))
    groups = sorted(
        PlanGroup.objects.all(),
        key=lambda group: (group.visibility != Visibility.LEGACY, group.code),
    )
    return [
        GroupFigures(
            group=group,
            state=state_of(group, today=now.astimezone(UTC).date()),
            honoured_months=months_since(group.legacy_since, now=now),
            campaign=campaigns.get(group.pk),
            plans=tuple(plans[group.pk]),
            customer_count=sum(plan.customer_count for plan in plans[group.pk]),
            monthly=_monthly(each for plan in plans[group.pk] for each in sold[plan.plan_id]),
        )
        for group in groups
    ]


def list_groups_due(*, now: datetime) -> list[GroupFigures]:
    """Return the legacy groups whose customers wait for a campaign that nobody prepares."""
    return [figures for figures in list_group_figures(now=now) if figures.needs_campaign]


def state_of(group: PlanGroup, *, today: date) -> GroupState:
    """Return where a group stands on a day. The day itself is the first on which nothing holds."""
    if group.visibility != Visibility.LEGACY:
        return GroupState.ON_SALE
    until = group.grandfathered_until
    if until is None:
        return GroupState.NO_DAY
    if today >= until:
        return GroupState.OVER
    return GroupState.CAMPAIGN_DUE if today >= until - NOTICE else GroupState.HONOURED


def months_since(day: date | None, *, now: datetime) -> int:
    """Return how many whole months a group has been legacy; 0 for one that is on sale."""
    if day is None:
        return 0
    today = now.astimezone(UTC).date()
    months = (today.year - day.year) * 12 + today.month - day.month
    begun = boundary(datetime(day.year, day.month, day.day, tzinfo=UTC), months=max(months, 0))
    return max(0, months - (begun.date() > today))


def last_month(now: datetime) -> tuple[date, date]:
    """Return the first day of the last complete month of the calendar, and the day after it."""
    end = now.astimezone(UTC).date().replace(day=1)
    return (end - timedelta(days=1)).replace(day=1), end


def _list_sold() -> Iterator[_Sold]:
    alike = ("plan_version__plan_id", "plan_version_id", "interval", "currency", "seats", "status")
    is_leaving = Q(cancel_at__isnull=False)
    rows = (
        Agreement.objects.live()
        .order_by()
        .values_list(*alike)
        .annotate(count=Count("pk"), leaving=Count("pk", filter=is_leaving))
    )
    for plan_id, version_id, interval, currency, seats, status, count, leaving in rows:
        pays = status != AgreementStatus.TRIALING
        yield _Sold(plan_id, version_id, interval, currency, seats, pays, count, leaving)


def _used_by_plan(since: date, until: date) -> dict[int, tuple[Used, ...]]:
    """What those used who have a plan now, where reports of a feature add up."""
    labels = {label.code: label for label in list_feature_labels().values() if label.adds_up}
    plan = Agreement.objects.live().filter(organization_id=OuterRef("organization_id"))
    rows = (
        DailyUsage.objects.filter(day__gte=since, day__lt=until, meter__code__in=list(labels))
        .annotate(plan_id=Subquery(plan.values("plan_version__plan_id")[:1]))
        .filter(plan_id__isnull=False)
        .order_by("meter__code")
        .values_list("plan_id", "meter__code")
        .annotate(used=Sum("credits"))
    )
    found = defaultdict(list)
    for plan_id, code, quantity in rows:
        label = labels[code]
        found[plan_id].append(Used(label.name, label.unit_plural, quantity))
    return {plan_id: tuple(used) for plan_id, used in found.items()}


def _campaigns_by_group() -> dict[int, RepricingCampaign]:
    """The campaign that concerns a group; one that is running before one that is a draft."""
    open_ones = RepricingCampaign.objects.exclude(status=CampaignStatus.CLOSED)
    found = {}
    for campaign in sorted(
        open_ones.prefetch_related("from_plans"),
        key=lambda campaign: (campaign.status == CampaignStatus.RUNNING, -campaign.pk),
    ):
        found.update({plan.group_id: campaign for plan in campaign.from_plans.all()})
    return found


def _plan_figures(plan: Plan, sold: list[_Sold], used: Iterable[Used]) -> PlanFigures:
    return PlanFigures(
        plan_id=plan.pk,
        code=plan.code,
        name=plan.name,
        customer_count=sum(each.count for each in sold),
        leaving_count=sum(each.leaving for each in sold),
        monthly=_monthly(sold),
        used=tuple(used),
    )


def _monthly(sold: Iterable[_Sold]) -> tuple[Money, ...]:
    """The sum for each currency, the largest first."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for each in sold:
        sums[each.currency] += each.monthly
    amounts = [Money(_half_up(minor), currency) for currency, minor in sums.items()]
    return tuple(sorted(amounts, key=lambda money: (-money.minor, money.currency)))


def _half_up(minor: Fraction) -> int:
    return int((2 * minor + 1) // 2)
