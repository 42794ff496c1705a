"""A money credit goes to the customer's balance once, and comes off the next invoices."""

from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from accounts.models import Organization
from billing.agreements.queries import find_standing
from billing.choices import IntentStatus, MoneyCreditCause, MoneyCreditStatus
from billing.models import BalanceEntry, Invoice, MoneyCredit, StripeIntent
from billing.money_credits.operations import MoneyCreditOrder, grant_money_credit
from billing.money_credits.queries import list_money_credits
from billing.stripe.intents import finish_open_intents
from billing.stripe.settling.money_credits import settle_all_money_credits
from config.kernel.money import Money
from tests.factories.catalog import STAFF
from tests.support.shopping import Shopper
from tests.support.stripe_at_hand import NOW, StripeAtHand

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def give(
    organization: Organization, minor: int, source: str = "s", expires_at: datetime | None = None
) -> MoneyCredit:
    order = MoneyCreditOrder(
        amount=Money(minor, "USD"),
        cause=MoneyCreditCause.MANUAL,
        source=source,
        reason="For the outage on 3 March",
        expires_at=expires_at,
    )
    return grant_money_credit(organization=organization, order=order, actor=STAFF, now=NOW)


def balance_there(shopper: Shopper) -> int:
    """The customer's balance at Stripe, in the customer's favour."""
    return -int(shopper.stripe.ask("customers.retrieve", target=shopper.customer_id)["balance"])


def left(shopper: Shopper) -> list[int]:
    """What is left of the credits, the newest first."""
    standings = list_money_credits(organization=shopper.organization, limit=10)
    return [standing.left.minor for standing in standings]


def coming_off(shopper: Shopper) -> int:
    """What the next invoices have less to pay."""
    standing = find_standing(organization=shopper.organization, now=shopper.stripe.now)
    assert standing is not None
    return standing.balance.minor


def renew(shopper: Shopper, months: int = 1) -> Invoice:
    """Let the time of the next renewal come; return its invoice."""
    stripe = shopper.stripe
    stripe.now = NOW.replace(month=NOW.month + months) + HOUR
    stripe.run_due()
    stripe.now += 2 * HOUR
    stripe.run_due()
    stripe.deliver()
    return Invoice.objects.owned_by(shopper.organization).latest("issued_at")


def test_it_is_put_on_the_balance_once_and_comes_off_the_next_invoice(shopper: Shopper) -> None:
    credit = give(shopper.organization, 3_400)
    assert (balance_there(shopper), coming_off(shopper)) == (0, 3_400)
    assert settle_all_money_credits(now=NOW) == 1
    assert settle_all_money_credits(now=NOW) == 0
    assert (balance_there(shopper), coming_off(shopper)) == (3_400, 3_400)
    credit.refresh_from_db()
    assert (credit.status, credit.credited_at) == (MoneyCreditStatus.CREDITED, NOW)
    entry = BalanceEntry.objects.get()
    assert (entry.stripe_id, entry.money_credit, entry.amount_minor, entry.description) == (
        credit.balance_entry_id,
        credit,
        3_400,
        "For the outage on 3 March",
    )

    invoice = renew(shopper)
    assert (invoice.total_minor, invoice.credit_minor, invoice.amount_paid_minor) == (
        29_900,
        3_400,
        26_500,
    )
    assert (balance_there(shopper), coming_off(shopper), left(shopper)) == (0, 0, [0])


def test_what_one_invoice_does_not_need_comes_off_the_next(shopper: Shopper) -> None:
    give(shopper.organization, 40_000)
    settle_all_money_credits(now=NOW)
    assert renew(shopper).credit_minor == 29_900
    assert (left(shopper), coming_off(shopper)) == ([10_100], 10_100)
    assert renew(shopper, months=2).credit_minor == 10_100
    assert (left(shopper), coming_off(shopper)) == ([0], 0)


def test_without_stripe_it_waits(acme: Organization, settings: Settings) -> None:
    settings.STRIPE_URL = settings.STRIPE_KEY = ""
    give(acme, 3_400)
    assert settle_all_money_credits(now=NOW) == 0
    assert MoneyCredit.objects.get().status == MoneyCreditStatus.GRANTED


def test_who_has_never_paid_gets_a_customer_for_it(
    stripe: StripeAtHand, acme: Organization
) -> None:
    give(acme, 3_400)
    settle_all_money_credits(now=NOW)
    [customer] = stripe.ask("customers.list")["data"]
    assert (customer["balance"], customer["metadata"]["organization"]) == (-3_400, acme.public_id)


def test_a_worker_that_died_after_the_call_gives_it_once(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(shopper.organization, 3_400)

    def die(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("billing.stripe.intents.outcome.conclusions_of", lambda _: [die])
        with pytest.raises(ExceptionGroup):
            settle_all_money_credits(now=NOW)
    assert MoneyCredit.objects.get().status == MoneyCreditStatus.GRANTED
    assert balance_there(shopper) == 3_400
    # A day later Stripe has forgotten the key: what was made is found by its label.
    finish_open_intents(now=NOW + DAY)
    settle_all_money_credits(now=NOW + DAY)
    assert MoneyCredit.objects.get().status == MoneyCreditStatus.CREDITED
    assert balance_there(shopper) == 3_400
    assert BalanceEntry.objects.count() == 1


def test_an_answer_that_never_came_is_asked_for_again_by_the_same_key(shopper: Shopper) -> None:
    give(shopper.organization, 3_400)
    shopper.stripe.break_with(timeout_after=100)
    with pytest.raises(ExceptionGroup):
        settle_all_money_credits(now=NOW)
    shopper.stripe.break_with(timeout_after=0)
    settle_all_money_credits(now=NOW)
    assert (balance_there(shopper), left(shopper)) == (3_400, [3_400])
    assert StripeIntent.objects.filter(status=IntentStatus.OPEN).count() == 0


def test_what_stripe_refuses_is_not_sent_again_and_holds_up_nothing(shopper: Shopper) -> None:
    order = MoneyCreditOrder(
        amount=Money(500, "EUR"),
        cause=MoneyCreditCause.MANUAL,
        source="euros",
        reason="In another currency than the customer pays in",
    )
    grant_money_credit(organization=shopper.organization, order=order, actor=STAFF, now=NOW)
    give(shopper.organization, 3_400)
    for _again in range(2):
        with pytest.raises(ExceptionGroup):
            settle_all_money_credits(now=NOW)
    assert balance_there(shopper) == 3_400
    asked = StripeIntent.objects.filter(operation="customers.balance_transactions.create")
    assert sorted(asked.values_list("status", "attempts")) == [("done", 1), ("refused", 1)]
