"""
Each guard of the database refuses a write that passes without it.

The guards are read from the database, so that one more needs a write of its own here. All others
of its table are taken away first: what refuses the write is this one alone.
"""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoDbBlocker

from tests.mutants.guards import Guard, list_guards
from tests.mutants.traffic import fill_traffic
from tests.proof.books import Books
from tests.proof.scene import filled_books, rows, run, what_if

# Nothing that a guard of this kind and column type lets through.
ABSURD = {
    "numeric": "'NaN'",
    "bigint": "9223372036854775807",
    "integer": "-1",
    "smallint": "-1",
    "character varying": "'x y'",
    "interval": "'-1 second'",
}

# The writes that checks of several columns refuse.
CHECKS = {
    "action_cost_week_begins_on_a_monday": (
        "UPDATE billing_actioncostweek SET week_date = week_date + 1"
    ),
    "action_cost_week_has_events": "UPDATE billing_actioncostweek SET event_count = 0",
    "action_cost_week_total_range": "UPDATE billing_actioncostweek SET total_cost = 'NaN'",
    "agreed_seats_known": "UPDATE billing_agreedseats SET seats = 0",
    "agreement_codes_known": "UPDATE billing_agreement SET interval = 'week'",
    "agreement_end_has_a_reason": "UPDATE billing_agreement SET cancel_at = now()",
    "agreement_ended_when_canceled": "UPDATE billing_agreement SET ended_at = started_at",
    "agreement_ends_after_start": (
        "UPDATE billing_agreement SET ended_at = started_at - interval '1 second'"
    ),
    "agreement_period_after_start": (
        "UPDATE billing_agreement SET started_at = current_period_start + interval '1 second'"
    ),
    "agreement_period_has_length": (
        "UPDATE billing_agreement SET current_period_end = current_period_start"
    ),
    "agreement_trial_comes_first": "UPDATE billing_agreement SET trial_ends_at = started_at",
    "agreement_trial_has_an_end": "UPDATE billing_agreement SET status = 'trialing'",
    "automatic_top_up_target_above": "UPDATE billing_automatictopup SET target = threshold - 1",
    "billing_dataexport_byte_count_check": "UPDATE billing_dataexport SET byte_count = -1",
    "billing_dataexport_row_count_check": "UPDATE billing_dataexport SET row_count = -1",
    "billing_contact_email_lower_case": "UPDATE accounts_billingcontact SET email = upper(email)",
    "billing_contact_gets_something": "UPDATE accounts_billingcontact SET gets_payments = false",
    "checkout_fits_its_kind": "UPDATE billing_checkout SET top_up_id = NULL",
    "customer_cost_basis_known": "UPDATE billing_customercost SET basis = 'month'",
    "customer_cost_ends_after_its_start": (
        "UPDATE billing_customercost SET last_date = first_date - 1"
    ),
    "customer_cost_has_a_name": "UPDATE billing_customercost SET name = ''",
    "data_export_fits_its_status": "UPDATE billing_dataexport SET ended_at = now()",
    "data_export_is_made_under_a_lease": "UPDATE billing_dataexport SET lease = 'lease_1'",
    "flag_override_member_format": "UPDATE billing_flagoverride SET member = ' x'",
    "invoice_status_known": "UPDATE billing_invoice SET status = 'lost'",
    "mail_address_lower_case": "UPDATE accounts_mail SET address = upper(address)",
    "mail_ends_once": "UPDATE accounts_mail SET due_at = now()",
    "mail_opt_out_of_somebody": "UPDATE accounts_mailoptout SET address = ''",
    "manual_credit_fits_its_kind": (
        "UPDATE billing_manualcredit SET currency = 'USD' WHERE kind = 'credits'"
    ),
    "manual_credit_fits_its_status": (
        "UPDATE billing_manualcredit SET decided_at = now() WHERE status = 'waiting'"
    ),
    "manual_credit_says_who_and_why": "UPDATE billing_manualcredit SET reason = ''",
    "manual_credit_takes_two_people": "UPDATE billing_manualcredit SET decided_by_id = asked_by_id",
    "private_offer_fits_its_status": "UPDATE billing_privateoffer SET ended_at = NULL",
    "private_offer_lasts_a_while": "UPDATE billing_privateoffer SET expires_at = offered_at",
    "money_credit_fits_its_status": "UPDATE billing_moneycredit SET ended_at = now()",
    "money_credit_has_a_reason": "UPDATE billing_moneycredit SET reason = ''",
    "money_credit_lasts_a_while": "UPDATE billing_moneycredit SET expires_at = granted_at",
    "money_credit_taken_back_range": "UPDATE billing_moneycredit SET taken_back_minor = -1",
    "organization_external_id_not_empty": "UPDATE accounts_organization SET external_id = ''",
    "outcome_charged_once_confirmed": "UPDATE billing_outcome SET not_charged = 'no_agreement'",
    "outcome_confirmed_afterwards": (
        "UPDATE billing_outcome SET confirms_at = occurred_at - interval '1 second'"
    ),
    "outcome_definition_reversal_range": (
        "UPDATE billing_outcomedefinition SET reversal_days = 366"
    ),
    "outcome_definition_window_range": (
        "UPDATE billing_outcomedefinition SET confirmation_days = 366"
    ),
    "outcome_dispute_fits_its_status": "UPDATE billing_outcomedispute SET status = 'upheld'",
    "outcome_dispute_says_why": "UPDATE billing_outcomedispute SET reason = ''",
    "outcome_fits_its_status": "UPDATE billing_outcome SET status = 'lost'",
    "outcome_has_a_reference": "UPDATE billing_outcome SET reference = ''",
    "outcome_reversal_has_a_reason": "UPDATE billing_outcome SET reversal_reason = 'why not'",
    "plan_change_moves": "UPDATE billing_planchange SET to_version_id = from_version_id",
    "pricing_table_default_is_live": "UPDATE billing_pricingtable SET is_live = FALSE",
    "pricing_table_version_published_by_somebody": (
        "UPDATE billing_pricingtableversion SET published_by = ''"
    ),
    "portal_link_has_a_short_life": (
        "UPDATE accounts_portallink SET expires_at = made_at + interval '601 seconds'"
    ),
    "portal_link_session_follows_opening": ("UPDATE accounts_portallink SET opened_at = made_at"),
    "cost_component_tokens_of_a_model": "UPDATE metering_costcomponent SET input_tokens = 5",
    "price_review_fits_its_state": "UPDATE billing_pricereview SET done_by = ''",
    "rate_change_changes_credits": "UPDATE billing_ratechange SET credits = credits_before",
    "rate_change_has_a_reason": "UPDATE billing_ratechange SET reason = ''",
    "rate_change_keeps_its_notice": (
        "UPDATE billing_ratechange SET tell_at = scheduled_at - interval '1 second'"
    ),
    "rate_change_notice_range": "UPDATE billing_ratechange SET notice_days = 366",
    "rate_change_told_of_before": (
        "UPDATE billing_ratechange SET tell_at = effective_at + interval '1 second'"
    ),
    "property_value_fits_its_type": "UPDATE accounts_propertyvalue SET number = NULL",
    "property_value_integer_is_whole": "UPDATE accounts_propertyvalue SET number = 0.5",
    # A key, to the type of the definition.
    "property_value_of_its_type": "UPDATE accounts_propertyvalue SET type = 'decimal'",
    "revenue_snapshot_is_revenue": "UPDATE billing_revenuesnapshot SET monthly_minor = 0",
    "scheduled_change_codes_known": "UPDATE billing_scheduledchange SET interval = 'week'",
    "scheduled_change_ends_once": "UPDATE billing_scheduledchange SET status = 'applied'",
    "settlement_charge_codes_known": "UPDATE billing_settlementcharge SET method = 'by mail'",
    "settlement_charge_fits_its_status": "UPDATE billing_settlementcharge SET item_id = ''",
    "staff_visit_ends_after_its_start": (
        "UPDATE accounts_staffvisit SET ended_at = started_at - interval '1 second'"
    ),
    "staff_visit_has_a_reason": "UPDATE accounts_staffvisit SET reason = ''",
    "staff_visit_is_short": (
        "UPDATE accounts_staffvisit SET ends_at = started_at + interval '31 minutes'"
    ),
    "stripe_event_handled_once": "UPDATE billing_stripeevent SET handled_at = NULL",
    "stripe_intent_ends_once": "UPDATE billing_stripeintent SET ended_at = NULL",
    "stripe_price_of_one_thing": "UPDATE billing_stripeprice SET price_id = NULL",
    "settlement_fits_its_kind": (
        "UPDATE billing_settlement SET amount_minor = -1 WHERE kind = 'period'"
    ),
    "top_up_amount_range": "UPDATE billing_topup SET pack_count = 0",
    "top_up_automatic_counts_in_a_period": "UPDATE billing_topup SET period_starts_at = NULL",
    "top_up_codes_known": "UPDATE billing_topup SET status = 'lost'",
    "top_up_ends_once": "UPDATE billing_topup SET ended_at = NULL WHERE status = 'paid'",
    "usage_threshold_fits_its_unit": "UPDATE billing_usagethreshold SET feature_id = NULL",
    "credit_grant_allowance_has_period": (
        "UPDATE metering_creditgrant SET level = amount - 1 WHERE category = 'allowance'"
    ),
    "credit_grant_has_a_life": "UPDATE metering_creditgrant SET expires_at = effective_at",
    "credit_grant_rollover_has_parent": "UPDATE metering_creditgrant SET parent_id = NULL",
    "campaign_conversion_converts": (
        "UPDATE billing_campaignconversion SET to_feature_id = from_feature_id"
    ),
    "repricing_campaign_codes_known": "UPDATE billing_repricingcampaign SET status = 'asleep'",
    "repricing_campaign_fits_its_status": "UPDATE billing_repricingcampaign SET opened_at = NULL",
    "repricing_campaign_guarantee_range": (
        "UPDATE billing_repricingcampaign SET guarantee_months = 25"
    ),
    "simulated_customer_saving_adds_up": (
        "UPDATE billing_simulatedcustomer SET saving_minor = saving_minor + 1"
    ),
    "simulation_done_within_total": "UPDATE billing_simulation SET done_count = total_count + 1",
    "repricing_notice_sent_with_proof": "UPDATE billing_repricingnotice SET sent_to = '[]'",
    "repricing_offer_after_its_notice": (
        "UPDATE billing_repricingoffer SET effective_at = noticed_at + interval '89 days'"
    ),
    "repricing_offer_codes_known": "UPDATE billing_repricingoffer SET interval = 'week'",
    "repricing_offer_fits_its_status": "UPDATE billing_repricingoffer SET effective_at = NULL",
    "repricing_offer_waived_with_the_answer": (
        "UPDATE billing_repricingoffer SET waived_at = noticed_at - interval '1 second'"
    ),
    "guarantee_claim_amounts_range": "UPDATE billing_guaranteeclaim SET old_minor = -1",
    "guarantee_claim_has_its_credit": "UPDATE billing_guaranteeclaim SET money_credit_id = NULL",
    "guarantee_claim_has_length": "UPDATE billing_guaranteeclaim SET ends_at = starts_at",
    "guarantee_codes_known": "UPDATE billing_guarantee SET rule = 'now and then'",
    "guarantee_ends_for_a_reason": "UPDATE billing_guarantee SET ended_at = starts_at",
    "guarantee_has_seats": "UPDATE billing_guarantee SET seats = 0",
    "guarantee_month_has_length": "UPDATE billing_guarantee SET month_ends_at = starts_at",
    "hold_ends_in_one_way": "UPDATE metering_hold SET ended_at = NULL WHERE outcome = 'settled'",
    "hold_has_a_life": "UPDATE metering_hold SET expires_at = held_at",
    "hold_uncovered_within_credits": "UPDATE metering_hold SET uncovered_credits = credits + 1",
    "ledger_account_never_overdrawn": (
        "UPDATE metering_ledgeraccount SET balance = -0.000001 WHERE kind = 'grant'"
    ),
    "ledger_transfer_between_two_accounts": (
        "UPDATE metering_ledgertransfer SET credit_account_id = debit_account_id"
    ),
    "ledger_transfer_names_its_cause": (
        "UPDATE metering_ledgertransfer SET event_key = NULL WHERE kind = 'consume'"
    ),
    "meter_codes_known": "UPDATE metering_meter SET aggregation = 'mean'",
    "meter_of_memberships_is_a_level": "UPDATE metering_meter SET source = 'memberships'",
    "meter_unique_names_a_property": "UPDATE metering_meter SET unique_property = ''",
    "usage_event_counted_in_time": (
        "UPDATE metering_usageevent SET counted_at = occurred_at - interval '1 second'"
    ),
    "usage_event_overage_within_credits": (
        "UPDATE metering_usageevent SET overage_credits = credits + 1"
    ),
    "usage_period_closed_when_due": (
        "UPDATE metering_usageperiod SET closed_at = closes_at - interval '1 second'"
    ),
    "usage_period_closes_after_its_end": (
        "UPDATE metering_usageperiod SET closes_at = ends_at - interval '1 second'"
    ),
    "usage_period_has_length": "UPDATE metering_usageperiod SET starts_at = ends_at",
    "usage_period_overage_within_usage": (
        "UPDATE metering_usageperiod SET overage_credits = used_credits + 1"
    ),
    "usage_reversal_overage_within_credits": (
        "UPDATE metering_usagereversal SET overage_credits = credits + 1"
    ),
    "webhook_attempt_answered_or_failed": "UPDATE accounts_webhookattempt SET status_code = NULL",
    "webhook_delivery_attempts_add_up": (
        "UPDATE accounts_webhookdelivery SET earlier_attempt_count = attempt_count + 1"
    ),
    "webhook_delivery_pending_or_finished": (
        "UPDATE accounts_webhookdelivery SET finished_at = NULL"
    ),
    "webhook_endpoint_disabled_for_a_reason": (
        "UPDATE accounts_webhookendpoint SET disabled_at = now()"
    ),
    "webhook_endpoint_failures_counted": (
        "UPDATE accounts_webhookendpoint SET failing_since = now()"
    ),
    "webhook_endpoint_former_secret_ends": (
        "UPDATE accounts_webhookendpoint SET former_secret_until = now()"
    ),
    "webhook_endpoint_lease_ends": "UPDATE accounts_webhookendpoint SET lease = 'mine'",
}

