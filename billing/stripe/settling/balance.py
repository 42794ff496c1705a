"""
Our copy of the balance that a customer has at Stripe, entry by entry.

Entries are only ever added there, so what is missing here is what is newer than the last one.
"""

from datetime import datetime
from itertools import takewhile
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.organizations.locking import lock_organization

from ...models import BalanceEntry, MoneyCredit, StripeCustomer
from ..gateway.errors import ObjectMissing
from ..gateway.facts import BalanceEntryFacts
from ..gateway.reading import list_balance_entries
from ..inbox import ReceivedEvent, handles

# What marks an entry as the doing of a money credit.
MONEY_CREDIT: Final = "money_credit"
_LONGEST_DESCRIPTION: Final = 500


@handles("customer.updated")
def look_at_balance(event: ReceivedEvent, now: datetime) -> None:
    """Bring our copy of the balance level: Stripe tells of a change of it as of any other."""
    customer = StripeCustomer.objects.filter(stripe_id=event.customer_id).first()
    if customer is None:
        return
    try:
        bring_balance_level(customer=customer)
    except ObjectMissing:
        return


def bring_balance_level(*, customer: StripeCustomer) -> None:
    """
    Copy the entries of the customer's balance that are not here yet.

    Doing it again, or twice at once, changes nothing. Takes the organization's lock. Raises what
    reading raises.
    """
    last = _entries(customer).order_by("-position").first()
    known = "" if last is None else last.stripe_id
    listed = list_balance_entries(customer.stripe_id)
    newer = list(takewhile(lambda entry: entry.id != known, listed))
    if newer:
        _store(newer, customer=customer)


@transaction.atomic
def _store(newest_first: list[BalanceEntryFacts], *, customer: StripeCustomer) -> None:
    lock_organization(organization_id=customer.organization_id)
    known = set(_entries(customer).values_list("stripe_id", flat=True))
    credits = _credits_of(newest_first, customer)
    missing = [entry for entry in reversed(newest_first) if entry.id not in known]
    BalanceEntry.objects.bulk_create(
        BalanceEntry(
            organization_id=customer.organization_id,
            stripe_id=entry.id,
            position=position,
            kind=entry.kind,
            currency=entry.currency,
            amount_minor=entry.amount,
            balance_minor=entry.balance,
            money_credit=credits.get(entry.metadata.get(MONEY_CREDIT, "")),
            stripe_invoice_id=entry.invoice_id,
            description=entry.description[:_LONGEST_DESCRIPTION],
            occurred_at=entry.occurred_at,
        )
        for position, entry in enumerate(missing, start=len(known))
    )


def _entries(customer: StripeCustomer) -> QuerySet[BalanceEntry]:
    return BalanceEntry.objects.filter(organization_id=customer.organization_id)


def _credits_of(
    entries: list[BalanceEntryFacts], customer: StripeCustomer
) -> dict[str, MoneyCredit]:
    named = [entry.metadata[MONEY_CREDIT] for entry in entries if MONEY_CREDIT in entry.metadata]
    found = MoneyCredit.objects.filter(
        organization_id=customer.organization_id, public_id__in=named
    )
    return {credit.public_id: credit for credit in found}
