"""Agreements for tests, and what happens under them."""

from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from billing.agreements.operations import create_agreement_by_staff
from billing.models import Agreement, Settlement
from billing.settlements.operations import settle_due_periods
from billing.usage.operations import report_usage
from metering.usage.reports import Receipt

from .catalog import STAFF
from .metering import report

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


def use(
    organization: Organization,
    event_id: str,
    quantity: int | str,
    *,
    at: datetime,
    occurred_at: datetime | None = None,
    meter: str = "ai_credits",
) -> Receipt:
    """Usage that an app reports at an instant, of when it occurred or of just now."""
    [receipt] = report_usage(
        organization_id=organization.pk,
        reports=[report(event_id, quantity, meter=meter, at=occurred_at or at)],
        api_key_id=None,
        received_at=at,
    )
    return receipt


def settle(organization: Organization, *, at: datetime) -> list[Settlement]:
    """Settle what is due of one organization, as the sweep does."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return settle_due_periods(organization_id=organization.pk, now=at)
