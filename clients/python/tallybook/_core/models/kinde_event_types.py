from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kinde_event_type import KindeEventType


T = TypeVar("T", bound="KindeEventTypes")


@_attrs_define
class KindeEventTypes:
    """The kinds of events: those that Kinde has a name for, then ours.

    Attributes:
        event_types (list[KindeEventType]):
        code (str | Unset):  Default: 'OK'.
        message (str | Unset):  Default: 'Success'.
    """

    event_types: list[KindeEventType]
    code: str | Unset = "OK"
    message: str | Unset = "Success"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event_types = []
        for event_types_item_data in self.event_types:
            event_types_item = event_types_item_data.to_dict()
            event_types.append(event_types_item)

        code = self.code

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "event_types": event_types,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_event_type import KindeEventType  # noqa: PLC0415

        d = dict(src_dict)
        event_types = []
        _event_types = d.pop("event_types")
        for event_types_item_data in _event_types:
            event_types_item = KindeEventType.from_dict(event_types_item_data)

            event_types.append(event_types_item)

        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        kinde_event_types = cls(
            event_types=event_types,
            code=code,
            message=message,
        )

        kinde_event_types.additional_properties = d
        return kinde_event_types

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