# The writes that triggers refuse.
TRIGGERS = {
    "action_cost_week_append_only": "UPDATE billing_actioncostweek SET total_cost = 0",
    "agreed_seats_append_only": "UPDATE billing_agreedseats SET seats = seats + 1",
    "agreement_on_published_version": """
        INSERT INTO billing_planversion
        SELECT (jsonb_populate_record(v, '{"id": -1, "number": 9, "published_at": null}')).*
        FROM billing_planversion v LIMIT 1;
        UPDATE billing_agreement SET plan_version_id = -1""",
    "balance_entry_append_only": "DELETE FROM billing_balanceentry",
    "flag_override_fits_its_flag": "UPDATE billing_flagoverride SET value = '1'",
    "limit_crossing_append_only": "DELETE FROM billing_limitcrossing",
    "manual_credit_decided_once": "UPDATE billing_manualcredit SET reason = 'another'",
    "private_offer_ends_once": (
        "UPDATE billing_privateoffer SET status = 'withdrawn', agreement_id = NULL"
        " WHERE status = 'accepted'"
    ),
    "money_credit_facts_stay": "UPDATE billing_moneycredit SET amount_minor = amount_minor + 1",
    "overage_tier_immutable": "UPDATE billing_overagetier SET unit_price = 0",
    "plan_change_append_only": "UPDATE billing_planchange SET effective_at = now()",
    "pricing_table_card_immutable": "UPDATE billing_pricingtablecard SET is_highlighted = TRUE",
    "pricing_table_key_stays": "UPDATE billing_pricingtable SET key = 'other'",
    "pricing_table_version_immutable": "UPDATE billing_pricingtableversion SET texts = '[]'",
    "settlement_append_only": "UPDATE billing_settlement SET amount_minor = 0",
    "top_up_ends_once": "UPDATE billing_topup SET credits = 1000 WHERE status = 'paid'",
    "action_identity": "UPDATE metering_action SET code = 'OTHER' WHERE code = 'EXTRACT_TEXT'",
    "action_rate_immutable": "UPDATE metering_actionrate SET credits = 1",
    "cost_component_immutable": "UPDATE metering_costcomponent SET unit_cost = 1",
    "credit_grant_append_only": "UPDATE metering_creditgrant SET amount = amount + 1",
    "grant_end_append_only": "DELETE FROM metering_grantend",
    "grant_restriction_append_only": "DELETE FROM metering_grantrestriction",
    "repricing_campaign_terms_stay": "UPDATE billing_repricingcampaign SET name = 'another'",
    "repricing_notice_stays_as_sent": "DELETE FROM billing_repricingnotice",
    "repricing_offer_at_a_renewal": (
        "UPDATE billing_repricingoffer SET effective_at = effective_at + interval '1 second'"
    ),
    "repricing_offer_stays_as_told": "UPDATE billing_repricingoffer SET figures = '{}'",
    "guarantee_claim_append_only": "UPDATE billing_guaranteeclaim SET credit_minor = 1",
    "guarantee_claim_fits_its_guarantee": """
        INSERT INTO billing_guaranteeclaim
        SELECT (jsonb_populate_record(c, jsonb_build_object('id', -c.id, 'month', 9))).*
        FROM billing_guaranteeclaim c LIMIT 1""",
    "guarantee_keeps_its_promise": "UPDATE billing_guarantee SET months = months + 1",
    "hold_ends_once": """
        UPDATE metering_hold SET outcome = NULL, ended_at = NULL WHERE outcome = 'released'""",
    "ledger_check_append_only": "DELETE FROM billing_ledgercheck",
    "ledger_transfer_append_only": "UPDATE metering_ledgertransfer SET amount = amount + 1",
    "ledger_transfer_reversal_mirrors": """
        INSERT INTO metering_ledgertransfer
        SELECT (jsonb_populate_record(t, jsonb_build_object(
            'id', -t.id, 'reverses_id', original.id, 'amount', t.amount + 1))).*
        FROM metering_ledgertransfer t JOIN metering_ledgertransfer original
            ON original.organization_id = t.organization_id AND original.event_key = 'sep-1'
        WHERE t.kind = 'reverse' LIMIT 1""",
    "language_model_identity": "UPDATE metering_languagemodel SET code = 'other'",
    "price_review_closed_once": "UPDATE billing_pricereview SET decision = 'Something else.'",
    "rate_change_stays": "UPDATE billing_ratechange SET reason = 'other'",
    "rate_notice_append_only": "DELETE FROM billing_ratenotice",
    "token_price_immutable": "UPDATE metering_tokenprice SET input_price = 1",
    "mail_stays_as_sent": "UPDATE accounts_mail SET subject = 'another'",
    "meter_identity": "UPDATE metering_meter SET aggregation = 'count', unique_property = ''",
    "outcome_dispute_decided_once": "UPDATE billing_outcomedispute SET reason = 'another'",
    "outcome_facts_stay": "UPDATE billing_outcome SET member = 'somebody else'",
    "portal_link_opened_once": "UPDATE accounts_portallink SET page = 'plan'",
    "property_definition_key_stays": "UPDATE accounts_propertydefinition SET key = 'other'",
    "revenue_snapshot_append_only": "UPDATE billing_revenuesnapshot SET monthly_minor = 1",
    "seen_value_append_only": "DELETE FROM metering_seenvalue",
    "staff_visit_only_ends": "UPDATE accounts_staffvisit SET reason = 'other'",
    "usage_event_append_only": "UPDATE metering_usageevent SET credits = 0, overage_credits = 0",
    "usage_period_closed": ("UPDATE metering_usageperiod SET used_credits = used_credits + 1"),
    "usage_reversal_append_only": "UPDATE metering_usagereversal SET credits = credits + 1",
    "webhook_attempt_immutable": "UPDATE accounts_webhookattempt SET duration_ms = 0",
    "webhook_delivery_of_its_organization": """
        UPDATE accounts_webhookdelivery SET event_id = (
            SELECT event.id FROM accounts_webhookevent event, accounts_webhookendpoint endpoint
            WHERE endpoint.id = endpoint_id
                AND event.organization_id <> endpoint.organization_id LIMIT 1)""",
    "webhook_endpoint_identity": "UPDATE accounts_webhookendpoint SET format = 'kinde'",
    "webhook_event_immutable": "UPDATE accounts_webhookevent SET data = '[]'",
}

