"""What an agreement has to do to be what its subscription is."""

from dataclasses import replace
from datetime import datetime
from typing import Final

import pytest

from billing.choices import AgreementStatus, EndReason
from billing.stripe.levelling.decisions import decide
from billing.stripe.levelling.differences import Obstacle, obstacles_between
from billing.stripe.levelling.standing import Agreed, Notice, Planned, Sold, Told
from billing.stripe.levelling.steps import (
    Begin,
    Change,
    ComeTo,
    End,
    FallDue,
    GiveNotice,
    Resume,
    Schedule,
    SettleUp,
    Step,
    Unschedule,
)
from config.kernel.periods import INSTANT, Period
from tests.unit.billing.stripe.lives import (
    ACTIVE,
    BEGUN,
    BUSINESS,
    CONVERTED,
    DAY,
    OVER,
    RENEWED,
    TEAM,
    TRIAL,
)

NOW: Final = CONVERTED + DAY
ON_TRIAL: Final = Agreed(
    AgreementStatus.TRIALING, Sold(TEAM, "month", 3), BEGUN, trial_ends_at=CONVERTED
)
AGREED: Final = replace(ON_TRIAL, status=AgreementStatus.ACTIVE, period_starts_at=CONVERTED)
DOWNGRADE: Final = Planned(Sold(BUSINESS, "month", 2), RENEWED)
YEARLY: Final = Sold(TEAM, "year", 3)
WITHOUT_CARD: Final = Notice(CONVERTED, EndReason.TRIAL_WITHOUT_CARD, "")
NOTICE: Final = Notice(RENEWED, EndReason.REQUESTED, "unused")


def steps(agreed: Agreed | None, told: Told, *, now: datetime = NOW) -> list[Step]:
    return list(decide(agreed, told, now=now))


class TestBeginning:
    @pytest.mark.parametrize("status", ["active", "past_due", "unpaid", "canceled", "paused"])
    def test_it_begins_once_it_was_paid_for(self, status: str) -> None:
        begin = Begin(Sold(TEAM, "month", 3), BEGUN, CONVERTED, CONVERTED)
        assert steps(None, replace(ACTIVE, status=status)) == [begin]

    @pytest.mark.parametrize("status", ["incomplete", "incomplete_expired"])
    def test_without_a_first_payment_there_is_nothing(self, status: str) -> None:
        assert steps(None, replace(ACTIVE, status=status)) == []

    def test_an_active_one_waits_for_its_first_invoice(self) -> None:
        assert steps(None, replace(ACTIVE, is_paid_for=False)) == []

    def test_prices_that_we_do_not_know_are_not_guessed(self) -> None:
        unknown = replace(ACTIVE, sold=None)
        assert steps(None, unknown) == []
        assert [kind for kind, *_ in obstacles_between(None, unknown)] == [Obstacle.UNKNOWN_PRICE]


class TestTerms:
    def test_nothing_is_to_be_done_for_one_that_is_level(self) -> None:
        assert steps(AGREED, ACTIVE) == steps(ON_TRIAL, TRIAL, now=BEGUN) == []

    def test_on_trial_another_interval_holds_at_once_too(self) -> None:
        assert steps(ON_TRIAL, replace(TRIAL, sold=YEARLY), now=BEGUN) == [Change(YEARLY)]

    def test_another_plan_or_number_of_seats_holds_at_once(self) -> None:
        for sold in (Sold(BUSINESS, "month", 3), Sold(TEAM, "month", 4)):
            assert steps(AGREED, replace(ACTIVE, sold=sold)) == [Change(sold)]

    def test_seats_that_stripe_does_not_count_are_ours_to_know(self) -> None:
        assert steps(AGREED, replace(ACTIVE, sold=Sold(TEAM, "month", None))) == []

    def test_what_has_turned_here_is_not_turned_back_by_what_has_not_there(self) -> None:
        changed = replace(AGREED, sold=DOWNGRADE.sold, period_starts_at=RENEWED)
        assert steps(changed, ACTIVE, now=RENEWED) == []

    def test_another_interval_is_reported(self) -> None:
        told = replace(ACTIVE, sold=YEARLY)
        assert steps(AGREED, told) == []
        assert list(obstacles_between(AGREED, told)) == [
            (Obstacle.INTERVAL_DIFFERS, "month", "year")
        ]

    def test_unknown_prices_change_nothing_but_are_reported(self) -> None:
        told = replace(ACTIVE, sold=None, status="past_due")
        assert steps(AGREED, told) == [FallDue()]
        assert [kind for kind, *_ in obstacles_between(AGREED, told)] == [Obstacle.UNKNOWN_PRICE]


