"""Compare Stripe and our books, and keep what does not agree until it does."""

from datetime import datetime, timedelta
from typing import Final

from ...models import StripeDifference
from ..gateway.configuration import is_connected
from . import balances, books, invoices, meters, subscriptions
from .findings import record_findings

# Invoices older than that are looked at if they did not agree before, or if all are asked for.
INVOICES_OF: Final = timedelta(days=40)


def reconcile(*, now: datetime, everything: bool = False) -> list[StripeDifference]:
    """
    Look for what does not agree to the cent, keep it, and return all that is open.

    Our own books are looked through whole. At Stripe, all subscriptions are asked for and the
    invoices of the last weeks, or `everything`. Without a connection only our books are looked
    at. Changes nothing but the differences. Raises `StripeUnavailable`.
    """
    found = list(books.differences_in_books(now=now))
    kinds = set(books.KINDS)
    if is_connected():
        since = None if everything else now - INVOICES_OF
        found += invoices.differences_of_invoices(since=since)
        found += balances.differences_of_balances(now=now)
        found += meters.differences_of_meters(now=now)
        found += subscriptions.differences_of_subscriptions(now=now)
        kinds |= balances.KINDS | invoices.KINDS | subscriptions.KINDS
    return record_findings(findings=found, kinds=kinds, now=now)
