"""What an app is told about credits that were given."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from billing.models import ManualCredit
from metering.queries import GrantBalance, GrantMovement, GrantStatement

from ..fields import DecimalText, decimal_text


class CreditGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Credits that were given, and what is left of them."""

    id: str
    feature: str
    category: str
    amount: DecimalText
    remaining: DecimalText
    effective_at: datetime
    expires_at: Annotated[datetime | None, Meta(description="Null: they never expire.")]
    actions: Annotated[list[str], Meta(description="What they may pay for; everything if empty.")]


class WaitingCreditGrant(msgspec.Struct, frozen=True, kw_only=True):
    """Credits that are given once somebody of the staff agrees."""

    id: str
    status: Annotated[str, Meta(description="`waiting`, `given` or `declined`.")]
    feature: str
    category: str
    amount: DecimalText
    expires_at: Annotated[datetime | None, Meta(description="Null: they never expire.")]
    asked_at: datetime


class GrantEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One amount that a grant gained, or lost (negative)."""

    id: str
    kind: str
    amount: DecimalText
    event: Annotated[str | None, Meta(description="The usage event that it paid for.")]
    action: str | None
    member: str
    hold: Annotated[str | None, Meta(description="The hold that set it aside or returned it.")]
    other_grant: Annotated[str | None, Meta(description="Where it rolled over to or from.")]
    occurred_at: datetime
    recorded_at: datetime


class CreditGrantStatement(CreditGrant, frozen=True, kw_only=True):
    """
    What became of a grant: `amount` is `consumed` and `held` and `expired` and `rolled_over` and
    what remains. What was reversed or released again is in none of them.
    """

    consumed: DecimalText
    held: DecimalText
    expired: DecimalText
    rolled_over: DecimalText
    parent: Annotated[str | None, Meta(description="The grant whose unused credits these are.")]
    child: Annotated[str | None, Meta(description="The grant that got the unused credits.")]
    ended_at: Annotated[
        datetime | None, Meta(description="When it ended early, with its agreement.")
    ]
    entries: Annotated[list[GrantEntry], Meta(description="One page, the newest first.")]
    has_more: bool


def present_grant(grant: GrantBalance, *, feature: str) -> CreditGrant:
    """Write a grant."""
    return CreditGrant(
        id=grant.public_id,
        feature=feature,
        category=grant.category,
        amount=decimal_text(grant.amount),
        remaining=decimal_text(grant.remaining),
        effective_at=grant.effective_at,
        expires_at=grant.expires_at,
        actions=list(grant.actions),
    )


def present_waiting(asked: ManualCredit) -> WaitingCreditGrant:
    """Write what waits for somebody of the staff."""
    assert asked.feature is not None, asked
    assert asked.credits is not None, asked
    return WaitingCreditGrant(
        id=asked.public_id,
        status=asked.status,
        feature=asked.feature.code,
        category=asked.category,
        amount=decimal_text(asked.credits),
        expires_at=asked.expires_at,
        asked_at=asked.asked_at,
    )


def present_statement(statement: GrantStatement, *, page_size: int) -> CreditGrantStatement:
    """Write what became of a grant; it was asked for with one movement more than the page has."""
    grant = present_grant(statement.grant, feature=statement.meter)
    return CreditGrantStatement(
        **msgspec.structs.asdict(grant),
        consumed=decimal_text(statement.consumed),
        held=decimal_text(statement.held),
        expired=decimal_text(statement.expired),
        rolled_over=decimal_text(statement.rolled_over),
        parent=statement.parent,
        child=statement.child,
        ended_at=statement.ended_at,
        entries=[_present_entry(entry) for entry in statement.movements[:page_size]],
        has_more=len(statement.movements) > page_size,
    )


def _present_entry(movement: GrantMovement) -> GrantEntry:
    return GrantEntry(
        id=str(movement.id),
        kind=movement.kind,
        amount=decimal_text(movement.amount),
        event=movement.event_id,
        action=movement.action,
        member=movement.member,
        hold=movement.hold,
        other_grant=movement.other_grant,
        occurred_at=movement.occurred_at,
        recorded_at=movement.recorded_at,
    )
