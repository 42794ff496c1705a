"""What of the money that customers got back is left, and what comes off next."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from accounts.models import Organization
from config.kernel.money import Money

from ..choices import MoneyCreditStatus
from ..models import BalanceEntry, MoneyCredit
from ..rating.balance import Entry, Lot, replay_balance


@dataclass(frozen=True, slots=True)
class MoneyCreditStanding:
    """A credit, and what is left of it: all of it before it is on the balance."""

    credit: MoneyCredit
    left: Money

    @property
    def amount(self) -> Money:
        """What was given."""
        return Money(self.credit.amount_minor, self.credit.currency)


def standing_of(*, organization_id: int) -> dict[str, Lot]:
    """Return what became of each credit of an organization that is on its balance, by its id."""
    credits = MoneyCredit.objects.filter(organization_id=organization_id)
    expires = dict(credits.values_list("public_id", "expires_at"))
    # Stripe keeps a balance of its own for each currency.
    by_currency = defaultdict(list)
    for entry in (
        BalanceEntry.objects.filter(organization_id=organization_id)
        .select_related("money_credit")
        .order_by("position")
    ):
        credit = "" if entry.money_credit is None else entry.money_credit.public_id
        moved = Entry(entry.amount_minor, credit, entry.stripe_invoice_id)
        by_currency[entry.currency].append(moved)
    lots: dict[str, Lot] = {}
    for entries in by_currency.values():
        lots |= replay_balance(entries, expires=expires)
    return lots


def list_money_credits(*, organization: Organization, limit: int) -> list[MoneyCreditStanding]:
    """Return the organization's newest credits, the newest first, with what is left of each."""
    credits = MoneyCredit.objects.owned_by(organization).order_by("-granted_at", "-pk")[:limit]
    return stand(credits, organization_id=organization.pk)


def stand(credits: Iterable[MoneyCredit], *, organization_id: int) -> list[MoneyCreditStanding]:
    """Say of each of an organization's credits what is left of it."""
    found = list(credits)
    lots = standing_of(organization_id=organization_id) if found else {}
    return [
        MoneyCreditStanding(credit, Money(_left(credit, lots), credit.currency)) for credit in found
    ]


def credit_to_come_off() -> CombinedExpression:
    """
    Return what comes off the next invoices of a row that has an organization and a currency, in
    minor units, for a statement that reads such rows: the customer's balance after its last entry,
    and the credits that have no entry on it yet. Below zero: what the customer owes from before.
    """
    theirs = {"organization_id": OuterRef("organization_id"), "currency": OuterRef("currency")}
    newest = BalanceEntry.objects.filter(**theirs).order_by("-position")
    on_the_way = (
        MoneyCredit.objects.filter(
            ~Exists(BalanceEntry.objects.filter(money_credit=OuterRef("pk")))
        )
        .filter(**theirs)
        .exclude(status=MoneyCreditStatus.TAKEN_BACK)
        .order_by()
        .values("organization_id")
        .annotate(given=Sum("amount_minor"))
    )
    return Coalesce(Subquery(newest.values("balance_minor")[:1]), 0) + Coalesce(
        Subquery(on_the_way.values("given")), 0
    )


def _left(credit: MoneyCredit, lots: dict[str, Lot]) -> int:
    if credit.status == MoneyCreditStatus.TAKEN_BACK:
        return 0
    lot = lots.get(credit.public_id)
    return credit.amount_minor if lot is None else lot.left
