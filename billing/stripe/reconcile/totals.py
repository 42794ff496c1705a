"""How far the money of settlements has come, added up."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from config.kernel.money import Money

from ...choices import ChargeStatus, Collection
from ...models import Settlement

_MINOR = "amount_minor"


@dataclass(frozen=True, slots=True)
class Totals:
    """
    What all settlements that Stripe collects come to in one currency, and where it stands. What
    is neither planned, nor placed, nor invoiced is missing.
    """

    settled: Money
    planned: Money
    placed: Money
    invoiced: Money

    @property
    def missing(self) -> Money:
        """What nothing is planned for; nothing, but for what was settled just now."""
        collected = self.planned + self.placed + self.invoiced
        return self.settled + collected * -1


def list_totals() -> list[Totals]:
    """Return the totals of each currency. One query."""
    rows = (
        Settlement.objects.filter(agreement__collection=Collection.STRIPE)
        .values("currency")
        .annotate(
            settled=Sum(_MINOR),
            planned=_sum_of(ChargeStatus.PLANNED),
            placed=_sum_of(ChargeStatus.PLACED),
            invoiced=_sum_of(ChargeStatus.INVOICED),
        )
        .order_by("currency")
    )
    return [
        Totals(
            settled=Money(row["settled"], row["currency"]),
            planned=Money(row["planned"], row["currency"]),
            placed=Money(row["placed"], row["currency"]),
            invoiced=Money(row["invoiced"], row["currency"]),
        )
        for row in rows
    ]


def _sum_of(status: ChargeStatus) -> Sum:
    return Sum(_MINOR, filter=Q(charge__status=status), default=0)
