"""Steps as staff read them: what it is about, what is there, and what it will be."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from config.kernel.money import minor_digits
from config.kernel.quantities import EXACT

from ...catalog.terms import VersionTerms
from ...choices import BillingInterval, PriceKind
from ...models import Plan
from ...wording import unit_price_words
from .kinds import feature_of, is_overage
from .reading import known_by_us, wanted_of
from .state import MeterStep, PriceStep, Product, ProductStep, Slot, Step, list_steps


@dataclass(frozen=True, slots=True)
class Difference:
    """Something at Stripe: as it is, empty if it is not there, and as it is to be."""

    what: str
    at_stripe: str
    to_be: str

    def __str__(self) -> str:
        is_there = self.at_stripe or _("nothing")
        return f"{self.what}: {is_there} → {self.to_be}"


def preview(*, plan: Plan, draft: VersionTerms | None = None) -> list[Difference]:
    """
    Return what publishing would change at Stripe, by how we last left it; with a draft, what
    publishing that would. The plan is read with its group, and has a version to sell.
    """
    steps = list_steps(wanted_of(plan, draft=draft), known_by_us(plan))
    return [difference_of(step) for step in steps]


def difference_of(step: Step) -> Difference:
    """Say what a step changes."""
    match step:
        case ProductStep():
            at_stripe = _product_words(step.known) if step.known is not None else ""
            return Difference(_("Product"), at_stripe, _product_words(step.wanted))
        case MeterStep():
            at_stripe = _("switched off") if step.meter_id else ""
            return Difference(_("Billing Meter"), at_stripe, step.feature)
        case PriceStep():
            return _price_difference(step)


def _product_words(product: Product) -> str:
    parts = [product.name, product.description, "" if product.is_active else _("archived")]
    return ", ".join(part for part in parts if part)


def _price_difference(step: PriceStep) -> Difference:
    amount = _amount_words(step.wanted.amount, step.slot.currency)
    to_be = _sale_words(amount, step.wanted.lookup_key, is_active=step.wanted.is_active)
    at_stripe = ""
    if step.known is not None:
        at_stripe = _sale_words(amount, step.known.lookup_key, is_active=step.known.is_active)
    return Difference(_slot_words(step.slot), at_stripe, to_be)


def _sale_words(amount: str, lookup_key: str, *, is_active: bool) -> str:
    if not is_active:
        return _("%(amount)s, archived") % {"amount": amount}
    if not lookup_key:
        return _("%(amount)s, on sale without a lookup key") % {"amount": amount}
    return _("%(amount)s, on sale as %(key)s") % {"amount": amount, "key": lookup_key}


def _slot_words(slot: Slot) -> str:
    return _("Price of version %(version)s: %(currency)s, %(interval)s, %(kind)s") % {
        "version": slot.version,
        "currency": slot.currency,
        "interval": BillingInterval(slot.interval).label.lower(),
        "kind": _kind_words(slot.kind),
    }


def _kind_words(kind: str) -> str:
    if is_overage(kind):
        return _("overage of %(feature)s") % {"feature": feature_of(kind)}
    return str(PriceKind(kind).label).lower()


def _amount_words(amount: Decimal, currency: str) -> str:
    each = amount.scaleb(-minor_digits(currency), context=EXACT)
    return unit_price_words(each, currency=currency)
