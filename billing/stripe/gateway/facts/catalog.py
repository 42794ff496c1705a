"""What Stripe says of what is sold there, as values of ours."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from .json_values import Json, decimal, id_of, labels, part, text


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What stands for a plan."""

    id: str
    name: str
    description: str
    is_active: bool
    metadata: dict[str, str]

    @classmethod
    def read(cls, product: Json) -> Self:
        return cls(
            id=product["id"],
            name=product["name"],
            description=text(product.get("description")),
            is_active=product["active"],
            metadata=labels(product),
        )


@dataclass(frozen=True, slots=True)
class PriceFacts:
    """A price; `unit_amount` is in minor units and need not be whole, None where it has tiers."""

    id: str
    product_id: str
    currency: str
    unit_amount: Decimal | None
    interval: str
    interval_count: int
    is_metered: bool
    meter_id: str
    is_active: bool
    lookup_key: str
    nickname: str
    metadata: dict[str, str]

    @classmethod
    def read(cls, price: Json) -> Self:
        recurring = part(price, "recurring")
        return cls(
            id=price["id"],
            product_id=id_of(price["product"]),
            currency=price["currency"].upper(),
            unit_amount=decimal(price.get("unit_amount_decimal")),
            interval=text(recurring.get("interval")),
            interval_count=recurring.get("interval_count", 0),
            is_metered=recurring.get("usage_type") == "metered",
            meter_id=text(recurring.get("meter")),
            is_active=price["active"],
            lookup_key=text(price.get("lookup_key")),
            nickname=text(price.get("nickname")),
            metadata=labels(price),
        )
