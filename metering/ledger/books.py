"""What an organization's ledger holds right now, read under its lock."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from config.kernel.quantities import ZERO

from ..choices import AccountKind, GrantCategory
from ..credits.burn_down import AvailableGrant, BurnDown, burn_down, in_burn_order
from .posting import open_account


@dataclass(slots=True)
class Book:
    """
    The accounts of one meter.

    `account_ids` has the one account of each kind; `grants` are ranked in burn order and
    carry their account's id as grant id.
    """

    account_ids: dict[str, int] = field(default_factory=dict)
    grants: list[AvailableGrant] = field(default_factory=list)

    def spendable(self, *, at: datetime) -> Decimal:
        """What all grants active at a moment still hold."""
        return sum((grant.remaining for grant in self.grants if grant.is_active_at(at)), ZERO)

    def draw(self, quantity: Decimal, *, at: datetime) -> BurnDown:
        """Take a quantity out of the grants in burn order and say what each of them paid."""
        burnt = burn_down(quantity, self.grants, at=at)
        taken = dict(burnt.drawn)
        self.grants = [
            replace(grant, remaining=grant.remaining - taken[grant.grant_id])
            if grant.grant_id in taken
            else grant
            for grant in self.grants
            if taken.get(grant.grant_id) != grant.remaining
        ]
        return burnt


class AccountRow(msgspec.Struct, frozen=True):
    """An account, with the terms of its grant if it is one, as `ACCOUNTS` finds it."""

    id: int
    meter_id: int
    kind: str
    balance: Decimal
    priority: int | None
    effective_at: datetime | None
    expires_at: datetime | None
    category: str | None


# Of the grants only those that still hold something.
ACCOUNTS: Final = """
SELECT account.id, account.meter_id, account.kind, account.balance,
       given.priority, given.effective_at, given.expires_at, given.category
FROM metering_ledgeraccount AS account
LEFT JOIN metering_creditgrant AS given
    ON given.organization_id = account.organization_id AND given.account_id = account.id
WHERE account.organization_id = %(organization)s
  AND (account.kind <> 'grant' OR account.balance > 0)
"""


def books_of(rows: Iterable[AccountRow]) -> dict[int, Book]:
    """Return the book of each meter; an empty one for a meter without accounts."""
    books: dict[int, Book] = defaultdict(Book)
    for row in rows:
        if row.priority is None or row.effective_at is None:
            books[row.meter_id].account_ids[row.kind] = row.id
        else:
            books[row.meter_id].grants.append(
                AvailableGrant(
                    grant_id=row.id,
                    remaining=row.balance,
                    priority=row.priority,
                    effective_at=row.effective_at,
                    expires_at=row.expires_at,
                    is_purchased=row.category == GrantCategory.PURCHASE,
                )
            )
    for book in books.values():
        book.grants = in_burn_order(book.grants)
    return books


def ensure_account(*, book: Book, organization_id: int, meter_id: int, kind: AccountKind) -> int:
    """Return the one account of a kind, opened on first use."""
    if kind not in book.account_ids:
        book.account_ids[kind] = open_account(
            organization_id=organization_id, meter_id=meter_id, kind=kind
        )
    return book.account_ids[kind]