# A rate and its costs are one transaction, which the books of these tests never leave; see
# `test_a_rate_gets_no_further_cost_once_it_is_stored`.
PROVEN_ELSEWHERE = {"cost_component_stored_with_rate"}


# Keys between tables whose rows have an organization that leave it out, and have no twin.
LOOSE_KEYS = """
WITH key AS (
    SELECT conrelid::regclass::text AS row, confrelid::regclass::text AS target, ARRAY(
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns
    FROM pg_constraint WHERE contype = 'f'
)
SELECT row || '.' || columns[1] FROM key
WHERE row ~ '^(metering|billing)_' AND target <> 'accounts_apikey'
    AND array_length(columns, 1) = 1 AND columns <> '{organization_id}'
    AND (SELECT count(*) FROM information_schema.columns
         WHERE table_name IN (row, target) AND column_name = 'organization_id') = 2
    AND NOT EXISTS (
        SELECT FROM key twin WHERE (twin.row, twin.target) = (key.row, key.target)
            AND twin.columns @> key.columns AND 'organization_id' = ANY (twin.columns))
"""


@pytest.fixture(scope="module")
def books(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Books]:
    with django_db_blocker.unblock(), filled_books() as books:
        fill_traffic(books)
        yield books


@pytest.fixture(scope="module")
def guards(books: Books, django_db_blocker: DjangoDbBlocker) -> list[Guard]:
    with django_db_blocker.unblock():
        return list_guards()


