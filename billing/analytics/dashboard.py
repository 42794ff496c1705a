"""
What staff have to know today: money that is owed, what does not work, and who waits for whom.

Money is counted in one currency only; what there is in others is counted apart and never converted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from accounts.choices import DeliveryStatus
from accounts.models import Mail, WebhookDelivery, WebhookEndpoint
from config.kernel.money import Money
from config.kernel.quantities import ZERO
from metering.choices import GrantCategory
from metering.models import CreditGrant, UsagePeriod

from ..choices import (
    AgreementStatus,
    DisputeStatus,
    InboxStatus,
    InvoiceStatus,
    OutcomeStatus,
)
from ..manual_credits.queries import count_waiting
from ..models import (
    Agreement,
    Invoice,
    Outcome,
    OutcomeDispute,
    PriceReview,
    Settlement,
    StripeEvent,
)
from ..repricing.offers.reaching import count_unreached
from .windows import REHEARSED

LATELY: Final = timedelta(days=30)
# Sweeps run at least this often; what has waited longer is behind.
PATIENCE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Overage:
    """What was charged beyond allowances lately, less what was given back; and elsewhere."""

    total: Money
    others: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Units that customers still hold on a meter, and the part of them that they have bought."""

    unit: str
    held: Decimal
    bought: Decimal


@dataclass(frozen=True, slots=True)
class FailedPayments:
    """
    Invoices whose collection has failed and that are still open, what is missing on them, and the
    agreements that are past due.
    """

    invoices: int
    missing: Money
    others: tuple[Money, ...]
    past_due: int


@dataclass(frozen=True, slots=True)
class FailingWebhooks:
    """Endpoints that were switched off because they failed, and deliveries given up lately."""

    switched_off: int
    given_up: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Decisions that wait for staff, and offers of which nobody could be told."""

    credits: int
    disputes: int
    reviews: int
    offers: int


def get_overage(*, currency: str, now: datetime) -> Overage:
    """Return what was settled in the last thirty days."""
    rows = (
        Settlement.objects.filter(
            settled_at__gte=now - LATELY,
            settled_at__lte=now,
            organization__clock_ahead=REHEARSED,
        )
        .values("currency")
        .annotate(total=Sum("amount_minor"))
        .order_by("currency")
    )
    total, others = _apart({row["currency"]: int(row["total"]) for row in rows}, currency)
    return Overage(total, others)


def list_outstanding(*, now: datetime) -> list[Outstanding]:
    """Return what customers can still spend, by meter; what has expired by now is not among it."""
    rows = (
        CreditGrant.objects.filter(
            Q(expires_at=None) | Q(expires_at__gt=now),
            effective_at__lte=now,
            account__balance__gt=0,
            organization__clock_ahead=REHEARSED,
        )
        .values("meter__unit_plural", "meter_id")
        .annotate(
            held=Sum("account__balance"),
            bought=Sum("account__balance", filter=Q(category=GrantCategory.PURCHASE)),
        )
        .order_by("meter_id")
    )
    return [
        Outstanding(row["meter__unit_plural"], row["held"], row["bought"] or ZERO) for row in rows
    ]


def get_failed_payments(*, currency: str) -> FailedPayments:
    """Return what could not be collected and is still owed."""
    rows = (
        Invoice.objects.filter(
            status=InvoiceStatus.OPEN,
            attempt_count__gt=0,
            amount_remaining_minor__gt=0,
            organization__clock_ahead=REHEARSED,
        )
        .values("currency")
        .annotate(count=Count("pk"), total=Sum("amount_remaining_minor"))
        .order_by("currency")
    )
    missing, others = _apart({row["currency"]: int(row["total"]) for row in rows}, currency)
    past_due = Agreement.objects.filter(
        status=AgreementStatus.PAST_DUE, organization__clock_ahead=REHEARSED
    )
    return FailedPayments(sum(row["count"] for row in rows), missing, others, past_due.count())


def get_failing_webhooks(*, now: datetime) -> FailingWebhooks:
    """Return what apps were not told."""
    return FailingWebhooks(
        switched_off=WebhookEndpoint.objects.filter(disabled_at__isnull=False)
        .exclude(disabled_reason="")
        .count(),
        given_up=WebhookDelivery.objects.filter(
            status=DeliveryStatus.FAILED, finished_at__gte=now - timedelta(days=1)
        ).count(),
    )


def get_waiting(*, now: datetime) -> Waiting:
    """Return how much waits for staff."""
    return Waiting(
        credits=count_waiting(),
        disputes=OutcomeDispute.objects.filter(status=DisputeStatus.OPEN).count(),
        reviews=PriceReview.objects.filter(done_at=None, due_at__lte=now).count(),
        offers=count_unreached(),
    )


def get_lag(*, now: datetime) -> timedelta:
    """
    Return how long the oldest thing waits that the background worker should have seen to: usage
    periods, outcomes, mails, webhooks, and events from Stripe. Nothing while none is overdue.
    """
    oldest = [due for due in _oldest_due(now) if due is not None]
    return max((now - due for due in oldest), default=timedelta(0))


def _oldest_due(now: datetime) -> Iterator[datetime | None]:
    yield _first(
        UsagePeriod.objects.filter(
            closed_at=None,
            closes_at__lte=now,
            organization__clock_ahead=REHEARSED,
            organization__closed_at=None,
        ),
        "closes_at",
    )
    yield _first(
        Outcome.objects.filter(
            status=OutcomeStatus.PENDING,
            confirms_at__lte=now,
            organization__clock_ahead=REHEARSED,
            organization__closed_at=None,
        ).exclude(dispute__status=DisputeStatus.OPEN),
        "confirms_at",
    )
    yield _first(Mail.objects.filter(due_at__lte=now), "due_at")
    yield _first(
        WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, due_at__lte=now), "due_at"
    )
    yield _first(StripeEvent.objects.filter(status=InboxStatus.WAITING), "received_at")


def _first(rows: QuerySet[Any], name: str) -> datetime | None:
    found: datetime | None = rows.aggregate(first=Min(F(name)))["first"]
    return found


def _apart(minor: dict[str, int], currency: str) -> tuple[Money, tuple[Money, ...]]:
    """The sum in one currency, and those in others."""
    others = tuple(
        Money(amount, other) for other, amount in minor.items() if other != currency and amount
    )
    return Money(minor.get(currency, 0), currency), others
