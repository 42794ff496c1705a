"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from .agreements.operations import bring_all_current


@shared_task(name="billing.bring_agreements_current", ignore_result=True)
def bring_agreements_current(**_later: object) -> None:
    """Open the periods that agreements have come to."""
    bring_all_current(now=timezone.now())
