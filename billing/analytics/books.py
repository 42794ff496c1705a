"""The proof of the books, made once a day and kept, so that staff see that it was made."""

from datetime import datetime

from ..audit import INVARIANTS, find_violations
from ..models import LedgerCheck


def check_books(*, now: datetime) -> LedgerCheck:
    """Prove every promise of the books as `verify_ledger` does, and keep what came of it."""
    broken = sorted(violation.invariant.name for violation in find_violations())
    return LedgerCheck.objects.create(checked_at=now, promise_count=len(INVARIANTS), broken=broken)


def last_check() -> LedgerCheck | None:
    """Return the last proof that was kept; None before the first."""
    return LedgerCheck.objects.order_by("-checked_at", "-pk").first()
