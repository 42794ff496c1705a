"""Reporting usage: what is booked, who pays, and what the app is told."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import Organization
from metering.choices import GrantCategory
from metering.ledger.audit import find_violations
from metering.models import Action, CreditGrant, LedgerTransfer, Meter, UsageEvent, UsagePeriod
from metering.queries import get_balance
from metering.usage.reports import Outcome, Receipt, UsageReport
from tests.factories.metering import ANCHOR, grant, hold, rate, record, report, terms

HOUR = timedelta(hours=1)
NOON = ANCHOR + 4 * HOUR


def accepted(
    event_id: str,
    credits: str,
    remaining: str | None,
    *,
    overage: Decimal = Decimal(0),
    value: Decimal | None = None,
) -> Receipt:
    return Receipt(
        event_id=event_id,
        outcome=Outcome.ACCEPTED,
        meter="ai_credits",
        credits=Decimal(credits),
        overage=overage,
        remaining=None if remaining is None else Decimal(remaining),
        value=value,
    )


def rejected(event_id: str, reason: str) -> Receipt:
    return Receipt(event_id=event_id, outcome=Outcome.REJECTED, reason=reason)


def test_an_action_takes_what_the_rate_card_says(acme: Organization, meter: Meter) -> None:
    receipts = record(
        acme,
        report("evt-1", 2, action="GENERATE_REPORT"),
        report("evt-2", 1, action="EXTRACT_TEXT"),
        terms=terms(meter),
        at=NOON,
    )
    assert receipts == [
        accepted("evt-1", "100", "4900", value=Decimal("300")),
        accepted("evt-2", "5", "4895", value=Decimal("5")),
    ]
    event = UsageEvent.objects.get(event_id="evt-1")
    assert (event.quantity, event.credits, event.cost) == (2, 100, Decimal("3.16"))
    assert event.occurred_at == NOON


def test_the_first_usage_of_a_period_opens_it_with_its_allowance(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("evt-1"), terms=terms(meter), at=NOON)
    period = UsagePeriod.objects.get()
    assert (period.starts_at, period.ends_at) == (ANCHOR, datetime(2026, 10, 10, 8, tzinfo=UTC))
    allowance = CreditGrant.objects.get()
    assert (allowance.category, allowance.amount) == (GrantCategory.ALLOWANCE, 5_000)
    assert (allowance.effective_at, allowance.expires_at) == (period.starts_at, period.ends_at)


def test_quiet_months_get_their_periods_too(acme: Organization, meter: Meter) -> None:
    record(acme, report("evt-1"), terms=terms(meter), at=NOON)
    record(acme, report("evt-2"), terms=terms(meter), at=datetime(2027, 1, 2, tzinfo=UTC))
    starts = UsagePeriod.objects.order_by("starts_at").values_list("starts_at", flat=True)
    assert [start.month for start in starts] == [9, 10, 11, 12]
    assert CreditGrant.objects.count() == 4
    assert list(find_violations()) == []


def test_what_no_grant_covers_is_overage_and_never_refused(
    acme: Organization, meter: Meter
) -> None:
    receipts = record(
        acme,
        report("evt-1", 80),
        report("evt-2", 50),
        report("evt-3", 10),
        terms=terms(meter, allowance=100),
        at=NOON,
    )
    assert receipts == [
        accepted("evt-1", "80", "20"),
        accepted("evt-2", "50", "0", overage=Decimal(30)),
        accepted("evt-3", "10", "0", overage=Decimal(10)),
    ]
    balance = get_balance(organization_id=acme.pk, meter_id=meter.pk, at=NOON)
    assert balance.remaining == 0
    assert balance.period is not None
    assert (balance.period.used, balance.period.overage) == (140, 40)


def test_unlimited_usage_is_counted_and_nothing_is_over_a_limit(
    acme: Organization, meter: Meter
) -> None:
    receipts = record(acme, report("evt-1", 9_000), terms=terms(meter, allowance=None), at=NOON)
    assert receipts == [accepted("evt-1", "9000", None)]
    assert CreditGrant.objects.count() == 0
    assert list(find_violations()) == []


def test_a_second_report_of_an_event_gets_the_first_receipt_again(
    acme: Organization, meter: Meter
) -> None:
    first = report("evt-1", 3, action="SUMMARIZE_SHORT", at=NOON)
    record(acme, first, terms=terms(meter), at=NOON)
    record(acme, report("evt-2", 100), terms=terms(meter), at=NOON + HOUR)
    (again,) = record(acme, first, terms=terms(meter), at=NOON + 60 * 24 * HOUR)
    assert again == Receipt(
        event_id="evt-1",
        outcome=Outcome.DUPLICATE,
        meter="ai_credits",
        credits=Decimal(30),
        remaining=Decimal(4_970),
        value=Decimal(45),
    )
    assert UsageEvent.objects.count() == 2


def test_the_same_id_with_another_body_is_a_conflict_and_changes_nothing(
    acme: Organization, meter: Meter
) -> None:
    record(acme, report("evt-1", 3), terms=terms(meter), at=NOON)
    (conflict,) = record(acme, report("evt-1", 4), terms=terms(meter), at=NOON)
    assert conflict == Receipt(event_id="evt-1", outcome=Outcome.CONFLICT)
    assert UsageEvent.objects.get().quantity == 3


def test_a_batch_answers_for_each_of_its_events(acme: Organization, meter: Meter) -> None:
    receipts = record(
        acme,
        report("a", 1),
        report("b", 1, action="UNKNOWN"),
        report("a", 1),
        report("a", 2),
        report("c", 7),
        terms=terms(meter, allowance=10),
        at=NOON,
    )
    assert [receipt.outcome for receipt in receipts] == [
        Outcome.ACCEPTED,
        Outcome.REJECTED,
        Outcome.DUPLICATE,
        Outcome.CONFLICT,
        Outcome.ACCEPTED,
    ]
    assert receipts[2].remaining == 9
    assert receipts[4].remaining == 2
    assert UsageEvent.objects.count() == 2


def test_one_id_belongs_to_each_organization_on_its_own(
    acme: Organization, globex: Organization, meter: Meter
) -> None:
    for organization in (acme, globex):
        (receipt,) = record(organization, report("evt-1", 5), terms=terms(meter), at=NOON)
        assert receipt.outcome is Outcome.ACCEPTED
    assert UsageEvent.objects.owned_by(acme).get().event_id == "evt-1"
    assert UsageEvent.objects.owned_by(globex).get().event_id == "evt-1"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (report("x", action="NO_SUCH_ACTION"), "unknown_action"),
        (report("x", meter="documents"), "feature_not_in_plan"),
        (report("x", at=NOON + timedelta(minutes=5, seconds=1)), "occurred_in_future"),
        (report("x", at=ANCHOR - timedelta(seconds=1)), "occurred_before_agreement"),
        (report("x", 10**9), "quantity_too_large"),
        (report("x", 999_999_999, action="GENERATE_REPORT"), "quantity_too_large"),
    ],
)
def test_an_event_outside_the_terms_is_rejected_and_not_stored(
    acme: Organization, meter: Meter, event: UsageReport, reason: str
) -> None:
    assert record(acme, event, terms=terms(meter), at=NOON) == [rejected("x", reason)]
    assert not UsageEvent.objects.exists()
    assert not LedgerTransfer.objects.filter(event_key__isnull=False).exists()


def test_a_rejected_event_can_be_sent_again_once_the_reason_is_gone(
    acme: Organization, meter: Meter
) -> None:
    event = report("evt-1", 5)
    (refused,) = record(acme, event, terms=[], at=NOON)
    assert refused == rejected("evt-1", "feature_not_in_plan")
    (booked,) = record(acme, event, terms=terms(meter), at=NOON)
    assert booked.outcome is Outcome.ACCEPTED


def test_an_event_is_known_for_ever_even_when_the_agreement_is_gone(
    acme: Organization, meter: Meter
) -> None:
    event = report("evt-1", 5)
    record(acme, event, terms=terms(meter), at=NOON)
    again, other, new = record(
        acme, event, report("evt-1", 6), report("evt-2", 5), terms=None, at=NOON + HOUR
    )
    assert (again.outcome, again.remaining) == (Outcome.DUPLICATE, 4_995)
    assert other.outcome is Outcome.CONFLICT
    assert new == rejected("evt-2", "no_agreement")


def test_a_meter_can_be_used_without_end(acme: Organization, meter: Meter) -> None:
    largest = str(10**9 - 1)
    for number in range(3):
        batch = [report(f"evt-{number}-{index}", largest) for index in range(500)]
        receipts = record(acme, *batch, terms=terms(meter, allowance=None), at=NOON)
        assert {receipt.outcome for receipt in receipts} == {Outcome.ACCEPTED}
    assert UsagePeriod.objects.get().used_credits == 1_500 * (10**9 - 1)
    assert list(find_violations()) == []


def test_an_allowance_without_end_can_be_granted_every_month(
    acme: Organization, meter: Meter
) -> None:
    plan = terms(meter, allowance=10**12 - 1)
    record(acme, report("evt-1"), terms=plan, at=NOON)
    (receipt,) = record(acme, report("evt-2"), terms=plan, at=NOON + 90 * 24 * HOUR)
    assert receipt.remaining == 10**12 - 2


def test_a_product_of_many_digits_is_rounded_once(acme: Organization, meter: Meter) -> None:
    rate(
        Action.objects.get(code="EXTRACT_TEXT"),
        "0.999999",
        cost="999.999999999999",
        effective_at=NOON,
        now=NOON,
    )
    event = report("evt-1", "999999.999999", action="EXTRACT_TEXT")
    (receipt,) = record(acme, event, terms=terms(meter), at=NOON)
    assert receipt.credits == Decimal("999998.999999")
    assert UsageEvent.objects.get().cost == Decimal("999999999.998999")


def test_a_cost_beyond_all_measure_is_rejected(acme: Organization, meter: Meter) -> None:
    rate(Action.objects.get(code="EXTRACT_TEXT"), "1", cost="9e8", effective_at=NOON, now=NOON)
    event = report("x", 10**8, action="EXTRACT_TEXT")
    assert record(acme, event, terms=terms(meter), at=NOON) == [rejected("x", "quantity_too_large")]


def test_a_clock_that_runs_ahead_is_read_as_the_moment_of_receipt(
    acme: Organization, meter: Meter
) -> None:
    ahead = report("evt-1", at=NOON + timedelta(minutes=5))
    (receipt,) = record(acme, ahead, terms=terms(meter), at=NOON)
    assert receipt.outcome is Outcome.ACCEPTED
    assert UsageEvent.objects.get().occurred_at == NOON


def test_an_event_is_booked_in_the_period_in_which_it_happened(
    acme: Organization, meter: Meter
) -> None:
    october = datetime(2026, 10, 10, 8, tzinfo=UTC)
    receipts = record(
        acme,
        report("before", 10, at=october - timedelta(microseconds=1)),
        report("after", 20, at=october),
        terms=terms(meter, allowance=100),
        at=october + HOUR - timedelta(microseconds=1),
    )
    assert [receipt.remaining for receipt in receipts] == [90, 80]
    totals = UsagePeriod.objects.order_by("starts_at").values_list("used_credits", flat=True)
    assert list(totals) == [10, 20]


def test_a_new_rate_never_changes_what_was_used_before(acme: Organization, meter: Meter) -> None:
    monday = NOON + 24 * HOUR
    rate(
        Action.objects.get(code="GENERATE_REPORT"),
        "62",
        cost="1.20",
        effective_at=monday,
        now=NOON,
    )
    receipts = record(
        acme,
        report("old", action="GENERATE_REPORT", at=monday - timedelta(seconds=1)),
        report("new", action="GENERATE_REPORT", at=monday),
        terms=terms(meter),
        at=monday + HOUR,
    )
    assert [receipt.credits for receipt in receipts] == [50, 62]
    costs = UsageEvent.objects.order_by("occurred_at").values_list("cost", flat=True)
    assert list(costs) == [Decimal("1.58"), Decimal("1.20")]


def test_an_explicit_cost_goes_before_the_rate_card(acme: Organization, meter: Meter) -> None:
    event = report("evt-1", action="GENERATE_REPORT", cost=Decimal("2.345678"))
    record(acme, event, terms=terms(meter), at=NOON)
    assert UsageEvent.objects.get().cost == Decimal("2.345678")


def test_credits_are_rated_to_six_places(acme: Organization, meter: Meter) -> None:
    event = report("evt-1", "0.333333", action="EXTRACT_TEXT")
    (receipt,) = record(acme, event, terms=terms(meter), at=NOON)
    assert receipt.credits == Decimal("1.666665")


def test_each_transfer_names_the_grant_that_paid(acme: Organization, meter: Meter) -> None:
    record(acme, report("opens"), terms=terms(meter, allowance=100), at=NOON)
    soon = grant(acme, meter, 30, expires_at=NOON + HOUR)
    record(acme, report("evt-1", 150), terms=terms(meter, allowance=100), at=NOON)
    paid = LedgerTransfer.objects.filter(event_key="evt-1").order_by("pk")
    assert [(row.kind, row.amount) for row in paid] == [
        ("consume", 30),
        ("consume", 99),
        ("overage", 21),
    ]
    assert paid[0].debit_account_id == soon.account_id
    assert list(find_violations()) == []


def test_an_event_of_zero_credits_is_booked_without_a_transfer(
    acme: Organization, meter: Meter
) -> None:
    rate(Action.objects.get(code="EXTRACT_TEXT"), "0", effective_at=NOON, now=NOON)
    (receipt,) = record(acme, report("evt-1", action="EXTRACT_TEXT"), terms=terms(meter), at=NOON)
    assert (receipt.outcome, receipt.credits) == (Outcome.ACCEPTED, 0)
    assert not LedgerTransfer.objects.filter(event_key="evt-1").exists()
    assert list(find_violations()) == []


def test_more_credits_than_one_grant_can_have_stop_nothing(
    acme: Organization, meter: Meter
) -> None:
    for _ in range(3):
        grant(acme, meter, "999999999999")
    agreed = terms(meter, allowance=0)
    (receipt,) = record(acme, report("evt-1", 1), terms=agreed, at=NOON)
    assert receipt.remaining == 3 * Decimal("999999999999") - 1
    assert hold(acme, "call-1", 1, terms=agreed, at=NOON).remaining == receipt.remaining - 1
