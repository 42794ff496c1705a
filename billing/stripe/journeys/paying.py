"""Whether Stripe is about to collect what somebody would confirm by hand."""

from ...choices import CheckoutStatus, IntentStatus, TopUpStatus, TopUpTrigger
from ...models import Checkout, StripeIntent, TopUp
from ..gateway.configuration import is_connected

_UNDER_WAY = (CheckoutStatus.OPENING, CheckoutStatus.OPEN)
_IN_EFFECT = (IntentStatus.OPEN, IntentStatus.DONE)


def is_being_paid(*, top_up: TopUp) -> bool:
    """
    Whether an order that waits may be paid at Stripe: on a payment page that is open, by an
    invoice that was made for it, or because automatic orders are charged to the card.
    """
    if top_up.status != TopUpStatus.PENDING:
        return False
    if is_connected() and top_up.trigger == TopUpTrigger.AUTOMATIC:
        return True
    visits = Checkout.objects.filter(top_up=top_up, status__in=_UNDER_WAY)
    invoices = StripeIntent.objects.filter(
        subject=top_up.public_id, operation="invoices.create", status__in=_IN_EFFECT
    )
    return visits.exists() or invoices.exists()
