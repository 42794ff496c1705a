"""The ledger in the customer's words, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from metering.choices import GrantCategory, TransferKind
from metering.queries import LedgerRow

PAGE_SIZE: Final = 25


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One movement: what it was, what paid for it, and how much."""

    occurred_at: datetime
    what: str
    paid_from: str
    member: str
    event_id: str
    amount: Decimal
    is_overage: bool
    is_incoming: bool


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some lines, newest first; `next_before` is where the older ones begin, None at the end."""

    lines: tuple[LedgerLine, ...]
    has_members: bool
    next_before: int | None


def present_ledger(
    rows: Sequence[LedgerRow], *, action_names: Mapping[str, str], is_unlimited: bool
) -> LedgerPage:
    """
    Put a page of the ledger into words; the caller reads one row more than `PAGE_SIZE`.

    Where usage is unlimited no grant pays for it, and yet it is not overage to the customer.
    """
    shown = rows[:PAGE_SIZE]
    return LedgerPage(
        lines=tuple(_line(row, action_names, is_unlimited=is_unlimited) for row in shown),
        has_members=any(row.member for row in shown),
        next_before=shown[-1].id if len(rows) > PAGE_SIZE else None,
    )


def _line(row: LedgerRow, action_names: Mapping[str, str], *, is_unlimited: bool) -> LedgerLine:
    category = str(GrantCategory(row.category).label) if row.category else ""
    is_overage = row.kind == TransferKind.OVERAGE and not is_unlimited
    return LedgerLine(
        occurred_at=row.occurred_at,
        what=_what(row, category, action_names),
        paid_from=_("Overage") if is_overage else _paid_from(row, category),
        member=row.member,
        event_id=row.event_id or "",
        amount=row.amount,
        is_overage=is_overage,
        is_incoming=row.amount > 0,
    )


def _what(row: LedgerRow, category: str, action_names: Mapping[str, str]) -> str:
    if row.kind == TransferKind.ISSUE:
        return _("%(category)s granted") % {"category": category}
    if row.kind == TransferKind.EXPIRE:
        return _("%(category)s expired") % {"category": category}
    if row.action is None:
        return _("Usage")
    return action_names.get(row.action, row.action)


def _paid_from(row: LedgerRow, category: str) -> str:
    if row.kind == TransferKind.OVERAGE:
        return _("Included")
    return category if row.kind == TransferKind.CONSUME else ""
