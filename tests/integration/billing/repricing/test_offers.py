"""Offers: told in time, answered or not, and moved at the renewal that was told, never before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Organization, User, WebhookEvent
from billing.agreements.errors import AgreementEnding
from billing.agreements.notice import schedule_end
from billing.agreements.operations import bring_all_current, cancel_agreement
from billing.choices import EndReason, OfferStatus
from billing.models import Agreement, Guarantee, RepricingNotice, RepricingOffer, ScheduledChange
from billing.repricing.offers.errors import (
    CampaignNotReady,
    MidContract,
    MoveIsDue,
    NoticeTooShort,
    OfferOver,
)
from billing.repricing.offers.operations import (
    accept_offer,
    close_campaign,
    decline_offer,
    move_due_offers,
    open_campaign,
    withdraw_offer,
)
from billing.repricing.offers.queries import campaign_progress
from tests.factories.accounts import make_member, make_person
from tests.factories.agreements import make_agreement
from tests.factories.catalog import STAFF, ArticleCatalog
from tests.factories.offers import days, make_campaign, make_offer, offer_of, tell

pytestmark = pytest.mark.django_db

STARTED = datetime(2026, 1, 10, 8, tzinfo=UTC)
TOLD = datetime(2026, 3, 15, 12, tzinfo=UTC)
# 90 days later is 13 June: the first renewal after that is on 10 July.
MOVES = datetime(2026, 7, 10, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme pays $100 for each of seven seats since January."""
    made = make_agreement(acme, "per_seat", seats=7, at=STARTED)
    bring_all_current(now=TOLD)
    made.refresh_from_db()
    return made


@pytest.fixture
def alices(alice: User) -> Actor:
    return Actor.for_user(alice)


def let_pass(until: datetime) -> None:
    """What the clock rings for, an hour before each instant that counts and after it."""
    for at in (until - timedelta(hours=1), until, until + MINUTE):
        bring_all_current(now=at)
        move_due_offers(now=at)


def test_a_customer_who_accepts_moves_at_the_renewal_after_the_notice(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor, alice: User
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD, guarantee_months=6)
    assert (offer.status, offer.noticed_at, offer.effective_at) == ("open", TOLD, MOVES)

    accepted = accept_offer(offer=offer, actor=alices, now=TOLD + days(1))

    assert (accepted.status, accepted.effective_at) == ("accepted", MOVES)
    assert accepted.answered_by == alice
    let_pass(MOVES - days(20))
    assert not ScheduledChange.objects.exists()
    let_pass(MOVES)
    moved = offer_of(acme)
    assert (moved.status, moved.effective_at) == ("applied", MOVES)
    now = Agreement.objects.get(pk=agreement.pk)
    assert (now.plan_version, now.seats) == (catalog.professional, 20)
    assert now.current_period_start == MOVES
    promised = Guarantee.objects.get(offer=moved)
    assert (promised.old_version, promised.old_seats) == (catalog.per_seat, 7)
    assert promised.starts_at == MOVES
    told = WebhookEvent.objects.filter(type__startswith="repricing_offer.").order_by("pk")
    assert list(told.values_list("type", flat=True)) == [
        "repricing_offer.made",
        "repricing_offer.accepted",
        "repricing_offer.applied",
    ]
    entry = AuditEntry.objects.get(action="repricing_offer.accepted")
    assert (entry.actor, entry.target) == (alice.email, moved.public_id)
    assert entry.changes == {"status": ["open", "accepted"]}


def test_who_takes_it_back_in_the_last_days_may_accept_again(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + days(1))
    let_pass(MOVES - days(2))
    decline_offer(offer=offer, actor=alices, now=MOVES - days(2) + 2 * MINUTE)
    move_due_offers(now=MOVES - days(2) + 20 * MINUTE)
    assert ScheduledChange.objects.get().status == "undone"

    assert accept_offer(offer=offer, actor=alices, now=MOVES - days(1)).effective_at == MOVES

    let_pass(MOVES)
    assert offer_of(acme).status == "applied"


