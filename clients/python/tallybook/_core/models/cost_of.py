from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CostOf")


@_attrs_define
class CostOf:
    """What usage with its action, part or customer in common cost.

    Attributes:
        key (str): The code of an action (empty: none), with a slash and the name of the part if costs are told apart by
            parts, or the id of an organization.
        name (str):
        cost (str): Exact, in major units.
        share (str): Of all the cost: 0.5 is 50 %.
        quantity (None | str): Null for parts.
        event_count (int | None):
    """

    key: str
    name: str
    cost: str
    share: str
    quantity: None | str
    event_count: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        name = self.name

        cost = self.cost

        share = self.share

        quantity: None | str
        quantity = self.quantity

        event_count: int | None
        event_count = self.event_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "name": name,
                "cost": cost,
                "share": share,
                "quantity": quantity,
                "event_count": event_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        name = d.pop("name")

        cost = d.pop("cost")

        share = d.pop("share")

        def _parse_quantity(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        quantity = _parse_quantity(d.pop("quantity"))

        def _parse_event_count(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        event_count = _parse_event_count(d.pop("event_count"))

        cost_of = cls(
            key=key,
            name=name,
            cost=cost,
            share=share,
            quantity=quantity,
            event_count=event_count,
        )

        cost_of.additional_properties = d
        return cost_of

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