@pytest.mark.parametrize("kind", "cfuxit")
def test_a_guard_refuses_what_passes_without_it(
    guards: list[Guard], django_db_blocker: DjangoDbBlocker, kind: str
) -> None:
    survivors = {}
    with django_db_blocker.unblock():
        for guard in guards:
            if guard.kind == kind and guard.name not in PROVEN_ELSEWHERE:
                with what_if():
                    survivors[guard.name] = weakness_of(guard, among=guards)
    assert {name: weakness for name, weakness in survivors.items() if weakness} == {}
    assert survivors


def test_rows_of_an_organization_name_rows_of_their_own(db: None) -> None:
    # Keys of the platform belong to no organization: the audit sees to the others.
    assert rows(LOOSE_KEYS) == []
    run("ALTER TABLE billing_settlement DROP CONSTRAINT settlement_period_of_tenant")
    assert rows(LOOSE_KEYS) == ["billing_settlement.usage_period_id"]


def test_there_is_no_write_for_a_guard_that_is_gone(guards: list[Guard]) -> None:
    assert {*CHECKS, *TRIGGERS, *PROVEN_ELSEWHERE} <= {guard.name for guard in guards}


def weakness_of(guard: Guard, *, among: list[Guard]) -> str:
    """Why the guard does not do what it is there for; nothing if it does."""
    leave_only(guard, among=among)
    write = write_against(guard)
    if not write:
        return "no write is known that it refuses"
    try:
        with transaction.atomic():
            run(write)
    except IntegrityError as refusal:
        if not refuses_as(guard, refusal):
            return f"refused by something else: {refusal}"
    else:
        return f"it let through: {write}"
    run(guard.removal)
    try:
        with transaction.atomic():
            run(write)
    except IntegrityError as refusal:
        return f"refused without it as well: {refusal}"
    return ""


