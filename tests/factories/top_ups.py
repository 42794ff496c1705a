"""Packs and orders for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from billing.models import AutomaticTopUp, CreditPack, Feature, TopUp
from billing.top_ups.operations import (
    AutomaticSettings,
    PackDetails,
    create_pack,
    order_top_up,
    set_automatic_top_up,
)
from config.kernel.periods import boundary
from metering.models import Meter
from metering.usage.reports import Movement

from .agreements import SUBSCRIBED
from .catalog import ON_SALE_SINCE, STAFF

NOON = datetime(2026, 9, 12, 12, tzinfo=UTC)


def pack_details(
    feature: Feature,
    code: str = "small",
    *,
    credits: int | str = 500,
    prices: Mapping[str, int] | None = None,
    **details: Any,
) -> PackDetails:
    """A pack of 500 units for $55.00, unless something else is said."""
    return PackDetails(
        code=code,
        name=details.pop("name", f"{code.replace('_', ' ').capitalize()} pack"),
        feature=feature,
        credits=Decimal(credits),
        prices={"USD": 5_500} if prices is None else prices,
        **details,
    )


def make_pack(feature: Feature, code: str = "small", **details: Any) -> CreditPack:
    """A pack on sale."""
    return create_pack(
        details=pack_details(feature, code, **details), actor=STAFF, now=ON_SALE_SINCE
    )


def order(
    organization: Organization, code: str = "small", *, count: int = 1, at: datetime = NOON
) -> TopUp:
    """An order that waits for its payment."""
    return order_top_up(
        organization=organization, pack_code=code, pack_count=count, actor=STAFF, now=at
    )


def set_automatic(
    organization: Organization,
    code: str = "small",
    *,
    threshold: int | str = 1_000,
    target: int | str = 2_000,
    limit_minor: int = 100_000,
    at: datetime = NOON,
) -> AutomaticTopUp:
    """An automatic top-up: below 1,000 up to 2,000, for at most $1,000.00 in a period."""
    return set_automatic_top_up(
        organization=organization,
        settings=AutomaticSettings(code, Decimal(threshold), Decimal(target), limit_minor),
        actor=STAFF,
        now=at,
    )


def movement(meter: Meter, left: int | str | None, *, period: datetime = SUBSCRIBED) -> Movement:
    """What usage tells that left so much of the balance (None: it is unlimited)."""
    return Movement(
        meter_id=meter.pk,
        period_starts_at=period,
        period_ends_at=boundary(period, months=1),
        allowance=None if left is None else Decimal(5_000),
        used_before=Decimal(0),
        used_after=Decimal(1),
        overage_before=Decimal(0),
        overage_after=Decimal(0),
        remaining=None if left is None else Decimal(left),
    )
