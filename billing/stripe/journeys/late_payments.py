"""Money for which nothing is granted: what becomes of it is for staff to decide."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db import transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from config.kernel.money import Money

from ...models import StripeDifference, TopUp
from ...wording import money_words
from ..gateway.facts import InvoiceFacts

_REFUND: Final = "Refund the payment at Stripe, or grant the credits by hand."
_LONGEST: Final = 500


class Unearned(StrEnum):
    """
    Why nothing was granted for an order that was paid.

    `paid_after_end`: it was taken back before, or had failed. `paid_twice`: another payment had
    paid for it. `paid_when_closed`: its organization is closed.
    """

    AFTER_END = "paid_after_end"
    TWICE = "paid_twice"
    WHEN_CLOSED = "paid_when_closed"


def is_paid_twice(*, top_up: TopUp, invoice: InvoiceFacts) -> bool:
    """Whether a paid invoice is of another payment than the one that an order was granted for."""
    return top_up.payment_reference not in (invoice.id, *invoice.payment_intent_ids)


def note_unearned(*, why: Unearned, top_up: TopUp, invoice: InvoiceFacts, now: datetime) -> None:
    """Write down once that an invoice was paid for which nothing is granted."""
    top_up.refresh_from_db()
    paid = money_words(Money(invoice.amount_paid, invoice.currency))
    StripeDifference.objects.get_or_create(
        kind=why,
        subject=invoice.id,
        defaults={
            "organization_id": top_up.organization_id,
            "ours": _words(why, top_up)[:_LONGEST],
            "theirs": f"{paid} paid by {invoice.id}",
            "found_at": now,
            "seen_at": now,
        },
    )


def _words(why: Unearned, top_up: TopUp) -> str:
    match why:
        case Unearned.AFTER_END:
            status = top_up.get_status_display().lower()
            return f"{top_up.public_id} is {status}: nothing was granted. {_REFUND}"
        case Unearned.TWICE:
            reference = top_up.payment_reference
            return (
                f"{top_up.public_id} was paid by {reference} before: nothing more was granted. "
                f"{_REFUND}"
            )
        case Unearned.WHEN_CLOSED:
            return (
                f"The organization is closed, so nothing was granted for {top_up.public_id}. "
                "Refund the payment at Stripe."
            )


@transaction.atomic
def mark_seen_to(*, difference: StripeDifference, actor: Actor, now: datetime) -> bool:
    """
    Note that staff have refunded such a payment, or granted what it was for; return whether it
    is one and was open. Whatever else differs is gone only once it agrees.
    """
    was_open = StripeDifference.objects.filter(
        pk=difference.pk, kind__in=Unearned, resolved_at=None
    ).update(resolved_at=now)
    if was_open:
        record(
            actor=actor,
            action="late_payment.seen_to",
            target=difference.subject,
            organization=difference.organization,
            now=now,
        )
    return bool(was_open)
