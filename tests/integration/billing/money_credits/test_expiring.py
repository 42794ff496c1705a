"""What no invoice has used of a credit when it expires is taken back, and never more than that."""

from datetime import timedelta

import pytest

from accounts.models import Organization
from accounts.organizations.clock import set_clock_ahead
from billing.choices import MoneyCreditStatus
from billing.models import BalanceEntry, MoneyCredit
from billing.stripe.gateway.client import send
from billing.stripe.gateway.facts import BalanceEntryFacts, Json
from billing.stripe.gateway.reading import list_balance_entries
from billing.stripe.settling import balance
from billing.stripe.settling.money_credits import settle_all_money_credits
from tests.support.shopping import Shopper
from tests.support.stripe_at_hand import NOW, StripeAtHand

from .test_handing_over import balance_there, coming_off, give, left, renew

DAY = timedelta(days=1)
EXPIRES = NOW + 45 * DAY


def ended() -> list[tuple[str, int]]:
    credits = MoneyCredit.objects.order_by("pk")
    return [(credit.status, credit.taken_back_minor) for credit in credits]


def test_nothing_happens_before_it_expires(shopper: Shopper) -> None:
    give(shopper.organization, 40_000, expires_at=EXPIRES)
    settle_all_money_credits(now=NOW)
    assert settle_all_money_credits(now=EXPIRES - timedelta(seconds=1)) == 0
    assert balance_there(shopper) == 40_000


def test_what_is_left_is_taken_back_once(shopper: Shopper) -> None:
    give(shopper.organization, 40_000, expires_at=EXPIRES)
    give(shopper.organization, 1_000, "for ever")
    settle_all_money_credits(now=NOW)
    renew(shopper)
    assert left(shopper) == [1_000, 10_100]
    assert settle_all_money_credits(now=EXPIRES) == 1
    assert ended() == [("taken_back", 10_100), ("credited", 0)]
    assert (balance_there(shopper), coming_off(shopper), left(shopper)) == (
        1_000,
        1_000,
        [1_000, 0],
    )
    assert settle_all_money_credits(now=EXPIRES + DAY) == 0
    assert balance_there(shopper) == 1_000


def test_it_expires_by_the_time_of_its_organization(shopper: Shopper) -> None:
    give(shopper.organization, 40_000, expires_at=EXPIRES)
    settle_all_money_credits(now=NOW)
    set_clock_ahead(organization_id=shopper.organization.pk, ahead=45 * DAY)
    assert settle_all_money_credits(now=NOW - timedelta(seconds=1)) == 0
    assert settle_all_money_credits(now=NOW) == 1
    assert (ended(), balance_there(shopper)) == ([("taken_back", 40_000)], 0)


def test_of_a_credit_that_was_used_nothing_is_taken(shopper: Shopper) -> None:
    give(shopper.organization, 3_400, expires_at=EXPIRES)
    settle_all_money_credits(now=NOW)
    renew(shopper)
    settle_all_money_credits(now=EXPIRES)
    assert (ended(), balance_there(shopper)) == ([("taken_back", 0)], 0)
    assert BalanceEntry.objects.count() == 2


def test_one_that_never_came_to_the_balance_just_ends(
    stripe: StripeAtHand, acme: Organization
) -> None:
    give(acme, 3_400, expires_at=EXPIRES)
    settle_all_money_credits(now=EXPIRES)
    assert ended() == [("taken_back", 3_400)]
    assert not stripe.ask("customers.list")["data"][0]["balance"]


def test_what_an_invoice_used_meanwhile_is_given_again(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(shopper.organization, 3_400, expires_at=EXPIRES)
    settle_all_money_credits(now=NOW)
    used: list[Json] = []

    def look_and_be_overtaken(customer_id: str) -> list[BalanceEntryFacts]:
        """An invoice of $25 becomes final after the balance was read."""
        entries = list(list_balance_entries(customer_id))
        if not used:
            used.append(
                send(
                    "customers.balance_transactions.create",
                    {"amount": 2_500, "currency": "usd"},
                    target=customer_id,
                    key="used-meanwhile",
                )
            )
        return entries

    monkeypatch.setattr(balance, "list_balance_entries", look_and_be_overtaken)
    settle_all_money_credits(now=EXPIRES)
    assert ended() == [("taken_back", 900)]
    assert [entry.amount_minor for entry in BalanceEntry.objects.order_by("position")] == [
        3_400,
        -2_500,
        -3_400,
        2_500,
    ]
    assert (balance_there(shopper), coming_off(shopper)) == (0, 0)


def test_a_worker_that_died_in_between_takes_back_once(
    shopper: Shopper, monkeypatch: pytest.MonkeyPatch
) -> None:
    credit = give(shopper.organization, 3_400, expires_at=EXPIRES)
    settle_all_money_credits(now=NOW)

    def die(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("billing.stripe.settling.money_credits._end", die)
        with pytest.raises(ExceptionGroup):
            settle_all_money_credits(now=EXPIRES)
    credit.refresh_from_db()
    assert (credit.status, balance_there(shopper)) == (MoneyCreditStatus.CREDITED, 0)
    settle_all_money_credits(now=EXPIRES + DAY)
    assert (ended(), balance_there(shopper)) == ([("taken_back", 3_400)], 0)
