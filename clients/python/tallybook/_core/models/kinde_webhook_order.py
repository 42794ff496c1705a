from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="KindeWebhookOrder")


@_attrs_define
class KindeWebhookOrder:
    """An address that shall be told of events.

    Attributes:
        endpoint (str):
        event_types (list[str]): Kinde's names, for signed tokens as Kinde sends them; or names of ours, for signed
            JSON.
        name (str):
        description (None | str | Unset):
    """

    endpoint: str
    event_types: list[str]
    name: str
    description: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        endpoint = self.endpoint

        event_types = self.event_types

        name = self.name

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "endpoint": endpoint,
                "event_types": event_types,
                "name": name,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        endpoint = d.pop("endpoint")

        event_types = cast(list[str], d.pop("event_types"))

        name = d.pop("name")

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        kinde_webhook_order = cls(
            endpoint=endpoint,
            event_types=event_types,
            name=name,
            description=description,
        )

        return kinde_webhook_order
