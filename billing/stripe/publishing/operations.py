"""Bring Stripe level with what staff publish."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from ...catalog.queries import list_feature_labels
from ...choices import IntentStatus, PublicationStatus
from ...models import (
    Feature,
    Plan,
    PlanVersion,
    Publication,
    StripeIntent,
    StripeMeter,
    StripeProduct,
)
from ..gateway.client import ask_for_all
from ..gateway.configuration import is_connected
from ..gateway.errors import StripeNotConnected, StripeRefused, StripeUnavailable
from ..intents import perform
from ..resting import rest_after
from .calls import Scene, call_of, event_name_of
from .reading import is_sold, known_by_us, wanted_of
from .state import MeterStep, Step, list_steps

logger = structlog.get_logger(__name__)

LONGEST_REST: Final = timedelta(hours=6)
LONGEST_DETAIL: Final = 1_000
UNPUBLISHED: Final = (PublicationStatus.WAITING, PublicationStatus.FAILED)


def publish_plan_version(*, plan_version_id: int, now: datetime) -> Publication:
    """
    Bring Stripe level with the plan of a published version, and return how that went.

    Harmless when it is level. What Stripe refuses, and that it does not answer, is told by the
    publication, which the sweep tries again.
    """
    version = PlanVersion.objects.get(pk=plan_version_id, published_at__isnull=False)
    publish_plan(plan_id=version.plan_id, now=now)
    return Publication.objects.get(plan_version=version)


def publish_waiting(*, now: datetime) -> int:
    """
    Publish what Stripe does not know yet, and level what staff have changed since; return how
    many plans were seen to. Does nothing without Stripe.
    """
    if not is_connected():
        return 0
    note_published_versions(now=now)
    due = _list_due_plans(now)
    for plan_id in due:
        publish_plan(plan_id=plan_id, now=now)
    return len(due)


def note_published_versions(*, now: datetime) -> None:
    """Have every published version published at Stripe too, sooner or later."""
    unknown = PlanVersion.objects.filter(published_at__isnull=False).exclude(
        pk__in=Publication.objects.values("plan_version")
    )
    Publication.objects.bulk_create(
        [Publication(plan_version=version, next_attempt_at=now) for version in unknown],
        ignore_conflicts=True,
    )


def publish_plan(*, plan_id: int, now: datetime) -> bool:
    """
    Bring Stripe level with all versions of a plan; return whether it is. What went wrong is told
    by the plan's publications.
    """
    note_published_versions(now=now)
    plan = Plan.objects.select_related("group").get(pk=plan_id)
    try:
        _take_steps(plan, now)
    except (StripeNotConnected, StripeRefused, StripeUnavailable) as error:
        logger.warning("stripe_publishing_failed", plan=plan.code, reason=str(error))
        _note_failure(plan, str(error), now)
        return False
    Publication.objects.filter(plan_version__plan=plan, status__in=UNPUBLISHED).update(
        status=PublicationStatus.PUBLISHED,
        detail="",
        attempts=0,
        published_at=Coalesce("published_at", Value(now)),
    )
    return True


def _take_steps(plan: Plan, now: datetime) -> None:
    """Take one step after the other, each from where the last one has led."""
    taken: set[Step] = set()
    while True:
        # Counted before the state is read: of two that publish at once, the second one either
        # sees what the first one did, or makes the very same call.
        ended = count_ended_calls(plan)
        steps = list_steps(wanted_of(plan), known_by_us(plan))
        if not steps:
            return
        step = steps[0]
        assert step not in taken, step
        taken.add(step)
        take_step(step, plan, ended, now=now)


def take_step(step: Step, plan: Plan, ended: Counter[str], *, now: datetime) -> None:
    """
    Take one step for a plan of which so many calls have ended by key. Raises as `perform` does.

    A step that was taken or refused before is a new call; one that is still open is not.
    """
    if isinstance(step, MeterStep) and not step.meter_id and _take_over_meter(step.feature):
        return
    call = call_of(step, _scene(plan))
    perform(replace(call, key=f"{call.key}:{ended[call.key] + 1}"), now=now)


def count_ended_calls(plan: Plan) -> Counter[str]:
    """Count the calls that were made for a plan, by their keys without the number."""
    ended = StripeIntent.objects.filter(
        subject=plan.public_id, status__in=[IntentStatus.DONE, IntentStatus.REFUSED]
    )
    return Counter(key.rpartition(":")[0] for key in ended.values_list("key", flat=True))


def _scene(plan: Plan) -> Scene:
    return Scene(
        plan=plan,
        product_id=wanted_of(plan).product.id,
        meters=known_by_us(plan).meters,
        labels=list_feature_labels(),
    )


def _take_over_meter(feature: str) -> bool:
    """Stripe has one active meter for each event name: one that is there already is used."""
    event_name = event_name_of(feature)
    for meter in ask_for_all("billing.meters.list", {"status": "active"}):
        if meter["event_name"] == event_name:
            StripeMeter.objects.create(
                feature=Feature.objects.get(code=feature),
                stripe_id=meter["id"],
                event_name=event_name,
            )
            return True
    return False


def _list_due_plans(now: datetime) -> list[int]:
    """Plans with a version that waits, that were renamed, or that are sold now or not any more."""
    sold = Plan.objects.filter(is_sold()).values("pk")
    changed = StripeProduct.objects.filter(
        ~Q(name=F("plan__name"))
        | ~Q(description=F("plan__tagline"))
        | Q(is_active=False, plan__in=sold)
        | (Q(is_active=True) & ~Q(plan__in=sold))
    )
    resting = Publication.objects.filter(
        Q(status=PublicationStatus.FAILED) | Q(status=PublicationStatus.DRIFTED)
    )
    waiting = Publication.objects.filter(status__in=UNPUBLISHED, next_attempt_at__lte=now)
    plans = Plan.objects.filter(pk__in=waiting.values("plan_version__plan")) | Plan.objects.filter(
        pk__in=changed.exclude(plan__in=resting.values("plan_version__plan")).values("plan")
    )
    return list(plans.order_by("pk").values_list("pk", flat=True))


@transaction.atomic(durable=True)
def _note_failure(plan: Plan, detail: str, now: datetime) -> None:
    """Have what is not published tried again, each time after a longer rest."""
    publications = Publication.objects.select_for_update().filter(plan_version__plan=plan)
    failed = list(publications.filter(status__in=UNPUBLISHED)) or [
        publications.order_by("-plan_version__number")[0]
    ]
    for publication in failed:
        publication.status = PublicationStatus.FAILED
        publication.detail = detail[:LONGEST_DETAIL]
        publication.next_attempt_at = now + rest_after(publication.attempts, longest=LONGEST_REST)
        publication.attempts += 1
        publication.save()
