"""What apps are told about agreements."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from billing.agreements.queries import (
    AgreementView,
    ChangeView,
    describe_agreement,
    find_scheduled_change,
)
from billing.choices import AgreementStatus
from billing.models import Agreement as StoredAgreement

from .money import Amount, present_money


class ScheduledChange(msgspec.Struct, frozen=True, kw_only=True):
    """What an agreement is going to be, unless that is undone."""

    id: str
    plan: str
    plan_name: str
    plan_version: int
    interval: str
    seats: int
    base_price: Annotated[Amount, Meta(description="What each period costs from then on.")]
    effective_at: datetime


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """A contract: which plan, from when, at what price."""

    id: str
    organization: str
    plan: str
    plan_name: str
    plan_version: int
    is_legacy_plan: Annotated[
        bool, Meta(description="The plan is not sold any more, and honoured for those who have it.")
    ]
    status: Annotated[str, Meta(description="`trialing`, `active`, `past_due` or `canceled`.")]
    collection: Annotated[str, Meta(description="How the money is collected.")]
    currency: str
    interval: str
    seats: int
    included_seats: Annotated[int | None, Meta(description="Null is unlimited.")]
    base_price: Annotated[Amount, Meta(description="What each period costs before overage.")]
    started_at: datetime
    anchor_at: Annotated[datetime, Meta(description="All periods are counted from here.")]
    trial_ends_at: Annotated[
        datetime | None, Meta(description="Also told of a trial that is over.")
    ]
    current_period_start: datetime
    current_period_end: datetime
    scheduled_change: ScheduledChange | None
    cancel_at: Annotated[
        datetime | None, Meta(description="When it is going to end, or was to; null: it goes on.")
    ]
    end_reason: Annotated[
        str | None,
        Meta(description="Why: `requested`, or `trial_without_card`."),
    ]
    ended_at: datetime | None


class AgreementPage(msgspec.Struct, frozen=True):
    """Agreements, newest first."""

    data: list[Agreement]
    has_more: bool


def whole_agreement(agreement: StoredAgreement) -> Agreement:
    """Write an agreement whose plan and organization are loaded, with the change that waits."""
    is_over = agreement.status == AgreementStatus.CANCELED
    change = None if is_over else find_scheduled_change(agreement=agreement)
    return present_agreement(describe_agreement(agreement=agreement), change=change)


def present_agreement(view: AgreementView, *, change: ChangeView | None) -> Agreement:
    """Write an agreement, and the change that waits for it."""
    return Agreement(
        id=view.id,
        organization=view.organization_id,
        plan=view.plan_code,
        plan_name=view.plan_name,
        plan_version=view.version,
        is_legacy_plan=view.is_legacy_plan,
        status=view.status,
        collection=view.collection,
        currency=view.currency,
        interval=view.interval,
        seats=view.seats,
        included_seats=view.included_seats,
        base_price=present_money(view.base),
        started_at=view.started_at,
        anchor_at=view.anchor_at,
        trial_ends_at=view.trial_ends_at,
        current_period_start=view.period_starts_at,
        current_period_end=view.period_ends_at,
        scheduled_change=None if change is None else _present_change(change),
        cancel_at=view.cancel_at,
        end_reason=view.end_reason or None,
        ended_at=view.ended_at,
    )


def _present_change(change: ChangeView) -> ScheduledChange:
    return ScheduledChange(
        id=change.id,
        plan=change.plan_code,
        plan_name=change.plan_name,
        plan_version=change.version,
        interval=change.interval,
        seats=change.seats,
        base_price=present_money(change.base),
        effective_at=change.effective_at,
    )
