"""What outcomes cost: charged once they are confirmed, given back once they are reversed."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse as reverse_address

from accounts.models import AuditEntry, Organization, WebhookEvent
from billing.choices import DisputeStatus, OutcomeCharge
from billing.invoicing.estimate import estimate_next_invoice
from billing.models import Outcome, Settlement
from billing.outcomes.charging import map_charges
from billing.outcomes.disputes import decide_dispute, open_dispute
from billing.outcomes.errors import (
    DisputeDecided,
    DisputeExists,
    OutcomeDisputed,
    OutcomeReversed,
    ReversalTooLate,
)
from billing.outcomes.operations import (
    confirm_due_outcomes,
    confirm_outcome,
    reverse_outcome,
)
from billing.outcomes.revenue import KindFigures, list_kinds, list_revenue
from billing.usage.operations import report_usage, reverse_usage
from config.kernel.money import Money
from metering.models import UsageEvent, UsagePeriod
from metering.usage.reports import UsageReport
from tests.factories.accounts import make_person
from tests.factories.agreements import SUBSCRIBED, settle
from tests.factories.catalog import STAFF
from tests.factories.metering import make_meter
from tests.factories.outcomes import define, report_outcome, sell_outcomes

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONTH_LATER = SUBSCRIBED + 31 * DAY


def charge_of(outcome: Outcome) -> OutcomeCharge:
    outcome.refresh_from_db()
    return map_charges(organization_id=outcome.organization_id, outcomes=[outcome])[outcome.pk]


def used(organization: Organization) -> tuple[Decimal, Decimal]:
    period = UsagePeriod.objects.owned_by(organization).earliest("starts_at")
    return period.used_credits, period.overage_credits


def settled(organization: Organization) -> list[tuple[str, Decimal, int]]:
    rows = Settlement.objects.owned_by(organization).exclude(used_credits=0).order_by("pk")
    return list(rows.values_list("kind", "used_credits", "amount_minor"))


def reverse(outcome: Outcome, *, at: datetime) -> Outcome:
    return reverse_outcome(outcome=outcome, reason="The customer came back", actor=STAFF, now=at)


def test_137_resolutions_are_135_63(acme: Organization) -> None:
    """The article, “Outcome-Based Pricing”: $0.99 per autonomous resolution."""
    sell_outcomes(acme)
    for number in range(137):
        report_outcome(acme, f"conversation-{number}")
    settle(acme, at=MONTH_LATER)
    assert settled(acme) == [("period", 137, 135_63)]


@pytest.mark.parametrize(
    ("price", "count", "cents"),
    [("0.99", 3, 2_97), ("50", 3, 150_00), ("5", 3, 15_00), ("0.10", 3, 30)],
)
def test_the_prices_of_the_article(acme: Organization, price: str, count: int, cents: int) -> None:
    """The article, “Outcome-Based Pricing”: resolution, meeting, published article, fraud."""
    sell_outcomes(acme, price=price)
    for number in range(count):
        report_outcome(acme, f"conversation-{number}")
    settle(acme, at=MONTH_LATER)
    assert settled(acme) == [("period", count, cents)]


def test_what_is_included_costs_nothing_beyond_the_base_price(acme: Organization) -> None:
    sell_outcomes(acme, included=50)
    for number in range(52):
        report_outcome(acme, f"conversation-{number}")
    assert used(acme) == (52, 2)
    settle(acme, at=MONTH_LATER)
    assert settled(acme) == [("period", 52, 1_98)]


def test_it_is_charged_once_confirmed_and_not_before(acme: Organization) -> None:
    sell_outcomes(acme, confirmation_hours=72)
    outcome = report_outcome(acme)
    assert (charge_of(outcome), UsageEvent.objects.count()) == (OutcomeCharge.WAITING, 0)
    assert confirm_due_outcomes(now=SUBSCRIBED + 72 * HOUR - timedelta(microseconds=1)) == 0
    assert confirm_due_outcomes(now=SUBSCRIBED + 72 * HOUR) == 1
    assert charge_of(outcome) == OutcomeCharge.COUNTED
    event = UsageEvent.objects.get()
    assert (event.event_id, event.occurred_at, event.credits) == (outcome.event_key, SUBSCRIBED, 1)
    reported = {"outcome": "ticket_resolved", "reference": "conversation-17"}
    assert (event.meter.code, event.properties) == ("resolutions", reported)
    estimate = estimate_next_invoice(organization=acme, now=SUBSCRIBED + 4 * DAY)
    assert estimate is not None and estimate.total.minor == 29_00 + 99
    settle(acme, at=MONTH_LATER)
    assert charge_of(outcome) == OutcomeCharge.BILLED


def test_the_same_reference_and_a_second_confirmation_charge_once(acme: Organization) -> None:
    sell_outcomes(acme)
    first, again = report_outcome(acme), report_outcome(acme, at=SUBSCRIBED + HOUR)
    confirm_outcome(outcome=again, actor=STAFF, now=SUBSCRIBED + HOUR)
    assert (first.pk, used(acme)) == (again.pk, (1, 1))


def test_one_that_is_confirmed_a_month_later_counts_in_that_month(acme: Organization) -> None:
    sell_outcomes(acme, confirmation_days=30)
    report_outcome(acme, at=SUBSCRIBED + 20 * DAY)
    settle(acme, at=MONTH_LATER)
    assert settled(acme) == []
    confirm_due_outcomes(now=SUBSCRIBED + 50 * DAY)
    settle(acme, at=SUBSCRIBED + 62 * DAY)
    assert settled(acme) == [("period", 1, 99)]


def test_reversed_before_its_window_has_passed_it_is_never_charged(acme: Organization) -> None:
    sell_outcomes(acme, confirmation_days=3)
    outcome = report_outcome(acme)
    reverse(outcome, at=SUBSCRIBED + DAY)
    assert confirm_due_outcomes(now=SUBSCRIBED + 4 * DAY) == 0
    assert (charge_of(outcome), UsageEvent.objects.count()) == (OutcomeCharge.NONE, 0)


def test_reversed_within_its_month_it_falls_out_of_it(acme: Organization) -> None:
    sell_outcomes(acme)
    outcome, other = report_outcome(acme), report_outcome(acme, "conversation-18")
    reverse(outcome, at=SUBSCRIBED + DAY)
    assert (used(acme), charge_of(outcome)) == ((1, 1), OutcomeCharge.GIVEN_BACK)
    settle(acme, at=MONTH_LATER)
    assert (settled(acme), charge_of(other)) == ([("period", 1, 99)], OutcomeCharge.BILLED)


def test_reversed_after_its_month_was_billed_the_money_is_given_back(acme: Organization) -> None:
    sell_outcomes(acme)
    outcome = report_outcome(acme)
    settle(acme, at=MONTH_LATER)
    reverse(outcome, at=MONTH_LATER + 20 * DAY)
    assert settled(acme) == [("period", 1, 99), ("correction", -1, -99)]
    assert charge_of(outcome) == OutcomeCharge.GIVEN_BACK
    with pytest.raises(OutcomeReversed):
        reverse(outcome, at=MONTH_LATER + 21 * DAY)
    assert len(settled(acme)) == 2


def test_a_use_that_was_taken_back_by_itself_is_given_back_once(acme: Organization) -> None:
    sell_outcomes(acme)
    outcome = report_outcome(acme)
    assert outcome.event_key is not None
    reverse_usage(
        organization_id=acme.pk, event_id=outcome.event_key, reason="no", now=SUBSCRIBED + HOUR
    )
    reverse(outcome, at=SUBSCRIBED + DAY)
    assert used(acme) == (0, 0)


def test_a_reversal_has_its_days(acme: Organization) -> None:
    sell_outcomes(acme, reversal_days=14)
    early, late = report_outcome(acme, "early"), report_outcome(acme, "late")
    assert late.reversible_until == SUBSCRIBED + 14 * DAY
    reverse(early, at=SUBSCRIBED + 14 * DAY - timedelta(microseconds=1))
    with pytest.raises(ReversalTooLate):
        reverse(late, at=SUBSCRIBED + 14 * DAY)
    with pytest.raises(ReversalTooLate):
        dispute(late, day=14)
    assert used(acme) == (1, 1)


def test_nobody_is_charged_less_by_reporting_an_event_of_the_same_name(acme: Organization) -> None:
    """Customers read the ids of their outcomes, and their apps name the events that they report."""
    sell_outcomes(acme, confirmation_days=3)
    outcome = report_outcome(acme)
    [squatted] = report_usage(
        organization_id=acme.pk,
        reports=[
            UsageReport(outcome.public_id, Decimal(0), bytes(32), meter="resolutions"),
        ],
        api_key_id=None,
        received_at=SUBSCRIBED + HOUR,
    )
    assert squatted.outcome == "accepted"
    confirm_due_outcomes(now=SUBSCRIBED + 4 * DAY)
    outcome.refresh_from_db()
    assert (outcome.not_charged, charge_of(outcome)) == ("", OutcomeCharge.COUNTED)


@pytest.mark.parametrize("has_agreement", [False, True])
def test_what_the_agreement_does_not_take_is_kept_and_says_why(
    acme: Organization, globex: Organization, *, has_agreement: bool
) -> None:
    sell_outcomes(acme)
    define("meeting_booked", meter=make_meter("meetings", unit="meeting"))
    outcome = report_outcome(acme if has_agreement else globex, code="meeting_booked")
    reason = "feature_not_in_plan" if has_agreement else "no_agreement"
    assert (outcome.status, outcome.not_charged) == ("confirmed", reason)
    assert charge_of(outcome) == OutcomeCharge.NONE
    [event] = WebhookEvent.objects.filter(type="outcome.confirmed")
    assert (event.data["feature"], event.data["not_charged"]) == ("meetings", reason)
    reverse(outcome, at=SUBSCRIBED + DAY)


def test_without_a_meter_it_is_kept_and_nothing_is_charged(acme: Organization) -> None:
    sell_outcomes(acme)
    define("article_published")
    outcome = report_outcome(acme, code="article_published")
    assert (outcome.event_key, outcome.not_charged) == (None, "")
    assert not UsageEvent.objects.exists()


# --- disputes ---------------------------------------------------------------------------------


def dispute(outcome: Outcome, *, day: int = 1) -> object:
    return open_dispute(
        outcome=outcome, reason="A colleague solved it", actor=STAFF, now=SUBSCRIBED + day * DAY
    )


def test_a_disputed_outcome_waits_for_the_decision(acme: Organization) -> None:
    sell_outcomes(acme, confirmation_days=3)
    outcome = report_outcome(acme)
    opened = open_dispute(outcome=outcome, reason="No", actor=STAFF, now=SUBSCRIBED + DAY)
    assert confirm_due_outcomes(now=SUBSCRIBED + 4 * DAY) == 0
    with pytest.raises(OutcomeDisputed):
        confirm_outcome(outcome=outcome, actor=STAFF, now=SUBSCRIBED + DAY)
    with pytest.raises(DisputeExists):
        dispute(outcome)
    decide_dispute(
        dispute=opened,
        is_upheld=False,
        reason="The customer wrote “thanks”",
        actor=STAFF,
        now=SUBSCRIBED + 5 * DAY,
    )
    assert confirm_due_outcomes(now=SUBSCRIBED + 5 * DAY) == 1
    outcome.refresh_from_db()
    assert outcome.confirmed_at == SUBSCRIBED + 3 * DAY
    entries = AuditEntry.objects.filter(action__startswith="outcome_dispute.").order_by("pk")
    assert [(entry.action, entry.target, entry.reason) for entry in entries] == [
        ("outcome_dispute.opened", outcome.public_id, "No"),
        ("outcome_dispute.rejected", outcome.public_id, "The customer wrote “thanks”"),
    ]
    with pytest.raises(DisputeDecided):
        decide_dispute(
            dispute=opened, is_upheld=True, reason="x", actor=STAFF, now=SUBSCRIBED + 6 * DAY
        )


def test_a_dispute_that_is_upheld_gives_back_however_late_it_is_decided(
    acme: Organization,
) -> None:
    sell_outcomes(acme, reversal_days=14)
    outcome = report_outcome(acme)
    opened = open_dispute(outcome=outcome, reason="No", actor=STAFF, now=SUBSCRIBED + DAY)
    settle(acme, at=MONTH_LATER)
    decide_dispute(
        dispute=opened, is_upheld=True, reason="True", actor=STAFF, now=MONTH_LATER + DAY
    )
    assert settled(acme) == [("period", 1, 99), ("correction", -1, -99)]
    outcome.refresh_from_db()
    assert (outcome.status, outcome.reversal_reason) == ("reversed", "True")
    types = WebhookEvent.objects.filter(type__startswith="outcome").order_by("pk")
    assert [event.type for event in types] == [
        "outcome.recorded",
        "outcome.confirmed",
        "outcome_dispute.opened",
        "outcome.reversed",
        "outcome_dispute.decided",
    ]


def test_a_reversal_by_the_app_upholds_what_was_disputed(acme: Organization) -> None:
    sell_outcomes(acme, reversal_days=14)
    outcome = report_outcome(acme)
    opened = open_dispute(outcome=outcome, reason="No", actor=STAFF, now=SUBSCRIBED + DAY)
    reverse(outcome, at=SUBSCRIBED + 20 * DAY)
    opened.refresh_from_db()
    assert (opened.status, opened.decision) == (DisputeStatus.UPHELD, "The customer came back")
    with pytest.raises(OutcomeReversed):
        dispute(outcome)


# --- what they came to ------------------------------------------------------------------------


def test_what_outcomes_came_to(acme: Organization) -> None:
    sell_outcomes(acme, included=1)
    define("article_published", name="Article published")
    for number in range(5):
        report_outcome(acme, f"conversation-{number}")
    reverse(Outcome.objects.get(reference="conversation-4"), at=SUBSCRIBED + DAY)
    report_outcome(acme, "article-1", code="article_published")
    define("meeting_booked", meter=make_meter("meetings", unit="meeting"))
    report_outcome(acme, "meeting-1", code="meeting_booked")
    settle(acme, at=MONTH_LATER)
    reverse(Outcome.objects.get(reference="conversation-3"), at=MONTH_LATER)
    span = {"since": SUBSCRIBED - DAY, "until": MONTH_LATER + DAY}
    assert list_kinds(**span) == [
        KindFigures("article_published", "Article published", None, 0, 1, 0, 0),
        KindFigures("meeting_booked", "Meeting booked", "meetings", 0, 1, 0, 1),
        KindFigures("ticket_resolved", "Ticket resolved", "resolutions", 0, 3, 2, 0),
    ]
    assert [kind.kept for kind in list_kinds(**span)] == [1, 1, Decimal("0.6")]
    [earned] = list_revenue(**span)
    assert (earned.feature, earned.outcomes, earned.revenue) == (
        "Resolutions",
        3,
        Money(1_98, "USD"),
    )
    assert earned.each == Decimal("0.66")
    assert list_revenue(since=SUBSCRIBED - DAY, until=SUBSCRIBED) == []
    assert list_kinds(since=SUBSCRIBED + DAY, until=MONTH_LATER)[2].kept is None


def test_staff_read_what_outcomes_came_to(acme: Organization, client: Client) -> None:
    sell_outcomes(acme)
    report_outcome(acme)
    client.force_login(make_person("Sam", is_staff=True, is_superuser=True))
    address = reverse_address("admin:report_outcomes")
    assert "Nothing was settled in this time." in client.get(address).content.decode()
    asked = {"since": "2026-09-09", "until": "2026-09-30"}
    page = client.get(address, asked).content.decode()
    assert "Ticket resolved" in page and "100.0 %" in page.replace("\N{NO-BREAK SPACE}", " ")
    client.force_login(make_person("Vera", is_staff=True))
    assert client.get(address).status_code == 403
