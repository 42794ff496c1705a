from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.overage_tier import OverageTier


T = TypeVar("T", bound="OveragePrice")


@_attrs_define
class OveragePrice:
    """What the usage of a month beyond the allowance costs in one currency.

    Attributes:
        currency (str):
        model (str): `per_unit`; `percentage` of the reported value; `package`: each one begun; `graduated`: each unit
            in its own tier; `volume`: all units in the tier reached.
        unit_price (None | str): Of one unit or package, in major units; the share for a percentage (0.015 is 1.5 %);
            null where there are tiers.
        package_size (None | str): Units in a package.
        free_quantity (str): Units before the first package.
        tiers (list[OverageTier]): Ascending; empty without tiers.
        minimum_minor (int | None): The least charged for a month, even without overage.
        maximum_minor (int | None): The most charged for a month.
        sentence (str): The price in words.
    """

    currency: str
    model: str
    unit_price: None | str
    package_size: None | str
    free_quantity: str
    tiers: list[OverageTier]
    minimum_minor: int | None
    maximum_minor: int | None
    sentence: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        model = self.model

        unit_price: None | str
        unit_price = self.unit_price

        package_size: None | str
        package_size = self.package_size

        free_quantity = self.free_quantity

        tiers = []
        for tiers_item_data in self.tiers:
            tiers_item = tiers_item_data.to_dict()
            tiers.append(tiers_item)

        minimum_minor: int | None
        minimum_minor = self.minimum_minor

        maximum_minor: int | None
        maximum_minor = self.maximum_minor

        sentence = self.sentence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "model": model,
                "unit_price": unit_price,
                "package_size": package_size,
                "free_quantity": free_quantity,
                "tiers": tiers,
                "minimum_minor": minimum_minor,
                "maximum_minor": maximum_minor,
                "sentence": sentence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.overage_tier import OverageTier  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        model = d.pop("model")

        def _parse_unit_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        unit_price = _parse_unit_price(d.pop("unit_price"))

        def _parse_package_size(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        package_size = _parse_package_size(d.pop("package_size"))

        free_quantity = d.pop("free_quantity")

        tiers = []
        _tiers = d.pop("tiers")
        for tiers_item_data in _tiers:
            tiers_item = OverageTier.from_dict(tiers_item_data)

            tiers.append(tiers_item)

        def _parse_minimum_minor(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        minimum_minor = _parse_minimum_minor(d.pop("minimum_minor"))

        def _parse_maximum_minor(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        maximum_minor = _parse_maximum_minor(d.pop("maximum_minor"))

        sentence = d.pop("sentence")

        overage_price = cls(
            currency=currency,
            model=model,
            unit_price=unit_price,
            package_size=package_size,
            free_quantity=free_quantity,
            tiers=tiers,
            minimum_minor=minimum_minor,
            maximum_minor=maximum_minor,
            sentence=sentence,
        )

        overage_price.additional_properties = d
        return overage_price

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
