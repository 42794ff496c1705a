"""What an organization's ledger holds right now, read under its lock."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from config.kernel.quantities import ZERO

from ..choices import AccountKind, GrantCategory
from ..credits.burn_down import AvailableGrant, BurnDown, burn_down, in_burn_order
from ..models import LedgerAccount
from .posting import open_account


@dataclass(slots=True)
class Book:
    """
    The accounts of one meter.

    `account_ids` has the one account of each kind; `grants` are ranked in burn order and
    carry their account's id as grant id.
    """

    account_ids: dict[str, int] = field(default_factory=dict)
    consumed: Decimal = ZERO
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
        self.consumed += quantity
        return burnt


def read_books(*, organization_id: int, meter_ids: Collection[int]) -> dict[int, Book]:
    """Return the book of each meter, with grants that still hold something."""
    books = {meter_id: Book() for meter_id in meter_ids}
    rows = LedgerAccount.objects.filter(
        organization_id=organization_id, meter_id__in=meter_ids
    ).values_list(
        "pk",
        "meter_id",
        "kind",
        "balance",
        "grant__priority",
        "grant__effective_at",
        "grant__expires_at",
        "grant__category",
    )
    for account_id, meter_id, kind, balance, priority, effective_at, expires_at, category in rows:
        book = books[meter_id]
        if kind != AccountKind.GRANT:
            book.account_ids[kind] = account_id
            if kind == AccountKind.CONSUMED:
                book.consumed = balance
        elif balance > ZERO:
            book.grants.append(
                AvailableGrant(
                    grant_id=account_id,
                    remaining=balance,
                    priority=priority,
                    effective_at=effective_at,
                    expires_at=expires_at,
                    is_purchased=category == GrantCategory.PURCHASE,
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
