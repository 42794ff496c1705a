"""Reads of metering. Every function asks for one organization and sees nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from config.kernel.quantities import ZERO

from .choices import GrantCategory, TransferKind
from .models import CreditGrant, LedgerTransfer, UsageEvent, UsagePeriod


@dataclass(frozen=True, slots=True)
class GrantBalance:
    """A grant and what is left of it."""

    public_id: str
    category: str
    amount: Decimal
    remaining: Decimal
    effective_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PeriodTotals:
    """A usage period with what was used in it, and the part that no grant paid for."""

    starts_at: datetime
    ends_at: datetime
    used: Decimal
    overage: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """
    What an organization has on one meter at a moment.

    `granted` is the size of the active grants, `remaining` what they still hold; `grants`
    lists them in the order in which they are spent. `period` is None until one is opened.
    """

    granted: Decimal
    remaining: Decimal
    grants: tuple[GrantBalance, ...]
    period: PeriodTotals | None


@dataclass(frozen=True, slots=True)
class DayUsage:
    """Usage of one action (None: reported as a plain quantity) on one day."""

    day: date
    action: str | None
    quantity: Decimal
    credits: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class ActionUsage:
    """Usage of one action (None: reported as a plain quantity) over a span of time."""

    action: str | None
    name: str | None
    quantity: Decimal
    credits: Decimal
    overage: Decimal
    cost: Decimal
    event_count: int


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """
    One transfer as the customer sees it: `amount` is positive where credits came in and
    negative where they went out. Overage is usage, so it is negative as well.
    """

    id: int
    occurred_at: datetime
    recorded_at: datetime
    kind: str
    amount: Decimal
    event_id: str | None
    action: str | None
    member: str
    grant: str | None
    category: str | None


EMPTY = Balance(granted=ZERO, remaining=ZERO, grants=(), period=None)


def list_balances(*, organization_id: int, at: datetime) -> dict[int, Balance]:
    """Return the balance of each meter that the organization ever had credits or usage on."""
    grants: dict[int, list[GrantBalance]] = {}
    ended_early = LedgerTransfer.objects.filter(
        organization_id=organization_id,
        kind=TransferKind.EXPIRE,
        event_key=None,
        debit_account=OuterRef("account"),
    )
    active = (
        CreditGrant.objects.filter(organization_id=organization_id, effective_at__lte=at)
        .filter(Q(expires_at=None) | Q(expires_at__gt=at))
        .exclude(Exists(ended_early))
        .annotate(is_purchased=Q(category=GrantCategory.PURCHASE))
        .order_by(
            "priority",
            F("expires_at").asc(nulls_last=True),
            "is_purchased",
            "effective_at",
            "account_id",
        )
        .values_list(
            "meter_id",
            "public_id",
            "category",
            "amount",
            "account__balance",
            "effective_at",
            "expires_at",
        )
    )
    for row in active:
        grants.setdefault(row[0], []).append(GrantBalance(*row[1:]))

    periods = {
        row[0]: PeriodTotals(*row[1:])
        for row in UsagePeriod.objects.filter(
            organization_id=organization_id, starts_at__lte=at, ends_at__gt=at
        ).values_list("meter_id", "starts_at", "ends_at", "used_credits", "overage_credits")
    }
    return {
        meter_id: Balance(
            granted=sum((grant.amount for grant in grants.get(meter_id, [])), ZERO),
            remaining=sum((grant.remaining for grant in grants.get(meter_id, [])), ZERO),
            grants=tuple(grants.get(meter_id, [])),
            period=periods.get(meter_id),
        )
        for meter_id in grants.keys() | periods.keys()
    }


def get_balance(*, organization_id: int, meter_id: int, at: datetime) -> Balance:
    """Return the balance on one meter; an empty one if nothing was ever granted or used."""
    return list_balances(organization_id=organization_id, at=at).get(meter_id, EMPTY)


def list_periods(*, organization_id: int, meter_id: int) -> list[PeriodTotals]:
    """Return the usage periods of a meter, newest first."""
    rows = (
        UsagePeriod.objects.filter(organization_id=organization_id, meter_id=meter_id)
        .order_by("-starts_at")
        .values_list("starts_at", "ends_at", "used_credits", "overage_credits")
    )
    return [PeriodTotals(*row) for row in rows]


def list_daily_usage(
    *,
    organization_id: int,
    meter_id: int,
    starts_at: datetime,
    ends_at: datetime,
    time_zone: str,
) -> list[DayUsage]:
    """Return usage by day and action over `[starts_at, ends_at)`, days as the zone counts them."""
    rows = (
        _events(organization_id, meter_id, starts_at, ends_at)
        .annotate(day=TruncDate("occurred_at", tzinfo=ZoneInfo(time_zone)))
        .values("day", "action__code")
        .annotate(quantity_sum=Sum("quantity"), credits_sum=Sum("credits"), event_count=Count("pk"))
        .order_by("day", "action__code")
        .values_list("day", "action__code", "quantity_sum", "credits_sum", "event_count")
    )
    return [DayUsage(*row) for row in rows]


def list_usage_by_action(
    *, organization_id: int, meter_id: int, starts_at: datetime, ends_at: datetime
) -> list[ActionUsage]:
    """Return usage by action over `[starts_at, ends_at)`, the most credits first."""
    rows = (
        _events(organization_id, meter_id, starts_at, ends_at)
        .values("action__code", "action__name")
        .annotate(
            quantity_sum=Sum("quantity"),
            credits_sum=Sum("credits"),
            overage_sum=Sum("overage_credits"),
            cost_sum=Sum("cost"),
            event_count=Count("pk"),
        )
        .order_by("-credits_sum", "action__code")
        .values_list(
            "action__code",
            "action__name",
            "quantity_sum",
            "credits_sum",
            "overage_sum",
            "cost_sum",
            "event_count",
        )
    )
    return [ActionUsage(*row) for row in rows]


def get_used_between(
    *, organization_id: int, meter_id: int, starts_at: datetime, ends_at: datetime
) -> Decimal:
    """Return the credits used over `[starts_at, ends_at)`."""
    total = _events(organization_id, meter_id, starts_at, ends_at).aggregate(total=Sum("credits"))[
        "total"
    ]
    return total or ZERO


def list_ledger(
    *, organization_id: int, meter_id: int, limit: int, before_id: int | None = None
) -> list[LedgerRow]:
    """Return a page of transfers, newest first; the next page starts before the last id."""
    transfers = LedgerTransfer.objects.filter(organization_id=organization_id, meter_id=meter_id)
    if before_id is not None:
        transfers = transfers.filter(pk__lt=before_id)
    page = list(
        transfers.order_by("-pk")[:limit].values_list(
            "pk",
            "occurred_at",
            "recorded_at",
            "kind",
            "amount",
            "event_key",
            "debit_account__grant__public_id",
            "debit_account__grant__category",
            "credit_account__grant__public_id",
            "credit_account__grant__category",
        )
    )
    events: dict[str | None, tuple[str | None, str]] = {
        event_id: (action, member)
        for event_id, action, member in UsageEvent.objects.filter(
            organization_id=organization_id, event_id__in=[row[5] for row in page if row[5]]
        ).values_list("event_id", "action__code", "member")
    }
    rows = []
    for pk, occurred_at, recorded_at, kind, amount, event_id, *grants in page:
        debited, debited_category, credited, credited_category = grants
        action, member = events.get(event_id, (None, ""))
        rows.append(
            LedgerRow(
                id=pk,
                occurred_at=occurred_at,
                recorded_at=recorded_at,
                kind=kind,
                amount=amount if kind == TransferKind.ISSUE else -amount,
                event_id=event_id,
                action=action,
                member=member,
                grant=debited or credited,
                category=debited_category or credited_category,
            )
        )
    return rows


def _events(
    organization_id: int, meter_id: int, starts_at: datetime, ends_at: datetime
) -> QuerySet[UsageEvent]:
    return UsageEvent.objects.filter(
        organization_id=organization_id,
        meter_id=meter_id,
        occurred_at__gte=starts_at,
        occurred_at__lt=ends_at,
    )
