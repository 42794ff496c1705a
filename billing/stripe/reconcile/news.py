"""What our books do not know yet, and are allowed not to know."""

from ...choices import InboxStatus
from ...models import StripeEvent


def is_news(object_id: str) -> bool:
    """Whether an event about an object of Stripe's has not been seen to yet."""
    return StripeEvent.objects.filter(
        object_id=object_id, status__in=[InboxStatus.WAITING, InboxStatus.FAILED]
    ).exists()