def leave_only(guard: Guard, *, among: list[Guard]) -> None:
    """Take away the other guards of the table, but keys that this one needs."""
    run(f"ALTER TABLE {guard.table} DISABLE TRIGGER USER")
    if guard.kind == "t":
        run(f"ALTER TABLE {guard.table} ENABLE TRIGGER {guard.name}")
    for other in among:
        is_needed = guard.kind == "f" and other.table == guard.target and other.kind == "u"
        if other.table == guard.table and other != guard and other.kind != "t" and not is_needed:
            run(other.removal.replace("CONSTRAINT", "CONSTRAINT IF EXISTS"))
    if guard.kind in "ux":
        [primary] = rows(
            "SELECT conname FROM pg_constraint"
            f" WHERE contype = 'p' AND conrelid = '{guard.table}'::regclass"
        )
        run(f"ALTER TABLE {guard.table} DROP CONSTRAINT {primary} CASCADE")


def write_against(guard: Guard) -> str:
    """What the guard must refuse."""
    match guard.kind:
        case "c":
            return CHECKS.get(guard.name) or absurd_value(guard)
        case "t":
            return TRIGGERS.get(guard.name, "")
        case "f":
            return CHECKS.get(guard.name) or stray_reference(guard)
        case "i":
            return second_row(guard, keeps_id=False)
        case _:
            return second_row(guard, keeps_id=True)


