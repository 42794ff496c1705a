"""What the database refuses about offers, whoever writes to it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.audit.actor import Actor
from accounts.models import Organization, User
from billing.models import Agreement, PlanVersion, RepricingNotice, RepricingOffer, ScheduledChange
from billing.repricing.offers.notice_clock import is_renewal
from billing.repricing.offers.operations import accept_offer, decline_offer
from tests.factories.agreements import make_agreement
from tests.factories.catalog import ArticleCatalog
from tests.factories.offers import days, make_offer

pytestmark = pytest.mark.django_db

# The last day of a month, which short months do not have.
STARTED = datetime(2026, 1, 31, 8, tzinfo=UTC)
TOLD = datetime(2026, 3, 15, 12, tzinfo=UTC)
MOVES = datetime(2026, 6, 30, 8, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def offer(catalog: ArticleCatalog, acme: Organization) -> RepricingOffer:
    """Told on 15 March, for 30 June: 90 days end on 13 June."""
    agreement = make_agreement(acme, "per_seat", seats=2, at=STARTED)
    return make_offer(agreement, catalog.professional, at=TOLD)


def refused(offer: RepricingOffer, **facts: object) -> bool:
    """Whether the database refuses to write this."""
    try:
        with transaction.atomic():
            RepricingOffer.objects.filter(pk=offer.pk).update(**facts)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError:
        return True
    return False


def test_the_date_is_a_renewal_after_the_notice_and_only_moves_later(
    offer: RepricingOffer,
) -> None:
    assert offer.effective_at == MOVES
    assert refused(offer, effective_at=datetime(2026, 5, 31, 8, tzinfo=UTC))
    assert refused(offer, effective_at=MOVES + INSTANT)
    assert refused(offer, effective_at=MOVES - INSTANT)
    assert refused(offer, effective_at=None)
    assert not refused(offer, effective_at=datetime(2026, 7, 31, 8, tzinfo=UTC))
    assert refused(offer, effective_at=MOVES)


def test_what_was_told_stays(offer: RepricingOffer, catalog: ArticleCatalog) -> None:
    assert refused(offer, figures={})
    assert refused(offer, new_average_minor=1)
    assert refused(offer, to_version=catalog.starter)
    assert refused(offer, notice_days=91)
    assert refused(offer, noticed_at=TOLD - days(1))
    assert refused(offer, status="prepared")
    with pytest.raises(IntegrityError), transaction.atomic():
        RepricingOffer.objects.filter(pk=offer.pk)._raw_delete("default")


def test_less_notice_needs_a_waiver_with_the_answer(offer: RepricingOffer, alice: User) -> None:
    early = {"status": "accepted", "effective_at": datetime(2026, 4, 30, 8, tzinfo=UTC)}
    assert refused(offer, **early, answered_at=TOLD + days(1))
    assert refused(offer, **early, answered_at=TOLD + days(1), waived_at=TOLD + days(2))
    assert not refused(offer, **early, answered_at=TOLD + days(1), waived_at=TOLD + days(1))


def test_an_end_is_an_end(offer: RepricingOffer, alice: User) -> None:
    decline_offer(offer=offer, actor=Actor.for_user(alice), now=TOLD + days(1))
    assert refused(offer, status="open", answered_at=None, ended_at=None)
    assert not refused(offer, status="withdrawn")
    assert refused(offer, status="accepted", ended_at=None)


def test_a_change_that_comes_too_early_or_leads_elsewhere_is_not_the_offers(
    offer: RepricingOffer, catalog: ArticleCatalog
) -> None:
    def change(to: PlanVersion, at: datetime, status: str = "undone") -> ScheduledChange:
        return ScheduledChange.objects.create(
            organization_id=offer.organization_id,
            agreement_id=offer.agreement_id,
            to_version=to,
            interval="month",
            seats=1,
            effective_at=at,
            requested_at=TOLD,
            status=status,
            ended_at=TOLD,
        )

    assert refused(offer, scheduled_change=change(catalog.professional, MOVES - INSTANT))
    assert refused(offer, scheduled_change=change(catalog.starter, MOVES))
    assert not refused(offer, scheduled_change=change(catalog.professional, MOVES))


def test_a_proof_stays_a_proof(offer: RepricingOffer) -> None:
    sent = RepricingNotice.objects.filter(offer=offer, days_before=90)
    [notice] = sent
    changes: list[dict[str, Any]] = [
        {"sent_to": []},
        {"sent_to": [{**notice.sent_to[0], "address": "eve@acme.example"}]},
        {"sent_at": TOLD + days(1)},
        {"message_sha256": b"0" * 32},
        {"days_before": 60},
    ]
    for facts in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            sent.update(**facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        sent._raw_delete("default")
    sent.update(sent_to=[*notice.sent_to, {"address": "bob@acme.example"}])


def test_the_database_and_the_clock_agree_on_what_a_renewal_is(
    offer: RepricingOffer, alice: User
) -> None:
    """Day by day over two years, for a month that begins on its last day."""
    accept_offer(offer=offer, actor=Actor.for_user(alice), now=TOLD + days(1))
    agreement = Agreement.objects.get(pk=offer.agreement_id)
    for day in range(0, 731):
        at = MOVES + days(day)
        is_one = is_renewal(at, anchor_at=agreement.anchor_at, interval="month")
        with transaction.atomic():
            assert refused(offer, effective_at=at) is not is_one, at
