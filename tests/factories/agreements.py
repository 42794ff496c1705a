"""Agreements for tests."""

from datetime import UTC, datetime

from accounts.models import Organization
from billing.agreements.operations import create_agreement_by_staff
from billing.models import Agreement

from .catalog import STAFF

SUBSCRIBED = datetime(2026, 9, 10, 8, tzinfo=UTC)


def make_agreement(
    organization: Organization,
    plan_code: str = "professional",
    *,
    interval: str = "month",
    currency: str | None = None,
    seats: int | None = None,
    at: datetime = SUBSCRIBED,
) -> Agreement:
    """A live agreement that starts at an instant, on any published plan."""
    return create_agreement_by_staff(
        organization=organization,
        plan_code=plan_code,
        interval=interval,
        currency=currency,
        seats=seats,
        actor=STAFF,
        now=at,
    )
