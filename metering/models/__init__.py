from .account import LedgerAccount
from .grant import CreditGrant, GrantEnd, GrantRestriction
from .hold import Hold
from .meter import Meter
from .price_book import LanguageModel, TokenPrice
from .rate_card import Action, ActionRate, CostComponent
from .rollup import AccountDay, CallerUsage, DailyUsage, HourlyUsage, RollupMark
from .transfer import LedgerTransfer
from .usage import SeenValue, UsageEvent, UsagePeriod, UsageReversal

__all__ = [
    "AccountDay",
    "Action",
    "ActionRate",
    "CallerUsage",
    "CostComponent",
    "CreditGrant",
    "DailyUsage",
    "GrantEnd",
    "GrantRestriction",
    "Hold",
    "HourlyUsage",
    "LanguageModel",
    "LedgerAccount",
    "LedgerTransfer",
    "Meter",
    "RollupMark",
    "SeenValue",
    "TokenPrice",
    "UsageEvent",
    "UsagePeriod",
    "UsageReversal",
]
