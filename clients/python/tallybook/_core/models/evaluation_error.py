from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.error_code import ErrorCode
from ..types import UNSET, Unset

T = TypeVar("T", bound="EvaluationError")


@_attrs_define
class EvaluationError:
    """Why nothing was evaluated. Where the status says it all, only `errorDetails` is there.

    Attributes:
        error_details (str):
        error_code (ErrorCode | Unset): Why a flag was not evaluated, in the words of the protocol.
        key (str | Unset):
    """

    error_details: str
    error_code: ErrorCode | Unset = UNSET
    key: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        error_details = self.error_details

        error_code: str | Unset = UNSET
        if not isinstance(self.error_code, Unset):
            error_code = self.error_code.value

        key = self.key

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "errorDetails": error_details,
            }
        )
        if error_code is not UNSET:
            field_dict["errorCode"] = error_code
        if key is not UNSET:
            field_dict["key"] = key

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        error_details = d.pop("errorDetails")

        _error_code = d.pop("errorCode", UNSET)
        error_code: ErrorCode | Unset
        if isinstance(_error_code, Unset):
            error_code = UNSET
        else:
            error_code = ErrorCode(_error_code)

        key = d.pop("key", UNSET)

        evaluation_error = cls(
            error_details=error_details,
            error_code=error_code,
            key=key,
        )

        evaluation_error.additional_properties = d
        return evaluation_error

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
