"""Whether money credits came to their balances, and our copies of balances say what Stripe says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from ...choices import MoneyCreditStatus
from ...models import BalanceEntry, MoneyCredit, StripeCustomer
from ..gateway.reading import list_customers
from .findings import Finding, Kind
from .news import is_news

# What was given a moment ago is on its way.
ON_ITS_WAY: Final = timedelta(hours=3)

KINDS: Final = frozenset({Kind.MONEY_CREDIT_NOT_ON_BALANCE, Kind.BALANCE_DIFFERS})


def differences_of_balances(*, now: datetime) -> Iterator[Finding]:
    """Every credit that did not come to its balance, and every balance that is not the same."""
    yield from _credits_not_there(now)
    yield from _balances_that_differ()


def _credits_not_there(now: datetime) -> Iterator[Finding]:
    waiting = MoneyCredit.objects.filter(
        status=MoneyCreditStatus.GRANTED,
        granted_at__lt=now - ON_ITS_WAY,
        organization__closed_at=None,
    )
    for credit in waiting.order_by("pk"):
        yield Finding(
            Kind.MONEY_CREDIT_NOT_ON_BALANCE,
            subject=credit.public_id,
            organization_id=credit.organization_id,
            ours=f"{credit.amount_minor} {credit.currency} granted",
            theirs="not on the balance",
        )


def _balances_that_differ() -> Iterator[Finding]:
    customers = dict(StripeCustomer.objects.values_list("stripe_id", "organization_id"))
    ours = _balances_here()
    # Those of test clocks are not in the list.
    for customer in list_customers():
        organization_id = customers.get(customer.id)
        if organization_id is None or is_news(customer.id):
            continue
        here = ours.get((organization_id, customer.currency), 0)
        if here != -customer.balance:
            yield Finding(
                Kind.BALANCE_DIFFERS,
                subject=customer.id,
                organization_id=organization_id,
                ours=f"{here} {customer.currency} in the customer's favour",
                theirs=f"{-customer.balance} {customer.currency}",
            )


def _balances_here() -> dict[tuple[int, str], int]:
    """The balance after the last entry, by organization and currency."""
    last = BalanceEntry.objects.order_by("organization_id", "currency", "-position").distinct(
        "organization_id", "currency"
    )
    return {(entry.organization_id, entry.currency): entry.balance_minor for entry in last}
