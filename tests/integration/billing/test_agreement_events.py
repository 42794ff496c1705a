"""Apps are told of each change of an agreement once, with what they need to follow it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

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
    events = WebhookEvent.objects.filter(organization=organization).order_by("pk")
    return list(events.values_list("type", flat=True))


def said(type: str) -> dict[str, Any]:
    """What the only event of a type says."""
    data: dict[str, Any] = WebhookEvent.objects.get(type=type).data
    return data


def test_the_beginning_is_told_with_the_plan(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "professional")
    assert said("agreement.started") == {
        "organization": acme.public_id,
        "agreement": agreement.public_id,
        "plan": "professional",
        "version": 1,
        "status": "active",
        "interval": "month",
        "seats": 20,
        "currency": "USD",
        "started_at": "2026-09-10T08:00:00+00:00",
        "trial_ends_at": None,
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
        "agreement.started",
        "agreement.trial_ended",
        "agreement.plan_changed",
        "agreement.payment_overdue",
        "agreement.payment_settled",
        "agreement.change_scheduled",
        "agreement.change_undone",
        "agreement.end_scheduled",
        "agreement.resumed",
        "agreement.canceled",
    ]


def test_a_move_says_where_from_and_when(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "starter")
    change_plan(agreement=agreement, plan_code="professional", actor=STAFF, now=SUBSCRIBED + DAY)
    data = said("agreement.plan_changed")
    assert (data["from_plan"], data["from_interval"], data["from_seats"]) == ("starter", "month", 5)
    assert (data["plan"], data["seats"]) == ("professional", 20)
    assert data["effective_at"] == "2026-09-11T08:00:00+00:00"


def test_seats_alone_are_told_as_such(catalog: ArticleCatalog, acme: Organization) -> None:
    agreement = make_agreement(acme, "per_seat", seats=3)
    change_seats(agreement=agreement, seats=4, actor=STAFF, now=SUBSCRIBED + DAY)
    change_seats(agreement=agreement, seats=4, actor=STAFF, now=SUBSCRIBED + 2 * DAY)
    assert told(acme) == ["agreement.started", "agreement.seats_changed"]
    data = said("agreement.seats_changed")
    assert (data["from_seats"], data["seats"]) == (3, 4)


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
    bring_current(organization=acme, now=OCTOBER)
    for type in ("agreement.end_scheduled", "agreement.canceled"):
        assert (said(type)["end_reason"], said(type)["feedback"]) == ("requested", "too_expensive")
    assert said("agreement.canceled")["ended_at"] == "2026-10-10T08:00:00+00:00"


def test_what_is_refused_is_not_told(catalog: ArticleCatalog, acme: Organization) -> None:
    make_agreement(acme, "starter")
    with pytest.raises(AgreementExists):
        begin(acme, catalog.professional, at=SUBSCRIBED + DAY)
    assert told(acme) == ["agreement.started"]