def test_notices_come_90_30_and_7_days_before_once_each_with_proof(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert mail.outbox[0].subject == "Acme saves $451.00 a month with Professional"

    assert tell(at=TOLD + days(1)) == 0
    assert tell(at=MOVES - days(30) - MINUTE) == 0
    assert tell(at=MOVES - days(30)) == 1
    assert tell(at=MOVES - days(29)) == 0
    assert tell(at=MOVES - days(7)) == 1
    assert tell(at=MOVES) == 0
    sent = RepricingNotice.objects.filter(offer=offer).order_by("-days_before")
    assert [(one.days_before, one.sent_at) for one in sent] == [
        (90, TOLD),
        (30, MOVES - days(30)),
        (7, MOVES - days(7)),
    ]
    proof = sent[0].sent_to[0]
    assert (proof["address"], proof["sent_at"]) == ("alice@acme.example", "2026-03-15T12:00:00Z")
    assert bytes.fromhex(proof["sha256"]) == bytes(sent[0].message_sha256 or b"")


def test_who_was_not_reached_was_not_told_and_nothing_takes_effect(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD, is_told=False, must_move=True)
    let_pass(MOVES + days(300))
    offer.refresh_from_db()
    assert (offer.status, offer.noticed_at, offer.effective_at) == ("prepared", None, None)
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.per_seat


def test_the_clock_starts_when_the_mail_has_left_and_not_before(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    make_offer(agreement, catalog.professional, at=TOLD, is_told=False)
    late = datetime(2026, 4, 20, tzinfo=UTC)
    tell(at=late)
    assert offer_of(acme).noticed_at == late
    assert offer_of(acme).effective_at == datetime(2026, 8, 10, 8, tzinfo=UTC)


def test_a_yearly_customer_moves_when_the_year_ends(
    catalog: ArticleCatalog, acme: Organization
) -> None:
    agreement = make_agreement(acme, "professional", interval="year", at=STARTED)
    offer = make_offer(agreement, catalog.starter, at=TOLD, must_move=True)
    assert offer.effective_at == datetime(2027, 1, 10, 8, tzinfo=UTC)
    let_pass(datetime(2027, 1, 10, 7, tzinfo=UTC))
    assert offer_of(acme).status == "open"
    let_pass(datetime(2027, 1, 10, 8, tzinfo=UTC))
    assert offer_of(acme).status == "applied"


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (datetime(2026, 6, 10, 8, tzinfo=UTC), NoticeTooShort),
        (MOVES - MINUTE, NoticeTooShort),
        (MOVES + MINUTE, MidContract),
        (TOLD - days(30), NoticeTooShort),
    ],
)
def test_no_other_date_than_a_renewal_after_the_notice_is_taken(
    catalog: ArticleCatalog,
    agreement: Agreement,
    alices: Actor,
    at: datetime,
    refusal: type[Exception],
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    with pytest.raises(refusal):
        accept_offer(offer=offer, actor=alices, now=TOLD + days(1), effective_at=at)
    offer.refresh_from_db()
    assert (offer.status, offer.effective_at) == ("open", MOVES)


def test_a_customer_may_waive_the_notice_in_so_many_words_but_never_mid_contract(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    soon = datetime(2026, 4, 10, 8, tzinfo=UTC)
    with pytest.raises(MidContract):
        accept_offer(
            offer=offer,
            actor=alices,
            now=TOLD + days(1),
            waives_notice=True,
            effective_at=soon - MINUTE,
        )

    accepted = accept_offer(offer=offer, actor=alices, now=TOLD + days(1), waives_notice=True)

    assert (accepted.effective_at, accepted.waived_at) == (soon, TOLD + days(1))
    due = RepricingNotice.objects.filter(offer=offer, queued_at=None)
    assert list(due.values_list("days_before", "due_at")) == [(7, soon - days(7))]
    let_pass(soon)
    assert offer_of(acme).status == "applied"
    # Declined again it would have waited for the notice once more.
    assert offer_of(acme).effective_at == soon


def test_who_took_a_waiver_back_has_the_whole_notice_again(
    catalog: ArticleCatalog, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + days(1), waives_notice=True)
    declined = decline_offer(offer=offer, actor=alices, now=TOLD + days(2))
    assert (declined.status, declined.waived_at, declined.effective_at) == ("declined", None, MOVES)
    again = accept_offer(offer=offer, actor=alices, now=TOLD + days(3))
    assert (again.status, again.effective_at) == ("accepted", MOVES)


def test_nobody_moves_who_has_not_answered(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD, answer_by=MOVES + days(10))
    let_pass(MOVES + MINUTE)
    assert offer_of(acme).status == "open"
    # An answer that comes late counts for the renewal after it.
    let_pass(MOVES + days(10))
    assert offer_of(acme).status == "lapsed"
    with pytest.raises(OfferOver):
        accept_offer(offer=offer, actor=alices, now=MOVES + days(11))
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.per_seat


def test_an_answer_after_the_date_counts_for_the_next_renewal(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    bring_all_current(now=MOVES + days(1))
    accepted = accept_offer(offer=offer, actor=alices, now=MOVES + days(1))
    assert accepted.effective_at == datetime(2026, 8, 10, 8, tzinfo=UTC)


def test_where_everybody_moves_silence_moves_too_and_declining_is_refused(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD, must_move=True, now_minor=20_000)
    assert mail.outbox[0].subject == "Acme moves from Per seat to Professional on 10 Jul 2026 UTC"
    assert "save" not in str(mail.outbox[0].body)
    assert "That is $99.00 more a month." in str(mail.outbox[0].body)
    with pytest.raises(MoveIsDue):
        decline_offer(offer=offer, actor=alices, now=TOLD + days(1))
    let_pass(MOVES)
    assert offer_of(acme).status == "applied"
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.professional


def test_a_late_worker_moves_nobody_within_a_period(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + days(1))
    bring_all_current(now=MOVES + days(3))
    move_due_offers(now=MOVES + days(3))
    assert offer_of(acme).effective_at == datetime(2026, 8, 10, 8, tzinfo=UTC)
    let_pass(datetime(2026, 8, 10, 8, tzinfo=UTC))
    assert offer_of(acme).status == "applied"


def test_who_cancels_leaves_and_who_stays_after_all_moves(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    schedule_end(
        agreement=agreement,
        cancel_at=datetime(2026, 4, 10, 8, tzinfo=UTC),
        reason=EndReason.REQUESTED,
        feedback="",
        actor=alices,
        now=TOLD + days(1),
    )
    with pytest.raises(AgreementEnding):
        accept_offer(offer=offer, actor=alices, now=TOLD + days(2))
    let_pass(datetime(2026, 4, 10, 8, tzinfo=UTC))
    assert offer_of(acme).status == "lapsed"
    progress = campaign_progress(campaign=offer.campaign)
    assert (progress.told, progress.left, progress.moved) == (1, 1, 0)


def test_a_withdrawn_offer_undoes_the_change_that_was_planned(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + days(1))
    bring_all_current(now=MOVES - days(2))
    move_due_offers(now=MOVES - days(2))
    assert ScheduledChange.objects.get().status == "waiting"
    withdraw_offer(offer=offer, actor=STAFF, reason="A mistake", now=MOVES - days(1))
    move_due_offers(now=MOVES - days(1) + MINUTE)
    assert ScheduledChange.objects.get().status == "undone"
    let_pass(MOVES)
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.per_seat


def test_a_plan_with_too_few_seats_is_told_to_staff_and_moves_nobody(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.starter, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + days(1))
    for number in range(4):
        make_member(acme, make_person(f"Newcomer{number}"))
    let_pass(MOVES)
    stuck = offer_of(acme)
    assert stuck.status == "accepted"
    assert stuck.obstacle == "There would be 5 seats for 6 members."
    assert campaign_progress(campaign=offer.campaign).stuck == 1
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.per_seat


def test_closing_a_campaign_keeps_what_was_accepted_and_ends_the_rest(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alices: Actor
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + days(1))
    close_campaign(campaign=offer.campaign, actor=STAFF, now=TOLD + days(2))
    let_pass(MOVES)
    assert offer_of(acme).status == "applied"


@pytest.mark.parametrize(
    ("is_told", "must_move", "becomes"),
    [(True, False, "lapsed"), (True, True, "lapsed"), (False, False, "withdrawn")],
)
def test_closing_a_campaign_ends_what_nobody_has_answered(
    catalog: ArticleCatalog,
    acme: Organization,
    agreement: Agreement,
    alices: Actor,
    *,
    is_told: bool,
    must_move: bool,
    becomes: str,
) -> None:
    offer = make_offer(
        agreement, catalog.professional, at=TOLD, is_told=is_told, must_move=must_move
    )
    bring_all_current(now=MOVES - days(2))
    move_due_offers(now=MOVES - days(2))
    close_campaign(campaign=offer.campaign, actor=STAFF, now=MOVES - days(1))
    with pytest.raises(OfferOver):
        accept_offer(offer=offer, actor=alices, now=MOVES - days(1))
    assert tell(at=MOVES - days(1)) == 0
    let_pass(MOVES)
    assert offer_of(acme).status == becomes
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.per_seat


def test_a_campaign_is_opened_once_and_only_when_it_was_simulated(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    draft = make_campaign([catalog.per_seat.plan], [catalog.professional.plan])
    with pytest.raises(CampaignNotReady):
        open_campaign(campaign=draft, actor=STAFF, now=TOLD)
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    with pytest.raises(CampaignNotReady):
        open_campaign(campaign=offer.campaign, actor=STAFF, now=TOLD)
    assert RepricingOffer.objects.count() == 1


def test_who_has_left_before_the_mail_went_is_told_nothing(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    make_offer(agreement, catalog.professional, at=TOLD, is_told=False)
    cancel_agreement(
        agreement=agreement, ended_at=TOLD, feedback="", actor=STAFF, reason="", now=TOLD + MINUTE
    )
    assert tell(at=TOLD + 2 * MINUTE) == 0
    move_due_offers(now=TOLD + 3 * MINUTE)
    assert offer_of(acme).status == OfferStatus.WITHDRAWN
