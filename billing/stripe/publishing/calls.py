"""How each step is written at Stripe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from ...catalog.queries import FeatureLabel
from ...models import Plan
from ..intents import Call
from .kinds import feature_of, is_overage
from .reading import PLAN_LABEL
from .state import MeterStep, PriceStep, Product, ProductStep, Step

EVENT_NAME: Final = "tallybook_"
LONGEST_UNIT: Final = 12


@dataclass(frozen=True, slots=True)
class Scene:
    """What a step is about: the plan, its Billing Meters, and what people call its features."""

    plan: Plan
    product_id: str
    meters: Mapping[str, str]
    labels: Mapping[str, FeatureLabel]


def call_of(step: Step, scene: Scene) -> Call:
    """
    Return the call that takes a step. Its key is the same as long as the step is, and needs a
    number behind it: what was done before may have to be done again.
    """
    match step:
        case ProductStep():
            return _product_call(step, scene)
        case MeterStep():
            return _meter_call(step, scene)
        case PriceStep():
            return _price_call(step, scene)


def event_name_of(feature: str) -> str:
    """The name under which the overage of a feature is reported to Stripe."""
    return f"{EVENT_NAME}{feature}"


def amount_text(amount: Decimal) -> str:
    """An amount in minor units as Stripe takes it: exact."""
    return f"{amount.normalize():f}"


def _product_call(step: ProductStep, scene: Scene) -> Call:
    subject = scene.plan.public_id
    if step.known is None:
        return Call(
            operation="products.create",
            params=_new_product(step.wanted, scene),
            key=f"publish:{subject}:product",
            subject=subject,
        )
    changes = _product_changes(step.wanted, step.known)
    return Call(
        operation="products.update",
        params=changes,
        key=f"publish:{subject}:product:{_digest(changes)}",
        subject=subject,
        target=step.known.id,
    )


def _meter_call(step: MeterStep, scene: Scene) -> Call:
    subject = scene.plan.public_id
    key = f"publish:{subject}:meter:{step.feature}"
    if step.meter_id:
        return Call(
            operation="billing.meters.reactivate",
            params={},
            key=f"{key}:on",
            subject=subject,
            target=step.meter_id,
        )
    params = {
        "display_name": scene.labels[step.feature].name,
        "event_name": event_name_of(step.feature),
        "default_aggregation": {"formula": "sum"},
    }
    return Call(operation="billing.meters.create", params=params, key=key, subject=subject)


def _price_call(step: PriceStep, scene: Scene) -> Call:
    subject, slot = scene.plan.public_id, step.slot
    key = f"publish:{subject}:v{slot.version}:{slot.currency}:{slot.interval}:{slot.kind}"
    sale: dict[str, Any] = {"active": step.wanted.is_active}
    if step.wanted.is_active:
        sale |= {"lookup_key": step.wanted.lookup_key, "transfer_lookup_key": True}
    if step.known is None:
        params = _new_price(step, scene) | sale
        return Call(operation="prices.create", params=params, key=key, subject=subject)
    return Call(
        operation="prices.update",
        params=sale,
        key=f"{key}:{_digest(sale)}",
        subject=subject,
        target=step.known.id,
    )


def _digest(params: Mapping[str, Any]) -> str:
    return sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:16]


def _new_product(product: Product, scene: Scene) -> dict[str, Any]:
    params: dict[str, Any] = {
        "id": product.id,
        "name": product.name,
        "metadata": {PLAN_LABEL: scene.plan.public_id, "plan": scene.plan.code},
    }
    if product.description:
        params["description"] = product.description
    return params


def _product_changes(wanted: Product, known: Product) -> dict[str, Any]:
    values = {
        "name": (wanted.name, known.name),
        "description": (wanted.description, known.description),
        "active": (wanted.is_active, known.is_active),
    }
    return {name: value for name, (value, present) in values.items() if value != present}


def _new_price(step: PriceStep, scene: Scene) -> dict[str, Any]:
    slot = step.slot
    recurring = {"interval": slot.interval}
    params: dict[str, Any] = {
        "currency": slot.currency.lower(),
        "unit_amount_decimal": amount_text(step.wanted.amount),
        "nickname": f"{scene.plan.code} v{slot.version}",
        "metadata": {
            PLAN_LABEL: scene.plan.public_id,
            "version": str(slot.version),
            "kind": slot.kind,
        },
        "recurring": recurring,
    }
    if not is_overage(slot.kind):
        return params | {"product": scene.product_id}
    feature = feature_of(slot.kind)
    recurring |= {"usage_type": "metered", "meter": scene.meters[feature]}
    # An invoice names the product: overage must not look like the plan itself.
    label = scene.labels[feature]
    beyond = {"name": f"{label.name}, beyond the allowance"}
    if len(label.unit) <= LONGEST_UNIT:
        beyond["unit_label"] = label.unit
    return params | {"product_data": beyond}
