"""End an order: paid, failed or canceled. It ends once."""

from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from accounts.names import clean_name
from accounts.organizations.locking import lock_organization
from accounts.webhooks.outbox import announce
from config.kernel.periods import boundary
from metering.choices import GrantCategory
from metering.operations import NewGrant, grant_credits

from ...choices import TopUpStatus, TopUpTrigger
from ...events import EventType
from ...models import TopUp
from ..errors import TopUpEnded
from .automatic import switch_off
from .ordering import check_open, told_of

_LONGEST_REFERENCE: Final = 120


@transaction.atomic
def confirm_top_up(*, top_up: TopUp, payment_reference: str, actor: Actor, now: datetime) -> TopUp:
    """
    Book an order as paid, and grant its credits from now on: once, however often this is said.

    `payment_reference` names the payment; confirming with the same one again changes nothing.
    Raises `Invalid` for an empty reference, `TopUpEnded` if the order ended otherwise, and
    `OrganizationClosed`.
    """
    reference = clean_name(
        payment_reference, what=_("The payment reference"), longest=_LONGEST_REFERENCE
    )
    stored = _lock(top_up)
    if stored.status == TopUpStatus.PAID and stored.payment_reference == reference:
        return stored
    _check_waiting(stored)
    check_open(organization_id=stored.organization_id)
    paid_at = max(now, stored.ordered_at)
    _grant(stored, at=paid_at)
    stored.payment_reference = reference
    _end(stored, status=TopUpStatus.PAID, at=paid_at)
    changes = {"status": ["pending", "paid"], "payment_reference": [None, reference]}
    _tell(stored, EventType.TOP_UP_PAID, changes=changes, actor=actor, now=now)
    return stored


@transaction.atomic
def fail_top_up(*, top_up: TopUp, reason: str, actor: Actor, now: datetime) -> TopUp:
    """
    Book that the payment of an order failed. Nothing is granted.

    If it was ordered automatically, automatic top-up is switched off, so that it does not try
    for ever. Raises `TopUpEnded`.
    """
    return _end_unpaid(
        top_up,
        status=TopUpStatus.FAILED,
        told=EventType.TOP_UP_FAILED,
        reason=reason,
        actor=actor,
        now=now,
    )


@transaction.atomic
def cancel_top_up(*, top_up: TopUp, actor: Actor, now: datetime, reason: str = "") -> TopUp:
    """
    Take an order back that is not paid. Nothing is granted.

    If it was ordered automatically, automatic top-up is switched off, or it would be ordered
    again at once. Raises `TopUpEnded`.
    """
    return _end_unpaid(
        top_up,
        status=TopUpStatus.CANCELED,
        told=EventType.TOP_UP_CANCELED,
        reason=reason,
        actor=actor,
        now=now,
    )


def _end_unpaid(
    top_up: TopUp, *, status: TopUpStatus, told: EventType, reason: str, actor: Actor, now: datetime
) -> TopUp:
    stored = _lock(top_up)
    _check_waiting(stored)
    _end(stored, status=status, at=max(now, stored.ordered_at))
    changes = {"status": ["pending", status.value]}
    _tell(stored, told, changes=changes, reason=reason, actor=actor, now=now)
    if stored.trigger == TopUpTrigger.AUTOMATIC:
        switch_off(
            organization=stored.organization,
            feature_id=stored.feature_id,
            reason=f"{stored.public_id} was not paid: {status.value}",
            actor=actor,
            now=now,
        )
    return stored


def _lock(top_up: TopUp) -> TopUp:
    """The order as it stands, once nobody else can end it."""
    lock_organization(organization_id=top_up.organization_id)
    return TopUp.objects.select_related("organization", "pack", "feature__meter").get(pk=top_up.pk)


def _check_waiting(top_up: TopUp) -> None:
    if top_up.status != TopUpStatus.PENDING:
        raise TopUpEnded(
            _("The top-up has ended already: %(status)s.")
            % {"status": top_up.get_status_display()},
            status=top_up.status,
        )


def _grant(top_up: TopUp, *, at: datetime) -> None:
    meter = top_up.feature.meter
    assert meter is not None, top_up
    months = top_up.expires_after_months
    grant_credits(
        organization_id=top_up.organization_id,
        grant=NewGrant(
            meter_id=meter.pk,
            category=GrantCategory.PURCHASE,
            amount=top_up.credits,
            effective_at=at,
            expires_at=None if months is None else boundary(at.astimezone(UTC), months=months),
            source=top_up.public_id,
        ),
    )


def _end(top_up: TopUp, *, status: TopUpStatus, at: datetime) -> None:
    top_up.status = status
    top_up.ended_at = at
    top_up.save(update_fields=["status", "ended_at", "payment_reference"])


def _tell(
    top_up: TopUp,
    what: EventType,
    *,
    changes: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    record(
        actor=actor,
        action=what,
        target=top_up.public_id,
        organization=top_up.organization,
        changes=changes,
        reason=reason,
        now=now,
    )
    announce(
        organization_id=top_up.organization_id,
        type=what,
        dedupe_key=f"{what}:{top_up.public_id}",
        data=told_of(top_up),
        now=now,
    )
