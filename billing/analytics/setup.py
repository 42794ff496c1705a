"""
What has to be done before customers can pay, read from what is really there.

Nothing is ticked off by hand: a step that is undone later is open again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Q

from accounts.models import ApiKey, WebhookEndpoint
from metering.models import CostComponent, UsageEvent

from ..choices import PublicationStatus
from ..models import Agreement, PlanVersion, PricingTable, Publication, StripeEndpoint
from ..stripe.gateway.configuration import is_connected

# What takes mails without sending them.
_NOT_SENT: Final = ("console", "dummy", "locmem", "filebased")


class Step(StrEnum):
    """One thing to do, in the order in which it is done best."""

    COSTS = "costs"
    PLANS = "plans"
    PRICING = "pricing"
    STRIPE = "stripe"
    PUBLISHED = "published"
    TOLD = "told"
    MAILS = "mails"
    KEY = "key"
    WEBHOOKS = "webhooks"
    USAGE = "usage"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class StepState:
    """Whether a step is done."""

    step: Step
    is_done: bool


def list_steps(*, now: datetime) -> list[StepState]:
    """Return every step, and whether it is done now."""
    return [StepState(step, is_done) for step, is_done in _answers(now)]


def _answers(now: datetime) -> Iterator[tuple[Step, bool]]:
    yield Step.COSTS, CostComponent.objects.exists()
    yield Step.PLANS, PlanVersion.objects.filter(published_at__isnull=False).exists()
    yield Step.PRICING, PricingTable.objects.filter(is_live=True).exists()
    yield Step.STRIPE, is_connected()
    yield Step.PUBLISHED, _is_all_published()
    yield Step.TOLD, StripeEndpoint.objects.filter(last_event_at__isnull=False).exists()
    yield Step.MAILS, not any(word in settings.EMAIL_BACKEND for word in _NOT_SENT)
    yield Step.KEY, _has_platform_key(now)
    yield Step.WEBHOOKS, WebhookEndpoint.objects.filter(disabled_at=None).exists()
    yield Step.USAGE, UsageEvent.objects.exists()
    yield Step.CUSTOMER, Agreement.objects.live().exists()


def _is_all_published() -> bool:
    published = Publication.objects.all()
    return published.exists() and not published.exclude(status=PublicationStatus.PUBLISHED).exists()


def _has_platform_key(now: datetime) -> bool:
    alive = Q(expires_at=None) | Q(expires_at__gt=now)
    return ApiKey.objects.filter(alive, organization=None, revoked_at=None).exists()
