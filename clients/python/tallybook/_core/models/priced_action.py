from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PricedAction")


@_attrs_define
class PricedAction:
    """What credits buy.

    Attributes:
        code (str):
        name (str):
        name_plural (str):
        description (str):
        feature (str):
        credits_ (str): A decimal number as text.
        next_credits (None | str): What it takes later, once that is announced.
        next_credits_from (None | str): From when on.
        value_note (str):
    """

    code: str
    name: str
    name_plural: str
    description: str
    feature: str
    credits_: str
    next_credits: None | str
    next_credits_from: None | str
    value_note: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        name = self.name

        name_plural = self.name_plural

        description = self.description

        feature = self.feature

        credits_ = self.credits_

        next_credits: None | str
        next_credits = self.next_credits

        next_credits_from: None | str
        next_credits_from = self.next_credits_from

        value_note = self.value_note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "name": name,
                "name_plural": name_plural,
                "description": description,
                "feature": feature,
                "credits": credits_,
                "next_credits": next_credits,
                "next_credits_from": next_credits_from,
                "value_note": value_note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        code = d.pop("code")

        name = d.pop("name")

        name_plural = d.pop("name_plural")

        description = d.pop("description")

        feature = d.pop("feature")

        credits_ = d.pop("credits")

        def _parse_next_credits(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_credits = _parse_next_credits(d.pop("next_credits"))

        def _parse_next_credits_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_credits_from = _parse_next_credits_from(d.pop("next_credits_from"))

        value_note = d.pop("value_note")

        priced_action = cls(
            code=code,
            name=name,
            name_plural=name_plural,
            description=description,
            feature=feature,
            credits_=credits_,
            next_credits=next_credits,
            next_credits_from=next_credits_from,
            value_note=value_note,
        )

        priced_action.additional_properties = d
        return priced_action

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
