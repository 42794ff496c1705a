"""What an organization's ledger holds right now, read under its lock."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

import msgspec

from config.kernel.quantities import ZERO
from config.kernel.sql import ask

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

    def spendable(self, *, at: datetime, action_id: int | None = None) -> Decimal:
        """What the grants that may pay for an action at a moment still hold."""
        return sum(
            (grant.remaining for grant in self.grants if grant.may_pay(at=at, action_id=action_id)),
            ZERO,
        )

    def payment_of(
        self, quantity: Decimal, *, at: datetime, action_id: int | None = None
    ) -> BurnDown:
        """How the grants would pay for a quantity, in burn order. Takes nothing yet."""
        return burn_down(quantity, self.grants, at=at, action_id=action_id)

    def take(self, payment: BurnDown) -> None:
        """Take a payment out of the grants."""
        taken = dict(payment.drawn)
        self.grants = [
            replace(grant, remaining=grant.remaining - taken[grant.grant_id])
            if grant.grant_id in taken
            else grant
            for grant in self.grants
            if taken.get(grant.grant_id) != grant.remaining
        ]


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
    action_ids: frozenset[int]


# Of the grants only those that still hold something.
ACCOUNTS: Final = """
SELECT account.id, account.meter_id, account.kind, account.balance,
       given.priority, given.effective_at, least(given.expires_at, early.ended_at) AS expires_at,
       given.category,
       ARRAY(SELECT restriction.action_id FROM metering_grantrestriction AS restriction
             WHERE restriction.grant_id = given.id) AS action_ids
FROM metering_ledgeraccount AS account
LEFT JOIN metering_creditgrant AS given
    ON given.organization_id = account.organization_id AND given.account_id = account.id
LEFT JOIN metering_grantend AS early ON early.grant_id = given.id
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
                    action_ids=row.action_ids,
                )
            )
    for book in books.values():
        book.grants = in_burn_order(book.grants)
    return books


_GRANTS_OF: Final = """
SELECT coalesce(json_agg(row), '[]')::text FROM ({}) AS row
WHERE row.meter_id = %(meter)s AND row.kind = 'grant'
"""
_GRANTS: Final = _GRANTS_OF.format(ACCOUNTS)
_read_accounts: Final = msgspec.json.Decoder(list[AccountRow]).decode


def list_grants_with_credits(*, organization_id: int, meter_id: int) -> list[AvailableGrant]:
    """Return the grants of a meter that still hold something, in burn order."""
    row = ask(_GRANTS, {"organization": organization_id, "meter": meter_id}).first()
    assert row is not None
    return books_of(_read_accounts(row[0]))[meter_id].grants


def ensure_account(*, book: Book, organization_id: int, meter_id: int, kind: AccountKind) -> int:
    """Return the one account of a kind, opened on first use."""
    if kind not in book.account_ids:
        book.account_ids[kind] = open_account(
            organization_id=organization_id, meter_id=meter_id, kind=kind
        )
    return book.account_ids[kind]
