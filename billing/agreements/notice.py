"""Agreements that are going to end, and those that go on after all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from config.kernel.errors import Invalid

from ..choices import CancelFeedback, EndReason
from ..events import EventType
from ..models import Agreement
from .locking import lock_agreement
from .noting import changed_subscription, note, subscription_of
from .waiting import find_waiting_change, undo_change

_DEEDS: Final = {
    EventType.SUBSCRIPTION_END_SCHEDULED: "agreement.end_scheduled",
    EventType.SUBSCRIPTION_RESUMED: "agreement.resumed",
}


@transaction.atomic
def schedule_end(
    *,
    agreement: Agreement,
    cancel_at: datetime,
    reason: EndReason,
    feedback: str,
    actor: Actor,
    now: datetime,
) -> Agreement:
    """
    Let an agreement end at a later instant, and return it as it now is.

    Until then everything stays as it is, and it can be resumed. It ends at exactly that instant,
    whenever that is noticed. A change that would come at the end or later is undone. The same
    again changes nothing; another instant takes the place of the one before. `feedback` is one of
    `CancelFeedback`, or empty.

    Raises `Invalid` for an instant that has passed or an unknown feedback, and `AgreementEnded`.
    """
    if feedback and feedback not in CancelFeedback.values:
        raise Invalid(_("“%(feedback)s” is no reason that we know.") % {"feedback": feedback})
    stored = lock_agreement(agreement, at=now)
    if cancel_at <= now:
        raise Invalid(_("An end is scheduled for later."))
    before = subscription_of(stored)
    stored.cancel_at, stored.end_reason, stored.cancel_feedback = cancel_at, reason, feedback
    if subscription_of(stored) == before:
        return stored
    waiting = find_waiting_change(stored)
    if waiting is not None and waiting.effective_at >= cancel_at:
        undo_change(stored, waiting, actor=actor, now=now)
    return _store(stored, before, EventType.SUBSCRIPTION_END_SCHEDULED, actor=actor, now=now)


@transaction.atomic
def resume(*, agreement: Agreement, actor: Actor, now: datetime) -> Agreement:
    """
    Let an agreement that is going to end go on, and return it as it now is.

    One that is not going to end stays as it is. Raises `AgreementEnded`.
    """
    stored = lock_agreement(agreement, at=now)
    if stored.cancel_at is None:
        return stored
    before = subscription_of(stored)
    stored.cancel_at, stored.end_reason, stored.cancel_feedback = None, "", ""
    return _store(stored, before, EventType.SUBSCRIPTION_RESUMED, actor=actor, now=now)


def _store(
    agreement: Agreement,
    before: Mapping[str, Any],
    told: EventType,
    *,
    actor: Actor,
    now: datetime,
) -> Agreement:
    agreement.save(update_fields=["cancel_at", "end_reason", "cancel_feedback"])
    after = changed_subscription(agreement, before)
    note(
        agreement,
        told,
        deed=_DEEDS[told],
        actor=actor,
        changes={name: [value, after[name]] for name, value in before.items()},
        data=after,
        now=now,
    )
    return agreement
