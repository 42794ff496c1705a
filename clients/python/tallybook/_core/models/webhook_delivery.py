from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """What became of telling an endpoint of an event.

    Attributes:
        id (str):
        endpoint (str):
        event (str):
        type_ (str): What the endpoint's format calls the event.
        status (str): `pending`, `delivered`, `failed` or `dropped`.
        due_at (None | str): When it is attempted next.
        finished_at (None | str):
        attempt_count (int):
    """

    id: str
    endpoint: str
    event: str
    type_: str
    status: str
    due_at: None | str
    finished_at: None | str
    attempt_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        endpoint = self.endpoint

        event = self.event

        type_ = self.type_

        status = self.status

        due_at: None | str
        due_at = self.due_at

        finished_at: None | str
        finished_at = self.finished_at

        attempt_count = self.attempt_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "endpoint": endpoint,
                "event": event,
                "type": type_,
                "status": status,
                "due_at": due_at,
                "finished_at": finished_at,
                "attempt_count": attempt_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        endpoint = d.pop("endpoint")

        event = d.pop("event")

        type_ = d.pop("type")

        status = d.pop("status")

        def _parse_due_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        due_at = _parse_due_at(d.pop("due_at"))

        def _parse_finished_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        attempt_count = d.pop("attempt_count")

        webhook_delivery = cls(
            id=id,
            endpoint=endpoint,
            event=event,
            type_=type_,
            status=status,
            due_at=due_at,
            finished_at=finished_at,
            attempt_count=attempt_count,
        )

        webhook_delivery.additional_properties = d
        return webhook_delivery

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
