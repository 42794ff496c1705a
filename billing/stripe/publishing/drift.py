"""
What was edited at Stripe behind our back: found by comparing, reported, and set right on request.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.audit.actor import Actor
from accounts.audit.operations import record

from ...choices import PublicationStatus
from ...models import Plan, Publication, StripeDifference, StripeMeter, StripePrice, StripeProduct
from ..gateway.client import ask_for_all
from ..gateway.configuration import is_connected
from ..gateway.facts import PriceFacts, ProductFacts
from ..gateway.reading import list_prices, list_products
from .operations import (
    LONGEST_DETAIL,
    count_ended_calls,
    note_published_versions,
    publish_plan,
    take_step,
)
from .reading import PLAN_LABEL, known_by_us, list_price_rows, slot_of, wanted_of
from .state import (
    Known,
    KnownPrice,
    MeterStep,
    PriceStep,
    Product,
    Slot,
    Step,
    Wanted,
    list_steps,
)
from .words import Difference, difference_of

UNKNOWN_PRODUCT = "unknown_product"
COMPARED = (PublicationStatus.PUBLISHED, PublicationStatus.DRIFTED)


@dataclass(frozen=True, slots=True)
class Shelf:
    """All products and prices that Stripe has, by their ids, and whether each meter is on."""

    products: Mapping[str, ProductFacts]
    prices: Mapping[str, PriceFacts]
    meters: Mapping[str, bool]


def check_drift(*, now: datetime) -> int:
    """
    Compare what we published with what Stripe has, note on the publications what was edited
    there, and return how many differ. Changes nothing at Stripe.

    Products that carry our label but belong to no plan of ours are noted as differences. Raises
    `StripeUnavailable`.
    """
    if not is_connected():
        return 0
    shelf = read_shelf()
    plans = Plan.objects.filter(
        versions__in=Publication.objects.filter(status__in=COMPARED).values("plan_version")
    )
    found = sum(_note_drift(plan, shelf, now) for plan in plans.select_related("group").distinct())
    _note_unknown_products(shelf, now)
    return found


def compare_plan(*, plan: Plan) -> list[Difference]:
    """
    Ask Stripe what it has of a plan, and return what setting it right would change. The plan is
    read with its group. Raises `StripeUnavailable` and `StripeNotConnected`.
    """
    known = known_at_stripe(plan, wanted_of(plan), read_shelf())
    return [difference_of(step) for step in list_steps(wanted_of(plan), known)]


def repair_plan(*, plan: Plan, actor: Actor, now: datetime) -> bool:
    """
    Overwrite what was edited at Stripe, and publish what is missing there; return whether Stripe
    is level. What went wrong is told by the plan's publications.

    Raises `StripeUnavailable`, `StripeRefused` and `StripeNotConnected` if what is there cannot
    be read, or a Billing Meter not be switched on again.
    """
    wanted, ended = wanted_of(plan), count_ended_calls(plan)
    known = known_at_stripe(plan, wanted, read_shelf())
    steps = list_steps(wanted, known)
    differences = [str(difference_of(step)) for step in steps]
    note_published_versions(now=now)
    with transaction.atomic(durable=True):
        _remember(plan, known)
        Publication.objects.filter(plan_version__plan=plan).update(
            status=PublicationStatus.WAITING, detail="", next_attempt_at=now, checked_at=now
        )
        record(
            actor=actor,
            action="plan.repaired_at_stripe",
            target=plan.public_id,
            changes={"differences": [differences, []]},
            now=now,
        )
    for step in steps:
        # Our rows do not say whether a meter is on, so publishing would not see it.
        if isinstance(step, MeterStep) and step.meter_id:
            take_step(step, plan, ended, now=now)
    return publish_plan(plan_id=plan.pk, now=now)


def read_shelf() -> Shelf:
    """Return everything that Stripe has on sale or archived. Raises `StripeUnavailable`."""
    return Shelf(
        products={product.id: product for product in list_products()},
        prices={price.id: price for price in list_prices()},
        meters={
            meter["id"]: meter["status"] == "active" for meter in ask_for_all("billing.meters.list")
        },
    )


def known_at_stripe(plan: Plan, wanted: Wanted, shelf: Shelf) -> Known:
    """Return what Stripe has of a plan, as far as it stands for what we published."""
    meters = dict(StripeMeter.objects.values_list("feature__code", "stripe_id"))
    return Known(
        product=_product(shelf.products.get(wanted.product.id)),
        meters={code: id for code, id in meters.items() if shelf.meters.get(id, False)},
        meters_off={code: id for code, id in meters.items() if not shelf.meters.get(id, True)},
        prices=dict(_prices(plan, wanted, shelf)),
    )


def _product(facts: ProductFacts | None) -> Product | None:
    if facts is None:
        return None
    return Product(facts.id, facts.name, facts.description, facts.is_active)


def _prices(plan: Plan, wanted: Wanted, shelf: Shelf) -> Iterator[tuple[Slot, KnownPrice]]:
    """The prices that are there, and charge what we published."""
    for row in list_price_rows(plan):
        slot, facts = slot_of(row), shelf.prices.get(row.stripe_id)
        if facts is None or not _charges(facts, slot, wanted):
            continue
        yield slot, KnownPrice(facts.id, facts.is_active, facts.lookup_key)


def _charges(facts: PriceFacts, slot: Slot, wanted: Wanted) -> bool:
    return (facts.currency, facts.interval, facts.interval_count, facts.unit_amount) == (
        slot.currency,
        slot.interval,
        1,
        wanted.prices[slot].amount,
    )


def _note_drift(plan: Plan, shelf: Shelf, now: datetime) -> int:
    """Note on each version of a plan what was edited; what is not published yet was not."""
    wanted = wanted_of(plan)
    if list_steps(wanted, known_by_us(plan)):
        return 0
    edits = _by_version(list_steps(wanted, known_at_stripe(plan, wanted, shelf)), wanted)
    compared = Publication.objects.filter(plan_version__plan=plan, status__in=COMPARED)
    for publication in compared.select_related("plan_version"):
        said = [str(edit) for edit in edits[publication.plan_version.number]]
        publication.status = PublicationStatus.DRIFTED if said else PublicationStatus.PUBLISHED
        publication.detail = "\n".join(said)[:LONGEST_DETAIL]
        publication.checked_at = now
        publication.save(update_fields=["status", "detail", "checked_at"])
    return sum(1 for differences in edits.values() if differences)


def _by_version(steps: Sequence[Step], wanted: Wanted) -> dict[int, list[Difference]]:
    """What is not about one version is about the plan: it is told by the newest one."""
    edits = defaultdict(list)
    for step in steps:
        number = step.slot.version if isinstance(step, PriceStep) else wanted.newest
        edits[number].append(difference_of(step))
    return edits


def _note_unknown_products(shelf: Shelf, now: datetime) -> None:
    ours = set(StripeProduct.objects.values_list("stripe_id", flat=True))
    unknown = {
        product.id: product
        for product in shelf.products.values()
        if PLAN_LABEL in product.metadata and product.id not in ours and product.is_active
    }
    noted = StripeDifference.objects.filter(kind=UNKNOWN_PRODUCT, resolved_at=None)
    noted.exclude(subject__in=unknown).update(resolved_at=now)
    noted.filter(subject__in=unknown).update(seen_at=now)
    known = set(noted.values_list("subject", flat=True))
    StripeDifference.objects.bulk_create(
        StripeDifference(
            kind=UNKNOWN_PRODUCT,
            subject=product.id,
            ours="",
            theirs=product.name,
            found_at=now,
            seen_at=now,
        )
        for product in unknown.values()
        if product.id not in known
    )


def _remember(plan: Plan, known: Known) -> None:
    """Have our rows say what Stripe has, so that publishing starts from there."""
    if known.product is None:
        StripeProduct.objects.filter(plan=plan).delete()
    else:
        StripeProduct.objects.update_or_create(
            plan=plan,
            defaults={
                "stripe_id": known.product.id,
                "name": known.product.name,
                "description": known.product.description,
                "is_active": known.product.is_active,
            },
        )
    present = {price.id: price for price in known.prices.values()}
    StripePrice.objects.filter(plan_version__plan=plan).exclude(stripe_id__in=present).delete()
    for price in present.values():
        StripePrice.objects.filter(stripe_id=price.id).update(
            is_on_sale=price.is_active, lookup_key=price.lookup_key
        )
    there = [*known.meters.values(), *known.meters_off.values()]
    StripeMeter.objects.exclude(stripe_id__in=there).delete()
