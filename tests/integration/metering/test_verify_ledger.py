"""The proof itself is proven: each promise is broken once, and must be found broken."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoDbBlocker

from billing.audit import INVARIANTS, find_violations
from config import env
from metering.ledger.audit.references import REFERENCES
from tests.proof.books import Books
from tests.proof.scene import drop_every_guard, filled_books, rows, run, what_if

# A way to break each promise behind the back of every guard, in their order.
TAMPERING = {
    "transfer_is_balanced": """
        INSERT INTO metering_ledgertransfer
        SELECT (jsonb_populate_record(t, jsonb_build_object('id', -t.id, 'amount', 0))).*
        FROM metering_ledgertransfer t WHERE event_key = 'sep-1'""",
    "transfer_fits_its_kind": """
        INSERT INTO metering_ledgertransfer (organization_id, meter_id, kind, debit_account_id,
            credit_account_id, amount, occurred_at)
        SELECT issued.organization_id, issued.meter_id, 'issue', a, b, 1, now()
        FROM metering_ledgeraccount issued JOIN metering_ledgeraccount expired
            USING (organization_id, meter_id),
        LATERAL (VALUES (issued.id, expired.id), (expired.id, issued.id)) legs (a, b)
        WHERE issued.kind = 'issued' AND expired.kind = 'expired'""",
    "transfer_names_its_cause": """
        UPDATE metering_ledgertransfer t SET hold_id = h.id FROM metering_hold h
        WHERE t.kind = 'issue' AND (h.organization_id, h.meter_id) = (t.organization_id, t.meter_id)
            AND h.key = 'settled'""",
    "accounts_sum_to_zero": (
        "UPDATE metering_ledgeraccount SET balance = balance + 1 WHERE kind = 'consumed'"
    ),
    "balance_is_sum_of_transfers": """
        UPDATE metering_ledgeraccount
        SET balance = balance + CASE kind WHEN 'consumed' THEN 1 ELSE -1 END
        WHERE kind IN ('consumed', 'issued')""",
    "account_never_overdrawn": """
        INSERT INTO metering_ledgeraccount (organization_id, meter_id, kind, balance)
        SELECT organization_id, meter_id, kind, 0 FROM metering_ledgeraccount
        WHERE kind = 'expired'""",
    "reversal_mirrors_its_transfer": """
        UPDATE metering_ledgertransfer SET event_key = 'sep-1'
        WHERE kind = 'reverse' AND event_key = 'sep-4'""",
    "event_is_reversed_as_a_whole": (
        "DELETE FROM metering_usagereversal WHERE event_key = 'sep-4'"
    ),
    "event_once_per_id": """
        INSERT INTO metering_usageevent
        SELECT (jsonb_populate_record(e, jsonb_build_object('id', -e.id))).*
        FROM metering_usageevent e WHERE event_id = 'person-2'""",
    "event_is_paid_in_full": """
        UPDATE metering_usageevent
        SET credits = credits + CASE event_id WHEN 'sep-1' THEN 1 ELSE -1 END
        WHERE event_id IN ('sep-1', 'sep-2')""",
    "reversal_takes_back_its_event": """
        UPDATE metering_usagereversal SET overage_credits = overage_credits + 1
        WHERE event_key = 'sep-3'""",
    "event_left_no_credits_unspent": (
        "UPDATE metering_usageevent SET balance_after = 1 WHERE event_id = 'sep-3'"
    ),
    "no_credits_lie_idle_beside_overage": "DELETE FROM metering_grantrestriction",
    "grant_is_given_once": """
        UPDATE metering_creditgrant child SET parent_id = other.id FROM metering_creditgrant other
        WHERE child.category = 'rollover' AND other.source = 'gift'
            AND other.organization_id = child.organization_id""",
    "grant_is_accounted_for": (
        "UPDATE metering_creditgrant SET amount = amount + 1 WHERE source = 'gift'"
    ),
    "grant_spent_within_its_life": """
        UPDATE metering_creditgrant SET effective_at = effective_at + interval '20 days'
        WHERE source = 'gift'""",
    "grant_pays_for_its_actions": """
        INSERT INTO metering_grantrestriction (grant_id, action_id)
        SELECT g.id, a.id FROM metering_creditgrant g, metering_action a
        WHERE g.source = 'gift' AND a.code = 'EXTRACT_TEXT'""",
    "grant_lapses_once_in_its_time": """
        UPDATE metering_creditgrant g SET expires_at = g.expires_at + interval '1 day'
        FROM metering_usageperiod p WHERE p.id = g.period_id AND p.closed_at IS NOT NULL""",
    "allowance_within_its_level": (
        "UPDATE metering_usageperiod SET allowance = 299 WHERE allowance = 300"
    ),
    "allowance_belongs_to_its_period": """
        UPDATE metering_creditgrant g SET source = 'agr_other' FROM metering_usageperiod p
        WHERE p.id = g.period_id AND p.closed_at IS NULL""",
    "rollover_starts_where_its_period_ended": """
        UPDATE metering_creditgrant SET effective_at = effective_at + interval '1 second'
        WHERE category = 'rollover'""",
    "held_is_what_open_holds_set_aside": """
        UPDATE metering_ledgeraccount a
        SET balance = balance + CASE kind WHEN 'held' THEN 1 ELSE -1 END
        FROM metering_hold h
        WHERE h.outcome IS NULL AND a.kind IN ('held', 'issued')
            AND (a.organization_id, a.meter_id) = (h.organization_id, h.meter_id)""",
    "hold_returns_what_it_took": """
        UPDATE metering_ledgertransfer t
        SET amount = amount + CASE h.key WHEN 'settled' THEN 1 ELSE -1 END
        FROM metering_hold h
        WHERE h.id = t.hold_id AND t.kind = 'release' AND h.key IN ('settled', 'released')""",
    "hold_ends_once": "UPDATE metering_hold SET ended_at = NULL WHERE outcome = 'released'",
    "settled_hold_has_its_event": (
        "UPDATE metering_usageevent SET hold_id = NULL WHERE hold_id IS NOT NULL"
    ),
    "periods_are_contiguous": """
        UPDATE metering_usageperiod SET starts_at = starts_at - interval '1 second'
        WHERE closed_at IS NULL""",
    "periods_close_in_order": """
        UPDATE metering_usageperiod SET closed_at = closes_at - interval '1 second'
        WHERE closed_at IS NOT NULL""",
    "event_lies_in_its_period": """
        UPDATE metering_usageevent SET occurred_at = occurred_at - interval '90 days',
            counted_at = counted_at - interval '90 days' WHERE event_id = 'person-2'""",
    "event_is_late_for_a_reason": """
        UPDATE metering_usageevent SET occurred_at = occurred_at - interval '1 second'
        WHERE event_id = 'oct-2'""",
    "period_totals_are_sums": """
        UPDATE metering_usageperiod SET used_credits = used_credits + 1
        WHERE closed_at IS NULL AND allowance = 300""",
    "period_value_follows_its_meter": (
        "UPDATE metering_usageevent SET member = 'carol' WHERE event_id = 'person-2'"
    ),
    "seen_values_are_those_reported": "DELETE FROM metering_seenvalue WHERE value = 'bob'",
    "sums_of_usage_are_up_to_their_mark": "UPDATE metering_dailyusage SET credits = credits + 1",
    "sums_of_accounts_are_up_to_their_mark": (
        "UPDATE metering_accountday SET last_id = last_id + 1"
    ),
    "references_stay_in_the_organization": (
        "UPDATE metering_usagereversal SET replaced_by = 'nobody'"
    ),
    "plan_changes_lead_to_the_plan": (
        "UPDATE billing_planchange SET to_version_id = from_version_id"
    ),
    "agreed_seats_lead_to_those_there_are": "UPDATE billing_agreement SET seats = seats + 1",
    "scheduled_change_takes_effect_in_time": """
        INSERT INTO billing_scheduledchange (public_id, organization_id, agreement_id,
            to_version_id, interval, seats, effective_at, status, requested_at)
        SELECT 'sch_1', organization_id, id, plan_version_id, interval, seats, ended_at, 'waiting',
            started_at FROM billing_agreement WHERE ended_at IS NOT NULL""",
    "periods_are_counted_from_the_anchor": (
        "UPDATE billing_agreement SET anchor_at = anchor_at + interval '1 second'"
    ),
    "periods_lie_within_their_agreement": (
        "UPDATE billing_agreement SET started_at = started_at + interval '1 second'"
    ),
    "trial_costs_nothing": (
        "UPDATE billing_agreement SET trial_ends_at = started_at + interval '31 days'"
    ),
    "closed_period_is_settled_once": """
        DELETE FROM billing_settlement s USING billing_feature f
        WHERE f.id = s.feature_id AND f.code = 'people'""",
    "settlement_is_of_its_period": (
        "UPDATE billing_settlement SET starts_at = starts_at - interval '1 second'"
    ),
    "settlement_says_what_its_period_came_to": """
        UPDATE billing_settlement SET expired_credits = expired_credits + 1
        WHERE kind = 'period'""",
    "settlements_add_up_to_their_events": """
        UPDATE billing_settlement SET overage_credits = overage_credits + 1
        WHERE kind = 'correction'""",
    "correction_follows_from_a_reversal": (
        "UPDATE billing_settlement SET event_key = 'sep-1' WHERE kind = 'correction'"
    ),
    "settlement_is_priced_by_its_terms": """
        UPDATE billing_settlement SET amount_minor = amount_minor + 1
        WHERE kind = 'period' AND amount_minor > 0""",
    "charge_never_falls_below_nothing": """
        UPDATE billing_settlement SET amount_minor = amount_minor - 1
        WHERE kind = 'correction'""",
    "rollover_keeps_to_its_policy": """
        UPDATE billing_planfeature SET rollover_percent = 49 WHERE rollover_percent = 50""",
    "ended_agreement_leaves_no_credits": """
        UPDATE metering_ledgeraccount a SET balance = 1 FROM metering_creditgrant g
        JOIN metering_grantend ended ON ended.grant_id = g.id WHERE g.account_id = a.id""",
    "paid_top_up_is_granted_once": (
        "UPDATE billing_topup SET status = 'failed' WHERE status = 'paid'"
    ),
}

# What cannot be broken alone.
BROKEN_WITH_IT = {
    "accounts_sum_to_zero": {"balance_is_sum_of_transfers"},
    "event_is_reversed_as_a_whole": {
        "period_totals_are_sums",
        "settlements_add_up_to_their_events",
    },
    "grant_is_accounted_for": {"grant_is_given_once"},
    "periods_lie_within_their_agreement": {"agreed_seats_lead_to_those_there_are"},
    "held_is_what_open_holds_set_aside": {"balance_is_sum_of_transfers"},
    "settlements_add_up_to_their_events": {"settlement_is_priced_by_its_terms"},
    "charge_never_falls_below_nothing": {"settlement_is_priced_by_its_terms"},
    "ended_agreement_leaves_no_credits": {
        "accounts_sum_to_zero",
        "balance_is_sum_of_transfers",
        "grant_is_accounted_for",
        "periods_close_in_order",
    },
}

FORGET_THE_SUMS = """
DELETE FROM metering_rollupmark; DELETE FROM metering_hourlyusage; DELETE FROM metering_dailyusage;
DELETE FROM metering_callerusage; DELETE FROM metering_accountday;
"""


COMPOSITE_KEYS = """
SELECT replace(conrelid::regclass::text, 'metering_', '') || ': ' || (
    SELECT string_agg(attname, ' ' ORDER BY position)
    FROM unnest(conkey) WITH ORDINALITY AS key (attnum, position)
    JOIN pg_attribute USING (attnum) WHERE attrelid = conrelid)
