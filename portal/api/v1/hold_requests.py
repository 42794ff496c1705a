"""What an app writes to set credits aside, and what the ledger is told."""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from metering.operations import HoldReceipt
from metering.usage.reports import HoldRequest, UsageReport

from ..documents import invalid, read, read_given, shape
from ..fields import (
    ID_PATTERN,
    LONGEST_TEXT,
    decimal_text,
    parse_cost,
    parse_id,
    parse_properties,
    parse_quantity,
    parse_text,
    parse_timestamp,
)
from .fingerprint import fingerprint
from .used import Quantity, read_use
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

SHORTEST_HOLD: Final = 1
LONGEST_HOLD: Final = 24 * 60 * 60
USUAL_HOLD: Final = 15 * 60


class HoldOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Credits to set aside: for an `action` and a `quantity` (1 unless given), or a `feature` and a
    `value`.

    `id` is yours: sent again with the same content it names the same hold.
    """

    id: Annotated[str, Meta(extra_json_schema={"pattern": ID_PATTERN, "examples": ["job-17"]})]
    action: NamedAction = None
    quantity: Quantity | None = None
    feature: NamedFeature = None
    value: Quantity | None = None
    member: Annotated[
        str | None,
        Meta(
            description="Your id for the person who is about to use it.",
            extra_json_schema={"maxLength": LONGEST_TEXT},
        ),
    ] = None
    organization: NamedOrganization = None
    expires_in_seconds: Annotated[
        Annotated[int, Meta(ge=SHORTEST_HOLD, le=LONGEST_HOLD)],
        Meta(description="After this time the credits return by themselves."),
    ] = USUAL_HOLD


class Settlement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What was really used: `quantity` of the hold's action, or `value` of its feature.

    `id` is the id of the usage event that is booked, the hold's own unless given.
    """

    quantity: Quantity | None = None
    value: Quantity | None = None
    id: Annotated[str | None, Meta(extra_json_schema={"pattern": ID_PATTERN})] = None
    organization: NamedOrganization = None
    occurred_at: OccurredAt = None
    cost: Cost = None
    tokens: Tokens = None
    properties: Properties = None


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose hold it is. The body may be left out."""

    organization: NamedOrganization = None


def read_hold_order(document: Any) -> tuple[str | None, HoldRequest]:
    """Return which organization is named, if any, and what to hold. Raises `InvalidRequest`."""
    order = shape(document, HoldOrder)
    key = read(parse_id, order.id, at="/id")
    use = read_use(order, parse_value=parse_quantity)
    member = read_given(parse_text, order.member, at="/member") or ""
    return order.organization, HoldRequest(
        key=key,
        quantity=use.quantity,
        body_sha256=fingerprint(
            use.action,
            use.feature,
            decimal_text(use.quantity),
            member,
            order.expires_in_seconds,
        ),
        lasts=timedelta(seconds=order.expires_in_seconds),
        action=use.action,
        meter=use.feature,
        member=member,
    )


def read_settlement(written: Settlement, *, hold: HoldReceipt) -> UsageReport:
    """Return the event that settles a hold. Raises `InvalidRequest`."""
    quantity = _quantity_used(written, hold=hold)
    occurred_at = read_given(parse_timestamp, written.occurred_at, at="/occurred_at")
    cost = read_given(parse_cost, written.cost, at="/cost")
    tokens = read_tokens(written.tokens, cost=written.cost)
    properties = read_given(parse_properties, written.properties, at="/properties") or None
    return UsageReport(
        event_id=read_given(parse_id, written.id, at="/id") or hold.key,
        quantity=quantity,
        body_sha256=fingerprint(
            hold.public_id,
            decimal_text(quantity),
            occurred_at,
            None if cost is None else decimal_text(cost),
            properties,
            *(() if written.tokens is None else [facts_of(written.tokens)]),
        ),
        action=hold.action,
        meter=None if hold.action else hold.meter,
        occurred_at=occurred_at,
        member=hold.member,
        cost=cost,
        properties=properties,
        tokens=tokens,
    )


def _quantity_used(written: Settlement, *, hold: HoldReceipt) -> Decimal:
    if hold.action is not None:
        if written.value is not None:
            raise invalid("/value", "wrong_field", "The hold is for an action: send `quantity`.")
        field, used = "quantity", written.quantity
    else:
        if written.quantity is not None:
            raise invalid("/quantity", "wrong_field", "The hold is for a feature: send `value`.")
        field, used = "value", written.value
    if used is None:
        raise invalid(f"/{field}", "missing", f"Say in `{field}` what was really used.")
    return read(parse_quantity, used, at=f"/{field}")
