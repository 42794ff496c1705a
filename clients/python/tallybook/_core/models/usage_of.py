from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UsageOf")


@_attrs_define
class UsageOf:
    """Usage that has its day, hour, action, member or API key in common.

    Attributes:
        key (None | str): A date, the instant at which an hour begins, the code of an action (null: a plain quantity),
            your id for a member (empty: none), or the id of a key.
        name (None | str): What people call the action or the key.
        quantity (str): A decimal number as text.
        credits_ (str): A decimal number as text.
        overage (str): The part that no credits have paid so far.
        event_count (int):
    """

    key: None | str
    name: None | str
    quantity: str
    credits_: str
    overage: str
    event_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key: None | str
        key = self.key

        name: None | str
        name = self.name

        quantity = self.quantity

        credits_ = self.credits_

        overage = self.overage

        event_count = self.event_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "name": name,
                "quantity": quantity,
                "credits": credits_,
                "overage": overage,
                "event_count": event_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_key(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        key = _parse_key(d.pop("key"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        quantity = d.pop("quantity")

        credits_ = d.pop("credits")

        overage = d.pop("overage")

        event_count = d.pop("event_count")

        usage_of = cls(
            key=key,
            name=name,
            quantity=quantity,
            credits_=credits_,
            overage=overage,
            event_count=event_count,
        )

        usage_of.additional_properties = d
        return usage_of

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