def absurd_value(guard: Guard) -> str:
    """An update to a value that no check of one column may accept."""
    if len(guard.columns) != 1:
        return ""
    [column] = guard.columns
    [type_] = rows(
        "SELECT data_type FROM information_schema.columns"
        f" WHERE table_name = '{guard.table}' AND column_name = '{column}'"
    )
    return f'UPDATE {guard.table} SET "{column}" = {ABSURD[type_]}'


def second_row(guard: Guard, *, keeps_id: bool) -> str:
    """A copy of a row that the key knows already."""
    id_ = "t.id" if keeps_id else "-t.id"
    predicates = rows(
        "SELECT coalesce(pg_get_expr(indpred, indrelid), 'TRUE') FROM pg_index"
        f" WHERE indexrelid = '{guard.name}'::regclass"
    )
    return (
        f"INSERT INTO {guard.table}"
        f" SELECT (jsonb_populate_record(t, jsonb_build_object('id', {id_}))).*"
        f" FROM {guard.table} t WHERE {predicates[0]} LIMIT 1"
    )


def stray_reference(guard: Guard) -> str:
    """An update to a row of another organization or, of tables that all share, to no row."""
    *shared, column = guard.columns
    *_, key = guard.target_columns
    nothing = {"code": "'nobody'", "day": "'1999-01-01'"}.get(key, "-1")
    if not shared:
        one = f"(SELECT ctid FROM {guard.table} LIMIT 1)"
        return f"UPDATE {guard.table} SET {column} = {nothing} WHERE ctid = {one}"
    return f"""
        UPDATE {guard.table} c SET {column} = (
            SELECT foreign_row.{key} FROM {guard.target} foreign_row
            WHERE foreign_row.organization_id <> c.organization_id AND NOT EXISTS (
                SELECT FROM {guard.target} own WHERE own.{key} = foreign_row.{key}
                    AND own.organization_id = c.organization_id)
            LIMIT 1)
    """


def refuses_as(guard: Guard, refusal: IntegrityError) -> bool:
    """Whether the refusal is this guard's."""
    cause = refusal.__cause__
    assert isinstance(cause, psycopg.Error), cause
    if guard.kind == "t":
        return cause.diag.sqlstate == "23001"
    return cause.diag.constraint_name == guard.name
