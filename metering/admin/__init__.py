"""The staff's pages about what is counted, what it costs, and the books."""

from .books import CreditGrantAdmin, LedgerTransferAdmin, UsageEventAdmin, UsagePeriodAdmin
from .price_book import LanguageModelAdmin, TokenPriceAdmin
from .rate_card import ActionAdmin, ActionRateAdmin, MeterAdmin

__all__ = [
    "ActionAdmin",
    "ActionRateAdmin",
    "CreditGrantAdmin",
    "LanguageModelAdmin",
    "LedgerTransferAdmin",
    "MeterAdmin",
    "TokenPriceAdmin",
    "UsageEventAdmin",
    "UsagePeriodAdmin",
]
