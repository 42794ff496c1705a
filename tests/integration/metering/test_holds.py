"""Holds: set aside, settled, released, expired."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from config.kernel.quantities import ZERO
from metering.models import Hold, LedgerAccount, LedgerTransfer, Meter
from metering.operations import (
    EventBookedApart,
    HoldConflict,
    HoldEnded,
    HoldNotFound,
    HoldRefused,
    release_expired_holds,
)
from metering.queries import get_balance
from metering.usage.reports import Bounds, Outcome, Rejection
from tests.factories.metering import (
    ANCHOR,
    close,
    grant,
    hold,
    open_through,
    record,
    release,
    report,
    settle,
    terms,
)

NOON = ANCHOR + timedelta(hours=4)
MINUTE = timedelta(minutes=1)
SOLD = Bounds(overage=None)


def remaining(organization: Organization, meter: Meter, *, at: datetime = NOON) -> Decimal:
    return get_balance(organization_id=organization.pk, meter_id=meter.pk, at=at).remaining


def held_balance(organization: Organization) -> Decimal:
    balance: Decimal = LedgerAccount.objects.get(organization=organization, kind="held").balance
    return balance


def overage(organization: Organization, meter: Meter) -> Decimal:
    period = get_balance(organization_id=organization.pk, meter_id=meter.pk, at=NOON).period
    assert period is not None
    return period.overage


def test_a_hold_takes_credits_out_of_what_can_be_spent(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    held = hold(acme, "call-1", 400, terms=agreed, at=NOON)
    assert (held.credits, held.uncovered, held.remaining) == (400, 0, 600)
    assert held.expires_at == NOON + 15 * MINUTE
    assert remaining(acme, meter) == 600
    assert held_balance(acme) == 400


def test_settling_for_less_returns_the_rest(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=5_000)
    held = hold(acme, "call-1", 1_000, terms=agreed, at=NOON)
    receipt = settle(acme, held, 743, terms=agreed, at=NOON + MINUTE)
    assert (receipt.outcome, receipt.credits, receipt.overage) == (Outcome.ACCEPTED, 743, 0)
    assert remaining(acme, meter) == 4_257
    assert held_balance(acme) == ZERO
    stored = Hold.objects.get(key="call-1")
    assert (stored.outcome, stored.event_key) == ("settled", "call-1")


def test_settling_for_more_books_the_difference_like_usage(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=1_000)
    held = hold(acme, "call-1", 900, terms=agreed, at=NOON)
    receipt = settle(acme, held, 1_200, terms=agreed, at=NOON + MINUTE)
    assert (receipt.credits, receipt.overage, receipt.remaining) == (1_200, 200, 0)
    assert overage(acme, meter) == 200


def test_a_hold_is_settled_once(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    held = hold(acme, "call-1", 900, terms=agreed, at=NOON)
    first = settle(acme, held, 500, terms=agreed, at=NOON + MINUTE)
    again = settle(acme, held, 500, terms=agreed, at=NOON + 2 * MINUTE)
    assert (again.outcome, again.credits, again.remaining) == (
        Outcome.DUPLICATE,
        first.credits,
        first.remaining,
    )
    with pytest.raises(HoldEnded):
        settle(acme, held, 500, terms=agreed, at=NOON + 2 * MINUTE, event_id="another")
    with pytest.raises(HoldEnded):
        release(acme, held, at=NOON + 2 * MINUTE)
    assert remaining(acme, meter) == 500


def test_an_event_that_was_booked_apart_settles_no_hold(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    held = hold(acme, "call-1", 900, terms=agreed, at=NOON)
    record(acme, report("evt-1", 60), terms=agreed, at=NOON)
    with pytest.raises(EventBookedApart):
        settle(acme, held, 60, terms=agreed, at=NOON, event_id="evt-1")
    assert Hold.objects.get().outcome is None


def test_releasing_returns_everything_and_may_be_said_twice(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=1_000)
    held = hold(acme, "call-1", 900, terms=agreed, at=NOON)
    assert release(acme, held, at=NOON + MINUTE).outcome == "released"
    assert release(acme, held, at=NOON + 2 * MINUTE).is_replay
    assert remaining(acme, meter) == 1_000
    with pytest.raises(HoldEnded):
        settle(acme, held, 1, terms=agreed, at=NOON + 3 * MINUTE)


def test_a_hold_that_nobody_ends_expires(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    held = hold(acme, "call-1", 900, terms=agreed, at=NOON)
    assert release_expired_holds(now=held.expires_at - timedelta(microseconds=1)) == 0
    assert release_expired_holds(now=held.expires_at) == 1
    assert release_expired_holds(now=held.expires_at) == 0
    stored = Hold.objects.get(key="call-1")
    assert (stored.outcome, stored.ended_at) == ("expired", held.expires_at)
    assert remaining(acme, meter) == 1_000


def test_the_same_request_answers_with_the_same_hold(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    first = hold(acme, "call-1", 900, terms=agreed, at=NOON)
    again = hold(acme, "call-1", 900, terms=agreed, at=NOON + MINUTE)
    assert (again.public_id, again.is_replay) == (first.public_id, True)
    with pytest.raises(HoldConflict):
        hold(acme, "call-1", 901, terms=agreed, at=NOON + MINUTE)
    assert held_balance(acme) == 900


def test_what_is_not_covered_is_refused(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000)
    hold(acme, "call-1", 900, terms=agreed, at=NOON)
    with pytest.raises(HoldRefused) as refused:
        hold(acme, "call-2", 101, terms=agreed, at=NOON)
    refusal = refused.value
    assert (refusal.reason, refusal.required, refusal.available) == (
        Rejection.INSUFFICIENT_CREDITS,
        101,
        100,
    )
    assert refusal.status == 402
    assert hold(acme, "call-3", 100, terms=agreed, at=NOON).remaining == 0


def test_where_overage_is_sold_a_hold_may_stand_on_it(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000, bounds=SOLD)
    held = hold(acme, "call-1", 1_500, terms=agreed, at=NOON)
    assert (held.credits, held.uncovered, held.remaining) == (1_500, 500, 0)
    receipt = settle(acme, held, 1_200, terms=agreed, at=NOON + MINUTE)
    assert (receipt.credits, receipt.overage) == (1_200, 200)


def test_a_bound_on_overage_counts_what_other_holds_stand_on(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=1_000, bounds=Bounds(overage=Decimal(300)))
    hold(acme, "call-1", 1_200, terms=agreed, at=NOON)
    with pytest.raises(HoldRefused):
        hold(acme, "call-2", 101, terms=agreed, at=NOON)
    assert hold(acme, "call-3", 100, terms=agreed, at=NOON).uncovered == 100


def test_the_limit_counts_what_is_held(acme: Organization, meter: Meter) -> None:
    agreed = terms(meter, allowance=1_000, bounds=Bounds(limit=Decimal(700)))
    hold(acme, "call-1", 600, terms=agreed, at=NOON)
    with pytest.raises(HoldRefused) as refused:
        hold(acme, "call-2", 101, terms=agreed, at=NOON)
    assert refused.value.reason is Rejection.LIMIT_REACHED


def test_credits_that_come_back_pay_for_overage_booked_meanwhile(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    held = hold(acme, "call-1", 100, terms=agreed, at=NOON)
    record(acme, report("evt-1", 60, at=NOON), terms=agreed, at=NOON + MINUTE)
    assert overage(acme, meter) == 60
    release(acme, held, at=NOON + 2 * MINUTE)
    assert overage(acme, meter) == 0
    assert remaining(acme, meter) == 40
    (cover,) = LedgerTransfer.objects.filter(kind="cover")
    assert (cover.event_key, cover.amount) == ("evt-1", 60)


def test_what_was_held_pays_even_after_its_grant_has_ended(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=0)
    grant(acme, meter, 100, expires_at=NOON + MINUTE)
    held = hold(acme, "call-1", 100, terms=agreed, at=NOON, lasts=timedelta(hours=3))
    receipt = settle(acme, held, 70, terms=agreed, at=NOON + timedelta(hours=2))
    assert (receipt.credits, receipt.overage) == (70, 0)
    expiry = LedgerTransfer.objects.get(kind="expire")
    assert (expiry.amount, expiry.hold_id) == (30, Hold.objects.get().pk)


def test_a_hold_over_a_period_end_keeps_its_credits_from_rolling_and_expiring(
    acme: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    open_through(acme, agreed, at=NOON)
    october = ANCHOR + timedelta(days=30)
    held = hold(
        acme,
        "call-1",
        40,
        terms=agreed,
        at=october - timedelta(hours=1),
        lasts=timedelta(hours=12),
    )
    open_through(acme, agreed, at=october)
    (closed,) = close(acme, at=october + timedelta(hours=1))
    assert (closed.expired, closed.rolled_over) == (60, 0)
    receipt = settle(acme, held, 30, terms=agreed, at=october + timedelta(hours=2))
    assert (receipt.overage, receipt.remaining) == (0, 100)
    assert sorted(
        LedgerTransfer.objects.filter(kind="expire").values_list("amount", flat=True)
    ) == [10, 60]


def test_a_stranger_cannot_touch_a_hold(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    agreed = terms(meter, allowance=100)
    held = hold(acme, "call-1", 40, terms=agreed, at=NOON)
    with pytest.raises(HoldNotFound):
        release(globex, held, at=NOON)
    with pytest.raises(HoldNotFound):
        settle(globex, held, 1, terms=agreed, at=NOON)
