"""An agreement that is going to end does so at exactly that instant, unless it is resumed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import AuditEntry, Organization
from billing.agreements.errors import AgreementEnded
from billing.agreements.notice import resume, schedule_end
from billing.agreements.operations import bring_all_current, bring_current, cancel_agreement
from billing.agreements.queries import describe_agreement
from billing.audit import find_violations
from billing.choices import CancelFeedback, EndReason
from billing.invoicing.queries import estimate_next_invoice
from billing.models import Agreement
from billing.seats.operations import count_seats
from config.kernel.errors import Invalid
from config.kernel.money import Money
from metering.models import UsagePeriod
from metering.usage.reports import Rejection
from tests.factories.agreements import SUBSCRIBED, make_agreement, settle, use
from tests.factories.catalog import STAFF, ArticleCatalog

INSTANT, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
OCTOBER = datetime(2026, 10, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _books_add_up() -> Iterator[None]:
    yield
    assert list(find_violations()) == []


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme is on Professional."""
    return make_agreement(acme, "professional")


def give_notice(
    agreement: Agreement,
    *,
    cancel_at: datetime = OCTOBER,
    feedback: str = CancelFeedback.TOO_EXPENSIVE,
    now: datetime = SUBSCRIBED + DAY,
) -> Agreement:
    return schedule_end(
        agreement=agreement,
        cancel_at=cancel_at,
        reason=EndReason.REQUESTED,
        feedback=feedback,
        actor=STAFF,
        now=now,
    )


def test_until_then_everything_is_as_it_was(agreement: Agreement, acme: Organization) -> None:
    view = describe_agreement(agreement=give_notice(agreement))
    assert (view.status, view.cancel_at, view.end_reason) == ("active", OCTOBER, "requested")
    assert Agreement.objects.get().cancel_feedback == "too_expensive"
    assert use(acme, "evt_1", 1, at=OCTOBER - INSTANT, enforce=True).outcome == "accepted"


@pytest.mark.parametrize("noticed", [OCTOBER, OCTOBER + HOUR, OCTOBER + 40 * DAY])
def test_it_ends_at_its_instant_whenever_that_is_noticed(
    agreement: Agreement, acme: Organization, noticed: datetime
) -> None:
    give_notice(agreement)
    assert bring_all_current(now=noticed) == 1
    agreement.refresh_from_db()
    assert (agreement.status, agreement.ended_at) == ("canceled", OCTOBER)
    assert UsagePeriod.objects.get().ends_at == OCTOBER
    assert bring_all_current(now=noticed) == 0
    [settlement] = settle(acme, at=max(noticed, OCTOBER + HOUR))
    assert (settlement.expired_credits, settlement.rolled_over_credits) == (5_000, 0)


def test_a_sweep_is_not_needed_to_refuse_what_comes_later(
    agreement: Agreement, acme: Organization
) -> None:
    give_notice(agreement, cancel_at=OCTOBER - DAY)
    at = OCTOBER - DAY
    after = use(acme, "evt_1", 1, at=at)
    assert after.reason == Rejection.OCCURRED_AFTER_AGREEMENT
    assert use(acme, "evt_2", 1, at=at, occurred_at=at - INSTANT).outcome == "accepted"
    assert use(acme, "evt_3", 1, at=at + HOUR).reason == Rejection.NO_AGREEMENT
    agreement.refresh_from_db()
    assert agreement.ended_at == at


def test_nobody_is_counted_once_it_is_over(agreement: Agreement, acme: Organization) -> None:
    give_notice(agreement, cancel_at=OCTOBER - DAY)
    assert count_seats(organization_id=acme.pk, now=OCTOBER - DAY) == 0
    agreement.refresh_from_db()
    assert agreement.ended_at == OCTOBER - DAY


def test_nothing_is_due_for_what_follows(agreement: Agreement, acme: Organization) -> None:
    give_notice(agreement)
    estimate = estimate_next_invoice(organization=acme, now=SUBSCRIBED + DAY)
    assert estimate is not None
    assert (estimate.total, estimate.due_at) == (Money(0, "USD"), OCTOBER)


def test_it_can_be_resumed_until_it_ends(agreement: Agreement, acme: Organization) -> None:
    give_notice(agreement)
    resumed = resume(agreement=agreement, actor=STAFF, now=OCTOBER - INSTANT)
    assert (resumed.cancel_at, resumed.end_reason, resumed.cancel_feedback) == (None, "", "")
    bring_current(organization=acme, now=OCTOBER)
    assert Agreement.objects.get().status == "active"
    give_notice(agreement, cancel_at=OCTOBER + DAY, now=OCTOBER)
    with pytest.raises(AgreementEnded):
        resume(agreement=agreement, actor=STAFF, now=OCTOBER + DAY)


def test_the_last_word_counts_and_the_same_again_changes_nothing(agreement: Agreement) -> None:
    for _ in range(2):
        give_notice(agreement)
    give_notice(agreement, cancel_at=OCTOBER + DAY, feedback="")
    entries = AuditEntry.objects.filter(action="agreement.end_scheduled").order_by("pk")
    assert [entry.changes["cancel_at"] for entry in entries] == [
        [None, "2026-10-10T08:00:00Z"],
        ["2026-10-10T08:00:00Z", "2026-10-11T08:00:00Z"],
    ]


def test_it_can_still_be_canceled_before(agreement: Agreement) -> None:
    give_notice(agreement)
    cancel_agreement(agreement=agreement, actor=STAFF, reason="", now=SUBSCRIBED + 2 * DAY)
    agreement.refresh_from_db()
    assert agreement.ended_at == SUBSCRIBED + 2 * DAY


def test_an_end_in_the_past_or_for_an_unknown_reason_is_refused(agreement: Agreement) -> None:
    with pytest.raises(Invalid):
        give_notice(agreement, cancel_at=SUBSCRIBED + DAY)
    with pytest.raises(Invalid):
        give_notice(agreement, feedback="boredom")
    assert Agreement.objects.get().cancel_at is None


def test_one_that_ended_cannot_end_again(agreement: Agreement) -> None:
    give_notice(agreement)
    with pytest.raises(AgreementEnded):
        give_notice(agreement, cancel_at=OCTOBER + DAY, now=OCTOBER)
