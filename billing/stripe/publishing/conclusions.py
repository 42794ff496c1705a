"""What we know once Stripe has taken a step."""

from datetime import datetime

from ...models import (
    Feature,
    Plan,
    PlanVersion,
    Price,
    StripeIntent,
    StripeMeter,
    StripePrice,
    StripeProduct,
)
from ..gateway.facts import Json, PriceFacts, ProductFacts
from ..intents import concludes
from .calls import EVENT_NAME
from .kinds import feature_of, is_overage
from .reading import PLAN_LABEL


@concludes("products.create")
@concludes("products.update")
def keep_product(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Remember how the product of a plan was left."""
    product = ProductFacts.read(answer)
    plan = Plan.objects.filter(public_id=product.metadata.get(PLAN_LABEL, "")).first()
    if plan is None:
        return
    StripeProduct.objects.update_or_create(
        plan=plan,
        defaults={
            "stripe_id": product.id,
            "name": product.name,
            "description": product.description,
            "is_active": product.is_active,
        },
    )


@concludes("billing.meters.create")
def keep_meter(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Remember the Billing Meter of a feature."""
    event_name: str = answer["event_name"]
    feature = Feature.objects.filter(code=event_name.removeprefix(EVENT_NAME)).first()
    if feature is None or not event_name.startswith(EVENT_NAME):
        return
    StripeMeter.objects.update_or_create(
        feature=feature, defaults={"stripe_id": answer["id"], "event_name": event_name}
    )


@concludes("prices.create")
def keep_price(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Remember a price of a plan version."""
    facts = PriceFacts.read(answer)
    version = PlanVersion.objects.filter(
        plan__public_id=facts.metadata.get(PLAN_LABEL, ""),
        number=facts.metadata.get("version", "0"),
    ).first()
    if version is None:
        return
    _leave_key_to(facts)
    StripePrice.objects.update_or_create(
        stripe_id=facts.id,
        defaults={
            "plan_version": version,
            "currency": facts.currency,
            "interval": facts.interval,
            "lookup_key": facts.lookup_key,
            "is_on_sale": facts.is_active,
            **_paid_for(version, facts),
        },
    )


@concludes("prices.update")
def keep_price_change(intent: StripeIntent, answer: Json, now: datetime) -> None:
    """Remember that a price was put on sale or archived."""
    facts = PriceFacts.read(answer)
    _leave_key_to(facts)
    StripePrice.objects.filter(stripe_id=facts.id).update(
        lookup_key=facts.lookup_key, is_on_sale=facts.is_active
    )


def _leave_key_to(facts: PriceFacts) -> None:
    """A lookup key names one price: the one that it was given to last."""
    if facts.lookup_key:
        others = StripePrice.objects.filter(lookup_key=facts.lookup_key)
        others.exclude(stripe_id=facts.id).update(lookup_key="")


def _paid_for(version: PlanVersion, facts: PriceFacts) -> dict[str, Price | Feature]:
    kind = facts.metadata["kind"]
    if is_overage(kind):
        return {"feature": Feature.objects.get(code=feature_of(kind))}
    price = Price.objects.get(
        plan_version=version, kind=kind, currency=facts.currency, interval=facts.interval
    )
    return {"price": price}
