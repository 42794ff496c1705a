from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AccountEntitlement")


@_attrs_define
class AccountEntitlement:
    """An entitlement; here Kinde says *key* for what is a *code* elsewhere.

    Attributes:
        id (str):
        fixed_charge (int | None):
        price_name (str):
        unit_amount (int | None):
        feature_key (str):
        feature_name (str):
        entitlement_limit_max (int | None):
        entitlement_limit_min (int | None):
    """

    id: str
    fixed_charge: int | None
    price_name: str
    unit_amount: int | None
    feature_key: str
    feature_name: str
    entitlement_limit_max: int | None
    entitlement_limit_min: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        fixed_charge: int | None
        fixed_charge = self.fixed_charge

        price_name = self.price_name

        unit_amount: int | None
        unit_amount = self.unit_amount

        feature_key = self.feature_key

        feature_name = self.feature_name

        entitlement_limit_max: int | None
        entitlement_limit_max = self.entitlement_limit_max

        entitlement_limit_min: int | None
        entitlement_limit_min = self.entitlement_limit_min

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "fixed_charge": fixed_charge,
                "price_name": price_name,
                "unit_amount": unit_amount,
                "feature_key": feature_key,
                "feature_name": feature_name,
                "entitlement_limit_max": entitlement_limit_max,
                "entitlement_limit_min": entitlement_limit_min,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        def _parse_fixed_charge(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        fixed_charge = _parse_fixed_charge(d.pop("fixed_charge"))

        price_name = d.pop("price_name")

        def _parse_unit_amount(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        unit_amount = _parse_unit_amount(d.pop("unit_amount"))

        feature_key = d.pop("feature_key")

        feature_name = d.pop("feature_name")

        def _parse_entitlement_limit_max(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        entitlement_limit_max = _parse_entitlement_limit_max(
            d.pop("entitlement_limit_max")
        )

        def _parse_entitlement_limit_min(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        entitlement_limit_min = _parse_entitlement_limit_min(
            d.pop("entitlement_limit_min")
        )

        account_entitlement = cls(
            id=id,
            fixed_charge=fixed_charge,
            price_name=price_name,
            unit_amount=unit_amount,
            feature_key=feature_key,
            feature_name=feature_name,
            entitlement_limit_max=entitlement_limit_max,
            entitlement_limit_min=entitlement_limit_min,
        )

        account_entitlement.additional_properties = d
        return account_entitlement

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
