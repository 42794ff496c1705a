"""Write down which limits were reached, and announce it, in the transaction that reaches them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, Self

import msgspec

from accounts.models import Organization
from accounts.webhooks.outbox import announce
from config.kernel.sql import ask
from metering.usage.reports import Movement

from ..catalog.terms import VersionTerms
from ..events import EventType
from .crossings import Crossing, LimitKind, find_cap, find_crossings, plain
from .terms import Limits

# Each limit once for each feature and period, whoever says so and however often.
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
    while nothing is reached. A limit is told of once for each feature and period, also when
    usage is taken back and comes again.
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
            limit=crossing.limit.name,
            used_credits=crossing.used,
            amount_minor=None if charged is None else charged.minor,
            currency="" if charged is None else charged.currency,
        )


def _announce(new: Sequence[Crossing], *, organization_id: int, at: datetime) -> None:
    if not new:
        return
    code = Organization.objects.only("public_id").get(pk=organization_id).public_id
    for crossing in new:
        announce(
            organization_id=organization_id,
            type=_TYPES[crossing.limit.kind],
            dedupe_key=_fact(crossing),
            data={"organization": code, **_data(crossing)},
            now=at,
        )


def _fact(crossing: Crossing) -> str:
    feature = "" if crossing.feature is None else f"{crossing.feature.code}:"
    period = crossing.period_starts_at.astimezone(UTC).isoformat()
    return f"limit:{feature}{crossing.limit.name}:{period}"


def _data(crossing: Crossing) -> dict[str, Any]:
    limit, charged = crossing.limit, crossing.charged
    data: dict[str, Any] = {
        "limit": limit.kind,
        "period_starts_at": crossing.period_starts_at.astimezone(UTC).isoformat(),
    }
    if crossing.feature is not None:
        data |= {
            "feature": crossing.feature.code,
            "value": None if limit.value is None else plain(limit.value),
            "used": None if crossing.used is None else plain(crossing.used),
            "allowance": None if crossing.allowance is None else plain(crossing.allowance),
        }
    if charged is not None:
        data |= {
            "amount_minor": None if limit.value is None else int(limit.value),
            "charged_minor": charged.minor,
            "currency": charged.currency,
        }
    return data
