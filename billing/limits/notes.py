"""Write down which limits were reached, and announce it, in the transaction that reaches them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Self

import msgspec

from accounts.webhooks.outbox import announce
from accounts.webhooks.values import amount, instant, quantity
from config.kernel.sql import ask
from metering.models import UsagePeriod
from metering.usage.reports import Movement

from ..catalog.terms import VersionTerms
from ..events import EventType
from .crossings import Crossing, LimitKind, find_cap, find_crossings
from .terms import Limits

# Each limit once for each feature, period and allowance, whoever says so and however often.
_NOTE: Final = """
INSERT INTO billing_limitcrossing (
    organization_id, crossed_at, feature_id, period_starts_at, "limit", used_credits,
    amount_minor, currency
)
SELECT %(organization)s, %(at)s, entry.*
FROM json_to_recordset(%(entries)s::json) AS entry (
    feature_id bigint, period_starts_at timestamptz, "limit" text, used_credits numeric,
    amount_minor bigint, currency text
)
ON CONFLICT DO NOTHING
RETURNING feature_id, period_starts_at, "limit"
"""

_TYPES: Final = {
    LimitKind.PERCENT: EventType.USAGE_THRESHOLD_CROSSED,
    LimitKind.CREDITS: EventType.USAGE_THRESHOLD_CROSSED,
    LimitKind.MONEY: EventType.USAGE_THRESHOLD_CROSSED,
    LimitKind.ALLOWANCE: EventType.USAGE_LIMIT_REACHED,
    LimitKind.PLAN_LIMIT: EventType.USAGE_LIMIT_REACHED,
    LimitKind.SPEND_CAP: EventType.SPEND_CAP_REACHED,
}


def note_movements(
    *,
    organization_id: int,
    terms: VersionTerms,
    currency: str,
    limits: Limits,
    movements: Iterable[Movement],
    at: datetime,
) -> list[Crossing]:
    """
    Write down and announce the limits that usage has reached; return those that are new.

    Runs in the transaction that books the usage, under the organization's lock. Costs no query
    while nothing is reached. A limit is told of once for each feature, period and size of the
    allowance, also when usage is taken back and comes again.
    """
    reached = find_crossings(movements, limits=limits, terms=terms, currency=currency)
    return _note(reached, organization_id=organization_id, at=at)


def note_cap(
    *,
    organization_id: int,
    terms: VersionTerms,
    currency: str,
    limits: Limits,
    period_starts_at: datetime,
    at: datetime,
    movements: Iterable[Movement] = (),
) -> list[Crossing]:
    """
    Write down and announce that the spend cap is reached; return it if that is new.

    For what no movement shows: enforced use that the cap refuses, while the charges may stay a
    little below it for ever, and a cap that is set below what is spent already. What has moved
    since the limits were read counts as charged.
    """
    reached = find_cap(
        movements,
        limits=limits,
        terms=terms,
        currency=currency,
        period_starts_at=period_starts_at,
    )
    return _note([] if reached is None else [reached], organization_id=organization_id, at=at)


def _note(reached: Sequence[Crossing], *, organization_id: int, at: datetime) -> list[Crossing]:
    if not reached:
        return []
    entries = [_Entry.of(crossing) for crossing in reached]
    parameters = {
        "organization": organization_id,
        "at": at,
        "entries": msgspec.json.encode(entries).decode(),
    }
    stored = set(ask(_NOTE, parameters).all())
    new = [
        crossing
        for crossing, entry in zip(reached, entries, strict=True)
        if (entry.feature_id, entry.period_starts_at, entry.limit) in stored
    ]
    _announce(new, organization_id=organization_id, at=at)
    return new


class _Entry(msgspec.Struct, frozen=True):
    feature_id: int | None
    period_starts_at: datetime
    limit: str
    used_credits: Decimal | None
    amount_minor: int | None
    currency: str

    @classmethod
    def of(cls, crossing: Crossing) -> Self:
        charged = crossing.charged
        return cls(
            feature_id=None if crossing.feature is None else crossing.feature.feature_id,
            period_starts_at=crossing.period_starts_at,
            limit=crossing.name,
            used_credits=crossing.used,
            amount_minor=None if charged is None else charged.minor,
            currency="" if charged is None else charged.currency,
        )


def _announce(new: Sequence[Crossing], *, organization_id: int, at: datetime) -> None:
    if not new:
        return
    ends = _ends_of_periods(new, organization_id=organization_id)
    for crossing in new:
        announce(
            organization_id=organization_id,
            type=_TYPES[crossing.limit.kind],
            dedupe_key=_fact(crossing),
            data=_data(crossing) | {"period_ends_at": instant(ends.get(crossing.period_starts_at))},
            now=at,
        )


def _ends_of_periods(
    crossings: Iterable[Crossing], *, organization_id: int
) -> dict[datetime, datetime]:
    """When the periods of these crossings end, by when they start."""
    starts = {crossing.period_starts_at for crossing in crossings}
    periods = UsagePeriod.objects.filter(organization_id=organization_id, starts_at__in=starts)
    return dict(periods.values_list("starts_at", "ends_at"))


def _fact(crossing: Crossing) -> str:
    feature = "" if crossing.feature is None else f"{crossing.feature.code}:"
    period = crossing.period_starts_at.astimezone(UTC).isoformat()
    return f"limit:{feature}{crossing.name}:{period}"


def _data(crossing: Crossing) -> dict[str, Any]:
    """
    What events say of a limit that was reached: of a feature, or of what overage is charged.

    `limit` is the most that the plan lets be used, where it has such a limit.
    """
    data: dict[str, Any] = {
        "level": _level(crossing),
        "period_starts_at": instant(crossing.period_starts_at),
    }
    if crossing.feature is not None:
        data |= {
            "feature": crossing.feature.code,
            "used": quantity(crossing.used),
            "allowance": quantity(crossing.allowance),
            "limit": quantity(crossing.feature.limit),
        }
    if crossing.charged is not None:
        data["charged"] = amount(crossing.charged.minor, crossing.charged.currency)
    return data


def _level(crossing: Crossing) -> dict[str, Any]:
    """Which limit was reached: 80 percent, so many credits, so much money, or all that there is."""
    limit, charged = crossing.limit, crossing.charged
    if limit.value is None:
        return {"kind": limit.kind.value}
    if charged is not None:
        return {"kind": limit.kind.value, **amount(int(limit.value), charged.currency)}
    return {"kind": limit.kind.value, "value": quantity(limit.value)}
