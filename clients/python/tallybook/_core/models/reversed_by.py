from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReversedBy")


@_attrs_define
class ReversedBy:
    """When an event was taken back, and why.

    Attributes:
        reversed_at (str):
        reason (str):
        replaced_by (None | str): The event that set the period's total anew, if that was why.
    """

    reversed_at: str
    reason: str
    replaced_by: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reversed_at = self.reversed_at

        reason = self.reason

        replaced_by: None | str
        replaced_by = self.replaced_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reversed_at": reversed_at,
                "reason": reason,
                "replaced_by": replaced_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reversed_at = d.pop("reversed_at")

        reason = d.pop("reason")

        def _parse_replaced_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        replaced_by = _parse_replaced_by(d.pop("replaced_by"))

        reversed_by = cls(
            reversed_at=reversed_at,
            reason=reason,
            replaced_by=replaced_by,
        )

        reversed_by.additional_properties = d
        return reversed_by

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
