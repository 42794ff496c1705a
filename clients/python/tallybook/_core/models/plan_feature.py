from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.overage_price import OveragePrice
    from ..models.plan_feature_overage_unit_prices import PlanFeatureOverageUnitPrices


T = TypeVar("T", bound="PlanFeature")


@_attrs_define
class PlanFeature:
    """What a plan grants of one feature.

    Attributes:
        code (str):
        name (str):
        description (str):
        kind (str):
        value (Any): The flag's value; null for a metered feature.
        unit (str):
        unit_plural (str):
        unlimited (bool):
        allowance (None | str): Included per month.
        limit (None | str): The most per month; null is none.
        overage_unit_prices (PlanFeatureOverageUnitPrices): One unit beyond the allowance, by currency, where that is
            the whole price.
        overage_prices (list[OveragePrice]): One for each currency; empty where overage is not sold.
        rollover (None | str): What becomes of unused credits, in words.
    """

    code: str
    name: str
    description: str
    kind: str
    value: Any
    unit: str
    unit_plural: str
    unlimited: bool
    allowance: None | str
    limit: None | str
    overage_unit_prices: PlanFeatureOverageUnitPrices
    overage_prices: list[OveragePrice]
    rollover: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        description = self.description

        kind = self.kind

        value = self.value

        unit = self.unit

        unit_plural = self.unit_plural

        unlimited = self.unlimited

        allowance: None | str
        allowance = self.allowance

        limit: None | str
        limit = self.limit

        overage_unit_prices = self.overage_unit_prices.to_dict()

        overage_prices = []
        for overage_prices_item_data in self.overage_prices:
            overage_prices_item = overage_prices_item_data.to_dict()
            overage_prices.append(overage_prices_item)

        rollover: None | str
        rollover = self.rollover

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "description": description,
                "kind": kind,
                "value": value,
                "unit": unit,
                "unit_plural": unit_plural,
                "unlimited": unlimited,
                "allowance": allowance,
                "limit": limit,
                "overage_unit_prices": overage_unit_prices,
                "overage_prices": overage_prices,
                "rollover": rollover,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.overage_price import OveragePrice  # noqa: PLC0415
        from ..models.plan_feature_overage_unit_prices import (
            PlanFeatureOverageUnitPrices,  # noqa: PLC0415
        )

        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        description = d.pop("description")

        kind = d.pop("kind")

        value = d.pop("value")

        unit = d.pop("unit")

        unit_plural = d.pop("unit_plural")

        unlimited = d.pop("unlimited")

        def _parse_allowance(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        allowance = _parse_allowance(d.pop("allowance"))

        def _parse_limit(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        limit = _parse_limit(d.pop("limit"))

        overage_unit_prices = PlanFeatureOverageUnitPrices.from_dict(
            d.pop("overage_unit_prices")
        )

        overage_prices = []
        _overage_prices = d.pop("overage_prices")
        for overage_prices_item_data in _overage_prices:
            overage_prices_item = OveragePrice.from_dict(overage_prices_item_data)

            overage_prices.append(overage_prices_item)

        def _parse_rollover(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rollover = _parse_rollover(d.pop("rollover"))

        plan_feature = cls(
            code=code,
            name=name,
            description=description,
            kind=kind,
            value=value,
            unit=unit,
            unit_plural=unit_plural,
            unlimited=unlimited,
            allowance=allowance,
            limit=limit,
            overage_unit_prices=overage_unit_prices,
            overage_prices=overage_prices,
            rollover=rollover,
        )

        plan_feature.additional_properties = d
        return plan_feature

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
