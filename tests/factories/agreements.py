"""Agreements for tests, and what happens under them."""

from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Organization
from accounts.organizations.locking import lock_organization
from billing.agreements.beginning import Deal, begin_agreement
from billing.agreements.operations import create_agreement_by_staff
from billing.choices import Collection
from billing.models import Agreement, PlanVersion, Settlement
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


def begin(
    organization: Organization,
    version: PlanVersion,
    *,
    interval: str = "month",
    seats: int = 1,
    at: datetime = SUBSCRIBED,
    anchor_at: datetime | None = None,
    trial_ends_at: datetime | None = None,
    now: datetime | None = None,
) -> Agreement:
    """An agreement that was concluded elsewhere at an instant; on trial if that has an end."""
    deal = Deal(
        version=version,
        interval=interval,
        currency=organization.currency,
        seats=seats,
        started_at=at,
        anchor_at=anchor_at or trial_ends_at or at,
        trial_ends_at=trial_ends_at,
        collection=Collection.STRIPE,
    )
    return begin_agreement(organization=organization, deal=deal, actor=STAFF, now=now or at)


def use(
    organization: Organization,
    event_id: str,
    quantity: int | str,
    *,
    at: datetime,
    occurred_at: datetime | None = None,
    meter: str = "ai_credits",
    enforce: bool = False,
) -> Receipt:
    """Usage that an app reports at an instant, of when it occurred or of just now."""
    [receipt] = report_usage(
        organization_id=organization.pk,
        reports=[report(event_id, quantity, meter=meter, at=occurred_at or at, enforce=enforce)],
        api_key_id=None,
        received_at=at,
    )
    return receipt


def settle(organization: Organization, *, at: datetime) -> list[Settlement]:
    """Settle what is due of one organization, as the sweep does."""
    with transaction.atomic():
        lock_organization(organization_id=organization.pk)
        return settle_due_periods(organization_id=organization.pk, now=at)
