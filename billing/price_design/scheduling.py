"""Change what an action takes: customers are told before it gets dearer for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from config.kernel.errors import DomainError, Invalid
from config.kernel.locales import current_locale
from config.kernel.moments import moment_words
from metering.models import Action, ActionRate
from metering.price_book.costs import TokensUsed
from metering.rate_card.operations import NewRate, set_rate, withdraw_rate

from ..models import RateChange
from ..models.price_design import LONGEST_NOTICE_DAYS
from .customers import count_customers


class NoticeTooShort(DomainError):
    """An action may not get dearer before customers were told for long enough."""

    code = "notice_too_short"
    title = "Customers have to be told earlier"


class NotWithdrawable(DomainError):
    """The change is in force, or customers were told of it."""

    code = "rate_change_not_withdrawable"
    title = "The change can no longer be withdrawn"


@dataclass(frozen=True, slots=True)
class RateOrder:
    """
    What an action is to take from an instant on, and how many days before customers are told.

    Costs and values are as in `NewRate`; `reason` is for staff.
    """

    effective_at: datetime
    credits: Decimal
    notice_days: int
    reason: str
    cost_components: Mapping[str, Decimal] = field(default_factory=dict)
    model_calls: Mapping[str, TokensUsed] = field(default_factory=dict)
    customer_value: Decimal | None = None
    value_note: str = ""


@transaction.atomic
def schedule_rate(
    *, action: Action, order: RateOrder, actor: Actor, now: datetime
) -> RateChange | None:
    """
    Give an action another rate from an instant on; None if it takes the same as before.

    Only what it costs us may change then, of which nobody is told. Raises `NoticeTooShort` where
    customers would pay more earlier than they are to be told, and `Invalid` for an action without a
    rate, beside a later one that waits already, and what `set_rate` refuses.
    """
    Action.objects.select_for_update().get(pk=action.pk)
    before = _rate_before(action, order)
    customers = count_customers(meter_id=action.meter_id)
    changes_credits = order.credits != before.credits
    if changes_credits:
        _check_notice(order, is_dearer=order.credits > before.credits and customers > 0, now=now)
    rate = set_rate(
        action=action,
        rate=NewRate(
            effective_at=order.effective_at,
            credits=order.credits,
            cost_components=order.cost_components,
            customer_value=order.customer_value,
            value_note=order.value_note,
            model_calls=order.model_calls,
        ),
        actor=actor,
        now=now,
    )
    if not changes_credits:
        return None
    change = RateChange.objects.create(
        rate=rate,
        credits_before=before.credits,
        credits=order.credits,
        scheduled_at=now,
        scheduled_by=actor.label,
        notice_days=order.notice_days,
        tell_at=order.effective_at - timedelta(days=order.notice_days),
        effective_at=order.effective_at,
        customer_count=customers,
        reason=order.reason.strip(),
    )
    record(
        actor=actor,
        action="rate_change.scheduled",
        target=action.code,
        changes={
            "credits": [str(before.credits), str(order.credits)],
            "effective_at": order.effective_at.isoformat(),
            "tell_at": change.tell_at.isoformat(),
            "customers": customers,
        },
        reason=change.reason,
        now=now,
    )
    return change


def earliest_for_more(*, notice_days: int, now: datetime) -> datetime:
    """Return from when on an action may take more, if customers are told so many days before."""
    return now + timedelta(days=max(notice_days, settings.RATE_NOTICE_DAYS))


@transaction.atomic
def withdraw_change(*, change: RateChange, actor: Actor, now: datetime) -> None:
    """
    Take a change back that nobody knows of yet, with its rate.

    Raises `NotWithdrawable` once a customer was told, or it is in force.
    """
    waiting = RateChange.objects.select_for_update().filter(pk=change.pk, effective_at__gt=now)
    stored = waiting.select_related("rate__action").first()
    if stored is None:
        raise NotWithdrawable(_("It is in force, or was withdrawn before."))
    if stored.notices.exists():
        raise NotWithdrawable(
            _("Customers were told of it. Schedule another rate for a later moment instead.")
        )
    rate, public_id = stored.rate, stored.public_id
    stored.delete()
    withdraw_rate(rate=rate, actor=actor, now=now)
    record(
        actor=actor,
        action="rate_change.withdrawn",
        target=rate.action.code,
        changes={"change": public_id},
        now=now,
    )


def _rate_before(action: Action, order: RateOrder) -> ActionRate:
    """The rate that the new one follows: no later one may wait, or it would follow that."""
    rates = ActionRate.objects.filter(action=action)
    if rates.filter(effective_at__gt=order.effective_at).exists():
        raise Invalid(_("A later rate waits already. Withdraw it, or choose a moment after it."))
    before = rates.filter(effective_at__lt=order.effective_at).order_by("-effective_at").first()
    if before is None:
        raise Invalid(_("The action has no rate yet: its first one needs no notice."))
    if not order.reason.strip():
        raise Invalid(_("Say why it changes."))
    return before


def _check_notice(order: RateOrder, *, is_dearer: bool, now: datetime) -> None:
    if not 0 <= order.notice_days <= LONGEST_NOTICE_DAYS:
        raise Invalid(
            _("Customers are told at most %(days)s days before.") % {"days": LONGEST_NOTICE_DAYS}
        )
    if not is_dearer:
        return
    least = settings.RATE_NOTICE_DAYS
    if order.notice_days < least:
        raise NoticeTooShort(
            ngettext(
                "Before an action takes more, customers are told %(days)s day ahead at least.",
                "Before an action takes more, customers are told %(days)s days ahead at least.",
                least,
            )
            % {"days": least}
        )
    earliest = earliest_for_more(notice_days=order.notice_days, now=now)
    if order.effective_at < earliest:
        raise NoticeTooShort(
            _("With %(days)s days of notice it can take more from %(date)s on, not earlier.")
            % {
                "days": order.notice_days,
                "date": moment_words(earliest, zone=UTC, locale=current_locale()),
            }
        )
