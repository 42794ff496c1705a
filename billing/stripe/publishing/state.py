"""A plan at Stripe: what should be there, what is, and the steps between the two. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Product:
    """The product that stands for a plan. A plan that is only honoured has an archived one."""

    id: str
    name: str
    description: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Slot:
    """What a price is for: one kind of charge of a version, in one currency and interval."""

    version: int
    kind: str
    currency: str
    interval: str


@dataclass(frozen=True, slots=True)
class WantedPrice:
    """
    A price as it should be. `amount` is in minor units and need not be whole; the prices of the
    newest version are on sale and carry the lookup keys, all others are archived.
    """

    amount: Decimal
    lookup_key: str

    @property
    def is_active(self) -> bool:
        """Whether it is on sale."""
        return self.lookup_key != ""


@dataclass(frozen=True, slots=True)
class KnownPrice:
    """A price as it is."""

    id: str
    is_active: bool
    lookup_key: str

    def serves(self, wanted: WantedPrice) -> bool:
        """Whether it is as it should be. What lookup key an archived price has says nothing."""
        if not wanted.is_active:
            return not self.is_active
        return self.is_active and self.lookup_key == wanted.lookup_key


@dataclass(frozen=True, slots=True)
class Wanted:
    """What Stripe should have of a plan; `meters` are the codes of features that are counted."""

    product: Product
    meters: tuple[str, ...]
    prices: Mapping[Slot, WantedPrice]

    @property
    def newest(self) -> int:
        """The number of the version that is on sale."""
        return max(slot.version for slot in self.prices)


@dataclass(frozen=True, slots=True)
class Known:
    """
    What Stripe has of a plan; `meters` are the ids of Billing Meters by feature, apart from those
    that are switched off.
    """

    product: Product | None
    meters: Mapping[str, str]
    prices: Mapping[Slot, KnownPrice]
    meters_off: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductStep:
    """The product is to be made, or changed."""

    wanted: Product
    known: Product | None


@dataclass(frozen=True, slots=True)
class MeterStep:
    """A Billing Meter is to be made, or the one that is switched off switched on."""

    feature: str
    meter_id: str = ""


@dataclass(frozen=True, slots=True)
class PriceStep:
    """A price is to be made, put on sale or archived."""

    slot: Slot
    wanted: WantedPrice
    known: KnownPrice | None


Step = ProductStep | MeterStep | PriceStep


def list_steps(wanted: Wanted, known: Known) -> list[Step]:
    """
    Return what would bring Stripe level; nothing if it is.

    New prices come before old ones are archived, so that there always is one to buy. The product
    is changed last: what is only honoured is archived when all else is done.
    """
    steps: list[Step] = []
    if known.product is None:
        steps.append(ProductStep(wanted.product, None))
    steps += [
        MeterStep(code, known.meters_off.get(code, ""))
        for code in wanted.meters
        if code not in known.meters
    ]
    steps += _price_steps(wanted, known)
    present = known.product or _new(wanted.product)
    if present != wanted.product:
        steps.append(ProductStep(wanted.product, present))
    return steps


def _price_steps(wanted: Wanted, known: Known) -> list[PriceStep]:
    steps = []
    for slot, price in wanted.prices.items():
        present = known.prices.get(slot)
        if present is None or not present.serves(price):
            steps.append(PriceStep(slot, price, present))
    return sorted(steps, key=_new_ones_first)


def _new_ones_first(step: PriceStep) -> tuple[bool, bool, int]:
    return step.known is not None, not step.wanted.is_active, step.slot.version


def _new(product: Product) -> Product:
    """A product as it is made: not archived."""
    return Product(product.id, product.name, product.description, is_active=True)
