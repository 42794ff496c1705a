from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="KindeWebhook")


@_attrs_define
class KindeWebhook:
    """An address that is told of events.

    Attributes:
        id (str):
        name (str):
        endpoint (str):
        description (str):
        event_types (list[str]):
        created_on (str):
    """

    id: str
    name: str
    endpoint: str
    description: str
    event_types: list[str]
    created_on: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        endpoint = self.endpoint

        description = self.description

        event_types = self.event_types

        created_on = self.created_on

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "endpoint": endpoint,
                "description": description,
                "event_types": event_types,
                "created_on": created_on,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        endpoint = d.pop("endpoint")

        description = d.pop("description")

        event_types = cast(list[str], d.pop("event_types"))

        created_on = d.pop("created_on")

        kinde_webhook = cls(
            id=id,
            name=name,
            endpoint=endpoint,
            description=description,
            event_types=event_types,
            created_on=created_on,
        )

        kinde_webhook.additional_properties = d
        return kinde_webhook

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
