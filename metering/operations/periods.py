"""Open periods with their allowances, raise them, and end them with their agreement."""

from datetime import datetime
from decimal import ROUND_DOWN, Decimal

from django.db.models import Max, Q

from config.kernel.periods import INSTANT, Period
from config.kernel.quantities import EXACT, SMALLEST, ZERO

from ..choices import OF_AN_AGREEMENT, GrantCategory
from ..credits.grace import GRACE
from ..models import CreditGrant, GrantEnd, UsageEvent, UsagePeriod
from ..usage.periods import missing_periods
from ..usage.reports import MeterTerms
from .grants import NewGrant, grant_credits
from .releasing import release_holds_of


def open_periods(
    *,
    organization_id: int,
    terms: MeterTerms,
    through: datetime,
    since: datetime | None = None,
) -> None:
    """
    Open every missing period up to the one that contains `through`, each with its allowance.

    The first begins with the agreement, or `since` the terms came to name the meter. Doing it
    again changes nothing: a period is stored once, and so is its allowance.
    """
    opened_until = UsagePeriod.objects.filter(
        organization_id=organization_id, meter_id=terms.meter_id, source=terms.source
    ).aggregate(until=Max("ends_at"))["until"]
    for period in missing_periods(terms=terms, opened_until=opened_until or since, through=through):
        _open_period(organization_id=organization_id, terms=terms, period=period)


def _open_period(*, organization_id: int, terms: MeterTerms, period: Period) -> None:
    stored = UsagePeriod.objects.create(
        organization_id=organization_id,
        meter_id=terms.meter_id,
        source=terms.source,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        closes_at=period.ends_at + GRACE,
        allowance=terms.allowance,
    )
    if terms.allowance:
        _grant_allowance(
            stored,
            amount=terms.allowance,
            level=terms.allowance,
            at=stored.starts_at,
            opens_period=True,
        )


def raise_allowance(
    *,
    organization_id: int,
    meter_id: int,
    source: str,
    allowance: Decimal | None,
    share: Decimal,
    at: datetime,
) -> CreditGrant | None:
    """
    Bring the allowance of the period that is open now up to a larger one.

    `share` of the difference to the largest so far is granted, rounded down to six places; None
    as the allowance makes usage unlimited. Nothing happens for a smaller one: what a period was
    given stays, and no level is given twice.
    """
    period = UsagePeriod.objects.get(
        organization_id=organization_id,
        meter_id=meter_id,
        source=source,
        starts_at__lte=at,
        ends_at__gt=at,
    )
    if period.allowance is None or (allowance is not None and allowance <= period.allowance):
        return None
    difference = ZERO if allowance is None else allowance - period.allowance
    period.allowance = allowance
    period.save(update_fields=["allowance"])
    amount = EXACT.multiply(difference, share).quantize(SMALLEST, ROUND_DOWN, context=EXACT)
    if allowance is None or amount == ZERO:
        return None
    return _grant_allowance(period, amount=amount, level=allowance, at=at)


def _grant_allowance(
    period: UsagePeriod,
    *,
    amount: Decimal,
    level: Decimal,
    at: datetime,
    opens_period: bool = False,
) -> CreditGrant:
    return grant_credits(
        organization_id=period.organization_id,
        grant=NewGrant(
            meter_id=period.meter_id,
            category=GrantCategory.ALLOWANCE,
            amount=amount,
            effective_at=at,
            expires_at=period.ends_at,
            source=period.source,
            period_id=period.pk,
            level=level,
            opens_period=opens_period,
        ),
    )


def end_terms(*, organization_id: int, source: str, ended_at: datetime) -> None:
    """
    End what an agreement granted: its open periods are cut short, holds on its meters are
    released, and its allowances and what rolled over of them pay for nothing later.

    What is left of them still pays for what occurred before, and expires when the last period
    closes. Usage that was booked stays in its period; credits from other sources are untouched.
    """
    ends = _cut_periods(organization_id=organization_id, source=source, ended_at=ended_at)
    release_holds_of(organization_id=organization_id, meter_ids=ends, at=ended_at)
    given = CreditGrant.objects.filter(
        organization_id=organization_id,
        source=source,
        category__in=OF_AN_AGREEMENT,
        early_end=None,
    ).filter(Q(expires_at=None) | Q(expires_at__gt=ended_at))
    GrantEnd.objects.bulk_create(
        GrantEnd(
            organization_id=organization_id,
            meter_id=grant.meter_id,
            grant=grant,
            ended_at=ends.get(grant.meter_id, ended_at),
        )
        for grant in given
    )


def _cut_periods(*, organization_id: int, source: str, ended_at: datetime) -> dict[int, datetime]:
    """
    End the open periods now, but never before the last event that was booked in them.

    Returns when that is, by the meter's id.
    """
    open_now = UsagePeriod.objects.filter(
        organization_id=organization_id, source=source, ends_at__gt=ended_at, closed_at=None
    )
    ends: dict[int, datetime] = {}
    for period in open_now:
        last = UsageEvent.objects.filter(
            organization_id=organization_id, meter_id=period.meter_id, period=period
        ).aggregate(last=Max("counted_at"))["last"]
        earliest = max(period.starts_at, last or period.starts_at) + INSTANT
        period.ends_at = max(ended_at, earliest)
        period.closes_at = period.ends_at + GRACE
        period.save(update_fields=["ends_at", "closes_at"])
        ends[period.meter_id] = period.ends_at
    return ends
