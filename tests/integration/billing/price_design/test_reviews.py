"""Prices are reviewed every quarter: it comes due once, and what was decided stays."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, MailNotice
from billing.models import PriceReview
from billing.price_design.aims import usual_aim
from billing.price_design.queries import Design, design_prices
from billing.price_design.reviews import (
    NoReviewOpen,
    close_review,
    find_open_review,
    next_review_at,
    open_due_review,
)
from config.kernel.errors import Invalid
from metering.models import ActionRate
from tests.factories.analytics import price_documents
from tests.factories.catalog import ArticleCatalog

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ALICE = Actor("alice@tallybook.example")


def design(catalog: ArticleCatalog, *, now: datetime = NOW) -> Design:
    return design_prices(meter=catalog.meter, aim=usual_aim(), now=now)


def test_the_first_review_is_due_90_days_after_the_first_rate(catalog: ArticleCatalog) -> None:
    first = ActionRate.objects.earliest("effective_at").effective_at
    due = first + 90 * DAY
    assert next_review_at() == due
    assert open_due_review(now=due - timedelta(seconds=1)) is False
    assert open_due_review(now=due) is True
    assert find_open_review() is not None


def test_it_comes_due_once_and_staff_are_told_once(catalog: ArticleCatalog) -> None:
    assert [open_due_review(now=NOW + day * DAY) for day in range(3)] == [True, False, False]
    assert PriceReview.objects.count() == 1
    assert MailNotice.objects.filter(kind="price_review_due").count() == 1


def test_without_rates_there_is_nothing_to_review(db: None) -> None:
    assert open_due_review(now=NOW) is False


def test_a_review_keeps_what_was_looked_at_and_decided(catalog: ArticleCatalog) -> None:
    open_due_review(now=NOW)
    review = close_review(
        designs=[design(catalog)], decision=" Reports take 62 from November. ", actor=ALICE, now=NOW
    )
    assert (review.done_at, review.done_by) == (NOW, ALICE.label)
    assert review.decision == "Reports take 62 from November."
    looked_at = PriceReview.objects.get().looked_at
    assert looked_at is not None
    assert looked_at[-1] == {
        "feature": "ai_credits",
        "action": "GENERATE_REPORT",
        "credits": "50",
        "cost": "1.58",
        "cost_p95": None,
        "events": 0,
        "price": "0.12",
        "target_percent": "70",
        "buffer_percent": "40",
        "margin_percent": "73.7",
        "buffered_margin_percent": "63.1",
        "suggested_credits": 62,
    }
    assert AuditEntry.objects.get(action="price_review.closed").target == review.public_id


def test_the_figures_of_every_meter_are_kept(catalog: ArticleCatalog) -> None:
    price_documents(catalog)
    open_due_review(now=NOW)
    meters = (catalog.meter, catalog.documents_meter)
    designs = [design_prices(meter=meter, aim=usual_aim(), now=NOW) for meter in meters]
    review = close_review(designs=designs, decision="Nothing changes.", actor=ALICE, now=NOW)
    assert review.looked_at is not None
    assert [(row["feature"], row["action"]) for row in review.looked_at] == [
        ("ai_credits", "EXTRACT_TEXT"),
        ("ai_credits", "SUMMARIZE_SHORT"),
        ("ai_credits", "GENERATE_REPORT"),
        ("documents", "PROCESS_DOCUMENT"),
    ]


def test_the_next_one_is_due_90_days_later(catalog: ArticleCatalog) -> None:
    open_due_review(now=NOW)
    close_review(designs=[design(catalog)], decision="Nothing changes.", actor=ALICE, now=NOW)
    assert find_open_review() is None
    assert next_review_at() == NOW + 90 * DAY
    assert open_due_review(now=NOW + 90 * DAY - DAY) is False
    assert open_due_review(now=NOW + 90 * DAY) is True


def test_a_review_needs_a_decision_and_to_be_due(catalog: ArticleCatalog) -> None:
    with pytest.raises(NoReviewOpen):
        close_review(designs=[design(catalog)], decision="Fine.", actor=ALICE, now=NOW)
    open_due_review(now=NOW)
    with pytest.raises(Invalid):
        close_review(designs=[design(catalog)], decision=" ", actor=ALICE, now=NOW)


def test_a_closed_review_never_changes(catalog: ArticleCatalog) -> None:
    open_due_review(now=NOW)
    close_review(designs=[design(catalog)], decision="Nothing changes.", actor=ALICE, now=NOW)
    with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
        PriceReview.objects.update(decision="Something else.")
