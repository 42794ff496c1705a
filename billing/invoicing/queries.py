"""What the next invoice will say, as far as it is known today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Organization
from config.kernel.money import Money
from config.kernel.periods import Interval, period_at
from config.kernel.quantities import ZERO
from metering.queries import Balance, PeriodTotals, list_balances

from ..agreements.queries import agreed_price, find_live_agreement
from ..catalog.overage_words import overage_words
from ..catalog.queries import get_plan_version_terms, list_feature_labels
from ..catalog.terms import FeatureTerms, VersionTerms
from ..choices import BillingInterval
from ..models import Agreement
from ..rating.charges import ChargeLine, fixed_line, overage_line, seats_line, total
from ..rating.pricing import OveragePricing


@dataclass(frozen=True, slots=True)
class InvoiceEstimate:
    """
    The next invoice if nothing more is used: the base price of the next billing period, and
    the overage so far. `collection` says how, or that it is not yet, collected.
    """

    lines: tuple[ChargeLine, ...]
    total: Money
    due_at: datetime
    collection: str


def estimate_next_invoice(*, organization: Organization, now: datetime) -> InvoiceEstimate | None:
    """
    Return what the organization's next invoice would be; None without an agreement.

    The base price is due ahead, when the billing period ends; overage is due behind, when the
    month of usage ends. On a yearly agreement with overage the next invoice therefore comes at
    the end of the month and has no base price on it. What costs nothing has no line.
    """
    agreement = find_live_agreement(organization=organization)
    if agreement is None:
        return None
    terms = get_plan_version_terms(plan_version_id=agreement.plan_version_id)
    overage = tuple(_overage_lines(agreement, terms, now=now))
    due_at = agreement.current_period_end
    if overage:
        due_at = period_at(agreement.anchor_at, interval=Interval.MONTH, at=now).ends_at
    base = tuple(_base_lines(agreement)) if due_at == agreement.current_period_end else ()
    lines = base + overage
    return InvoiceEstimate(
        lines=lines,
        total=total(lines, currency=agreement.currency),
        due_at=due_at,
        collection=agreement.collection,
    )


def _base_lines(agreement: Agreement) -> Iterator[ChargeLine]:
    price = agreed_price(agreement)
    plan = agreement.plan_version.plan.name
    is_yearly = agreement.interval == BillingInterval.YEAR
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
            seats=agreement.seats,
        )


def _overage_lines(
    agreement: Agreement, terms: VersionTerms, *, now: datetime
) -> Iterator[ChargeLine]:
    balances = list_balances(organization_id=agreement.organization_id, at=now)
    labels = list_feature_labels(codes=[feature.code for feature in terms.metered])
    for label in labels.values():
        feature = terms.feature(label.code)
        assert feature is not None, label.code
        pricing = feature.overage.get(agreement.currency)
        period = _period(feature, balances)
        if pricing is None or period is None or not _is_charged(period, pricing):
            continue
        yield overage_line(
            description=_("%(feature)s beyond the allowance") % {"feature": label.name},
            unit=label.unit,
            quantity=period.charged_overage,
            pricing=pricing,
            price_words=overage_words(pricing, unit=label.unit, unit_plural=label.unit_plural),
        )


def _period(feature: FeatureTerms, balances: dict[int, Balance]) -> PeriodTotals | None:
    """The current period of a feature; None before there is one."""
    balance = balances.get(feature.meter_id) if feature.meter_id is not None else None
    return None if balance is None else balance.period


def _is_charged(period: PeriodTotals, pricing: OveragePricing) -> bool:
    """Overage has a line wherever it has a price; without any, what is due all the same does."""
    if period.is_unlimited:
        return False
    if period.charged_overage > ZERO:
        return not pricing.is_free
    return pricing.charge(ZERO).minor > 0
