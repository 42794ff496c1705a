"""What there was at a moment, read from the books of today."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from metering.choices import TransferKind
from metering.models import CreditGrant, LedgerTransfer, Meter
from metering.operations import expire_credits
from metering.queries import LedgerFilter, PastBalance, get_balance, get_balance_at, list_ledger
from metering.usage.rollups import fill_rollups
from tests.factories.metering import ANCHOR, grant, record, report, reverse, terms

from .histories import History

NOON = ANCHOR + timedelta(hours=4)
DAY = timedelta(days=1)


def remaining_at(organization: Organization, meter: Meter, at: datetime) -> Decimal:
    return get_balance_at(organization_id=organization.pk, meter_id=meter.pk, at=at).remaining


@pytest.mark.parametrize("is_filled", [False, True])
def test_ac_033_a_balance_is_the_same_whenever_it_is_asked_for(
    acme: Organization, meter: Meter, *, is_filled: bool
) -> None:
    plan = terms(meter, allowance=0)
    t1, t5, t9, t10 = (NOON + days * DAY for days in (1, 5, 9, 10))
    grant(acme, meter, 100, effective_at=t1, expires_at=t10)
    record(acme, report("use", 30, at=t5), terms=plan, at=t5)

    def history() -> list[Decimal]:
        return [remaining_at(acme, meter, at) for at in (t1, t5, t9, t10)]

    assert history() == [100, 70, 70, 0]
    expire_credits(now=t10 + DAY)
    if is_filled:
        fill_rollups(organization_id=acme.pk)
    assert history() == [100, 70, 70, 0]
    [expiry] = list_ledger(
        organization_id=acme.pk,
        meter_id=meter.pk,
        limit=9,
        only=LedgerFilter(kind=TransferKind.EXPIRE),
    )
    assert (expiry.occurred_at, expiry.amount) == (t10, -70)


def test_what_is_known_later_about_an_earlier_time_is_in_it(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=100)
    record(acme, report("first", 10, at=NOON), terms=plan, at=NOON)
    fill_rollups(organization_id=acme.pk)
    record(acme, report("second", 20, at=NOON), terms=plan, at=NOON + 2 * DAY)
    assert remaining_at(acme, meter, NOON) == 70
    reverse(acme, "first", at=NOON + 3 * DAY)
    assert remaining_at(acme, meter, NOON + 2 * DAY) == 70
    assert remaining_at(acme, meter, NOON + 3 * DAY) == 80


@pytest.mark.parametrize(
    ("zone", "at"),
    [
        ("Atlantic/Azores", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("America/Havana", datetime(2026, 11, 1, 4, 30, tzinfo=UTC)),
    ],
)
def test_the_hour_after_a_midnight_that_comes_twice_counts_once(
    acme: Organization, meter: Meter, zone: str, at: datetime
) -> None:
    acme.time_zone = zone
    acme.save()
    grant(acme, meter, 1_000)
    plan = terms(meter, allowance=0)
    record(acme, report("e1", 100, at=at), terms=plan, at=at)
    before = at - timedelta(hours=10)
    assert remaining_at(acme, meter, before) == 1_000
    fill_rollups(organization_id=acme.pk)
    assert remaining_at(acme, meter, before) == 1_000
    assert remaining_at(acme, meter, at) == 900


def test_the_balance_of_now_is_the_balance(acme: Organization, meter: Meter) -> None:
    record(acme, report("e1", 30), terms=terms(meter, allowance=100), at=NOON)
    grant(acme, meter, 50, actions=("EXTRACT_TEXT",))
    now = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    then = get_balance_at(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert (then.remaining, then.grants) == (now.remaining, now.grants)


@pytest.mark.parametrize(("seed", "zone"), [(1, "Asia/Kolkata"), (2, "America/Santiago")])
def test_random_histories_at_any_moment(
    acme: Organization, meter: Meter, seed: int, zone: str
) -> None:
    acme.time_zone = zone
    acme.save()
    history = History.of(acme, meter, seed=seed)
    for _ in range(3):
        history.live(20)
        for moment, _ in history.spans(8):
            found = get_balance_at(organization_id=acme.pk, meter_id=meter.pk, at=moment)
            assert _held_by(found) == _left_at(acme, moment)
    assert "reversed" in history.happened


def _held_by(balance: PastBalance) -> dict[str, Decimal]:
    return {given.public_id: given.remaining for given in balance.grants if given.remaining}


def _left_at(organization: Organization, at: datetime) -> dict[str, Decimal]:
    """What each grant that was alive and not empty held, from its transfers one by one."""
    left = {
        given.account_id: (given.public_id, Decimal(0))
        for given in CreditGrant.objects.filter(organization=organization)
        if given.effective_at <= at and (given.expires_at is None or given.expires_at > at)
    }
    for transfer in LedgerTransfer.objects.filter(organization=organization, occurred_at__lte=at):
        for account_id, amount in (
            (transfer.debit_account_id, -transfer.amount),
            (transfer.credit_account_id, transfer.amount),
        ):
            if account_id in left:
                public_id, held = left[account_id]
                left[account_id] = (public_id, held + amount)
    return {public_id: held for public_id, held in left.values() if held}
