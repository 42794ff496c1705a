"""
Which invoice the money of a settlement goes on. Pure: plain values in, plain values out.

| the settlement | goes |
| --- | --- |
| there is a draft that was made when its period had ended, or later | on the oldest such draft |
| the same, but that draft takes no more lines | on a later invoice |
| its period ended with a billing period that Stripe has not renewed yet | on the draft to come |
| money is due, and no draft is to come for it | on an invoice of its own |
| money is owed to the customer, and something else needs an invoice of its own | on that one |
| the same, and further invoices will come | on the next draft |
| the same, and none will come | back by a credit note |
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

# Stripe's invoices take so many lines.
MOST_LINES: Final = 250


@dataclass(frozen=True, slots=True)
class Draft:
    """An invoice that still takes lines: so many as there is `room` for."""

    invoice_id: str
    created_at: datetime
    room: int = MOST_LINES


@dataclass(frozen=True, slots=True)
class Standing:
    """
    How the subscription of an agreement stands at Stripe: when it renews next (None: it has
    ended), and its drafts.
    """

    renews_at: datetime | None
    drafts: tuple[Draft, ...] = ()

    def oldest_draft_since(self, at: datetime) -> Draft | None:
        """The first draft that was made at that moment or later."""
        later = [draft for draft in self.drafts if draft.created_at >= at]
        return min(later, key=lambda draft: draft.created_at, default=None)


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be collected, or given back if it is negative, of a period that ended."""

    charge_id: int
    ends_at: datetime
    amount_minor: int


@dataclass
class Destinations:
    """Charges by where they go. What waits for an invoice to come is in none of them."""

    on_drafts: dict[str, list[int]] = field(default_factory=dict)
    on_own_invoice: list[int] = field(default_factory=list)
    credited: list[int] = field(default_factory=list)


class _Way(StrEnum):
    OWN_INVOICE = "own_invoice"
    NEXT_INVOICE = "next_invoice"
    CREDIT = "credit"


def destinations_of(dues: Sequence[Due], standing: Standing) -> Destinations:
    """Return where each of them goes, as the module says."""
    found = Destinations()
    without_draft: list[tuple[Due, _Way]] = []
    for due in dues:
        draft = standing.oldest_draft_since(due.ends_at)
        if draft is None:
            without_draft.append((due, _way_without_draft(due, standing)))
        elif len(found.on_drafts.get(draft.invoice_id, ())) < draft.room:
            found.on_drafts.setdefault(draft.invoice_id, []).append(due.charge_id)
    if any(way is _Way.OWN_INVOICE for _, way in without_draft):
        found.on_own_invoice = [
            due.charge_id
            for due, way in without_draft
            if way is _Way.OWN_INVOICE or due.amount_minor < 0
        ]
        return found
    found.credited = [due.charge_id for due, way in without_draft if way is _Way.CREDIT]
    return found


def _way_without_draft(due: Due, standing: Standing) -> _Way:
    if standing.renews_at is None:
        return _Way.CREDIT if due.amount_minor < 0 else _Way.OWN_INVOICE
    is_to_be_renewed = standing.renews_at <= due.ends_at
    return _Way.NEXT_INVOICE if is_to_be_renewed or due.amount_minor < 0 else _Way.OWN_INVOICE
