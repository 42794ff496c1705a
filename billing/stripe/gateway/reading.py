"""What Stripe has now, asked for anew. Raises what `client.ask` raises; `ObjectMissing` for one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from .client import ask, ask_for_all
from .facts import (
    BalanceEntryFacts,
    ClockFacts,
    CustomerFacts,
    DetailsFacts,
    EventFacts,
    InvoiceFacts,
    Json,
    LineFacts,
    PriceFacts,
    ProductFacts,
    ScheduleFacts,
    SessionFacts,
    SubscriptionFacts,
)

# Why an attempt to pay failed stands in the payment's own object.
WITH_PAYMENTS = "payments.data.payment.payment_intent"
# Stripe takes so many lookup keys at once.
LOOKUP_KEYS_AT_ONCE = 10


def retrieve_subscription(subscription_id: str) -> SubscriptionFacts:
    """The subscription, with its customer looked at for a payment method."""
    return SubscriptionFacts.read(
        ask("subscriptions.retrieve", {"expand": ["customer"]}, target=subscription_id)
    )


def retrieve_invoice(invoice_id: str) -> InvoiceFacts:
    """The invoice with all its lines, however many."""
    told = ask("invoices.retrieve", {"expand": [WITH_PAYMENTS]}, target=invoice_id)
    invoice = InvoiceFacts.read(told)
    if not told["lines"].get("has_more"):
        return invoice
    lines = ask_for_all("invoices.line_items.list", target=invoice_id)
    return replace(invoice, lines=tuple(LineFacts.read(line) for line in lines))


def retrieve_customer(customer_id: str) -> CustomerFacts:
    """The customer with its card."""
    expanded = {"expand": ["invoice_settings.default_payment_method"]}
    return CustomerFacts.read(ask("customers.retrieve", expanded, target=customer_id))


def retrieve_details(customer_id: str) -> DetailsFacts:
    """Who is billed: the customer with its address and tax ids."""
    return DetailsFacts.read(ask("customers.retrieve", {"expand": ["tax_ids"]}, target=customer_id))


def retrieve_session(session_id: str) -> SessionFacts:
    """The visit to Stripe's payment page."""
    return SessionFacts.read(ask("checkout.sessions.retrieve", target=session_id))


def retrieve_schedule(schedule_id: str) -> ScheduleFacts:
    """The schedule of a subscription."""
    return ScheduleFacts.read(ask("subscription_schedules.retrieve", target=schedule_id))


def retrieve_clock(clock_id: str) -> ClockFacts:
    """The test clock."""
    return ClockFacts.read(ask("test_helpers.test_clocks.retrieve", target=clock_id))


def list_subscriptions(**filters: Any) -> Iterator[SubscriptionFacts]:
    """Every subscription, ended ones included unless a `status` is asked for."""
    for each in ask_for_all("subscriptions.list", {"status": "all", **filters}):
        yield SubscriptionFacts.read(each)


def list_invoices(**filters: Any) -> Iterator[InvoiceFacts]:
    """Every invoice, with its first ten lines only."""
    for each in ask_for_all("invoices.list", filters):
        yield InvoiceFacts.read(each)


def list_customers() -> Iterator[CustomerFacts]:
    """Every customer but those of test clocks, without their cards."""
    for each in ask_for_all("customers.list"):
        yield CustomerFacts.read(each)


def list_balance_entries(customer_id: str) -> Iterator[BalanceEntryFacts]:
    """Every entry of a customer's balance, the newest first."""
    for each in ask_for_all("customers.balance_transactions.list", target=customer_id):
        yield BalanceEntryFacts.read(each)


def list_prices(**filters: Any) -> Iterator[PriceFacts]:
    """Every price, archived ones included unless `active` is asked for."""
    for each in ask_for_all("prices.list", filters):
        yield PriceFacts.read(each)


def list_prices_by_lookup_key(lookup_keys: Iterable[str]) -> Iterator[PriceFacts]:
    """The prices that carry these lookup keys, archived ones included."""
    wanted = list(lookup_keys)
    for first in range(0, len(wanted), LOOKUP_KEYS_AT_ONCE):
        yield from list_prices(lookup_keys=wanted[first : first + LOOKUP_KEYS_AT_ONCE])


def list_products(**filters: Any) -> Iterator[ProductFacts]:
    """Every product, archived ones included unless `active` is asked for."""
    for each in ask_for_all("products.list", filters):
        yield ProductFacts.read(each)


def list_events(*, since: datetime, until: datetime | None = None) -> Iterator[EventFacts]:
    """What happened between these moments, newest first. Stripe keeps events for 30 days."""
    created = {"gte": int(since.timestamp())}
    if until is not None:
        created["lte"] = int(until.timestamp())
    for each in ask_for_all("events.list", {"created": created}):
        yield EventFacts.read(each)


def list_objects_of_intent(
    operation: str, intent_id: str, filters: dict[str, Any]
) -> Iterator[Json]:
    """The objects of a list that carry the intent in their metadata."""
    for each in ask_for_all(operation, filters):
        if (each.get("metadata") or {}).get("intent") == intent_id:
            yield each
