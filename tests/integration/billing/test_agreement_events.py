"""Apps are told of each change of an agreement once, with what they need to follow it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Organization, WebhookEvent
from billing.agreements.changes import change_plan, change_plan_at_once, change_seats
from billing.agreements.errors import AgreementExists
from billing.agreements.notice import resume, schedule_end
from billing.agreements.operations import bring_current, cancel_agreement
from billing.agreements.payments import mark_paid, mark_past_due
from billing.agreements.scheduling import schedule_change, undo_scheduled_change
from billing.choices import CancelFeedback, EndReason
from tests.factories.agreements import SUBSCRIBED, begin, make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog

DAY = timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


def told(organization: Organization) -> list[str]:
    """What was told of its agreements; what was told of credits is another matter."""
    events = WebhookEvent.objects.filter(organization=organization).order_by("pk")
    events = events.exclude(type__startswith="credits.")
    return list(events.values_list("type", flat=True))


def said(type: str) -> dict[str, Any]:
    """What the only event of a type says."""
    data: dict[str, Any] = WebhookEvent.objects.get(type=type).data
    return data


def test_the_beginning_is_told_with_the_plan(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "professional")
    assert said("subscription.created") == {
        "id": agreement.public_id,
        "plan": "professional",
        "plan_name": "Professional",
        "plan_version": 1,
        "status": "active",
        "collection": agreement.collection,
        "currency": "USD",
        "interval": "month",
        "seats": 20,
        "started_at": "2026-09-10T08:00:00Z",
        "trial_ends_at": None,
        "current_period_start": "2026-09-10T08:00:00Z",
        "current_period_end": "2026-10-10T08:00:00Z",
        "cancel_at": None,
        "end_reason": None,
        "feedback": None,
        "ended_at": None,
    }


def test_a_life_is_told_step_by_step_however_often_each_is_noticed(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = begin(acme, catalog.starter, seats=5, trial_ends_at=OCTOBER)
    for _ in range(2):
        bring_current(organization=acme, now=OCTOBER)
        change_plan_at_once(
            agreement=agreement,
            version=catalog.professional,
            interval="month",
            seats=20,
            actor=STAFF,
            now=OCTOBER + DAY,
        )
    for _ in range(2):
        mark_past_due(agreement=agreement, actor=STAFF, now=OCTOBER + 2 * DAY)
    for _ in range(2):
        mark_paid(agreement=agreement, actor=STAFF, now=OCTOBER + 3 * DAY)
    for at in (4, 5):
        schedule_change(
            agreement=agreement,
            to_version=catalog.starter,
            interval="month",
            seats=5,
            effective_at=OCTOBER.replace(month=11),
            actor=STAFF,
            now=OCTOBER + at * DAY,
        )
    undo_scheduled_change(agreement=agreement, actor=STAFF, now=OCTOBER + 6 * DAY)
    for at in (7, 8):
        schedule_end(
            agreement=agreement,
            cancel_at=OCTOBER.replace(month=11),
            reason=EndReason.REQUESTED,
            feedback=CancelFeedback.UNUSED,
            actor=STAFF,
            now=OCTOBER + at * DAY,
        )
    for at in (9, 10):
        resume(agreement=agreement, actor=STAFF, now=OCTOBER + at * DAY)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=OCTOBER + 11 * DAY)
    assert told(acme) == [
        "subscription.created",
        "trial.ended",
        "subscription.updated",
        "subscription.payment_overdue",
        "subscription.payment_settled",
        "plan_change.scheduled",
        "plan_change.undone",
        "subscription.end_scheduled",
        "subscription.resumed",
        "subscription.canceled",
    ]


def test_a_move_says_what_was_before_and_since_when(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "starter")
    change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=SUBSCRIBED + DAY)
    data = said("subscription.updated")
    assert (data["id"], data["plan"], data["seats"]) == (agreement.public_id, "professional", 20)
    assert data["previous_attributes"] == {"plan": "starter", "plan_name": "Starter", "seats": 5}
    assert data["effective_at"] == "2026-09-11T08:00:00Z"


def test_another_interval_is_told_when_it_comes(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "professional")
    schedule_change(
        agreement=agreement,
        to_version=catalog.professional,
        interval="year",
        seats=20,
        effective_at=OCTOBER,
        actor=STAFF,
        now=SUBSCRIBED + DAY,
    )
    assert told(acme) == ["subscription.created", "plan_change.scheduled"]
    bring_current(organization=acme, now=OCTOBER)
    assert told(acme)[2:] == ["subscription.updated"]
    assert said("subscription.updated")["previous_attributes"] == {
        "interval": "month",
        "current_period_start": "2026-09-10T08:00:00Z",
        "current_period_end": "2026-10-10T08:00:00Z",
    }


def test_seats_alone_are_told_as_such(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "per_seat", seats=3)
    change_seats(agreement=agreement, seats=4, actor=STAFF, now=SUBSCRIBED + DAY)
    change_seats(agreement=agreement, seats=4, actor=STAFF, now=SUBSCRIBED + 2 * DAY)
    assert told(acme) == ["subscription.created", "subscription.updated"]
    data = said("subscription.updated")
    assert (data["seats"], data["previous_attributes"]) == (4, {"seats": 3})


def test_a_scheduled_change_is_told_with_where_it_goes(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "professional")
    change = schedule_change(
        agreement=agreement,
        to_version=catalog.starter,
        interval="month",
        seats=5,
        effective_at=OCTOBER,
        actor=STAFF,
        now=SUBSCRIBED + DAY,
    )
    data = said("plan_change.scheduled")
    subscription = data.pop("subscription")
    assert (subscription["id"], subscription["plan"]) == (agreement.public_id, "professional")
    assert data == {
        "id": change.public_id,
        "status": "waiting",
        "plan": "starter",
        "plan_name": "Starter",
        "plan_version": 1,
        "interval": "month",
        "seats": 5,
        "effective_at": "2026-10-10T08:00:00Z",
    }
    undo_scheduled_change(agreement=agreement, actor=STAFF, now=SUBSCRIBED + 2 * DAY)
    undone = said("plan_change.undone")
    assert (undone["id"], undone["status"]) == (change.public_id, "undone")


def test_a_scheduled_change_that_comes_is_an_update(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "professional")
    schedule_change(
        agreement=agreement,
        to_version=catalog.starter,
        interval="month",
        seats=5,
        effective_at=OCTOBER,
        actor=STAFF,
        now=SUBSCRIBED + DAY,
    )
    for _ in range(2):
        bring_current(organization=acme, now=OCTOBER)
    assert told(acme) == ["subscription.created", "plan_change.scheduled", "subscription.updated"]
    assert said("subscription.updated")["previous_attributes"]["plan"] == "professional"


def test_an_end_says_why(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "starter")
    schedule_end(
        agreement=agreement,
        cancel_at=OCTOBER,
        reason=EndReason.REQUESTED,
        feedback=CancelFeedback.TOO_EXPENSIVE,
        actor=STAFF,
        now=SUBSCRIBED + DAY,
    )
    assert said("subscription.end_scheduled")["previous_attributes"] == {
        "cancel_at": None,
        "end_reason": None,
        "feedback": None,
    }
    bring_current(organization=acme, now=OCTOBER)
    for type in ("subscription.end_scheduled", "subscription.canceled"):
        assert (said(type)["end_reason"], said(type)["feedback"]) == ("requested", "too_expensive")
        assert said(type)["cancel_at"] == "2026-10-10T08:00:00Z"
    ended = said("subscription.canceled")
    assert (ended["status"], ended["ended_at"]) == ("canceled", "2026-10-10T08:00:00Z")
    assert ended["previous_attributes"] == {"status": "active", "ended_at": None}


def test_what_is_refused_is_not_told(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter")
    with pytest.raises(AgreementExists):
        begin(acme, catalog.professional, at=SUBSCRIBED + DAY)
    assert told(acme) == ["subscription.created"]


def test_what_is_rolled_back_is_not_told(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "starter")
    with transaction.atomic():
        cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED + DAY)
        assert told(acme) == ["subscription.created", "subscription.canceled"]
        transaction.set_rollback(True)
    assert told(acme) == ["subscription.created"]
