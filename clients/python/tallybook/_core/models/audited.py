from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Audited")


@_attrs_define
class Audited:
    """The customers with the most revenue, 20 at most, and how many are below 40 %.

    Attributes:
        customer_count (int):
        below_count (int):
        is_urgent (bool): Whether three or more are below 40 %.
    """

    customer_count: int
    below_count: int
    is_urgent: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        customer_count = self.customer_count

        below_count = self.below_count

        is_urgent = self.is_urgent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "customer_count": customer_count,
                "below_count": below_count,
                "is_urgent": is_urgent,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        customer_count = d.pop("customer_count")

        below_count = d.pop("below_count")

        is_urgent = d.pop("is_urgent")

        audited = cls(
            customer_count=customer_count,
            below_count=below_count,
            is_urgent=is_urgent,
        )

        audited.additional_properties = d
        return audited

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
