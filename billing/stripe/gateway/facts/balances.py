"""What Stripe says of a customer's balance, as values of ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from .json_values import Json, id_of, labels, sure_instant, text


@dataclass(frozen=True, slots=True)
class BalanceEntryFacts:
    """
    An entry of a customer's balance, in the customer's favour as everywhere here: Stripe has the
    signs the other way round. The words of `kind` are Stripe's.
    """

    id: str
    kind: str
    currency: str
    amount: int
    balance: int
    invoice_id: str
    description: str
    occurred_at: datetime
    metadata: dict[str, str]

    @classmethod
    def read(cls, entry: Json) -> Self:
        return cls(
            id=entry["id"],
            kind=entry["type"],
            currency=entry["currency"].upper(),
            amount=-entry["amount"],
            balance=-entry["ending_balance"],
            invoice_id=id_of(entry.get("invoice")),
            description=text(entry.get("description")),
            occurred_at=sure_instant(entry["created"]),
            metadata=labels(entry),
        )
