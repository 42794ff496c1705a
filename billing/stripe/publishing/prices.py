"""Which prices at Stripe stand for a plan version, and which version stands behind a price."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from config.kernel.errors import DomainError

from ...choices import PriceKind
from ...models import Publication, StripePrice
from .kinds import is_overage, kind_of


class NotPublished(DomainError):
    """Stripe does not know the plan version yet, so nobody can pay for it."""

    code = "plan_not_published"
    title = "The plan cannot be paid for yet"


@dataclass(frozen=True, slots=True)
class PublishedPrice:
    """
    A price at Stripe, and what it stands for.

    `key` says what is paid for, in the same word for every version: `fixed`, `per_seat`, or the
    overage of a feature.
    """

    stripe_id: str
    key: str
    version_id: int
    currency: str
    interval: str

    @property
    def is_per_seat(self) -> bool:
        """Whether it is multiplied by the number of seats."""
        return self.key == PriceKind.PER_SEAT

    @property
    def is_metered(self) -> bool:
        """Whether a Billing Meter counts its quantity."""
        return is_overage(self.key)


@dataclass(frozen=True, slots=True)
class SoldAs:
    """What a subscription sells: a plan version in one of its currencies and intervals."""

    version_id: int
    currency: str
    interval: str


def price_ids_of(*, version_id: int, currency: str, interval: str) -> tuple[PublishedPrice, ...]:
    """
    Return the prices that a subscription to a plan version has: base prices, then overage.

    Raises `NotPublished` while Stripe does not know all of them.
    """
    published = Publication.objects.filter(
        plan_version_id=OuterRef("plan_version_id"), published_at__isnull=False
    )
    rows = StripePrice.objects.filter(
        Exists(published), plan_version_id=version_id, currency=currency, interval=interval
    ).select_related("price", "feature")
    prices = sorted(map(_published, rows), key=lambda price: (price.is_metered, price.key))
    if not prices:
        raise NotPublished(_("The plan cannot be paid for yet. Try again in a few minutes."))
    return tuple(prices)


def find_prices(*, price_ids: Collection[str]) -> dict[str, PublishedPrice]:
    """Return those of the prices that are ours, by their ids at Stripe."""
    rows = StripePrice.objects.filter(stripe_id__in=price_ids).select_related("price", "feature")
    return {row.stripe_id: _published(row) for row in rows}


def kinds_of_prices(*, price_ids: Collection[str]) -> dict[str, str]:
    """Return what each of our prices stands for, as `PublishedPrice.key` says it."""
    prices = find_prices(price_ids=price_ids)
    return {price_id: price.key for price_id, price in prices.items()}


def find_version_of_prices(*, price_ids: Collection[str]) -> SoldAs | None:
    """Return what a subscription with these prices sells; None unless they all sell one thing."""
    prices = find_prices(price_ids=price_ids)
    sold = {SoldAs(each.version_id, each.currency, each.interval) for each in prices.values()}
    return sold.pop() if len(sold) == 1 and prices.keys() == set(price_ids) else None


def _published(row: StripePrice) -> PublishedPrice:
    return PublishedPrice(
        stripe_id=row.stripe_id,
        key=kind_of(row),
        version_id=row.plan_version_id,
        currency=row.currency,
        interval=row.interval,
    )
