"""The demo has a price for what got done: $0.99 for each ticket that stays resolved."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.models import Organization
from billing.catalog.queries import get_pricing_table
from billing.choices import OutcomeCharge
from billing.demo.customers import Customer
from billing.demo.outcomes import DISPUTED, REVERSED, TICKETS
from billing.models import Outcome, OutcomeDefinition, OutcomeDispute
from billing.outcomes.charging import map_charges
from billing.outcomes.operations import confirm_due_outcomes
from billing.usage.queries import FeatureBalance, find_feature_balance
from config.kernel.money import Money
from metering.ledger.audit import find_violations

from .loading import NOW, load

pytestmark = pytest.mark.django_db


class Killed(Exception):
    """The process ends here."""


def northwind() -> Organization:
    return Organization.objects.get(external_id="northwind")


def tickets() -> FeatureBalance:
    balance = find_feature_balance(organization=northwind(), feature="ticket_resolutions", now=NOW)
    assert balance is not None
    return balance


def test_larger_plans_have_a_price_for_each_resolved_ticket(
    environment: Path, small_cast: tuple[Customer, ...]
) -> None:
    load(environment, customers=small_cast)

    priced = {
        plan.code: (feature.allowance, feature.overage["USD"].unit_price)
        for plan in get_pricing_table(at=NOW).plans
        if (feature := plan.feature("ticket_resolutions"))
    }
    assert priced == {
        "professional": (Decimal(0), Decimal("0.99")),
        "enterprise": (Decimal(0), Decimal("0.89")),
    }
    kind = OutcomeDefinition.objects.get()
    assert (kind.code, kind.name) == ("ticket_resolved", "Resolved ticket")
    assert (kind.confirmation_days, kind.confirmation_hours, kind.reversal_days) == (0, 72, 30)


def test_each_stands_elsewhere_and_only_what_stays_confirmed_is_charged(
    environment: Path, small_cast: tuple[Customer, ...]
) -> None:
    load(environment, customers=small_cast)

    outcomes = list(Outcome.objects.owned_by(northwind()))
    charges = map_charges(organization_id=northwind().pk, outcomes=outcomes)
    assert Counter((outcome.status, charges[outcome.pk]) for outcome in outcomes) == {
        ("confirmed", OutcomeCharge.COUNTED): 10,
        ("reversed", OutcomeCharge.GIVEN_BACK): 1,
        ("pending", OutcomeCharge.WAITING): 1,
    }
    assert {outcome.reference for outcome in outcomes if outcome.reversed_at} == {REVERSED}
    dispute = OutcomeDispute.objects.get()
    assert (dispute.outcome.reference, dispute.status) == (DISPUTED, "open")
    assert (tickets().used, tickets().overage_amount) == (Decimal(10), Money(9_90, "USD"))
    assert list(find_violations()) == []


def test_run_that_was_killed_between_the_tickets_is_completed_by_the_next(
    environment: Path, small_cast: tuple[Customer, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*, now: object) -> int:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("billing.demo.outcomes.confirm_due_outcomes", die)
        with pytest.raises(Killed):
            load(environment, customers=small_cast)
    assert Outcome.objects.filter(status="pending").count() == len(TICKETS)
    assert tickets().used == 0

    assert confirm_due_outcomes(now=NOW) == 11
    load(environment, customers=small_cast)

    assert tickets().used == 10
