from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PricingTableCard")


@_attrs_define
class PricingTableCard:
    """What staff say of a plan. Texts that nobody wrote are empty: the plan's own words stand.

    Attributes:
        plan (str): The code of one of `plans`.
        is_highlighted (bool):
        heading (str):
        description (str):
        call_to_action (str):
        highlight (str): Such as “Most popular”.
        features_heading (str):
        features (list[str]):
    """

    plan: str
    is_highlighted: bool
    heading: str
    description: str
    call_to_action: str
    highlight: str
    features_heading: str
    features: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan = self.plan

        is_highlighted = self.is_highlighted

        heading = self.heading

        description = self.description

        call_to_action = self.call_to_action

        highlight = self.highlight

        features_heading = self.features_heading

        features = self.features

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan": plan,
                "is_highlighted": is_highlighted,
                "heading": heading,
                "description": description,
                "call_to_action": call_to_action,
                "highlight": highlight,
                "features_heading": features_heading,
                "features": features,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        plan = d.pop("plan")

        is_highlighted = d.pop("is_highlighted")

        heading = d.pop("heading")

        description = d.pop("description")

        call_to_action = d.pop("call_to_action")

        highlight = d.pop("highlight")

        features_heading = d.pop("features_heading")

        features = cast(list[str], d.pop("features"))

        pricing_table_card = cls(
            plan=plan,
            is_highlighted=is_highlighted,
            heading=heading,
            description=description,
            call_to_action=call_to_action,
            highlight=highlight,
            features_heading=features_heading,
            features=features,
        )

        pricing_table_card.additional_properties = d
        return pricing_table_card

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
