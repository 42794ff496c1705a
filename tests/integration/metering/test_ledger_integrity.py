"""What the database refuses, whoever asks: the books cannot be rewritten or crossed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from accounts.models import Organization
from config.kernel.errors import Invalid
from metering.choices import AccountKind, GrantCategory, HoldOutcome
from metering.models import (
    ActionRate,
    CreditGrant,
    Hold,
    LedgerAccount,
    Meter,
    UsageEvent,
    UsagePeriod,
)
from metering.rate_card.operations import RateExists
from tests.factories.metering import (
    ANCHOR,
    BEGINNING,
    grant,
    make_credit_meter,
    make_meter,
    rate,
    record,
    report,
    terms,
)

NOON = ANCHOR + timedelta(hours=4)


@pytest.fixture
def books(acme: Organization, meter: Meter) -> Organization:
    record(acme, report("evt-1", 30), terms=terms(meter, allowance=20), at=NOON)
    return acme


def refuses(statement: str, *parameters: int, naming: str) -> None:
    with (
        pytest.raises(IntegrityError, match=naming),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, parameters)


@pytest.mark.parametrize(
    "table", ["metering_usageevent", "metering_ledgertransfer", "metering_creditgrant"]
)
def test_the_books_are_append_only(books: Organization, table: str) -> None:
    refuses(f"UPDATE {table} SET organization_id = organization_id", naming="append-only")
    refuses(f"DELETE FROM {table}", naming="append-only")


def test_a_grant_cannot_be_overdrawn(books: Organization) -> None:
    refuses(
        "UPDATE metering_ledgeraccount SET balance = -0.000001 WHERE kind = 'grant'",
        naming="ledger_account_never_overdrawn",
    )


@pytest.mark.parametrize("amount", ["0", "-1", "'NaN'"])
def test_a_transfer_moves_a_positive_finite_amount(books: Organization, amount: str) -> None:
    refuses(
        f"""INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind,
            debit_account_id, credit_account_id, amount, occurred_at)
        SELECT organization_id, meter_id, 'expire', debit_account_id, credit_account_id, {amount},
            occurred_at FROM metering_ledgertransfer LIMIT 1""",
        naming="ledger_transfer_amount_range",
    )


def test_a_transfer_cannot_stay_in_one_account(books: Organization) -> None:
    refuses(
        """INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind,
            debit_account_id, credit_account_id, amount, occurred_at)
        SELECT organization_id, meter_id, 'expire', debit_account_id, debit_account_id, 1,
            occurred_at FROM metering_ledgertransfer LIMIT 1""",
        naming="ledger_transfer_between_two_accounts",
    )


def test_a_transfer_cannot_reach_into_another_organization(
    books: Organization, globex: Organization, meter: Meter
) -> None:
    foreign = grant(globex, meter, 100).account_id
    refuses(
        """INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind,
            debit_account_id, credit_account_id, amount, occurred_at)
        SELECT organization_id, meter_id, 'expire', %s, credit_account_id, 1,
            occurred_at FROM metering_ledgertransfer LIMIT 1""",
        foreign,
        naming="ledger_transfer_debit_of_tenant",
    )


def test_a_transfer_cannot_mix_meters(books: Organization) -> None:
    pages = make_meter("pages", unit="page")
    other = LedgerAccount.objects.create(organization=books, meter=pages, kind=AccountKind.CONSUMED)
    refuses(
        """INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind,
            debit_account_id, credit_account_id, amount, occurred_at)
        SELECT organization_id, meter_id, 'expire', debit_account_id, %s, 1,
            occurred_at FROM metering_ledgertransfer LIMIT 1""",
        other.pk,
        naming="ledger_transfer_credit_of_tenant",
    )


def test_an_event_cannot_be_booked_twice(books: Organization) -> None:
    event = UsageEvent.objects.get()
    event.pk = None
    with pytest.raises(IntegrityError, match="usage_event_once_per_id"), transaction.atomic():
        event.save(force_insert=True)


def test_an_event_cannot_lie_in_another_organizations_period(
    books: Organization, globex: Organization, meter: Meter
) -> None:
    record(globex, report("theirs"), terms=terms(meter), at=NOON)
    event = UsageEvent.objects.owned_by(books).get()
    event.pk, event.event_id = None, "evt-2"
    event.period = UsagePeriod.objects.owned_by(globex).get()
    with (
        pytest.raises(IntegrityError, match="usage_event_period_of_tenant"),
        transaction.atomic(),
    ):
        event.save(force_insert=True)


def test_periods_of_one_meter_cannot_overlap(books: Organization, meter: Meter) -> None:
    with pytest.raises(IntegrityError, match="usage_period_disjoint"), transaction.atomic():
        UsagePeriod.objects.create(
            organization=books,
            meter=meter,
            source="agr_other",
            starts_at=NOON,
            ends_at=NOON + timedelta(days=30),
            closes_at=NOON + timedelta(days=30),
        )


def test_a_period_has_one_allowance_of_each_level(books: Organization, meter: Meter) -> None:
    first = CreditGrant.objects.get()
    account = LedgerAccount.objects.create(organization=books, meter=meter, kind=AccountKind.GRANT)
    with (
        pytest.raises(IntegrityError, match="credit_grant_one_allowance_per_level"),
        transaction.atomic(),
    ):
        CreditGrant.objects.create(
            organization=books,
            meter=meter,
            account=account,
            category=GrantCategory.ALLOWANCE,
            amount=1,
            level=first.level,
            effective_at=first.effective_at,
            expires_at=first.expires_at,
            period=first.period,
            source="agr_other",
        )


def test_a_purchase_is_granted_once(books: Organization, meter: Meter) -> None:
    grant(books, meter, 10, category=GrantCategory.PURCHASE)
    with pytest.raises(IntegrityError, match="credit_grant_once_per_purchase"):
        grant(books, meter, 10, category=GrantCategory.PURCHASE)


def test_usage_names_its_event_and_nothing_else_does(books: Organization) -> None:
    refuses(
        """INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind,
            debit_account_id, credit_account_id, amount, occurred_at)
        SELECT organization_id, meter_id, 'consume', debit_account_id, credit_account_id, 1,
            occurred_at FROM metering_ledgertransfer LIMIT 1""",
        naming="ledger_transfer_names_its_cause",
    )


@pytest.mark.parametrize("amount", ["amount - 1", "amount"])
def test_a_reversal_mirrors_what_it_reverses(books: Organization, amount: str) -> None:
    # The right amount alone does not do: it has to go back where it came from.
    refuses(
        f"""INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind, event_key,
            debit_account_id, credit_account_id, amount, occurred_at, reverses_id)
        SELECT organization_id, meter_id, 'reverse', event_key, debit_account_id,
            credit_account_id, {amount}, occurred_at, id
        FROM metering_ledgertransfer WHERE kind = 'consume'""",
        naming="a reversal mirrors what it reverses",
    )


def test_a_closed_period_does_not_change(books: Organization) -> None:
    UsagePeriod.objects.update(closed_at=F("closes_at"))
    refuses("UPDATE metering_usageperiod SET used_credits = 31", naming="is closed")
    refuses("UPDATE metering_usageperiod SET closed_at = NULL", naming="is closed")
    refuses("DELETE FROM metering_usageperiod", naming="is closed")


def test_a_hold_ends_once_and_changes_in_no_other_way(books: Organization, meter: Meter) -> None:
    Hold.objects.create(
        organization=books,
        meter=meter,
        key="hold-1",
        body_sha256=b"hold-1".ljust(32),
        quantity=1,
        credits=1,
        uncovered_credits=1,
        held_at=NOON,
        expires_at=NOON + timedelta(hours=1),
    )
    refuses("UPDATE metering_hold SET credits = 2", naming="a hold ends once")
    Hold.objects.update(outcome=HoldOutcome.RELEASED, ended_at=NOON)
    refuses("UPDATE metering_hold SET outcome = 'expired'", naming="a hold ends once")
    refuses("UPDATE metering_hold SET outcome = NULL, ended_at = NULL", naming="a hold ends once")
    refuses("DELETE FROM metering_hold", naming="a hold ends once")


def test_a_rate_in_force_cannot_be_changed_or_withdrawn(meter: Meter) -> None:
    refuses("UPDATE metering_actionrate SET credits = 1", naming="a rate does not change")
    refuses("UPDATE metering_costcomponent SET unit_cost = 1", naming="a rate does not change")
    refuses("DELETE FROM metering_costcomponent", naming="a rate does not change")


@pytest.mark.django_db(transaction=True)
def test_a_rate_gets_no_further_cost_once_it_is_stored() -> None:
    make_credit_meter()
    refuses(
        "INSERT INTO metering_costcomponent (rate_id, name, unit_cost)"
        " SELECT id, 'late', 1 FROM metering_actionrate LIMIT 1",
        naming="a rate does not change",
    )


def test_an_action_keeps_its_code_and_its_meter(meter: Meter) -> None:
    make_meter("pages", unit="page")
    refuses(
        "UPDATE metering_action SET meter_id = (SELECT max(id) FROM metering_meter)",
        naming="keeps its code and its meter",
    )
    refuses("UPDATE metering_action SET code = code || 'X'", naming="keeps its code")


def test_a_rate_that_has_yet_to_start_can_be_withdrawn(meter: Meter) -> None:
    action = ActionRate.objects.order_by("pk")[0].action
    rate(
        action,
        "1",
        cost="1",
        effective_at=datetime(2090, 1, 1, tzinfo=UTC),
        now=datetime(2026, 1, 1, tzinfo=UTC),
    ).delete()
    assert ActionRate.objects.filter(action=action).count() == 1


def test_an_action_has_one_rate_from_an_instant(meter: Meter) -> None:
    action = ActionRate.objects.order_by("pk")[0].action
    with pytest.raises(RateExists):
        rate(action, "1", effective_at=BEGINNING, now=BEGINNING)


def test_a_later_rate_cannot_reach_back(meter: Meter) -> None:
    action = ActionRate.objects.order_by("pk")[0].action
    with pytest.raises(Invalid, match="past usage keeps its price"):
        rate(action, "1", effective_at=NOON, now=NOON + timedelta(seconds=1))
