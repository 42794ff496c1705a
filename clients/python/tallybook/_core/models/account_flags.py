from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.account_flag import AccountFlag


T = TypeVar("T", bound="AccountFlags")


@_attrs_define
class AccountFlags:
    """All flags.

    Attributes:
        feature_flags (list[AccountFlag]):
    """

    feature_flags: list[AccountFlag]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feature_flags = []
        for feature_flags_item_data in self.feature_flags:
            feature_flags_item = feature_flags_item_data.to_dict()
            feature_flags.append(feature_flags_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature_flags": feature_flags,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.account_flag import AccountFlag  # noqa: PLC0415

        d = dict(src_dict)
        feature_flags = []
        _feature_flags = d.pop("feature_flags")
        for feature_flags_item_data in _feature_flags:
            feature_flags_item = AccountFlag.from_dict(feature_flags_item_data)

            feature_flags.append(feature_flags_item)

        account_flags = cls(
            feature_flags=feature_flags,
        )

        account_flags.additional_properties = d
        return account_flags

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
