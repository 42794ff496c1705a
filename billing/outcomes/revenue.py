"""What outcomes came to: how many of each kind there were, and what the priced ones earned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Q, Sum

from config.kernel.money import Money

from ..choices import OutcomeStatus
from ..models import Outcome, OutcomeDefinition, Settlement

# Organizations that live by a test clock are rehearsals, not customers.
_REHEARSED: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class KindFigures:
    """
    The outcomes of a kind that occurred in a span, by where they stand now. Those `not_charged`
    are confirmed and priced, but the agreement did not take them.
    """

    code: str
    name: str
    feature: str | None
    pending: int
    confirmed: int
    reversed: int
    not_charged: int

    @property
    def kept(self) -> Decimal | None:
        """The share of those decided that stayed; None while none is decided."""
        decided = self.confirmed + self.reversed
        return Decimal(self.confirmed) / decided if decided else None


@dataclass(frozen=True, slots=True)
class FeatureRevenue:
    """
    What the settlements of a span charged for a feature that outcomes are counted on, in one
    currency, less what was given back; `each` is that for every outcome, the included ones too.
    """

    feature: str
    outcomes: Decimal
    revenue: Money

    @property
    def each(self) -> Decimal | None:
        """What one outcome earned, in whole units of the currency; None without any."""
        return self.revenue.amount / self.outcomes if self.outcomes > 0 else None


def list_kinds(*, since: datetime, until: datetime) -> Sequence[KindFigures]:
    """Return every kind of outcome with its figures in a span, by name."""
    occurred = Q(
        outcomes__occurred_at__gte=since,
        outcomes__occurred_at__lt=until,
        outcomes__organization__clock_ahead=_REHEARSED,
    )

    def count(condition: Q) -> Count:
        return Count("outcomes", filter=occurred & condition)

    rows = (
        OutcomeDefinition.objects.annotate(
            pending=count(Q(outcomes__status=OutcomeStatus.PENDING)),
            confirmed=count(Q(outcomes__status=OutcomeStatus.CONFIRMED)),
            reversed=count(Q(outcomes__status=OutcomeStatus.REVERSED)),
            refused=count(
                Q(outcomes__status=OutcomeStatus.CONFIRMED) & ~Q(outcomes__not_charged="")
            ),
        )
        .order_by("name", "pk")
        .values_list("code", "name", "meter__code", "pending", "confirmed", "reversed", "refused")
    )
    return [KindFigures(*row) for row in rows]


def list_revenue(*, since: datetime, until: datetime) -> Sequence[FeatureRevenue]:
    """Return what was settled in a span for each feature that charges outcomes, by currency."""
    priced = Outcome.objects.exclude(meter=None).values("meter__code").distinct()
    rows = (
        Settlement.objects.filter(
            feature__code__in=priced,
            settled_at__gte=since,
            settled_at__lt=until,
            organization__clock_ahead=_REHEARSED,
        )
        .values("feature__name", "currency")
        .annotate(outcomes=Sum("used_credits"), minor=Sum("amount_minor"))
        .order_by("feature__name", "currency")
    )
    return [
        FeatureRevenue(
            row["feature__name"], row["outcomes"], Money(int(row["minor"]), row["currency"])
        )
        for row in rows
    ]
