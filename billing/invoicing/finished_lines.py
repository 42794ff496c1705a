"""
What a settlement says on an invoice: one finished line, its amount decided already.

The words are the same whoever asks, because they are part of what is sent once and for all.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from config.kernel.money import Money, minor_digits
from config.kernel.quantities import EXACT, ZERO

from ..catalog.overage_words import overage_words
from ..catalog.queries import get_plan_version_terms
from ..catalog.terms import FeatureTerms
from ..choices import SettlementKind
from ..models import Settlement
from ..rating.pricing import OveragePricing
from ..wording import quantity_words, unit_price_words


@dataclass(frozen=True, slots=True)
class FinishedLine:
    """
    A line whose amount is decided. `quantity` times `unit_amount`, in minor units, makes exactly
    the amount; where nothing does, both are None and the description says how it came about.
    """

    settlement_id: str
    description: str
    amount: Money
    quantity: Decimal | None
    unit_amount: Decimal | None
    starts_at: datetime
    ends_at: datetime


def finished_line(*, settlement: Settlement) -> FinishedLine:
    """
    Return the line of a settlement whose organization, feature with meter, and usage period are
    loaded.
    """
    pricing = _pricing(settlement)
    quantity, unit_amount = _factors(settlement, pricing)
    with override(settings.LANGUAGE_CODE):
        description = _description(settlement, pricing)
    return FinishedLine(
        settlement_id=settlement.public_id,
        description=description,
        amount=Money(settlement.amount_minor, settlement.currency),
        quantity=quantity,
        unit_amount=unit_amount,
        starts_at=settlement.starts_at,
        ends_at=settlement.ends_at,
    )


def _factors(
    settlement: Settlement, pricing: OveragePricing
) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """Quantity and price in minor units, if they make exactly the amount that was settled."""
    price = pricing.only_price
    if price is None or settlement.kind == SettlementKind.CORRECTION:
        return None, None
    unit_amount = price.scaleb(minor_digits(settlement.currency), context=EXACT)
    if EXACT.multiply(settlement.overage_credits, unit_amount) != settlement.amount_minor:
        return None, None
    return settlement.overage_credits, unit_amount


def _description(settlement: Settlement, pricing: OveragePricing) -> str:
    words = {
        "quantity": quantity_words(abs(settlement.overage_credits)),
        "feature": settlement.feature.name,
        "dates": _dates(settlement),
        "price": _price_words(settlement, pricing),
    }
    if settlement.kind == SettlementKind.CORRECTION:
        return _("%(quantity)s %(feature)s taken back, %(dates)s") % words
    included = settlement.usage_period.allowance
    if settlement.overage_credits == ZERO:
        return _("%(feature)s, %(dates)s, %(price)s") % words
    if not included:
        return _("%(quantity)s %(feature)s, %(dates)s, %(price)s") % words
    words["included"] = quantity_words(included)
    return _("%(quantity)s %(feature)s beyond %(included)s included, %(dates)s, %(price)s") % words


def _price_words(settlement: Settlement, pricing: OveragePricing) -> str:
    if pricing.only_price is not None:
        each = unit_price_words(pricing.only_price, currency=pricing.currency)
        return _("%(price)s each") % {"price": each}
    meter = settlement.feature.meter
    assert meter is not None, settlement
    return overage_words(pricing, unit=meter.unit, unit_plural=meter.unit_plural)


def _dates(settlement: Settlement) -> str:
    """From when to when, by the organization's calendar; the year once if it is the same."""
    zone = ZoneInfo(settlement.organization.time_zone)
    first, last = settlement.starts_at.astimezone(zone), settlement.ends_at.astimezone(zone)
    begun = date_format(first, "j M" if first.year == last.year else "j M Y", use_l10n=False)
    ended = date_format(last, "j M Y", use_l10n=False)
    return f"{begun} \N{EN DASH} {ended}"


def _pricing(settlement: Settlement) -> OveragePricing:
    feature = _feature(settlement)
    return feature.overage[settlement.currency]


def _feature(settlement: Settlement) -> FeatureTerms:
    terms = get_plan_version_terms(plan_version_id=settlement.plan_version_id)
    [feature] = [item for item in terms.metered if item.feature_id == settlement.feature_id]
    return feature
