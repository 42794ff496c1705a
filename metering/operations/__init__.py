"""
Writes of metering.

Each function runs inside the caller's transaction, and the caller holds the organization's
lock (`accounts.organizations.locking`); the sweeps take the lock themselves, one organization
after the other.
"""

from .closing import (
    ClosedPeriod,
    DuePeriod,
    close_period,
    list_organizations_with_periods_to_close,
    list_periods_to_close,
)
from .expiring import announce_expiring_credits
from .expiry import expire_credits
from .grants import DEFAULT_PRIORITY, NewGrant, grant_credits
from .holds import (
    EventBookedApart,
    HoldConflict,
    HoldRefused,
    UsageRejected,
    hold_credits,
    settle_hold,
)
from .periods import end_terms, open_periods, raise_allowance
from .releasing import (
    HoldEnded,
    HoldNotFound,
    HoldReceipt,
    describe_hold,
    find_hold,
    is_of_platform,
    release_due_holds,
    release_expired_holds,
    release_hold,
)
from .reversals import AlreadyReversed, EventNotFound, NotReversible, Reversal, reverse_usage
from .usage import record_usage

__all__ = [
    "DEFAULT_PRIORITY",
    "AlreadyReversed",
    "ClosedPeriod",
    "DuePeriod",
    "EventBookedApart",
    "EventNotFound",
    "HoldConflict",
    "HoldEnded",
    "HoldNotFound",
    "HoldReceipt",
    "HoldRefused",
    "NewGrant",
    "NotReversible",
    "Reversal",
    "UsageRejected",
    "announce_expiring_credits",
    "close_period",
    "describe_hold",
    "end_terms",
    "expire_credits",
    "find_hold",
    "grant_credits",
    "hold_credits",
    "is_of_platform",
    "list_organizations_with_periods_to_close",
    "list_periods_to_close",
    "open_periods",
    "raise_allowance",
    "record_usage",
    "release_due_holds",
    "release_expired_holds",
    "release_hold",
    "reverse_usage",
    "settle_hold",
]
