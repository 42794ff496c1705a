from .ledger import CreditGrant, LedgerAccount, LedgerTransfer
from .meter import Meter
from .rate_card import Action, ActionRate, CostComponent
from .usage import UsageEvent, UsagePeriod

__all__ = [
    "Action",
    "ActionRate",
    "CostComponent",
    "CreditGrant",
    "LedgerAccount",
    "LedgerTransfer",
    "Meter",
    "UsageEvent",
    "UsagePeriod",
]
