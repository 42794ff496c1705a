from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="MeterUsageAnswer")


@_attrs_define
class MeterUsageAnswer:
    """Kinde's two fields, and where the feature stands now.

    Attributes:
        usage (str): Used in this period.
        allowance (None | str): Per month; null is unlimited.
        remaining (None | str): What is left; null is unlimited.
        overage (str): Used beyond what was left, in this period.
        record_id (str): The id of the usage event.
        message (str | Unset):  Default: 'Success'.
        code (str | Unset):  Default: 'OK'.
    """

    usage: str
    allowance: None | str
    remaining: None | str
    overage: str
    record_id: str
    message: str | Unset = "Success"
    code: str | Unset = "OK"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        usage = self.usage

        allowance: None | str
        allowance = self.allowance

        remaining: None | str
        remaining = self.remaining

        overage = self.overage

        record_id = self.record_id

        message = self.message

        code = self.code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "usage": usage,
                "allowance": allowance,
                "remaining": remaining,
                "overage": overage,
                "record_id": record_id,
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
        usage = d.pop("usage")

        def _parse_allowance(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        allowance = _parse_allowance(d.pop("allowance"))

        def _parse_remaining(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remaining = _parse_remaining(d.pop("remaining"))

        overage = d.pop("overage")

        record_id = d.pop("record_id")

        message = d.pop("message", UNSET)

        code = d.pop("code", UNSET)

        meter_usage_answer = cls(
            usage=usage,
            allowance=allowance,
            remaining=remaining,
            overage=overage,
            record_id=record_id,
            message=message,
            code=code,
        )

        meter_usage_answer.additional_properties = d
        return meter_usage_answer

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
