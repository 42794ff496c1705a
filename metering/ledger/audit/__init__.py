"""
Proof of the books: every promise of the ledger as a query that must return no row.

Each query compares what is stored with what follows from the events and transfers. They are
sets, never loops, so that proving millions of events takes seconds.
"""

from collections.abc import Iterator
from typing import Final

from .grants import GRANTS
from .holds import HOLDS
from .invariant import Invariant, Row, Violation, check
from .periods import PERIODS
from .references import ORGANIZATIONS
from .sums import SUMS
from .transfers import TRANSFERS
from .usage import USAGE

__all__ = ["INVARIANTS", "Invariant", "Row", "Violation", "check", "find_violations"]

INVARIANTS: Final = (*TRANSFERS, *USAGE, *GRANTS, *HOLDS, *PERIODS, *SUMS, *ORGANIZATIONS)


def find_violations(*, organization_id: int | None = None) -> Iterator[Violation]:
    """Check every invariant, for one organization or for all, and yield those that do not hold."""
    return check(INVARIANTS, organization_id=organization_id)
