"""What the next invoice will say, as far as it is known here and today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import Organization
from config.kernel.money import Money
from config.kernel.quantities import ZERO

from ..agreements.periods import usage_month_at
from ..agreements.queries import Standing, agreed_price, find_standing
from ..catalog.queries import get_plan_version_terms
from ..choices import BillingInterval, Collection
from ..models import Agreement, Settlement
from ..rating.charges import BasePrice, ChargeLine, fixed_line, overage_line, seats_line, total
from ..rating.pricing import OveragePricing
from ..usage.queries import FeatureBalance, list_balances_under
from .charges import list_uninvoiced_settlements
from .finished_lines import finished_line


@dataclass(frozen=True, slots=True)
class InvoiceEstimate:
    """
    The next invoice if nothing more is used: the base price of the next billing period, what is
    settled and on no final invoice yet, and the overage so far. `collection` says how, or that
    it is not yet, collected. `balance` is the customer's at this moment, in their favour.
    """

    lines: tuple[ChargeLine, ...]
    total: Money
    due_at: datetime
    collection: str
    balance: Money

    @property
    def credit(self) -> Money:
        """What comes off the total from the balance; below zero, what is owed from before."""
        return self._credit_of(self.total)

    @property
    def to_pay(self) -> Money:
        """What is left to pay of the total."""
        return self.to_pay_of(self.total)

    def to_pay_of(self, total: Money) -> Money:
        """
        What would be left to pay of another total. Where more is given back than charged, that
        joins the balance.
        """
        return Money(max(total.minor - self._credit_of(total).minor, 0), total.currency)

    def _credit_of(self, total: Money) -> Money:
        return Money(min(self.balance.minor, max(total.minor, 0)), total.currency)


def estimate_next_invoice(*, organization: Organization, now: datetime) -> InvoiceEstimate | None:
    """
    Return what the organization's next invoice would be; None without an agreement.

    The base price is due ahead, when the billing period ends; overage is due behind, when the
    month of usage ends. On a yearly agreement with overage the next invoice therefore comes at
    the end of the month and has no base price on it. After a trial, or a change that waits, the
    base price is that of what follows; nothing follows on an agreement that is going to end. What
    costs nothing has no line.
    """
    standing = find_standing(organization=organization, now=now)
    if standing is None:
        return None
    balances = list_balances_under(agreement=standing.agreement, now=now)
    return estimate_under(standing=standing, balances=balances, now=now)


def estimate_under(
    *,
    standing: Standing,
    balances: Sequence[FeatureBalance],
    now: datetime,
    accrued: tuple[ChargeLine, ...] | None = None,
) -> InvoiceEstimate:
    """
    Return the same for a standing and its balances that were read at that moment; `accrued` is
    what usage has come to, where that was read as well.
    """
    agreement = standing.agreement
    overage = accrued
    if overage is None:
        overage = list_accrued_lines(agreement=agreement, balances=balances)
    due_at = ends_at = agreement.current_period_end
    if overage:
        month = usage_month_at(
            started_at=agreement.started_at, anchor_at=agreement.anchor_at, at=now
        )
        due_at = month.ends_at
    goes_on = agreement.cancel_at is None or agreement.cancel_at > ends_at
    base = tuple(_base_lines(_renewal_of(standing))) if goes_on and due_at == ends_at else ()
    if agreement.cancel_at is not None:
        due_at = min(due_at, agreement.cancel_at)
    lines = base + overage
    return InvoiceEstimate(
        lines=lines,
        total=total(lines, currency=agreement.currency),
        due_at=due_at,
        collection=agreement.collection,
        balance=standing.balance,
    )


@dataclass(frozen=True, slots=True)
class _Renewal:
    """What the next billing period is for."""

    plan: str
    price: BasePrice
    interval: str
    seats: int


def _renewal_of(standing: Standing) -> _Renewal:
    """What an agreement will be when its billing period ends."""
    agreement, change = standing.agreement, standing.change
    if change is None or change.effective_at > agreement.current_period_end:
        return _Renewal(
            agreement.plan_version.plan.name,
            agreed_price(agreement),
            agreement.interval,
            agreement.seats,
        )
    terms = get_plan_version_terms(plan_version_id=change.to_version_id)
    price = terms.base_price(currency=agreement.currency, interval=change.interval)
    assert price is not None, change.public_id
    return _Renewal(change.to_version.plan.name, price, change.interval, change.seats)


def list_accrued_lines(
    *, agreement: Agreement, balances: Sequence[FeatureBalance]
) -> tuple[ChargeLine, ...]:
    """
    Return what usage has come to and no final invoice says: the settled periods, where Stripe
    collects them, and the overage of the open ones.
    """
    settled = map(_settled_line, _settled(agreement))
    return (*settled, *_overage_lines(balances))


def _settled(agreement: Agreement) -> list[Settlement]:
    if agreement.collection != Collection.STRIPE:
        return []
    return list_uninvoiced_settlements(agreement=agreement)


def _settled_line(settlement: Settlement) -> ChargeLine:
    """The line as the invoice will have it: its words say how much, of what, at which price."""
    line = finished_line(settlement=settlement)
    return ChargeLine(line.description, Decimal(1), "", None, line.amount)


def _base_lines(renewal: _Renewal) -> Iterator[ChargeLine]:
    price, plan = renewal.price, renewal.plan
    is_yearly = renewal.interval == BillingInterval.YEAR
    if price.fixed is not None and price.fixed.minor > 0:
        yield fixed_line(
            description=_("%(plan)s, next year") % {"plan": plan}
            if is_yearly
            else _("%(plan)s, next month") % {"plan": plan},
            unit=_("year") if is_yearly else _("month"),
            amount=price.fixed,
        )
    if price.per_seat is not None and price.per_seat.minor > 0:
        yield seats_line(
            description=_("%(plan)s, seats for the next year") % {"plan": plan}
            if is_yearly
            else _("%(plan)s, seats for the next month") % {"plan": plan},
            unit=_("seat"),
            per_seat=price.per_seat,
            seats=renewal.seats,
        )


def _overage_lines(balances: Sequence[FeatureBalance]) -> Iterator[ChargeLine]:
    for balance in balances:
        pricing = balance.overage_pricing
        if pricing is None or not _is_charged(balance, pricing):
            continue
        yield overage_line(
            description=_("%(feature)s beyond the allowance") % {"feature": balance.name}
            if balance.allowance
            else balance.name,
            unit=balance.unit,
            quantity=balance.overage,
            pricing=pricing,
            price_words=balance.overage_sentence,
        )


def _is_charged(balance: FeatureBalance, pricing: OveragePricing) -> bool:
    """Overage has a line wherever it has a price; without any, what is due all the same does."""
    if balance.period_starts_at is None:
        return False
    if balance.overage > ZERO:
        return not pricing.is_free
    return pricing.charge(ZERO).minor > 0
