"""Reads of limits, for the people who set them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import Organization
from config.kernel.money import Money

from ..choices import CapAction, ThresholdUnit
from ..models import LimitCrossing, SpendCap, UsageThreshold
from .crossings import Limit

DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class ThresholdView:
    """
    A level that somebody asked to be told of.

    `value` is a percentage or a quantity of the `feature`; money, over all features, is in
    `amount` instead.
    """

    id: str
    unit: ThresholdUnit
    feature: str | None
    value: Decimal | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class SpendCapView:
    """The most to spend on overage in a period, and what happens there."""

    amount: Money
    action: CapAction


@dataclass(frozen=True, slots=True)
class CrossingView:
    """
    A limit that was reached: which, in which period, and what was used of the feature or, where
    it is on money, charged over all features at that moment.

    The feature's name and the unit that it is counted in are empty where the limit is on money.
    """

    id: int
    limit: Limit
    feature: str | None
    feature_name: str
    unit_plural: str
    used: Decimal | None
    charged: Money | None
    period_starts_at: datetime
    crossed_at: datetime


def list_thresholds(*, organization: Organization) -> list[ThresholdView]:
    """Return the thresholds that were set, by feature, unit and level; money comes last."""
    thresholds = (
        UsageThreshold.objects.owned_by(organization)
        .select_related("feature")
        .order_by("feature__position", "feature__code", "unit", "value")
    )
    return [_threshold(threshold) for threshold in thresholds]


def find_spend_cap(*, organization: Organization) -> SpendCapView | None:
    """Return the spend cap; None if there is none."""
    cap = SpendCap.objects.owned_by(organization).first()
    if cap is None:
        return None
    return SpendCapView(Money(cap.amount_minor, cap.currency), CapAction(cap.action))


def list_crossings(
    *, organization: Organization, before_id: int | None = None, limit: int = DEFAULT_PAGE
) -> list[CrossingView]:
    """Return limits that were reached, newest first; with `before_id` those before that one."""
    crossings = LimitCrossing.objects.owned_by(organization).select_related("feature__meter")
    if before_id is not None:
        crossings = crossings.filter(pk__lt=before_id)
    return [_crossing(crossing) for crossing in crossings.order_by("-pk")[:limit]]


def list_reached(
    *, organization: Organization, period_starts_at: datetime
) -> dict[tuple[str | None, Limit], datetime]:
    """Return when each limit was reached in a period, by the feature's code and the limit."""
    crossings = LimitCrossing.objects.owned_by(organization).filter(
        period_starts_at=period_starts_at
    )
    return {
        (feature, Limit.named(name)): crossed_at
        for feature, name, crossed_at in crossings.values_list(
            "feature__code", "limit", "crossed_at"
        )
    }


def _threshold(threshold: UsageThreshold) -> ThresholdView:
    is_money = threshold.unit == ThresholdUnit.MONEY
    return ThresholdView(
        id=threshold.public_id,
        unit=ThresholdUnit(threshold.unit),
        feature=threshold.feature.code if threshold.feature is not None else None,
        value=None if is_money else threshold.value,
        amount=Money(int(threshold.value), threshold.currency) if is_money else None,
    )


def _crossing(crossing: LimitCrossing) -> CrossingView:
    feature, charged = crossing.feature, crossing.amount_minor
    return CrossingView(
        id=crossing.pk,
        limit=Limit.named(crossing.limit),
        feature=feature.code if feature is not None else None,
        feature_name=feature.name if feature is not None else "",
        unit_plural=feature.meter.unit_plural if feature and feature.meter else "",
        used=crossing.used_credits,
        charged=None if charged is None else Money(charged, crossing.currency),
        period_starts_at=crossing.period_starts_at,
        crossed_at=crossing.crossed_at,
    )
