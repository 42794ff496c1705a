"""Reconciling says where a balance is not what it should be, and changes nothing."""

from datetime import timedelta

from billing.models import BalanceEntry
from billing.stripe.gateway.client import send
from billing.stripe.reconcile.operations import reconcile
from billing.stripe.settling.money_credits import settle_all_money_credits
from tests.support.shopping import Shopper
from tests.support.stripe_at_hand import NOW

from .test_handing_over import coming_off, give

HOUR = timedelta(hours=1)


def found(now_in_hours: int = 0) -> list[tuple[str, str, str]]:
    open_ = reconcile(now=NOW + now_in_hours * HOUR)
    return [(difference.kind, difference.ours, difference.theirs) for difference in open_]


def test_a_credit_that_stays_away_is_named(shopper: Shopper) -> None:
    give(shopper.organization, 3_400)
    assert found(3) == []
    assert found(4) == [("money_credit_not_on_balance", "3400 USD granted", "not on the balance")]
    settle_all_money_credits(now=NOW)
    assert found(4) == []


def test_a_balance_that_was_moved_at_stripe_is_copied_once_it_tells(shopper: Shopper) -> None:
    give(shopper.organization, 3_400)
    settle_all_money_credits(now=NOW)
    shopper.stripe.deliver()
    send(
        "customers.balance_transactions.create",
        {"amount": -600, "currency": "usd"},
        target=shopper.customer_id,
        key="by-hand",
    )
    assert found() == [("balance_differs", "3400 USD in the customer's favour", "4000 USD")]
    shopper.stripe.deliver()
    assert found() == []
    assert (BalanceEntry.objects.count(), coming_off(shopper)) == (2, 4_000)
