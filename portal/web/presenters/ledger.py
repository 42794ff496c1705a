"""The ledger in the customer's words, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metering.choices import GrantCategory, TransferKind
from metering.queries import LedgerRow

from ...formatting import moment_text

PAGE_SIZE: Final = 25
_SENTENCES: Final = {
    TransferKind.ISSUE: gettext_lazy("%(category)s granted"),
    TransferKind.EXPIRE: gettext_lazy("%(category)s expired"),
    TransferKind.ROLL_OVER: gettext_lazy("Unused credits rolled over"),
    TransferKind.HOLD: gettext_lazy("%(used)s: held"),
    TransferKind.RELEASE: gettext_lazy("%(used)s: returned from a hold"),
    TransferKind.COVER: gettext_lazy("%(used)s: overage paid afterwards"),
    TransferKind.REVERSE: gettext_lazy("%(used)s: reversed"),
}
_ABOUT_A_GRANT: Final = (TransferKind.ISSUE, TransferKind.EXPIRE, TransferKind.ROLL_OVER)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """
    One movement: what it was, what paid for it, and how much.

    `grant_url` leads to the statement of the grant that gained or lost the credits. `used_on` says
    when late usage was used.
    """

    occurred_at: datetime
    what: str
    used_on: str
    paid_from: str
    grant_url: str
    member: str
    event_id: str
    amount: Decimal
    is_overage: bool
    is_incoming: bool
    is_reversed: bool


@dataclass(frozen=True, slots=True)
class LedgerPage:
    """Some lines, newest first; `next_before` is where the older ones begin, None at the end."""

    lines: tuple[LedgerLine, ...]
    has_members: bool
    next_before: int | None


@dataclass(frozen=True, slots=True)
class LedgerWords:
    """
    What the words of a ledger depend on: how actions are called, the zone of its days, and
    whether usage is unlimited. No grant pays then, and yet it is not overage to the customer.
    """

    action_names: Mapping[str, str]
    zone: ZoneInfo
    is_unlimited: bool = False

    def action(self, code: str | None) -> str:
        """What was used; usage that named no action was reported as a plain quantity."""
        return _("Usage") if code is None else self.action_names.get(code, code)


def present_ledger(rows: Sequence[LedgerRow], *, words: LedgerWords) -> LedgerPage:
    """Put a page of the ledger into words; the caller reads one row more than `PAGE_SIZE`."""
    shown = rows[:PAGE_SIZE]
    return LedgerPage(
        lines=tuple(_line(row, words) for row in shown),
        has_members=any(row.member for row in shown),
        next_before=shown[-1].id if len(rows) > PAGE_SIZE else None,
    )


def movement_words(kind: str, *, used: str, category: str) -> str:
    """What a movement of credits was: `used` names the action, `category` the grant."""
    sentence = _SENTENCES.get(TransferKind(kind))
    return used if sentence is None else str(sentence % {"used": used, "category": category})


def grant_url(grant: str | None) -> str:
    """Where the statement of a grant is; "" without one."""
    return reverse("portal:grant", args=[grant]) if grant else ""


def _line(row: LedgerRow, words: LedgerWords) -> LedgerLine:
    category = str(GrantCategory(row.category).label) if row.category else ""
    return LedgerLine(
        occurred_at=row.occurred_at,
        what=movement_words(row.kind, used=words.action(row.action), category=category),
        used_on=moment_text(row.used_at, zone=words.zone, style="date") if row.used_at else "",
        paid_from=_paid_from(row, category, words),
        grant_url=grant_url(row.grant),
        member=row.member,
        event_id=row.event_id or "",
        amount=row.amount,
        is_overage=row.kind == TransferKind.OVERAGE and not words.is_unlimited,
        is_incoming=row.amount > 0 and row.kind != TransferKind.ROLL_OVER,
        is_reversed=row.is_reversed,
    )


def _paid_from(row: LedgerRow, category: str, words: LedgerWords) -> str:
    """The grant, or that there was none; what is about a grant alone names it already."""
    if row.kind in _ABOUT_A_GRANT:
        return ""
    return category or (_("Included") if words.is_unlimited else _("Overage"))