FROM pg_constraint
WHERE contype = 'f' AND conrelid::regclass::text ~ '^metering_' AND array_length(conkey, 1) > 1
"""


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Books]:
    with django_db_blocker.unblock(), filled_books() as books:
        yield books


@pytest.fixture
def books(filled: Books, django_db_blocker: DjangoDbBlocker) -> Iterator[Books]:
    """The books as they were filled, without a guard that would keep them so."""
    with django_db_blocker.unblock(), what_if():
        drop_every_guard()
        yield filled


def find_broken(organization_id: int | None = None) -> set[str]:
    return {item.invariant.name for item in find_violations(organization_id=organization_id)}


def test_every_promise_holds_after_ordinary_work(books: Books) -> None:
    assert find_broken() == set()
    assert find_broken(books.acme.pk) == set()


def test_every_promise_has_a_way_to_be_broken() -> None:
    assert list(TAMPERING) == [invariant.name for invariant in INVARIANTS]


def test_the_guides_name_every_promise_in_its_own_words() -> None:
    guides = [env.PROJECT_FOLDER / app / "README.md" for app in ("metering", "billing")]
    listed = "".join(guide.read_text() for guide in guides)
    for invariant in INVARIANTS:
        promise = invariant.promise[0].lower() + invariant.promise[1:].removesuffix(".")
        assert f"| `{invariant.name}` | {promise} |" in listed


@pytest.mark.parametrize("name", TAMPERING)
def test_a_broken_promise_is_found_and_no_other(books: Books, name: str) -> None:
    if not name.startswith("sums_"):
        run(FORGET_THE_SUMS)
    run(TAMPERING[name])
    assert find_broken() == {name} | BROKEN_WITH_IT.get(name, set())


def test_no_reference_between_rows_of_an_organization_is_left_out(db: None) -> None:
    listed = [f"{table}: {columns}" for table, columns, *_ in REFERENCES]
    assert sorted(rows(COMPOSITE_KEYS)) == sorted(listed)


def test_the_command_is_silent_about_other_organizations(books: Books) -> None:
    run(TAMPERING["period_totals_are_sums"])
    out = StringIO()
    call_command("verify_ledger", org=books.initech.public_id, stdout=out)
    assert out.getvalue() == f"{len(INVARIANTS)} of {len(INVARIANTS)} invariants hold\n"


def test_the_command_exits_1_and_names_the_rows(books: Books) -> None:
    run(TAMPERING["period_totals_are_sums"])
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("verify_ledger", "--json", stdout=out)
    assert exit_.value.code == 1
    found = json.loads(out.getvalue())
    assert found["invariants"] == len(INVARIANTS)
    (violation,) = found["violations"]
    assert violation["invariant"] == "period_totals_are_sums"
    assert {row["organization_id"] for row in violation["rows"]} == {
        books.acme.pk,
        books.globex.pk,
    }


def test_an_unknown_organization_is_an_error(db: None) -> None:
    with pytest.raises(CommandError, match="no organization org_nobody"):
        call_command("verify_ledger", org="org_nobody")
