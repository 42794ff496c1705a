"""Terms, limits and movements as plain values, for tests of what they come to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from billing.catalog.terms import FeatureTerms, VersionTerms
from billing.choices import CapAction, FeatureKind, ThresholdUnit, WhenPastDue
from billing.limits.terms import Cap, Held, Limits, PeriodOverage, Threshold
from billing.rating.pricing import OveragePricing
from config.kernel.periods import boundary
from metering.choices import Aggregation, MeterSource
from metering.usage.reports import Movement

PERIOD = datetime(2026, 9, 10, 8, tzinfo=UTC)
NEXT_PERIOD = datetime(2026, 10, 10, 8, tzinfo=UTC)
CREDITS, DOCUMENTS = 1, 2


def counted(
    meter_id: int = CREDITS,
    *,
    code: str = "ai_credits",
    allowance: int | None = 1_000,
    overage: str | OveragePricing | None = "0.12",
    limit: int | None = None,
    when_past_due: str = WhenPastDue.ALLOW,
) -> FeatureTerms:
    """A metered feature whose id is a hundred more than its meter's; a text is a unit price."""
    if isinstance(overage, str):
        overage = OveragePricing.per_unit(Decimal(overage), currency="USD")
    return FeatureTerms(
        feature_id=100 + meter_id,
        code=code,
        kind=FeatureKind.METERED,
        value_type="",
        value=None,
        meter_id=meter_id,
        allowance=None if allowance is None else Decimal(allowance),
        limit=None if limit is None else Decimal(limit),
        overage={} if overage is None else {"USD": overage},
        rollover=None,
        when_past_due=when_past_due,
        aggregation=Aggregation.SUM,
        unique_property="",
        source=MeterSource.REPORTS,
    )


def plan(*features: FeatureTerms) -> VersionTerms:
    """A plan version of these features."""
    return VersionTerms(
        version_id=1, number=1, plan_id=1, included_seats=None, prices=(), features=features
    )


def moved(
    before: int | str,
    after: int | str,
    *,
    meter_id: int = CREDITS,
    allowance: int | None = 1_000,
    overage: tuple[int | str, int | str] | None = None,
    remaining: int | str | None = None,
    period: datetime = PERIOD,
) -> Movement:
    """
    A movement of what is used.

    Unless something else is said, what is above the allowance is overage, and the allowance is
    all that there is.
    """
    used = (Decimal(before), Decimal(after))
    size = Decimal(0) if allowance is None else Decimal(allowance)
    if overage is None:
        overage_before, overage_after = (max(Decimal(0), each - size) for each in used)
    else:
        overage_before, overage_after = (Decimal(each) for each in overage)
    left = None if allowance is None else max(Decimal(0), size - used[1])
    return Movement(
        meter_id=meter_id,
        period_starts_at=period,
        period_ends_at=boundary(period, months=1),
        allowance=None if allowance is None else size,
        used_before=used[0],
        used_after=used[1],
        overage_before=overage_before,
        overage_after=overage_after,
        remaining=left if remaining is None else Decimal(remaining),
    )


def percent(value: int, *, feature_id: int = 100 + CREDITS) -> Threshold:
    """A threshold in percent of the allowance."""
    return Threshold(feature_id, ThresholdUnit.PERCENT, Decimal(value))


def credits(value: int | str, *, feature_id: int = 100 + CREDITS) -> Threshold:
    """A threshold in what is used."""
    return Threshold(feature_id, ThresholdUnit.CREDITS, Decimal(value))


def money(minor: int, *, currency: str = "USD") -> Threshold:
    """A threshold in what overage costs."""
    return Threshold(None, ThresholdUnit.MONEY, Decimal(minor), currency)


def limits(
    *thresholds: Threshold,
    cap: int | None = None,
    action: CapAction = CapAction.STOP,
    currency: str = "USD",
    overage: Mapping[int, int | str] | None = None,
    held: Mapping[int, int | str] | None = None,
) -> Limits:
    """Limits, with the overage of each meter in `PERIOD`, and what holds will add to it."""
    return Limits(
        cap=None if cap is None else Cap(cap, currency, action),
        thresholds=thresholds,
        periods=tuple(
            PeriodOverage(meter_id, PERIOD, NEXT_PERIOD, Decimal(value))
            for meter_id, value in (overage or {}).items()
        ),
        holds=tuple(
            Held(meter_id, Decimal(value), Decimal(value))
            for meter_id, value in (held or {}).items()
        ),
    )
