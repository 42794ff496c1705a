"""A plan at Stripe by our own rows: what should be there, and how we last left it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef, Q

from config.kernel.money import minor_digits
from config.kernel.quantities import EXACT

from ...catalog.queries import get_plan_version_terms
from ...catalog.terms import VersionTerms
from ...choices import OverageCollection, ScheduledChangeStatus, Visibility
from ...models import (
    Plan,
    PlanVersion,
    PrivateOffer,
    ScheduledChange,
    StripeMeter,
    StripePrice,
    StripeProduct,
)
from .kinds import kind_of, overage_kind
from .state import Known, KnownPrice, Product, Slot, Wanted, WantedPrice

PLAN_LABEL: Final = "tallybook_plan"


def wanted_of(plan: Plan, *, draft: VersionTerms | None = None) -> Wanted:
    """
    Return what Stripe should have of a plan; with a draft, what it should have once the draft is
    published. The plan is read with its group, and has a version to sell.
    """
    published = PlanVersion.objects.filter(plan=plan, published_at__isnull=False)
    ids = published.order_by("number").values_list("pk", flat=True)
    versions = [get_plan_version_terms(plan_version_id=version_id) for version_id in ids]
    if draft is not None:
        versions.append(draft)
    newest = versions[-1].number
    return Wanted(
        product=Product(
            id=f"tallybook_{plan.public_id}",
            name=plan.name,
            description=plan.tagline,
            is_active=Plan.objects.filter(is_sold(), pk=plan.pk).exists(),
        ),
        meters=tuple(dict.fromkeys(code for terms in versions for code in _counted(terms))),
        prices={
            slot: WantedPrice(
                amount, _lookup_key(plan.code, slot) if slot.version == newest else ""
            )
            for terms in versions
            for slot, amount in _prices(terms)
        },
    )


def is_sold() -> Q:
    """
    Plans that somebody can still subscribe to: those on sale, and legacy ones that a customer is
    offered privately or is going to move to.
    """
    offered = PrivateOffer.objects.standing().filter(plan_id=OuterRef("pk"))
    awaited = ScheduledChange.objects.filter(
        to_version__plan_id=OuterRef("pk"), status=ScheduledChangeStatus.WAITING
    )
    return Q(group__visibility=Visibility.CURRENT) | Q(Exists(offered)) | Q(Exists(awaited))


def known_by_us(plan: Plan) -> Known:
    """Return how we last left a plan at Stripe."""
    product = StripeProduct.objects.filter(plan=plan).first()
    return Known(
        product=_product(product) if product is not None else None,
        meters=dict(StripeMeter.objects.values_list("feature__code", "stripe_id")),
        prices={
            slot_of(row): KnownPrice(row.stripe_id, row.is_on_sale, row.lookup_key)
            for row in list_price_rows(plan)
        },
    )


def list_price_rows(plan: Plan) -> Iterable[StripePrice]:
    """Return the rows of a plan's prices at Stripe, with what they are for."""
    rows = StripePrice.objects.filter(plan_version__plan=plan)
    return rows.select_related("plan_version", "price", "feature")


def slot_of(row: StripePrice) -> Slot:
    """What a price that is published is for."""
    return Slot(row.plan_version.number, kind_of(row), row.currency, row.interval)


def _product(row: StripeProduct) -> Product:
    return Product(row.stripe_id, row.name, row.description, row.is_active)


def _counted(terms: VersionTerms) -> list[str]:
    """The codes of the features whose overage a Billing Meter counts."""
    if terms.overage_collection != OverageCollection.BILLING_METER:
        return []
    return [feature.code for feature in terms.metered if feature.overage]


def _prices(terms: VersionTerms) -> Iterator[tuple[Slot, Decimal]]:
    for price in terms.prices:
        slot = Slot(terms.number, price.kind, price.currency, price.interval)
        yield slot, Decimal(price.unit_amount_minor)
    sold = sorted({(price.currency, price.interval) for price in terms.prices})
    for code in _counted(terms):
        feature = terms.feature(code)
        assert feature is not None, code
        for currency, interval in sold:
            each = feature.overage[currency].only_price
            assert each is not None, (code, currency)
            slot = Slot(terms.number, overage_kind(code), currency, interval)
            yield slot, each.scaleb(minor_digits(currency), context=EXACT)


def _lookup_key(plan_code: str, slot: Slot) -> str:
    return f"{plan_code}.{slot.currency.lower()}.{slot.interval}.{slot.kind}"
