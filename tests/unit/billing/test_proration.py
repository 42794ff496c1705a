"""The share of a period that is left, by its real length."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.rating.proration import share_left
from config.kernel.periods import Period

FEBRUARY = Period(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("at", "share"),
    [
        (FEBRUARY.starts_at - timedelta(days=1), "1"),
        (FEBRUARY.starts_at, "1"),
        (datetime(2026, 2, 15, tzinfo=UTC), "0.5"),
        (datetime(2026, 2, 19, 16, tzinfo=UTC), "0.333333333333"),
        (datetime(2026, 2, 10, 8, tzinfo=UTC), "0.666666666667"),
        (FEBRUARY.ends_at - timedelta(microseconds=1), "0"),
        (FEBRUARY.ends_at - timedelta(microseconds=2), "0.000000000001"),
        (FEBRUARY.ends_at, "0"),
        (FEBRUARY.ends_at + timedelta(days=1), "0"),
    ],
)
def test_time_is_shared_by_the_microsecond_and_rounded_half_up_to_twelve_places(
    at: datetime, share: str
) -> None:
    assert share_left(period=FEBRUARY, at=at) == Decimal(share)
