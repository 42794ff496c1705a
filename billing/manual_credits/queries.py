"""What waits for a second person."""

from ..choices import ManualCreditStatus
from ..models import ManualCredit


def count_waiting() -> int:
    """Return how many credits wait to be decided, of all organizations."""
    return ManualCredit.objects.filter(status=ManualCreditStatus.WAITING).count()


def count_waiting_for(*, user_id: int) -> int:
    """Return how many of them this person may decide: all but their own."""
    waiting = ManualCredit.objects.filter(status=ManualCreditStatus.WAITING)
    return waiting.exclude(asked_by_id=user_id).count()
