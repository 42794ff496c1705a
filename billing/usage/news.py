"""Tell those apps that ask for it how much was used, at most once a minute for each feature."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from django.db import transaction

from accounts.organizations.sweeping import sweep
from accounts.webhooks.outbox import announce
from accounts.webhooks.queries import list_who_ask
from accounts.webhooks.values import instant, quantity
from config.kernel.sql import ask

from ..agreements.terms import terms_in_force
from ..events import EventType
from ..models import Agreement

# The open periods whose total is another one than was told last. Nobody who reports usage waits
# for this: it looks at the totals that reports leave behind.
_MOVED: Final = """
SELECT period.organization_id, meter.code, period.source, period.starts_at, period.ends_at,
       period.allowance, period.used_credits, period.overage_credits
FROM metering_usageperiod AS period
JOIN metering_meter AS meter ON meter.id = period.meter_id
LEFT JOIN LATERAL (
    SELECT (event.data ->> 'used')::numeric AS used
    FROM accounts_webhookevent AS event
    WHERE event.organization_id = period.organization_id AND event.type = %(type)s
      AND event.data ->> 'feature' = meter.code
      AND (event.data ->> 'period_starts_at')::timestamptz = period.starts_at
    ORDER BY event.id DESC LIMIT 1
) AS told ON TRUE
WHERE period.closed_at IS NULL AND period.starts_at <= %(now)s AND period.ends_at > %(now)s
  AND (%(everybody)s OR period.organization_id = ANY(%(organizations)s))
  AND period.used_credits <> coalesce(told.used, 0)
ORDER BY period.organization_id, meter.code
"""


@dataclass(frozen=True, slots=True)
class _Moved:
    """A period in which more or less was used than was told last."""

    organization_id: int
    feature: str
    agreement: str
    starts_at: datetime
    ends_at: datetime
    allowance: Decimal | None
    used: Decimal
    overage: Decimal


def announce_usage(*, now: datetime) -> int:
    """
    Announce what was used of each feature since that was told last, and return how many were.

    Only where an endpoint names the event. Each organization is a transaction of its own; one
    that fails does not hold up the others.
    """
    moved = _list_moved(now=now)
    of_each = {
        organization_id: list(periods)
        for organization_id, periods in groupby(moved, key=attrgetter("organization_id"))
    }
    told = sweep(
        of_each,
        lambda organization_id: _announce(of_each[organization_id], now=now),
        doing="telling of the usage of",
    )
    return sum(told)


def _list_moved(*, now: datetime) -> list[_Moved]:
    asking = list_who_ask(type=EventType.USAGE_UPDATED)
    if not asking:
        return []
    parameters = {
        "type": EventType.USAGE_UPDATED.value,
        "now": now,
        "everybody": None in asking,
        "organizations": [organization for organization in asking if organization is not None],
    }
    return [_Moved(*row) for row in ask(_MOVED, parameters).all()]


@transaction.atomic
def _announce(moved: Sequence[_Moved], *, now: datetime) -> int:
    limits = _limits_of(moved)
    minute = instant(now.replace(second=0, microsecond=0))
    told = [
        announce(
            organization_id=period.organization_id,
            type=EventType.USAGE_UPDATED,
            dedupe_key=f"{EventType.USAGE_UPDATED}:{period.feature}:{minute}",
            data=_data(period, limit=limits.get((period.agreement, period.feature))),
            now=now,
        )
        for period in moved
    ]
    return sum(told)


def _limits_of(moved: Iterable[_Moved]) -> dict[tuple[str, str], Decimal | None]:
    """The most that may be used of each feature in a month, by agreement; None is no limit."""
    agreements = Agreement.objects.filter(public_id__in={period.agreement for period in moved})
    return {
        (agreement.public_id, feature.code): feature.limit
        for agreement in agreements
        for feature in terms_in_force(agreement=agreement).metered
    }


def _data(period: _Moved, *, limit: Decimal | None) -> dict[str, Any]:
    return {
        "feature": period.feature,
        "agreement": period.agreement,
        "used": quantity(period.used),
        "allowance": quantity(period.allowance),
        "overage": quantity(period.overage),
        "limit": quantity(limit),
        "period_starts_at": instant(period.starts_at),
        "period_ends_at": instant(period.ends_at),
    }
