"""
What is left of credits that lie on a customer's balance.

The balance is one sum; which of its credits an invoice has used is decided here: the one that
expires first goes first, then the oldest. Pure; amounts are whole minor units of one currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One entry of the balance, oldest first; `amount` is in the customer's favour.

    `credit` names the credit that it puts there, or takes back; `invoice` the invoice that has
    used it, or that gave back what it had used.
    """

    amount: int
    credit: str = ""
    invoice: str = ""


@dataclass(slots=True)
class Lot:
    """
    What became of one credit: `given = used + taken_back - taken_too_much + left`.

    `taken_too_much` is what was taken back although it had been used meanwhile: it is owed to the
    customer.
    """

    given: int = 0
    used: int = 0
    taken_back: int = 0
    taken_too_much: int = 0
    left: int = 0


@dataclass(slots=True)
class _Books:
    lots: dict[str, Lot] = field(default_factory=dict)
    ends: dict[str, datetime | None] = field(default_factory=dict)
    owed: int = 0
    used_by: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


def replay_balance(
    entries: Sequence[Entry], *, expires: Mapping[str, datetime | None]
) -> dict[str, Lot]:
    """
    Return what became of each credit that `expires` names, and of `""`: everything else that
    lies on the balance, such as what credit notes put there.

    At every moment, what is left of all of them, less what was taken too much and what the
    customer owes, is the balance.
    """
    books = _Books(ends={"": None, **expires})
    for entry in entries:
        if entry.credit in expires and entry.credit:
            _move_credit(books, entry)
        elif entry.amount < 0:
            _use(books, -entry.amount, invoice=entry.invoice)
        else:
            back = _give_back(books, entry.amount, invoice=entry.invoice)
            _put(books, "", entry.amount - back)
    return books.lots


def _move_credit(books: _Books, entry: Entry) -> None:
    lot = books.lots.setdefault(entry.credit, Lot())
    if entry.amount < 0:
        taken = min(lot.left, -entry.amount)
        lot.left -= taken
        lot.taken_back += -entry.amount
        lot.taken_too_much += -entry.amount - taken
        return
    returned = min(lot.taken_too_much, entry.amount)
    lot.taken_too_much -= returned
    lot.taken_back -= returned
    _put(books, entry.credit, entry.amount - returned)


def _put(books: _Books, name: str, amount: int) -> None:
    """What the customer owes is paid with it first."""
    if amount == 0:
        return
    lot = books.lots.setdefault(name, Lot())
    owed = min(books.owed, amount)
    books.owed -= owed
    lot.given += amount
    lot.used += owed
    lot.left += amount - owed


def _use(books: _Books, amount: int, *, invoice: str) -> None:
    for name, lot in sorted(books.lots.items(), key=lambda item: _order(books.ends[item[0]])):
        used = min(lot.left, amount)
        lot.left -= used
        lot.used += used
        amount -= used
        if used and invoice:
            books.used_by.setdefault(invoice, []).append((name, used))
    books.owed += amount


def _give_back(books: _Books, amount: int, *, invoice: str) -> int:
    """Give what a void invoice had used back to where it came from; return how much that was."""
    given_back = 0
    for name, used in reversed(books.used_by.pop(invoice, [])):
        share = min(used, amount - given_back)
        lot = books.lots[name]
        lot.used -= share
        lot.left += share
        given_back += share
    return given_back


def _order(expires_at: datetime | None) -> tuple[bool, datetime]:
    """Whatever expires comes first, the soonest of it before the others."""
    return expires_at is None, expires_at or _EARLIEST
