from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="KindeAgreed")


@_attrs_define
class KindeAgreed:
    """It is agreed. The id is not in Kinde's answer.

    Attributes:
        agreement_id (str):
        message (str | Unset):  Default: 'Success'.
        code (str | Unset):  Default: 'OK'.
    """

    agreement_id: str
    message: str | Unset = "Success"
    code: str | Unset = "OK"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        agreement_id = self.agreement_id

        message = self.message

        code = self.code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "agreement_id": agreement_id,
            }
        )
        if message is not UNSET:
            field_dict["message"] = message
        if code is not UNSET:
            field_dict["code"] = code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        agreement_id = d.pop("agreement_id")

        message = d.pop("message", UNSET)

        code = d.pop("code", UNSET)

        kinde_agreed = cls(
            agreement_id=agreement_id,
            message=message,
            code=code,
        )

        kinde_agreed.additional_properties = d
        return kinde_agreed

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
