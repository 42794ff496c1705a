"""Doorways for the background worker."""

from celery import shared_task
from django.utils import timezone

from . import operations
from .usage.rollups import fill_all_rollups


@shared_task(name="metering.release_expired_holds", ignore_result=True)
def release_expired_holds(**_later: object) -> None:
    """Give back what holds have set aside whose time is over."""
    operations.release_expired_holds(now=timezone.now())


@shared_task(name="metering.expire_credits", ignore_result=True)
def expire_credits(**_later: object) -> None:
    """Book the end of credits that no period takes with it."""
    operations.expire_credits(now=timezone.now())


@shared_task(name="metering.announce_expiring_credits", ignore_result=True)
def announce_expiring_credits(**_later: object) -> None:
    """Tell apps of credits that are soon to expire."""
    operations.announce_expiring_credits(now=timezone.now())


@shared_task(name="metering.fill_rollups", ignore_result=True)
def fill_rollups(**_later: object) -> None:
    """Add up what was booked since the last time."""
    fill_all_rollups()
