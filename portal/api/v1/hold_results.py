"""What an app is told about the credits that it has set aside."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from metering.operations import HoldReceipt, HoldRefused, UsageRejected

from ..fields import DecimalText, decimal_text, optional_decimal_text
from ..problems import Refusal
from .refused_use import UseRefused, shortage_of, use_refused
from .usage_results import EventResult, explain

HoldStatus = Literal["open", "settled", "released", "expired"]


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """
    Credits that are set aside. They are out of reach for everything else until the hold ends:
    settled, released, or expired.
    """

    id: str
    key: Annotated[str, Meta(description="Your own id for it.")]
    feature: str
    action: str | None
    quantity: Annotated[
        DecimalText, Meta(description="How many of the action, or how much of the feature.")
    ]
    credits: Annotated[DecimalText, Meta(description="What was asked for.")]
    uncovered: Annotated[
        DecimalText,
        Meta(description="The part of it that no credits cover: allowed, and overage if used."),
    ]
    remaining: Annotated[
        DecimalText | None, Meta(description="What was left right after; null is unlimited.")
    ]
    member: str
    status: HoldStatus
    event: Annotated[str | None, Meta(description="The id of the event that settled it.")]
    held_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class SettledHold(msgspec.Struct, frozen=True):
    """The event that was booked, and the hold that it ended."""

    usage: EventResult
    hold: Hold


class HoldRejected(Refusal):
    """What is asked for is not on the rate card or not in the plan, whatever the balance."""

    code = "hold_rejected"
    title = "This cannot be held"
    status = 422


def present_hold(receipt: HoldReceipt, *, now: datetime) -> Hold:
    """Write a hold. One whose time is over has expired, whether a sweep came by or not."""
    status: HoldStatus = msgspec.convert(receipt.outcome or "open", HoldStatus)
    ended_at = receipt.ended_at
    if status == "open" and receipt.expires_at <= now:
        status, ended_at = "expired", receipt.expires_at
    return Hold(
        id=receipt.public_id,
        key=receipt.key,
        feature=receipt.meter,
        action=receipt.action,
        quantity=decimal_text(receipt.quantity),
        credits=decimal_text(receipt.credits),
        uncovered=decimal_text(receipt.uncovered),
        remaining=optional_decimal_text(receipt.remaining),
        member=receipt.member,
        status=status,
        event=receipt.event_id,
        held_at=receipt.held_at,
        expires_at=receipt.expires_at,
        ended_at=ended_at,
    )


def hold_refused(refused: HoldRefused) -> UseRefused:
    """Say that the credits for a hold are not to be had, and what is missing."""
    reason = refused.reason.value
    shortage = shortage_of(
        reason,
        required=refused.required,
        available=refused.available,
        resets_at=refused.resets_at,
    )
    return use_refused(reason, explain(reason), **shortage)


def hold_rejected(rejected: UsageRejected) -> HoldRejected:
    """Say why something cannot be held."""
    reason = rejected.reason.value
    return HoldRejected(explain(reason), reason=reason)
