from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.kinde_event import KindeEvent


T = TypeVar("T", bound="KindeEventAnswer")


@_attrs_define
class KindeEventAnswer:
    """One event.

    Attributes:
        event (KindeEvent): Something that happened. `occurred_at` is not Kinde's.
        code (str | Unset):  Default: 'OK'.
        message (str | Unset):  Default: 'Success'.
    """

    event: KindeEvent
    code: str | Unset = "OK"
    message: str | Unset = "Success"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        event = self.event.to_dict()

        code = self.code

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "event": event,
            }
        )
        if code is not UNSET:
            field_dict["code"] = code
        if message is not UNSET:
            field_dict["message"] = message

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_event import KindeEvent  # noqa: PLC0415

        d = dict(src_dict)
        event = KindeEvent.from_dict(d.pop("event"))

        code = d.pop("code", UNSET)

        message = d.pop("message", UNSET)

        kinde_event_answer = cls(
            event=event,
            code=code,
            message=message,
        )

        kinde_event_answer.additional_properties = d
        return kinde_event_answer

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
