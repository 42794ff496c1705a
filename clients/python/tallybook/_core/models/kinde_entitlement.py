from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="KindeEntitlement")


@_attrs_define
class KindeEntitlement:
    """A price of the plan, or a feature that it grants. Money is in whole minor units.

    The fields from `unit_amount_decimal` on are not Kinde's.

        Attributes:
            id (str):
            price_name (str):
            feature_code (str):
            feature_name (str):
            currency (str):
            fixed_charge (int | None | Unset): What the plan costs per period.
            unit_amount (int | None | Unset): What one costs; null where that is no whole number of cents.
            entitlement_limit_max (int | None | Unset): How many there may be; `max_value` stands where there is no end to
                it.
            entitlement_limit_min (int | None | Unset):
            unit_amount_decimal (None | str | Unset): What one costs in cents, exact.
            allowance (None | str | Unset): Included per month.
            usage (None | str | Unset): Used in this period.
            remaining (None | str | Unset): What is left of it.
            resets_at (None | str | Unset):
    """

    id: str
    price_name: str
    feature_code: str
    feature_name: str
    currency: str
    fixed_charge: int | None | Unset = UNSET
    unit_amount: int | None | Unset = UNSET
    entitlement_limit_max: int | None | Unset = UNSET
    entitlement_limit_min: int | None | Unset = UNSET
    unit_amount_decimal: None | str | Unset = UNSET
    allowance: None | str | Unset = UNSET
    usage: None | str | Unset = UNSET
    remaining: None | str | Unset = UNSET
    resets_at: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        price_name = self.price_name

        feature_code = self.feature_code

        feature_name = self.feature_name

        currency = self.currency

        fixed_charge: int | None | Unset
        if isinstance(self.fixed_charge, Unset):
            fixed_charge = UNSET
        else:
            fixed_charge = self.fixed_charge

        unit_amount: int | None | Unset
        if isinstance(self.unit_amount, Unset):
            unit_amount = UNSET
        else:
            unit_amount = self.unit_amount

        entitlement_limit_max: int | None | Unset
        if isinstance(self.entitlement_limit_max, Unset):
            entitlement_limit_max = UNSET
        else:
            entitlement_limit_max = self.entitlement_limit_max

        entitlement_limit_min: int | None | Unset
        if isinstance(self.entitlement_limit_min, Unset):
            entitlement_limit_min = UNSET
        else:
            entitlement_limit_min = self.entitlement_limit_min

        unit_amount_decimal: None | str | Unset
        if isinstance(self.unit_amount_decimal, Unset):
            unit_amount_decimal = UNSET
        else:
            unit_amount_decimal = self.unit_amount_decimal

        allowance: None | str | Unset
        if isinstance(self.allowance, Unset):
            allowance = UNSET
        else:
            allowance = self.allowance

        usage: None | str | Unset
        if isinstance(self.usage, Unset):
            usage = UNSET
        else:
            usage = self.usage

        remaining: None | str | Unset
        if isinstance(self.remaining, Unset):
            remaining = UNSET
        else:
            remaining = self.remaining

        resets_at: None | str | Unset
        if isinstance(self.resets_at, Unset):
            resets_at = UNSET
        else:
            resets_at = self.resets_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "price_name": price_name,
                "feature_code": feature_code,
                "feature_name": feature_name,
                "currency": currency,
            }
        )
        if fixed_charge is not UNSET:
            field_dict["fixed_charge"] = fixed_charge
        if unit_amount is not UNSET:
            field_dict["unit_amount"] = unit_amount
        if entitlement_limit_max is not UNSET:
            field_dict["entitlement_limit_max"] = entitlement_limit_max
        if entitlement_limit_min is not UNSET:
            field_dict["entitlement_limit_min"] = entitlement_limit_min
        if unit_amount_decimal is not UNSET:
            field_dict["unit_amount_decimal"] = unit_amount_decimal
        if allowance is not UNSET:
            field_dict["allowance"] = allowance
        if usage is not UNSET:
            field_dict["usage"] = usage
        if remaining is not UNSET:
            field_dict["remaining"] = remaining
        if resets_at is not UNSET:
            field_dict["resets_at"] = resets_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        price_name = d.pop("price_name")

        feature_code = d.pop("feature_code")

        feature_name = d.pop("feature_name")

        currency = d.pop("currency")

        def _parse_fixed_charge(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        fixed_charge = _parse_fixed_charge(d.pop("fixed_charge", UNSET))

        def _parse_unit_amount(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        unit_amount = _parse_unit_amount(d.pop("unit_amount", UNSET))

        def _parse_entitlement_limit_max(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        entitlement_limit_max = _parse_entitlement_limit_max(
            d.pop("entitlement_limit_max", UNSET)
        )

        def _parse_entitlement_limit_min(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        entitlement_limit_min = _parse_entitlement_limit_min(
            d.pop("entitlement_limit_min", UNSET)
        )

        def _parse_unit_amount_decimal(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        unit_amount_decimal = _parse_unit_amount_decimal(
            d.pop("unit_amount_decimal", UNSET)
        )

        def _parse_allowance(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        allowance = _parse_allowance(d.pop("allowance", UNSET))

        def _parse_usage(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        usage = _parse_usage(d.pop("usage", UNSET))

        def _parse_remaining(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        remaining = _parse_remaining(d.pop("remaining", UNSET))

        def _parse_resets_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        resets_at = _parse_resets_at(d.pop("resets_at", UNSET))

        kinde_entitlement = cls(
            id=id,
            price_name=price_name,
            feature_code=feature_code,
            feature_name=feature_name,
            currency=currency,
            fixed_charge=fixed_charge,
            unit_amount=unit_amount,
            entitlement_limit_max=entitlement_limit_max,
            entitlement_limit_min=entitlement_limit_min,
            unit_amount_decimal=unit_amount_decimal,
            allowance=allowance,
            usage=usage,
            remaining=remaining,
            resets_at=resets_at,
        )

        kinde_entitlement.additional_properties = d
        return kinde_entitlement

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
