from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OverageTier")


@_attrs_define
class OverageTier:
    """The quantities above the tier before it, up to and including `up_to`.

    Attributes:
        up_to (None | str): Null for the last tier: no end.
        unit_price (str): Of one unit, in major units.
        flat_price (str): Due once when the tier is reached, in major units; the first always is.
    """

    up_to: None | str
    unit_price: str
    flat_price: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        up_to: None | str
        up_to = self.up_to

        unit_price = self.unit_price

        flat_price = self.flat_price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "up_to": up_to,
                "unit_price": unit_price,
                "flat_price": flat_price,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_up_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        up_to = _parse_up_to(d.pop("up_to"))

        unit_price = d.pop("unit_price")

        flat_price = d.pop("flat_price")

        overage_tier = cls(
            up_to=up_to,
            unit_price=unit_price,
            flat_price=flat_price,
        )

        overage_tier.additional_properties = d
        return overage_tier

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
