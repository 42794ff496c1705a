"""What apps are told about a change before it is made."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from billing.agreements.effects import Effect as KnownEffect
from billing.stripe.journeys.changes import ChangePreview as Preview

from ..fields import decimal_text
from .money import Amount, present_money


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what is due now."""

    description: str
    amount: Amount
    starts_at: datetime
    ends_at: datetime


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that becomes another."""

    aspect: Annotated[
        str,
        Meta(
            description=(
                "`feature`, `value`, `allowance`, `limit`, `overage`, `rollover` or `seats`."
            )
        ),
    ]
    feature: Annotated[str | None, Meta(description="Null for the seats of the plan.")]
    before: Annotated[Any, Meta(description="Null: unlimited; of a value: none.")]
    after: Annotated[Any, Meta(description="The same afterwards.")]


class ChangePreview(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a change would be. `proration_at` and `due_now` are handed back to make exactly it.
    """

    plan: str
    plan_name: str
    plan_version: int
    interval: str
    seats: int
    is_at_once: Annotated[
        bool, Meta(description="Whether it takes effect when made, or when the period ends.")
    ]
    leaves_legacy_plan: Annotated[
        bool,
        Meta(description="The plan of now is not sold any more: there will be no way back to it."),
    ]
    effective_at: datetime
    lines: list[PreviewLine]
    tax: Amount
    due_now: Annotated[Amount, Meta(description="What is charged when it is made.")]
    base_price: Annotated[Amount, Meta(description="What each period costs from then on.")]
    next_charge_at: datetime
    proration_at: datetime
    card: Annotated[
        str | None, Meta(description="What is charged, as people know it; null: nothing on file.")
    ]
    lost: list[Effect]
    gained: list[Effect]


def present_preview(preview: Preview) -> ChangePreview:
    """Write a preview."""
    proposal = preview.proposal
    return ChangePreview(
        plan=proposal.version.plan.code,
        plan_name=proposal.version.plan.name,
        plan_version=proposal.version.number,
        interval=proposal.interval,
        seats=proposal.seats,
        is_at_once=preview.is_at_once,
        leaves_legacy_plan=preview.leaves_legacy_plan,
        effective_at=preview.effective_at,
        lines=[
            PreviewLine(
                description=line.description,
                amount=present_money(line.amount),
                starts_at=line.starts_at,
                ends_at=line.ends_at,
            )
            for line in preview.lines
        ],
        tax=present_money(preview.tax),
        due_now=present_money(preview.due_now),
        base_price=present_money(preview.base),
        next_charge_at=preview.next_charge_at,
        proration_at=preview.proration_at,
        card=preview.card or None,
        lost=_present_effects(proposal.effects.lost),
        gained=_present_effects(proposal.effects.gained),
    )


def _present_effects(effects: Iterable[KnownEffect]) -> list[Effect]:
    return [
        Effect(
            aspect=effect.aspect.value,
            feature=effect.feature,
            before=_plain(effect.before),
            after=_plain(effect.after),
        )
        for effect in effects
    ]


def _plain(value: Any) -> Any:
    """A quantity as text; everything else as it is."""
    return decimal_text(value) if isinstance(value, Decimal) else value
