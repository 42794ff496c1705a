"""One reported usage event: from what the app wrote to what the ledger is told."""

import hashlib
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from metering.usage.reports import UsageReport

from ..documents import invalid, read, read_given, shape
from ..fields import (
    COST_PATTERN,
    ID_PATTERN,
    LONGEST_TEXT,
    MOST_PROPERTIES,
    PropertyValue,
    decimal_text,
    parse_code,
    parse_cost,
    parse_id,
    parse_properties,
    parse_quantity,
    parse_text,
    parse_timestamp,
)

_fingerprint_encoder: Final = msgspec.json.Encoder(order="deterministic")

# What the schema says of a value. The values themselves are read by portal.api.fields, which
# checks the same and answers in sentences.
Quantity = Annotated[
    str | int,
    Meta(
        description="A decimal number above zero, at most six decimals, as text or an integer.",
        examples=["12.5", 3],
    ),
]


class ReportedEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    A usage event: `action` with `quantity` (1 unless given), or `feature` with `value`.

    `id` is yours and is the event's identity for ever: sent again with the same content it is
    a duplicate, with other content a conflict.
    """

    id: Annotated[
        str, Meta(extra_json_schema={"pattern": ID_PATTERN, "examples": ["req-8f14e45f"]})
    ]
    action: Annotated[
        str | None,
        Meta(description="An action of the rate card.", examples=["GENERATE_REPORT"]),
    ] = None
    quantity: Quantity | None = None
    feature: Annotated[
        str | None, Meta(description="A metered feature.", examples=["ai_credits"])
    ] = None
    value: Quantity | None = None
    organization: Annotated[
        str | None,
        Meta(description="Its id or your own id for it. Needed with a platform key."),
    ] = None
    occurred_at: Annotated[
        str | None,
        Meta(
            description="When the customer used it; the moment of receipt unless given.",
            extra_json_schema={"format": "date-time"},
        ),
    ] = None
    member: Annotated[
        str | None,
        Meta(
            description="Your id for the person who used it.",
            extra_json_schema={"maxLength": LONGEST_TEXT},
        ),
    ] = None
    cost: Annotated[
        str | None,
        Meta(
            description="What it cost you, in the reporting currency; else the rate card says.",
            extra_json_schema={"pattern": COST_PATTERN},
        ),
    ] = None
    properties: Annotated[
        dict[str, PropertyValue] | None,
        Meta(
            description="Labels of your own: names of 40 and texts of 500 characters, 8 KB in all.",
            extra_json_schema={"maxProperties": MOST_PROPERTIES},
        ),
    ] = None


def read_event(item: Any, *, at: str = "") -> tuple[str | None, UsageReport]:
    """
    Return which organization the event names, if any, and what it reports.

    `at` is the JSON pointer of the item. Raises `InvalidRequest`.
    """
    event = shape(item, ReportedEvent, at=at)
    event_id = read(parse_id, event.id, at=f"{at}/id")
    field, written = _quantity_of(event, at=at)
    quantity = read(parse_quantity, written, at=f"{at}/{field}")
    action = read_given(parse_code, event.action, at=f"{at}/action")
    feature = read_given(parse_code, event.feature, at=f"{at}/feature")
    occurred_at = read_given(parse_timestamp, event.occurred_at, at=f"{at}/occurred_at")
    member = read_given(parse_text, event.member, at=f"{at}/member") or ""
    cost = read_given(parse_cost, event.cost, at=f"{at}/cost")
    properties = read_given(parse_properties, event.properties, at=f"{at}/properties") or None
    fingerprint = _fingerprint_encoder.encode(
        (
            action,
            feature,
            decimal_text(quantity),
            occurred_at,
            member,
            None if cost is None else decimal_text(cost),
            properties,
        )
    )
    return event.organization, UsageReport(
        event_id=event_id,
        quantity=quantity,
        body_sha256=hashlib.sha256(fingerprint).digest(),
        action=action,
        meter=feature,
        occurred_at=occurred_at,
        member=member,
        cost=cost,
        properties=properties,
    )


def _quantity_of(event: ReportedEvent, *, at: str) -> tuple[str, str | int]:
    """Return which field gives the quantity, and the quantity; an action happened once."""
    if (event.action is None) is (event.feature is None):
        raise invalid(at, "action_or_feature", "Name either an action or a feature.")
    if event.action is not None:
        if event.value is not None:
            raise invalid(f"{at}/value", "wrong_field", "An action takes `quantity`.")
        return "quantity", 1 if event.quantity is None else event.quantity
    if event.quantity is not None:
        raise invalid(f"{at}/quantity", "wrong_field", "A feature takes `value`.")
    if event.value is None:
        raise invalid(f"{at}/value", "missing", "A feature needs a `value`.")
    return "value", event.value
