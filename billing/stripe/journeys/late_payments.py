"""Money that came for an order that had ended: what becomes of it is for staff to decide."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import record
from config.kernel.money import Money

from ...models import StripeDifference, TopUp
from ...wording import money_words
from ..gateway.facts import InvoiceFacts

# An order was paid for after it was taken back, or had failed: nothing is granted for it.
PAID_AFTER_END: Final = "paid_after_end"


def note_late_payment(*, top_up: TopUp, invoice: InvoiceFacts, now: datetime) -> None:
    """Write down once that an order was paid for which nothing is granted any more."""
    top_up.refresh_from_db()
    paid = money_words(Money(invoice.amount_paid, invoice.currency))
    status = top_up.get_status_display().lower()
    StripeDifference.objects.get_or_create(
        kind=PAID_AFTER_END,
        subject=invoice.id,
        defaults={
            "organization_id": top_up.organization_id,
            "ours": (
                f"{top_up.public_id} is {status}: nothing was granted. "
                "Refund the payment at Stripe, or grant the credits by hand."
            ),
            "theirs": f"{paid} paid by {invoice.id}",
            "found_at": now,
            "seen_at": now,
        },
    )


@transaction.atomic
def mark_seen_to(*, difference: StripeDifference, actor: Actor, now: datetime) -> bool:
    """
    Note that staff have refunded a late payment, or granted what it was for; return whether it
    is one and was open. Whatever else differs is gone only once it agrees.
    """
    was_open = StripeDifference.objects.filter(
        pk=difference.pk, kind=PAID_AFTER_END, resolved_at=None
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
