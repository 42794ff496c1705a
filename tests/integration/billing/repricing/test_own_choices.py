"""What customers plan themselves, beside what a campaign offers them."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.audit.actor import Actor
from accounts.models import AuditEntry, Organization, User
from billing.agreements.operations import bring_all_current
from billing.agreements.scheduling import schedule_change, undo_scheduled_change
from billing.models import Agreement, Guarantee, PlanVersion, ScheduledChange
from billing.repricing.offers.errors import CampaignNotReady
from billing.repricing.offers.operations import (
    accept_offer,
    close_campaign,
    decline_offer,
    move_due_offers,
)
from billing.repricing.offers.queries import campaign_progress
from tests.factories.agreements import make_agreement
from tests.factories.catalog import (
    STAFF,
    ArticleCatalog,
    make_plan,
    make_version,
    metered,
    per_seat,
)
from tests.factories.offers import days, make_offer, offer_of

pytestmark = pytest.mark.django_db

STARTED = datetime(2026, 1, 10, 8, tzinfo=UTC)
TOLD = datetime(2026, 3, 15, 12, tzinfo=UTC)
MOVES = datetime(2026, 7, 10, 8, tzinfo=UTC)
CHOSEN = MOVES - days(10)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agreement(catalog: ArticleCatalog, acme: Organization) -> Agreement:
    """Acme pays $100 for each of seven seats since January."""
    return make_agreement(acme, "per_seat", seats=7, at=STARTED)


def choose_itself(agreement: Agreement, catalog: ArticleCatalog, by: User) -> None:
    """The customer plans on its plan page what it is offered, and answers no offer."""
    bring_all_current(now=CHOSEN)
    agreement.refresh_from_db()
    schedule_change(
        agreement=agreement,
        to_version=catalog.professional,
        interval="month",
        seats=20,
        effective_at=MOVES,
        actor=Actor.for_user(by),
        now=CHOSEN,
    )


@pytest.mark.parametrize(
    ("must_move", "becomes", "guarantees"), [(False, "applied", 1), (True, "lapsed", 0)]
)
def test_closing_a_campaign_does_not_undo_what_the_customer_has_planned_itself(
    catalog: ArticleCatalog,
    acme: Organization,
    agreement: Agreement,
    alice: User,
    *,
    must_move: bool,
    becomes: str,
    guarantees: int,
) -> None:
    offer = make_offer(
        agreement, catalog.professional, at=TOLD, must_move=must_move, guarantee_months=6
    )
    choose_itself(agreement, catalog, alice)
    close_campaign(campaign=offer.campaign, actor=STAFF, now=CHOSEN + MINUTE)
    move_due_offers(now=CHOSEN + 2 * MINUTE)
    move_due_offers(now=CHOSEN + 30 * MINUTE)
    assert ScheduledChange.objects.get().status == "waiting"

    bring_all_current(now=MOVES + MINUTE)
    move_due_offers(now=MOVES + MINUTE)

    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.professional
    assert offer_of(acme).status == becomes
    assert Guarantee.objects.count() == guarantees


def test_closing_a_campaign_in_its_last_days_leaves_alone_what_the_customer_has_planned(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alice: User
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD, must_move=True)
    choose_itself(agreement, catalog, alice)
    move_due_offers(now=MOVES - days(2))
    assert offer_of(acme).scheduled_change == ScheduledChange.objects.get()

    close_campaign(campaign=offer.campaign, actor=STAFF, now=MOVES - days(1))
    move_due_offers(now=MOVES - days(1))
    move_due_offers(now=MOVES - days(1) + 30 * MINUTE)

    assert offer_of(acme).status == "lapsed"
    assert ScheduledChange.objects.get().status == "waiting"
    bring_all_current(now=MOVES + MINUTE)
    assert Agreement.objects.get(pk=agreement.pk).plan_version == catalog.professional


def test_closing_it_undoes_what_was_planned_for_who_had_said_nothing(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement
) -> None:
    offer = make_offer(agreement, catalog.professional, at=TOLD, must_move=True)
    bring_all_current(now=MOVES - days(2))
    move_due_offers(now=MOVES - days(2))
    close_campaign(campaign=offer.campaign, actor=STAFF, now=MOVES - days(1))
    for minutes in (0, 30):
        move_due_offers(now=MOVES - days(1) + minutes * MINUTE)
    assert ScheduledChange.objects.get().status == "undone"


def test_a_campaign_is_not_opened_once_answers_were_due(
    catalog: ArticleCatalog, agreement: Agreement
) -> None:
    with pytest.raises(CampaignNotReady):
        make_offer(agreement, catalog.professional, at=TOLD, answer_by=TOLD)


@pytest.fixture
def lighter_seats(catalog: ArticleCatalog) -> PlanVersion:
    """A plan where each seat is paid for too, and costs less."""
    return make_version(
        make_plan(catalog.current, "lighter_seats"),
        metered(catalog.credits, 100),
        prices=(per_seat("60"),),
    )


@pytest.mark.parametrize("waits", [False, True])
def test_who_pays_for_fewer_seats_by_the_move_does_not_pay_for_those_it_was_told_of(
    acme: Organization,
    agreement: Agreement,
    lighter_seats: PlanVersion,
    alice: User,
    *,
    waits: bool,
) -> None:
    offer = make_offer(agreement, lighter_seats, at=TOLD)
    assert offer.seats == 20
    accept_offer(offer=offer, actor=Actor.for_user(alice), now=TOLD + MINUTE)
    bring_all_current(now=CHOSEN)
    agreement.refresh_from_db()
    if waits:
        schedule_change(
            agreement=agreement,
            to_version=agreement.plan_version,
            interval="month",
            seats=3,
            effective_at=MOVES,
            actor=Actor.for_user(alice),
            now=CHOSEN,
        )
    for at in (MOVES - days(1), MOVES + MINUTE):
        bring_all_current(now=at)
        move_due_offers(now=at)
    agreement.refresh_from_db()
    assert (agreement.plan_version, agreement.seats) == (lighter_seats, 3 if waits else 7)


@pytest.mark.parametrize("undoes", [False, True])
def test_other_seats_in_the_last_days_do_not_take_the_answer_back_but_undoing_does(
    acme: Organization,
    agreement: Agreement,
    lighter_seats: PlanVersion,
    alice: User,
    *,
    undoes: bool,
) -> None:
    alices = Actor.for_user(alice)
    offer = make_offer(agreement, lighter_seats, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + MINUTE)
    late = MOVES - days(2)
    bring_all_current(now=late)
    move_due_offers(now=late)
    agreement.refresh_from_db()
    if undoes:
        undo_scheduled_change(agreement=agreement, actor=alices, now=late + MINUTE)
    else:
        schedule_change(
            agreement=agreement,
            to_version=agreement.plan_version,
            interval="month",
            seats=3,
            effective_at=MOVES,
            actor=alices,
            now=late + MINUTE,
        )
    for at in (late + 2 * MINUTE, late + 30 * MINUTE, MOVES + MINUTE):
        bring_all_current(now=at)
        move_due_offers(now=at)
    agreement.refresh_from_db()
    assert offer_of(acme).status == ("declined" if undoes else "applied")
    assert (agreement.plan_version == lighter_seats) is not undoes
    assert agreement.seats == (7 if undoes else 3)


def test_a_move_that_could_not_be_stopped_is_told_to_staff_and_in_the_log_once(
    catalog: ArticleCatalog, acme: Organization, agreement: Agreement, alice: User
) -> None:
    alices = Actor.for_user(alice)
    offer = make_offer(agreement, catalog.professional, at=TOLD)
    accept_offer(offer=offer, actor=alices, now=TOLD + MINUTE)
    bring_all_current(now=MOVES - days(2))
    move_due_offers(now=MOVES - days(2))
    decline_offer(offer=offer, actor=alices, now=MOVES - timedelta(hours=1, minutes=1))
    # Nothing that would undo it is done until the period has ended.
    bring_all_current(now=MOVES + MINUTE)
    assert [move_due_offers(now=MOVES + minutes * MINUTE) for minutes in (1, 30)] == [1, 0]

    moved = offer_of(acme)
    assert moved.status == "declined"
    assert moved.obstacle.startswith("Moved all the same: Stripe was not reached in time.")
    assert AuditEntry.objects.filter(action="repricing_offer.moved_all_the_same").count() == 1
    assert campaign_progress(campaign=offer.campaign).moved_all_the_same == 1