class TestPlans:
    def test_what_is_planned_is_scheduled_once(self) -> None:
        told = replace(ACTIVE, planned=DOWNGRADE)
        assert steps(AGREED, told) == [Schedule(DOWNGRADE)]
        assert steps(replace(AGREED, planned=DOWNGRADE), told) == []

    def test_another_plan_takes_its_place(self) -> None:
        planned = Planned(YEARLY, RENEWED)
        told = replace(ACTIVE, planned=planned)
        assert steps(replace(AGREED, planned=DOWNGRADE), told) == [Schedule(planned)]

    def test_what_is_released_is_undone(self) -> None:
        assert steps(replace(AGREED, planned=DOWNGRADE), ACTIVE) == [Unschedule()]

    def test_a_phase_that_changes_nothing_is_none(self) -> None:
        same = Planned(Sold(TEAM, "month", None), RENEWED)
        assert steps(AGREED, replace(ACTIVE, planned=same)) == []

    @pytest.mark.parametrize("planned", [DOWNGRADE, Planned(YEARLY, RENEWED)])
    def test_what_has_begun_there_begins_here_at_its_instant(self, planned: Planned) -> None:
        told = replace(ACTIVE, sold=planned.sold, period=Period(RENEWED, OVER))
        waiting = replace(AGREED, planned=planned)
        assert steps(waiting, told, now=RENEWED - INSTANT) == [ComeTo(RENEWED)]


class TestTrial:
    def test_one_that_is_over_there_is_over_here(self) -> None:
        assert steps(ON_TRIAL, ACTIVE, now=CONVERTED - INSTANT) == [ComeTo(CONVERTED)]

    def test_one_that_is_over_here_waits_for_nothing(self) -> None:
        assert steps(AGREED, TRIAL, now=CONVERTED) == []

    def test_without_a_card_it_ends_and_with_one_it_goes_on(self) -> None:
        told = replace(TRIAL, notice=WITHOUT_CARD)
        assert steps(ON_TRIAL, told, now=BEGUN) == [GiveNotice(WITHOUT_CARD)]
        assert steps(replace(ON_TRIAL, notice=WITHOUT_CARD), TRIAL, now=BEGUN) == [Resume()]

    def test_a_card_at_the_last_moment_lets_it_go_on_where_it_ended(self) -> None:
        over = replace(
            ON_TRIAL,
            status=AgreementStatus.CANCELED,
            notice=WITHOUT_CARD,
            ended_at=CONVERTED,
        )
        begin = Begin(Sold(TEAM, "month", 3), CONVERTED, CONVERTED, None)
        assert steps(over, ACTIVE) == [begin]
        assert steps(over, replace(TRIAL, notice=WITHOUT_CARD)) == []
        by_staff = replace(over, notice=None)
        assert steps(by_staff, ACTIVE) == []

    @pytest.mark.parametrize("ends_at", [CONVERTED - DAY, CONVERTED + DAY])
    def test_another_end_is_reported(self, ends_at: datetime) -> None:
        told = replace(TRIAL, trial_ends_at=ends_at)
        assert steps(ON_TRIAL, told, now=BEGUN) == []
        assert [kind for kind, *_ in obstacles_between(ON_TRIAL, told)] == [Obstacle.TRIAL_DIFFERS]


class TestPayment:
    @pytest.mark.parametrize("status", ["past_due", "unpaid", "paused"])
    def test_it_falls_due_and_is_settled(self, status: str) -> None:
        overdue = replace(AGREED, status=AgreementStatus.PAST_DUE)
        assert steps(AGREED, replace(ACTIVE, status=status)) == [FallDue()]
        assert steps(overdue, replace(ACTIVE, status=status)) == []
        assert steps(overdue, ACTIVE) == [SettleUp()]


class TestEnd:
    def test_notice_is_given_and_taken_back(self) -> None:
        assert steps(AGREED, replace(ACTIVE, notice=NOTICE)) == [GiveNotice(NOTICE)]
        assert steps(replace(AGREED, notice=NOTICE), ACTIVE) == [Resume()]

    def test_it_ends_when_it_ended_there(self) -> None:
        told = replace(ACTIVE, status="canceled", ended_at=NOW - DAY, feedback="unused")
        assert steps(AGREED, told) == [End(NOW - DAY, "unused")]

    def test_it_ends_when_it_was_to_though_stripe_saw_to_it_later(self) -> None:
        late = RENEWED + 5 * INSTANT
        told = replace(ACTIVE, status="canceled", notice=NOTICE, ended_at=late)
        noticed = replace(AGREED, notice=NOTICE)
        assert steps(noticed, told, now=late) == [End(RENEWED, "")]
        assert steps(AGREED, told, now=late) == [GiveNotice(NOTICE), End(RENEWED, "")]

    def test_one_that_has_ended_does_nothing_more(self) -> None:
        over = replace(AGREED, status=AgreementStatus.CANCELED, ended_at=NOW)
        assert steps(over, replace(ACTIVE, status="canceled", ended_at=NOW)) == []
