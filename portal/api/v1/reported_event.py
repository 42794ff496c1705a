"""One reported usage event: from what the app wrote to what the ledger is told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from accounts.api_keys.queries import CallerKey
from metering.usage.reports import Mode, UsageReport

from ..documents import read, read_given, shape
from ..fields import (
    ID_PATTERN,
    LONGEST_TEXT,
    decimal_text,
    parse_cost,
    parse_id,
    parse_properties,
    parse_text,
    parse_timestamp,
)
from .fingerprint import fingerprint
from .used import Quantity, Value, read_use
from .written import (
    Cost,
    NamedAction,
    NamedFeature,
    NamedOrganization,
    OccurredAt,
    Properties,
    Tokens,
    facts_of,
    read_tokens,
)


class ReportedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A usage event: `action` with `quantity` (1 unless given), or `feature` with `value`.

    `id` is yours and is the event's identity for ever: sent again with the same content it is
    a duplicate, with other content a conflict.
    """

    id: Annotated[
        str, Meta(extra_json_schema={"pattern": ID_PATTERN, "examples": ["req-8f14e45f"]})
    ]
    action: NamedAction = None
    quantity: Quantity | None = None
    feature: NamedFeature = None
    value: Value | None = None
    organization: NamedOrganization = None
    occurred_at: OccurredAt = None
    member: Annotated[
        str | None,
        Meta(
            description="Your id for the person who used it.",
            extra_json_schema={"maxLength": LONGEST_TEXT},
        ),
    ] = None
    cost: Cost = None
    tokens: Tokens = None
    properties: Properties = None
    mode: Annotated[
        Mode,
        Meta(
            description="`delta` adds to the period's total. `absolute` says what the total is; "
            "for a feature whose reports are summed.",
        ),
    ] = Mode.DELTA
    enforce: Annotated[
        bool,
        Meta(description="Refuse what the plan does not allow, instead of recording it."),
    ] = False


def read_event(item: Any, *, at: str = "") -> tuple[str | None, UsageReport]:
    """
    Return which organization the event names, if any, and what it reports.

    `at` is the JSON pointer of the item. Raises `InvalidRequest`.
    """
    return report_of(shape(item, ReportedEvent, at=at), at=at)


def as_allowed(reports: Sequence[UsageReport], *, caller: CallerKey) -> Sequence[UsageReport]:
    """The reports, which lower no total unless the caller may take usage back."""
    if caller.may_take_usage_back:
        return reports
    return [replace(report, may_lower=False) for report in reports]


def report_of(event: ReportedEvent, *, at: str = "") -> tuple[str | None, UsageReport]:
    """The same for an event that has its shape already."""
    event_id = read(parse_id, event.id, at=f"{at}/id")
    use = read_use(event, at=at)
    occurred_at = read_given(parse_timestamp, event.occurred_at, at=f"{at}/occurred_at")
    member = read_given(parse_text, event.member, at=f"{at}/member") or ""
    cost = read_given(parse_cost, event.cost, at=f"{at}/cost")
    tokens = read_tokens(event.tokens, cost=event.cost, at=at)
    properties = read_given(parse_properties, event.properties, at=f"{at}/properties") or None
    return event.organization, UsageReport(
        event_id=event_id,
        quantity=use.quantity,
        body_sha256=fingerprint(
            use.action,
            use.feature,
            decimal_text(use.quantity),
            occurred_at,
            member,
            None if cost is None else decimal_text(cost),
            properties,
            *_departures(event),
        ),
        action=use.action,
        meter=use.feature,
        occurred_at=occurred_at,
        member=member,
        cost=cost,
        properties=properties,
        mode=event.mode,
        enforce=event.enforce,
        tokens=tokens,
    )


def _departures(event: ReportedEvent) -> tuple[object, ...]:
    """
    Mode, enforcement and tokens of an event that uses them; the others are known without.

    What the tokens cost is no part of it: the same report is the same whatever the price book says.
    """
    if event.tokens is not None:
        return (event.mode, event.enforce, facts_of(event.tokens))
    if event.mode is Mode.DELTA and not event.enforce:
        return ()
    return (event.mode, event.enforce)
