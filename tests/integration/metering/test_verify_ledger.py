"""The proof itself is proven: each promise is broken once, and must be found broken."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Organization
from metering.ledger.audit import INVARIANTS, find_violations
from metering.models import Meter
from metering.operations import end_terms
from tests.factories.metering import ANCHOR, grant, record, report, terms

NOON = ANCHOR + timedelta(hours=4)

# How to break each promise behind the back of every constraint and trigger.
TAMPERING = {
    "transfer_is_balanced": "UPDATE metering_ledgertransfer SET amount = -amount",
    "transfer_fits_its_kind": (
        "UPDATE metering_ledgertransfer SET kind = 'overage' WHERE kind = 'consume'"
    ),
    "accounts_sum_to_zero": (
        "UPDATE metering_ledgeraccount SET balance = balance + 1 WHERE kind = 'consumed'"
    ),
    "balance_is_sum_of_transfers": (
        "UPDATE metering_ledgeraccount SET balance = balance - 1 WHERE kind = 'grant'"
    ),
    "grant_never_overdrawn": "UPDATE metering_creditgrant SET amount = 1",
    "event_once_per_id": "UPDATE metering_usageevent SET event_id = 'evt-1'",
    "event_is_paid_in_full": "UPDATE metering_usageevent SET credits = credits + 1",
    "grant_is_accounted_for": "UPDATE metering_creditgrant SET amount = amount + 1",
    "grant_spent_within_its_life": "UPDATE metering_creditgrant SET expires_at = effective_at",
    "overage_only_when_grants_are_empty": (
        "UPDATE metering_usageevent SET balance_after = 1 WHERE overage_credits > 0"
    ),
    "one_allowance_per_period": (
        "UPDATE metering_creditgrant SET period_id = (SELECT min(id) FROM metering_usageperiod)"
    ),
    "periods_are_contiguous": (
        "UPDATE metering_usageperiod SET ends_at = ends_at - interval '1 second'"
    ),
    "event_lies_in_its_period": (
        "UPDATE metering_usageevent SET occurred_at = occurred_at + interval '90 days'"
    ),
    "period_totals_are_sums": "UPDATE metering_usageperiod SET used_credits = used_credits + 1",
    "references_stay_in_the_organization": (
        "UPDATE metering_usageevent SET organization_id = organization_id + 1"
    ),
}


@pytest.fixture
def books(acme: Organization, meter: Meter) -> Organization:
    """Two periods, with usage that grants paid and usage that they did not."""
    plan = terms(meter, allowance=100)
    record(acme, report("evt-1", 60), report("evt-2", 60), terms=plan, at=NOON)
    record(acme, report("evt-3", 10), terms=plan, at=NOON + timedelta(days=35))
    grant(acme, meter, 50, effective_at=NOON)
    return acme


@pytest.fixture
def tamper() -> Callable[[str], None]:
    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            # Constraints are dropped and triggers silenced for this test's transaction only.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                """SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
                FROM pg_constraint WHERE conrelid::regclass::text LIKE 'metering_%'
                AND contype IN ('c', 'u', 'f', 'x') AND conname <> 'metering_meter_code_key'
                ORDER BY contype = 'u'"""
            )
            for (drop,) in cursor.fetchall():
                cursor.execute(drop)
            cursor.execute("DROP INDEX credit_grant_one_allowance_per_period")
            cursor.execute(statement)

    return run


def test_every_promise_holds_after_ordinary_work(books: Organization) -> None:
    end_terms(organization_id=books.pk, source="agr_test", ended_at=NOON + timedelta(days=40))
    assert list(find_violations()) == []


def test_every_promise_has_a_way_to_be_broken() -> None:
    assert set(TAMPERING) == {invariant.name for invariant in INVARIANTS}


@pytest.mark.parametrize("name", TAMPERING)
def test_a_broken_promise_is_found(
    books: Organization, tamper: Callable[[str], None], name: str
) -> None:
    tamper(TAMPERING[name])
    found = {violation.invariant.name: violation.rows for violation in find_violations()}
    assert name in found
    assert found[name]


def test_the_command_is_silent_about_other_organizations(
    books: Organization, globex: Organization, tamper: Callable[[str], None]
) -> None:
    tamper(TAMPERING["period_totals_are_sums"])
    out = StringIO()
    call_command("verify_ledger", org=globex.public_id, stdout=out)
    assert out.getvalue() == f"{len(INVARIANTS)} of {len(INVARIANTS)} invariants hold\n"


def test_the_command_exits_1_and_names_the_rows(
    books: Organization, tamper: Callable[[str], None]
) -> None:
    tamper(TAMPERING["period_totals_are_sums"])
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify_ledger", "--json", stdout=out)
    assert exit_.value.code == 1
    report_ = json.loads(out.getvalue())
    assert report_["invariants"] == len(INVARIANTS)
    (violation,) = report_["violations"]
    assert violation["invariant"] == "period_totals_are_sums"
    assert {row["used"] for row in violation["rows"]} == {"120.000000", "10.000000"}


def test_an_unknown_organization_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="no organization org_nobody"):
        call_command("verify_ledger", org="org_nobody")
