from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.kinde_event_data import KindeEventData


T = TypeVar("T", bound="KindeEvent")


@_attrs_define
class KindeEvent:
    """Something that happened. `occurred_at` is not Kinde's.

    Attributes:
        type_ (str):
        source (str):
        event_id (str):
        timestamp (int): Milliseconds since 1970.
        data (KindeEventData):
        occurred_at (str):
    """

    type_: str
    source: str
    event_id: str
    timestamp: int
    data: KindeEventData
    occurred_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        source = self.source

        event_id = self.event_id

        timestamp = self.timestamp

        data = self.data.to_dict()

        occurred_at = self.occurred_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "source": source,
                "event_id": event_id,
                "timestamp": timestamp,
                "data": data,
                "occurred_at": occurred_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.kinde_event_data import KindeEventData  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        source = d.pop("source")

        event_id = d.pop("event_id")

        timestamp = d.pop("timestamp")

        data = KindeEventData.from_dict(d.pop("data"))

        occurred_at = d.pop("occurred_at")

        kinde_event = cls(
            type_=type_,
            source=source,
            event_id=event_id,
            timestamp=timestamp,
            data=data,
            occurred_at=occurred_at,
        )

        kinde_event.additional_properties = d
        return kinde_event

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
