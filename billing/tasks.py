"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from .agreements.operations import bring_all_current
from .seats.operations import count_all_seats
from .settlements.operations import close_due_periods as settle_all_due_periods


@shared_task(name="billing.bring_agreements_current", ignore_result=True)
def bring_agreements_current(**_later: object) -> None:
    """Open the periods that agreements have come to."""
    bring_all_current(now=timezone.now())


@shared_task(name="billing.close_due_periods", ignore_result=True)
def close_due_periods(**_later: object) -> None:
    """Settle the usage periods whose grace is over."""
    settle_all_due_periods(now=timezone.now())


@shared_task(name="billing.count_seats", ignore_result=True)
def count_seats(**_later: object) -> None:
    """Book the number of members where a plan counts them."""
    count_all_seats(now=timezone.now())
