from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="VerifiedKey")


@_attrs_define
class VerifiedKey:
    """What there is to say of it; nothing of one that is not good, or not the caller's to know.

    Attributes:
        code (str):
        message (str):
        is_valid (bool):
        scopes (list[str]): Our names of what it may do.
        key_id (None | str | Unset):
        status (None | str | Unset):
        org_code (None | str | Unset): Null for a platform key.
        user_id (None | str | Unset):
    """

    code: str
    message: str
    is_valid: bool
    scopes: list[str]
    key_id: None | str | Unset = UNSET
    status: None | str | Unset = UNSET
    org_code: None | str | Unset = UNSET
    user_id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        message = self.message

        is_valid = self.is_valid

        scopes = self.scopes

        key_id: None | str | Unset
        if isinstance(self.key_id, Unset):
            key_id = UNSET
        else:
            key_id = self.key_id

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status

        org_code: None | str | Unset
        if isinstance(self.org_code, Unset):
            org_code = UNSET
        else:
            org_code = self.org_code

        user_id: None | str | Unset
        if isinstance(self.user_id, Unset):
            user_id = UNSET
        else:
            user_id = self.user_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "message": message,
                "is_valid": is_valid,
                "scopes": scopes,
            }
        )
        if key_id is not UNSET:
            field_dict["key_id"] = key_id
        if status is not UNSET:
            field_dict["status"] = status
        if org_code is not UNSET:
            field_dict["org_code"] = org_code
        if user_id is not UNSET:
            field_dict["user_id"] = user_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        message = d.pop("message")

        is_valid = d.pop("is_valid")

        scopes = cast(list[str], d.pop("scopes"))

        def _parse_key_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        key_id = _parse_key_id(d.pop("key_id", UNSET))

        def _parse_status(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_org_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        org_code = _parse_org_code(d.pop("org_code", UNSET))

        def _parse_user_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_id = _parse_user_id(d.pop("user_id", UNSET))

        verified_key = cls(
            code=code,
            message=message,
            is_valid=is_valid,
            scopes=scopes,
            key_id=key_id,
            status=status,
            org_code=org_code,
            user_id=user_id,
        )

        verified_key.additional_properties = d
        return verified_key

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
