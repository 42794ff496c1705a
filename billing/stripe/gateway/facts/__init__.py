"""
What Stripe says of its objects, as values of ours.

Pure: each is read from the JSON of one object, wherever it came from (an answer, a list, an
intent's stored answer). An id is empty and an instant is None where Stripe has none. Currencies
are in capitals, as everywhere here.
"""

from .balances import BalanceEntryFacts
from .catalog import PriceFacts, ProductFacts
from .customers import CustomerFacts, SessionFacts
from .details import AddressFacts, DetailsFacts, TaxIdFacts
from .happenings import ClockFacts, EventFacts
from .invoices import InvoiceFacts, LineFacts
from .json_values import Json
from .subscriptions import ItemFacts, PhaseFacts, ScheduleFacts, SubscriptionFacts

__all__ = [
    "AddressFacts",
    "BalanceEntryFacts",
    "ClockFacts",
    "CustomerFacts",
    "DetailsFacts",
    "EventFacts",
    "InvoiceFacts",
    "ItemFacts",
    "Json",
    "LineFacts",
    "PhaseFacts",
    "PriceFacts",
    "ProductFacts",
    "ScheduleFacts",
    "SessionFacts",
    "SubscriptionFacts",
    "TaxIdFacts",
]
