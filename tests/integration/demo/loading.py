"""Load the demo with the same totals in fewer, larger events."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from billing.demo.customers import CUSTOMERS, Customer
from billing.demo.operations import load_demo

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
URL = "http://127.0.0.1:8000"
EVENTS_PER_MONTH = 12


def coarse(customer: Customer) -> Customer:
    """The customer with its usage in about a dozen events a month for each action."""
    streams = tuple(
        replace(stream, largest_event=1 + 2 * max(stream.monthly, default=0) // EVENTS_PER_MONTH)
        for stream in customer.streams
    )
    return replace(customer, streams=streams)


def load(
    environment: Path,
    *,
    customers: tuple[Customer, ...] | None = None,
    url: str = URL,
    now: datetime = NOW,
) -> int:
    """Load the demo, or what is missing of it, and return the number of events."""
    cast = customers or tuple(coarse(customer) for customer in CUSTOMERS)
    return load_demo(environment=environment, url=url, customers=cast, now=now)
