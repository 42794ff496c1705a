from .ledger import CreditGrant, GrantRestriction, Hold, LedgerAccount, LedgerTransfer
from .meter import Meter
from .rate_card import Action, ActionRate, CostComponent
from .rollup import DailyUsage, HourlyUsage, RollupMark
from .usage import SeenValue, UsageEvent, UsagePeriod, UsageReversal

__all__ = [
    "Action",
    "ActionRate",
    "CostComponent",
    "CreditGrant",
    "DailyUsage",
    "GrantRestriction",
    "Hold",
    "HourlyUsage",
    "LedgerAccount",
    "LedgerTransfer",
    "Meter",
    "RollupMark",
    "SeenValue",
    "UsageEvent",
    "UsagePeriod",
    "UsageReversal",
]
