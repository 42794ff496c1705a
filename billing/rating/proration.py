"""How much of a period is left. Pure: plain values in, plain values out."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from config.kernel.periods import INSTANT, Period
from config.kernel.quantities import EXACT

_SMALLEST_SHARE: Final = Decimal(1).scaleb(-12)


def share_left(*, period: Period, at: datetime) -> Decimal:
    """
    Return the share of the period's real length that begins at the instant: 0.5 is half of it.

    All of it is left before the period starts and none from its end on. Days are never counted:
    a day of February is a longer share than one of March. The share is exact to the microsecond
    and then rounded to twelve places, half up.
    """
    length = period.ends_at - period.starts_at
    left = min(max(period.ends_at - at, timedelta(0)), length)
    share = EXACT.divide(Decimal(_microseconds(left)), Decimal(_microseconds(length)))
    return share.quantize(_SMALLEST_SHARE, ROUND_HALF_UP)


def _microseconds(duration: timedelta) -> int:
    return duration // INSTANT
