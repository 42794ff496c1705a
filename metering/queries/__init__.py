"""Reads of metering. Every function asks for one organization and sees nothing else."""

from .balances import (
    EMPTY,
    Balance,
    GrantBalance,
    PastBalance,
    PeriodTotals,
    get_balance,
    get_balance_at,
    list_balances,
)
from .event_pages import EventRow, list_events
from .events import EventFacts, find_event, has_events
from .grants import (
    GrantMovement,
    GrantNotFound,
    GrantStatement,
    Payment,
    get_grant_statement,
    list_payments_of,
)
from .ledger import EVERYTHING, LedgerFilter, LedgerRow, list_ledger
from .meters import MeterOfOrganization, find_meter_of
from .origins import GrantOrigin, map_origins
from .sums import By, MeterBooks, read_books
from .totals import list_totals
from .usage import (
    ActionUsage,
    DayUsage,
    UsageSum,
    get_used_between,
    list_daily_usage,
    list_usage_by_action,
    summarize_usage,
)

__all__ = [
    "EMPTY",
    "EVERYTHING",
    "ActionUsage",
    "Balance",
    "By",
    "DayUsage",
    "EventFacts",
    "EventRow",
    "GrantBalance",
    "GrantMovement",
    "GrantNotFound",
    "GrantOrigin",
    "GrantStatement",
    "LedgerFilter",
    "LedgerRow",
    "MeterBooks",
    "MeterOfOrganization",
    "PastBalance",
    "Payment",
    "PeriodTotals",
    "UsageSum",
    "find_event",
    "find_meter_of",
    "get_balance",
    "get_balance_at",
    "get_grant_statement",
    "get_used_between",
    "has_events",
    "list_balances",
    "list_daily_usage",
    "list_events",
    "list_ledger",
    "list_payments_of",
    "list_totals",
    "list_usage_by_action",
    "map_origins",
    "read_books",
    "summarize_usage",
]
