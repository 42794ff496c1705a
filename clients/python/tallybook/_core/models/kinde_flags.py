from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kinde_flags_feature_flags import KindeFlagsFeatureFlags


T = TypeVar("T", bound="KindeFlags")


@_attrs_define
class KindeFlags:
    """The flags of an organization, by key.

    Attributes:
        feature_flags (KindeFlagsFeatureFlags):
        code (str | Unset):  Default: 'OK'.
        message (str | Unset):  Default: 'Success'.
    """

    feature_flags: KindeFlagsFeatureFlags
    code: str | Unset = "OK"
    message: str | Unset = "Success"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feature_flags = self.feature_flags.to_dict()

        code = self.code

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feature_flags": feature_flags,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_flags_feature_flags import KindeFlagsFeatureFlags  # noqa: PLC0415

        d = dict(src_dict)
        feature_flags = KindeFlagsFeatureFlags.from_dict(d.pop("feature_flags"))

        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        kinde_flags = cls(
            feature_flags=feature_flags,
            code=code,
            message=message,
        )

        kinde_flags.additional_properties = d
        return kinde_flags

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
