"""End an agreement: when the paid period is over, or now; and go on after all."""

from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.audit.actor import Actor
from accounts.audit.operations import record

from ...agreements.errors import PaymentOverdue
from ...agreements.notice import resume as resume_agreement
from ...agreements.notice import schedule_end
from ...agreements.operations import cancel_agreement
from ...choices import CancelFeedback, Collection, EndReason
from ...legacy.leaving import require_consent
from ...models import Agreement
from ..intents import Call, perform
from ..levelling import bring_subscription_level
from .schedules import release_schedule
from .subscriptions import get_subscription, update

_LONGEST_COMMENT = 500
# In Stripe's words.
_UNPAID: Final = ("past_due", "unpaid")


def end_at_period_end(
    *,
    agreement: Agreement,
    feedback: CancelFeedback | None,
    comment: str,
    actor: Actor,
    now: datetime,
    leaves_legacy_plan: bool = False,
) -> None:
    """
    Let the agreement end when what is paid for is over; until then it can go on after all.

    A change that waits is taken back. Raises `LeavesLegacyPlan` unless whoever ends a legacy plan
    knows that there is no way back, `AgreementEnded` and what `perform` raises.
    """
    require_consent(agreement, to=None, is_given=leaves_legacy_plan, actor=actor, now=now)
    _note(agreement, "agreement.end_requested", actor=actor, reason=comment, now=now)
    if agreement.collection != Collection.STRIPE:
        schedule_end(
            agreement=agreement,
            cancel_at=agreement.current_period_end,
            reason=EndReason.REQUESTED,
            feedback=feedback or "",
            actor=actor,
            now=now,
        )
        return
    subscription = release_schedule(agreement, get_subscription(agreement), now=now)
    details: dict[str, Any] = {}
    if feedback:
        details["feedback"] = feedback.value
    if comment:
        details["comment"] = comment[:_LONGEST_COMMENT]
    params: dict[str, Any] = {"cancel_at_period_end": True}
    if details:
        params["cancellation_details"] = details
    update(agreement, subscription, params, now=now)
    bring_subscription_level(subscription_id=subscription.id, now=now)


def go_on(*, agreement: Agreement, actor: Actor, now: datetime, reason: str = "") -> None:
    """
    Take the end back; staff say for what reason. Raises `AgreementEnded` once it has come.
    """
    _note(agreement, "agreement.resume_requested", actor=actor, reason=reason, now=now)
    if agreement.collection != Collection.STRIPE:
        resume_agreement(agreement=agreement, actor=actor, now=now)
        return
    subscription = get_subscription(agreement)
    update(agreement, subscription, {"cancel_at_period_end": False}, now=now)
    bring_subscription_level(subscription_id=subscription.id, now=now)


def end_now(
    *,
    agreement: Agreement,
    refunds_rest: bool,
    actor: Actor,
    reason: str,
    now: datetime,
    leaves_legacy_plan: bool = False,
) -> None:
    """
    End the agreement this moment: for staff.

    With `refunds_rest` what was paid for the time that is left becomes credit of the customer's;
    raises `PaymentOverdue` where that time is not paid. Usage up to now is settled and invoiced.
    Raises as `end_at_period_end` does.
    """
    require_consent(agreement, to=None, is_given=leaves_legacy_plan, actor=actor, now=now)
    if agreement.collection != Collection.STRIPE:
        cancel_agreement(agreement=agreement, actor=actor, reason=reason, now=now)
        return
    subscription = get_subscription(agreement)
    if refunds_rest and subscription.status in _UNPAID:
        raise PaymentOverdue(
            _("The running period is not paid, so nothing of it can be given back.")
        )
    _note(agreement, "agreement.cancel_requested", actor=actor, reason=reason, now=now)
    subscription = release_schedule(agreement, subscription, now=now)
    call = Call(
        operation="subscriptions.cancel",
        target=subscription.id,
        params={"invoice_now": refunds_rest, "prorate": refunds_rest},
        key=f"cancel:{subscription.id}",
        subject=agreement.public_id,
        organization_id=agreement.organization_id,
    )
    perform(call, now=now)
    bring_subscription_level(subscription_id=subscription.id, now=now)


def _note(agreement: Agreement, action: str, *, actor: Actor, reason: str, now: datetime) -> None:
    record(
        actor=actor,
        action=action,
        target=agreement.public_id,
        organization=agreement.organization,
        changes={},
        reason=reason,
        now=now,
    )
